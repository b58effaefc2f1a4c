"""What the checks of a token share: the token, the PINs, what they may do, and the ways to lock and to restore."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from conformance.errors import BadTarget
from conformance.targets.pins import Pins, Secret
from conformance.targets.token import INCORRECT, LOCKED, OK, Certificate, Flags, Key, ModuleFailed, Signed, TokenTarget

MOST_TRIES = 20
"""Wrong PINs after which a device counts as one that never locks, where --tries does not say how many it takes.

The law gives no number; the devices that are known take 3 to 15.
"""
DATA = b"conformance: token"


class Failed(Exception):
    """The token does not do what the check asks for."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


class NotChecked(Exception):
    """The check cannot be made on this token or in this run; the text says why."""


class NotApplicable(NotChecked):
    """The check asks for something that this token need not have; the text says what."""


@dataclass(frozen=True, slots=True)
class Try:
    """One wrong PIN."""

    before: Flags
    answer: str
    after: Flags


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate on the token and the private key that belongs to it."""

    key: Key
    certificate: Certificate


class Bench:
    """One token under test."""

    def __init__(self, target: TokenTarget, pins: Pins, *, tries: int | None = None, destructive: bool = False) -> None:
        self.target, self.pins, self.tries, self.destructive = target, pins, tries, destructive
        self.broken = ""
        """Why the token is not as the user gave it; empty where it is."""
        self._learnt: int | None = None

    # --- before and after -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Raise BadTarget where the token cannot be tested. Costs a try where the PIN given is wrong."""
        right, officer = self.pins.right, self.pins.officer
        try:
            flags = self.target.look().flags
            for flag, says in UNFIT.items():
                if flag in flags:
                    raise BadTarget(says)
            if Flags.USER_PIN_INITIALIZED not in flags:
                raise BadTarget("no user PIN has been set on this token")
            _require_login(self.target.login(right), "PIN")
            if self.destructive and officer is not None:
                if flags & (Flags.SO_PIN_LOCKED | Flags.SO_PIN_FINAL_TRY):
                    raise BadTarget("the SO PIN is locked or has one try left; leave --destructive or the SO PIN out")
                _require_login(self.target.login(officer, "so"), "SO PIN")
        except ModuleFailed as error:
            raise BadTarget(str(error)) from error

    def give_back(self) -> None:
        """Have the token as the user gave it: not locked, with its PIN. `broken` says why that did not succeed."""
        right, officer = self.pins.right, self.pins.officer
        try:
            if self.target.login(right) == OK and Flags.USER_PIN_TO_BE_CHANGED not in self.target.look().flags:
                self.broken = ""
                return
            self.broken = "the PIN that was given does not work any more, and there is no SO PIN to set it again"
            if officer is None:
                return
            answer = self.target.init_pin(officer, right)
            if Flags.USER_PIN_TO_BE_CHANGED in self.target.look().flags:  # it is a transport PIN now
                self.target.set_pin(right, self.pins.new)
                self.target.set_pin(self.pins.new, right)
            again = self.target.login(right)
            self.broken = "" if again == OK else f"the SO could not set the PIN again: {answer}, then {again}"
        except ModuleFailed as error:
            self.broken = f"the PIN could not be set again: {error}"

    # --- keys -----------------------------------------------------------------------------------------------

    def pair(self, pin: Secret | None = None) -> Pair:
        """The first certificate that has its key beside it. Raises NotChecked where there is none."""
        found = self.target.inventory(pin or self.pins.right)
        for certificate in found.certificates:
            for key in found.keys:
                if key.id == certificate.id:
                    return Pair(key, certificate)
        raise NotChecked(
            f"no certificate with a private key of its CKA_ID on the token "
            f"({len(found.certificates)} certificates, {len(found.keys)} private keys)"
        )

    def keys(self) -> tuple[Key, ...]:
        """The private keys. Raises NotChecked where there is none."""
        found = self.target.inventory(self.pins.right).keys
        if not found:
            raise NotChecked("no private key on the token")
        return found

    # --- PINs -----------------------------------------------------------------------------------------------

    def require_login(self, pin: Secret) -> None:
        """The PIN must log in."""
        expect(f"{OK} for the {pin}", self.target.login(pin), OK)

    def may_be_wrong_once(self) -> None:
        """Raise NotChecked where one wrong PIN would lock."""
        self.require_login(self.pins.right)
        if Flags.USER_PIN_FINAL_TRY in self.target.look().flags:
            raise NotChecked("the first wrong PIN would lock this device")

    def try_wrong_pins(self, most: int | None = None) -> list[Try]:
        """Wrong PINs until the device says that it is locked, `most` at most."""
        tries: list[Try] = []
        for _ in range(most or self.tries or MOST_TRIES):
            before = tries[-1].after if tries else self.target.look().flags
            answer = self.target.login(self.pins.wrong)
            tries.append(Try(before, answer, self.target.look().flags))
            if answer == LOCKED or Flags.USER_PIN_LOCKED in tries[-1].after:
                break
            expect(f"{INCORRECT} or {LOCKED} for a wrong PIN", answer, INCORRECT)
        return tries

    def lock(self) -> None:
        """Lock the device. Raises NotChecked where it does not lock."""
        if not self.locks():
            raise NotChecked("the device does not lock: see token/locking/wrong-pins-lock")

    def locks(self) -> bool:
        """Give wrong PINs; whether the device is locked then, whatever the flags say."""
        self.try_wrong_pins()
        return self.target.login(self.pins.wrong) == LOCKED

    def locking_try(self) -> int:
        """The wrong PIN in a row that locks. Raises NotChecked where the device does not lock."""
        if self.tries is not None:
            return self.tries
        if self._learnt is None:
            tries = self.try_wrong_pins()
            if not is_locked(tries[-1]):
                raise NotChecked("the device does not lock: see token/locking/wrong-pins-lock")
            if Flags.USER_PIN_LOCKED not in tries[-1].after:
                raise NotChecked("the device has no flag for being locked: say by --tries how many tries it has")
            self._learnt = len(tries)
            self.restore()
        return self._learnt

    def restore(self) -> None:
        """Have the SO set the right PIN again. Raises NotChecked where that fails."""
        self.give_back()
        if self.broken:
            raise NotChecked(self.broken)

    def lock_and_restore(self) -> Secret:
        """Lock the device and have the SO restore it with a new PIN: that PIN, good for use.

        Raises NotChecked where the device does not lock or cannot be restored.
        """
        self.lock()
        new = self.pins.new
        answer = self.target.init_pin(self.officer, new)
        if answer != OK:
            raise NotChecked(f"the SO cannot restore it ({answer}): see token/restore/security-officer-restores")
        if Flags.USER_PIN_TO_BE_CHANGED in self.target.look().flags:
            own = self.pins.own
            expect(f"{OK} for changing the transport PIN", self.target.set_pin(new, own), OK)
            return own
        return new

    @property
    def officer(self) -> Secret:
        """The SO PIN. Raises NotChecked."""
        officer = self.pins.officer
        if officer is None:
            raise NotChecked("no SO PIN was given: the device could not be brought back")
        return officer


