"""New PINs are as long as the device says that they may be (CK_TOKEN_INFO, PKCS#11 v2.40 §3.2 and §5.5)."""

from __future__ import annotations

from conformance.suites.token.bench import Bench, NotApplicable, expect
from conformance.suites.token.marking import check
from conformance.targets.pins import Secret
from scenarios import Importance

LENGTH = "CKR_PIN_LEN_RANGE"
LONGEST = 4096
"""A maximum above this is no maximum."""


@check(destructive=True, importance=Importance.MINOR)
def too_short_refused(bench: Bench) -> None:
    """PIN mới ngắn hơn ulMinPinLen bị từ chối với CKR_PIN_LEN_RANGE, và PIN cũ vẫn dùng được.

    A new PIN shorter than ulMinPinLen is refused with CKR_PIN_LEN_RANGE, and the old one goes on working.
    """
    least = bench.target.look().min_pin
    if least < 2:
        raise NotApplicable(f"no PIN is too short for this device (ulMinPinLen {least})")
    _expect_refused(bench, f"PIN of {least - 1}", least - 1)


@check(destructive=True, importance=Importance.MINOR)
def too_long_refused(bench: Bench) -> None:
    """PIN mới dài hơn ulMaxPinLen bị từ chối với CKR_PIN_LEN_RANGE, và PIN cũ vẫn dùng được.

    A new PIN longer than ulMaxPinLen is refused with CKR_PIN_LEN_RANGE, and the old one goes on working.
    """
    most = bench.target.look().max_pin
    if not 0 < most <= LONGEST:
        raise NotApplicable(f"no PIN is too long for this device (ulMaxPinLen {most})")
    _expect_refused(bench, f"PIN of {most + 1}", most + 1)


def _expect_refused(bench: Bench, name: str, octets: int) -> None:
    right = bench.pins.right
    filled = (right.value.encode() * octets)[:octets].decode("ascii", "replace").replace("\ufffd", "0")
    answer = bench.target.set_pin(right, Secret(name, filled), logged_in_by=right)
    expect(f"{LENGTH} for a {name} octets", answer, LENGTH)
    bench.require_login(right)
