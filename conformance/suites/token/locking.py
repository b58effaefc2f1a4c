"""Wrong PINs are refused, counted, and lock the device in the end."""

from __future__ import annotations

from conformance.suites.token.bench import Bench, Failed, NotApplicable, NotChecked, expect, is_locked
from conformance.suites.token.marking import check
from conformance.targets.token import INCORRECT, LOCKED, Flags
from scenarios import Importance


@check("AG-7.5", "NB-5.3.2", "CB-9.3.2", "ND130-73.a", importance=Importance.BLOCKER)
def wrong_pin_refused(bench: Bench) -> None:
    """PIN sai bị từ chối với CKR_PIN_INCORRECT; sau đó PIN đúng vẫn dùng được.

    A wrong PIN is refused with CKR_PIN_INCORRECT; the right one works after it.
    """
    bench.may_be_wrong_once()
    expect(f"{INCORRECT} for a wrong PIN", bench.target.login(bench.pins.wrong), INCORRECT)
    bench.require_login(bench.pins.right)


@check("ND130-73.a", importance=Importance.MINOR, features=("count-flags",))
def count_low_flag(bench: Bench) -> None:
    """Sau một lần nhập sai, cờ CKF_USER_PIN_COUNT_LOW bật lên; nhập đúng thì tắt.

    After a wrong PIN CKF_USER_PIN_COUNT_LOW is set, which shows that it was counted; the right PIN clears it.

    Not applicable to a device that never sets the flag, as PKCS#11 v2.40 §3.2 allows.
    """
    bench.may_be_wrong_once()
    flag, seen = Flags.USER_PIN_COUNT_LOW, []
    for pin in (bench.pins.right, bench.pins.wrong, bench.pins.right):
        bench.target.login(pin)
        seen.append(flag in bench.target.look().flags)
    if not any(seen):
        raise NotApplicable(f"the device never sets {flag.name}, as PKCS#11 allows")
    if seen != [False, True, False]:
        told = ", ".join("set" if value else "not set" for value in seen)
        raise Failed(f"CKF_{flag.name} after a wrong PIN only", f"after the right, a wrong, the right PIN: {told}")


@check("ND130-73.a", destructive=True, importance=Importance.BLOCKER)
def wrong_pins_lock(bench: Bench) -> None:
    """Nhập sai liên tiếp đến số lần đã đặt thì thiết bị khóa: CKR_PIN_LOCKED.

    Wrong PINs in a row lock the device: CKR_PIN_LOCKED from then on. The law gives no number; without --tries, 20
    are tried before the device counts as one that never locks.
    """
    tries = bench.try_wrong_pins()
    expect(f"{LOCKED} after {len(tries)} wrong PINs", bench.target.login(bench.pins.wrong), LOCKED)


@check("ND130-73.a", destructive=True)
def locks_at_the_set_number(bench: Bench) -> None:
    """Khóa đúng ở lần sai mà mẫu thiết bị đặt (--tries), không sớm hơn, không muộn hơn.

    The device locks at the very wrong PIN that its model sets (--tries), not before, not later.
    """
    if bench.tries is None:
        raise NotChecked("the law gives no number: say by --tries how many wrong PINs the device's model allows")
    tries = bench.try_wrong_pins(bench.tries - 1) if bench.tries > 1 else []
    if tries and is_locked(tries[-1]):
        raise Failed(f"a lock at wrong PIN {bench.tries}", f"one at wrong PIN {len(tries)}")
    bench.require_login(bench.pins.right)
    bench.try_wrong_pins()
    expect(f"{LOCKED} after {bench.tries} wrong PINs", bench.target.login(bench.pins.right), LOCKED)


@check("ND130-73.a", destructive=True, importance=Importance.MINOR, features=("count-flags",))
def final_try_flag(bench: Bench) -> None:
    """Cờ CKF_USER_PIN_FINAL_TRY bật đúng một bước trước khi khóa.

    CKF_USER_PIN_FINAL_TRY is set just before the try that locks, and at no other.

    Not applicable to a device that never sets the flag, as PKCS#11 v2.40 §3.2 allows.
    """
    locking_try = bench.locking_try()
    tries = bench.try_wrong_pins(locking_try)
    flag = Flags.USER_PIN_FINAL_TRY
    seen = [flag in one.before for one in tries]
    if not any(seen):
        if not is_locked(tries[-1]):
            raise NotChecked("the device does not lock: see token/locking/wrong-pins-lock")
        raise NotApplicable(f"the device never sets {flag.name}, as PKCS#11 allows")
    _expect_only_after(flag, locking_try - 1, seen)


@check("ND130-73.a", destructive=True)
def locked_flag(bench: Bench) -> None:
    """Cờ CKF_USER_PIN_LOCKED bật khi thiết bị đã khóa, không sớm hơn.

    CKF_USER_PIN_LOCKED is set once the device is locked, and not before.
    """
    tries = bench.try_wrong_pins()
    last = bench.target.login(bench.pins.wrong)
    flag = Flags.USER_PIN_LOCKED
    seen = [flag in one.before for one in tries] + [flag in bench.target.look().flags]
    _expect_only_after(flag, len(tries), seen, f" (one more was told {last})")


@check("ND130-73.a", "ND130-73.b", destructive=True, importance=Importance.BLOCKER)
def right_pin_refused_when_locked(bench: Bench) -> None:
    """Thiết bị đã khóa thì PIN đúng cũng bị từ chối với CKR_PIN_LOCKED.

    Once the device is locked even the right PIN is refused with CKR_PIN_LOCKED.
    """
    tries = bench.try_wrong_pins()
    expect(f"{LOCKED} for the right PIN after {len(tries)} wrong ones", bench.target.login(bench.pins.right), LOCKED)


@check("ND130-73.b", destructive=True, importance=Importance.BLOCKER)
def lock_survives_a_new_process(bench: Bench) -> None:
    """Khởi động lại phần mềm không mở khóa: tiến trình mới vẫn thấy thiết bị khóa.

    The lock survives the end of the software: another process finds the device locked. Pulling the device out and
    waiting cannot be done from here; try those by hand.
    """
    bench.lock()
    bench.target.new_process()
    expect(f"{LOCKED} in a new process", bench.target.login(bench.pins.right), LOCKED)


@check("ND130-73.a", destructive=True)
def right_pin_resets_the_count(bench: Bench) -> None:
    """Nhập đúng PIN trước khi khóa thì đếm lại từ đầu.

    The right PIN before the limit sets the count back: as many wrong PINs as before are possible again.
    """
    locking_try = bench.locking_try()
    if locking_try < 2:
        raise NotApplicable("the first wrong PIN locks this device")
    for _ in range(2):
        bench.try_wrong_pins(locking_try - 1)
        bench.require_login(bench.pins.right)
    bench.lock()  # of a device that never locks this would say nothing


def _expect_only_after(flag: Flags, wrong_pins: int, seen: list[bool], last: str = "") -> None:
    """The flag must be seen after that many wrong PINs in a row and not before; `seen` begins with none of them."""
    if seen != [number == wrong_pins for number in range(len(seen))]:
        found = ", ".join(str(number) for number, value in enumerate(seen) if value) or "never"
        raise Failed(f"CKF_{flag.name} after {wrong_pins} wrong PINs only", f"{found}{last}")
