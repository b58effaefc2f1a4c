"""The private key serves whoever knows the PIN, on the device alone."""

from __future__ import annotations

from conformance.suites.token.bench import DATA, Bench, Failed, expect_valid
from conformance.suites.token.marking import check
from conformance.targets.token import OK, Signed
from scenarios import Importance

NOT_LOGGED_IN = ("CKR_USER_NOT_LOGGED_IN", "CKR_KEY_HANDLE_INVALID", "CKR_OBJECT_HANDLE_INVALID")
"""What signing without login is answered: a private object's handle is good only while its user is logged in."""
UNREADABLE = ("CKR_ATTRIBUTE_SENSITIVE", "CKR_ATTRIBUTE_TYPE_INVALID")
"""The second where a device holds the key in no attribute at all."""


@check("AG-7.5", "NB-5.3.2", "CB-9.3.2")
def sign_after_right_pin(bench: Bench) -> None:
    """Nhập đúng PIN thì ký được, và chữ ký khớp với chứng thư số trên thiết bị.

    After the right PIN the key signs, and the signature verifies against the certificate on the token.
    """
    pair = bench.pair()
    expect_valid(bench.target.sign(bench.pins.right, pair.key.id, DATA), pair)


@check("AG-7.5", "NB-5.3.2", "CB-9.3.2", importance=Importance.BLOCKER)
def sign_without_login_refused(bench: Bench) -> None:
    """Chưa đăng nhập, hoặc đã đăng xuất, thì không ký được.

    Without login, and after logging out, the key does not sign.
    """
    key = bench.keys()[0]
    never = bench.target.sign(None, key.id, DATA)
    if never.rv != OK or never.signature is not None:
        _expect_refused(never, "without login")
    _expect_refused(bench.target.sign_logged_out(bench.pins.right, key.id, DATA), "after logging out")


@check("AG-7.5", importance=Importance.BLOCKER)
def private_key_stays(bench: Bench) -> None:
    """Khóa bí mật không đọc ra được: thuộc tính nhạy cảm, chưa bao giờ cho trích xuất, và đọc thì bị từ chối.

    The private key cannot be read out: it is sensitive, was never extractable, and reading it is refused, even to
    whoever has logged in with the right PIN.
    """
    for number, key in enumerate(bench.keys(), 1):
        which = f"private key {number} ({key.type})"
        if key.reading not in UNREADABLE:
            raise Failed(f"{UNREADABLE[0]} for {key.attribute} of {which}", key.reading)
        if key.sensitive is not True:
            raise Failed(f"CKA_SENSITIVE of {which} true", str(key.sensitive))
        if key.extractable is not False or key.never_extractable is not True:
            found = f"CKA_EXTRACTABLE {key.extractable}, CKA_NEVER_EXTRACTABLE {key.never_extractable}"
            raise Failed(f"{which} never extractable", found)


def _expect_refused(signed: Signed, when: str) -> None:
    if signed.rv not in NOT_LOGGED_IN:
        found = "a signature" if signed.signature is not None else f"{signed.rv} at {signed.at}"
        raise Failed(f"{NOT_LOGGED_IN[0]} {when}", found)