UNFIT = {
    Flags.USER_PIN_LOCKED: "the device is locked: have its SO restore it first",
    Flags.USER_PIN_FINAL_TRY: "the device has one try left: log in with the right PIN first, to have all of them back",
    Flags.USER_PIN_TO_BE_CHANGED: "the device bears a transport PIN: change it first",
    Flags.PROTECTED_AUTHENTICATION_PATH: "the PIN is typed on the device itself (PIN pad): no run can do that",
}


def _require_login(answer: str, whose: str) -> None:
    if answer == INCORRECT:
        raise BadTarget(f"the {whose} that was given is not this device's ({answer}); one of its tries is spent")
    if answer != OK:
        raise BadTarget(f"nobody can log in with the {whose} that was given: {answer}")


def expect(expected: str, found: str, *right: str) -> None:
    """Raise Failed unless what was found is one of the right answers."""
    if found not in right:
        raise Failed(expected, found)


def is_locked(last: Try) -> bool:
    """Whether the device said so at this try."""
    return last.answer == LOCKED or Flags.USER_PIN_LOCKED in last.after


def expect_valid(signed: Signed, pair: Pair) -> None:
    """The signature must be there and verify against the certificate."""
    if signed.signature is None:
        raise Failed("a signature", f"{signed.rv} at {signed.at}" if signed.at else "no such key")
    certificate = x509.load_der_x509_certificate(pair.certificate.der)
    key, signature = certificate.public_key(), signed.signature
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, DATA, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            half = len(signature) // 2
            der = encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
            key.verify(der, DATA, ec.ECDSA(SHA256()))
        else:
            raise NotChecked(f"signatures by {type(key).__name__} are not verified here")
    except InvalidSignature:
        found = f"one that does not (certificate {certificate.serial_number:x})"
        raise Failed("a signature that verifies against the certificate on the token", found) from None
