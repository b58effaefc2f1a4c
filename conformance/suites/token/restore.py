"""A locked device comes back by its security officer alone, with the key and certificate that it had."""

from __future__ import annotations

from conformance.suites.token.bench import DATA, Bench, Failed, expect, expect_valid
from conformance.suites.token.marking import check
from conformance.targets.token import INCORRECT, LOCKED, OK, Flags
from scenarios import Importance


@check("TB-10.3.dev", "ND130-73.b", destructive=True, importance=Importance.BLOCKER)
def user_cannot_restore(bench: Bench) -> None:
    """Người dùng không tự mở khóa được: đổi PIN hay đặt PIN mà không có cán bộ đều bị từ chối.

    The user cannot restore the device himself: neither C_SetPIN with the right PIN nor C_InitPIN without the SO
    is allowed, and the device stays locked.
    """
    bench.lock()
    target, right, new = bench.target, bench.pins.right, bench.pins.new
    for call, answer in (("C_SetPIN", target.set_pin(right, new)), ("C_InitPIN", target.init_pin(None, new))):
        if answer == OK:
            raise Failed(f"{call} refused without the SO", answer)
    for pin in (new, right):
        expect(f"{LOCKED} for the {pin} after that", target.login(pin), LOCKED)


@check("TB-10.3.dev", "LC-13.2.dev", "ND130-73.b", destructive=True, on_any=True, features=("restore",))
def security_officer_restores(bench: Bench) -> None:
    """Cán bộ đặt PIN mới (C_InitPIN) thì thiết bị hết khóa và PIN mới đăng nhập được.

    The SO sets a new PIN by C_InitPIN: the device is not locked any more, and the new PIN logs in.
    """
    bench.lock()
    answer = bench.target.init_pin(bench.officer, bench.pins.new)
    expect(f"{OK} for C_InitPIN by the SO", answer, OK)
    flags = bench.target.look().flags
    if Flags.USER_PIN_LOCKED in flags:
        raise Failed("CKF_USER_PIN_LOCKED cleared by C_InitPIN", "it is set")
    bench.require_login(bench.pins.new)


@check("LC-13.2.dev", destructive=True, importance=Importance.BLOCKER, features=("restore",))
def old_pin_refused_after_restore(bench: Bench) -> None:
    """Sau khi khôi phục, PIN cũ bị từ chối với CKR_PIN_INCORRECT.

    After the restore the old PIN is refused with CKR_PIN_INCORRECT.
    """
    new = bench.lock_and_restore()
    expect(f"{INCORRECT} for the old PIN", bench.target.login(bench.pins.right), INCORRECT)
    bench.require_login(new)


@check("TB-10.3.dev", "LC-13.2.dev", destructive=True, features=("restore",))
def same_key_signs_after_restore(bench: Bench) -> None:
    """Sau khi khôi phục, với PIN mới, vẫn khóa ấy và chứng thư số ấy ký được.

    After the restore the key and the certificate that were on the device before sign with the new PIN.
    """
    before = bench.pair()
    new = bench.lock_and_restore()
    after = bench.target.inventory(new)
    if before.certificate not in after.certificates:
        raise Failed("the certificate that was on the device before", f"{len(after.certificates)} others")
    expect_valid(bench.target.sign(new, before.key.id, DATA), before)
