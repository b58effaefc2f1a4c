"""What a token answers to PINs: a pure state machine, the rule that every PKCS#11 module here obeys.

Names and numbers are those of PKCS#11 v2.40 (return values §5.1, token flags §3.2, C_Login §5.6). A function
takes the policy of the device model, the state of one token and what is known of the caller's sessions, and
gives back an Outcome. No PIN enters: a try is its length and whether it is right, a new PIN its length and
the classes of its characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag, StrEnum


class Answer(IntEnum):
    """Return values, with the numbers of PKCS#11."""

    OK = 0x000
    ARGUMENTS_BAD = 0x007
    OPERATION_NOT_INITIALIZED = 0x091
    PIN_INCORRECT = 0x0A0
    PIN_INVALID = 0x0A1
    PIN_LEN_RANGE = 0x0A2
    PIN_EXPIRED = 0x0A3
    PIN_LOCKED = 0x0A4
    SESSION_EXISTS = 0x0B6
    SESSION_READ_ONLY = 0x0B5
    SESSION_READ_ONLY_EXISTS = 0x0B7
    USER_ALREADY_LOGGED_IN = 0x100
    USER_NOT_LOGGED_IN = 0x101
    USER_PIN_NOT_INITIALIZED = 0x102
    USER_ANOTHER_ALREADY_LOGGED_IN = 0x104


class TokenFlags(IntFlag):
    """The part of CK_TOKEN_INFO.flags that PINs decide."""

    USER_PIN_INITIALIZED = 0x000008
    TOKEN_INITIALIZED = 0x000400
    USER_PIN_COUNT_LOW = 0x010000
    USER_PIN_FINAL_TRY = 0x020000
    USER_PIN_LOCKED = 0x040000
    USER_PIN_TO_BE_CHANGED = 0x080000
    SO_PIN_COUNT_LOW = 0x100000
    SO_PIN_FINAL_TRY = 0x200000
    SO_PIN_LOCKED = 0x400000


class Who(StrEnum):
    """Whose PIN it is."""

    SO = "so"
    """The security officer: the desk that restores devices."""
    USER = "user"


class CharacterClass(StrEnum):
    """Kinds of characters that a device may ask for in a PIN."""

    LOWER = "lower"
    UPPER = "upper"
    DIGIT = "digit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PinPolicy:
    """The settings of one device model. Lengths are in octets of UTF-8, as PKCS#11 counts them."""

    max_tries: int
    """Wrong user PINs in a row that lock the user PIN."""
    min_length: int
    max_length: int
    so_max_tries: int = 10
    """Wrong SO PINs in a row that lock the SO PIN, for good."""
    locking_try_answers: Answer = Answer.PIN_LOCKED
    """What the try that locks is told: PIN_LOCKED already, or once more PIN_INCORRECT."""
    wrong_length_counts: bool = True
    """Whether a try of impossible length is a wrong PIN; else it is told PIN_LEN_RANGE and costs nothing."""
    classes: frozenset[CharacterClass] = frozenset()
    """Every new PIN must have a character of each of these."""
    must_change: bool = False
    """Whether a user PIN set by the SO is a transport PIN, good only for setting another."""

    def __post_init__(self) -> None:
        if self.max_tries < 1 or self.so_max_tries < 1:
            raise ValueError("a PIN policy needs at least one try")
        if not 1 <= self.min_length <= self.max_length <= 255:
            raise ValueError(f"PIN lengths {self.min_length} to {self.max_length} are not within 1 to 255")
        if self.locking_try_answers not in (Answer.PIN_LOCKED, Answer.PIN_INCORRECT):
            raise ValueError("the locking try is told PIN_LOCKED or PIN_INCORRECT")

    def tries(self, who: Who) -> int:
        return self.max_tries if who is Who.USER else self.so_max_tries

    def refuses(self, new: NewPin) -> Answer | None:
        """Why a new PIN cannot be set; None when it can."""
        if not self.min_length <= new.length <= self.max_length:
            return Answer.PIN_LEN_RANGE
        if not self.classes <= new.classes:
            return Answer.PIN_INVALID
        return None


@dataclass(frozen=True, slots=True)
class PinState:
    """What one token remembers, through power loss too."""

    initialised: bool = False
    """C_InitToken has been called: there is an SO PIN."""
    user_pin_set: bool = False
    user_pin_to_be_changed: bool = False
    user_failures: int = 0
    """Wrong user PINs since the last right one."""
    so_failures: int = 0

    def failures(self, who: Who) -> int:
        return self.user_failures if who is Who.USER else self.so_failures

    def with_failures(self, who: Who, count: int) -> PinState:
        if who is Who.USER:
            return replace(self, user_failures=count)
        return replace(self, so_failures=count)


@dataclass(frozen=True, slots=True)
class Sessions:
    """What one application has open on the token, as the call finds it."""

    any_open: bool = True
    read_only_exists: bool = False
    read_write: bool = True
    """Whether the session that the call is made on is read-write."""
    logged_in: Who | None = None
    reauthentication_pending: bool = False
    """An operation with a CKA_ALWAYS_AUTHENTICATE key waits for its PIN."""


@dataclass(frozen=True, slots=True)
class Try:
    """A PIN as it was typed: how long, and whether it is the right one."""

    length: int
    right: bool


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN to be set."""

    length: int
    classes: frozenset[CharacterClass] = field(default=frozenset())

    @classmethod
    def of(cls, text: str) -> NewPin:
        return cls(len(text.encode()), frozenset(map(_class_of, text)))


def _class_of(character: str) -> CharacterClass:
    if not character.isascii():  # a device sees octets, and knows the letters of ASCII only
        return CharacterClass.OTHER
    if character.isdecimal():
        return CharacterClass.DIGIT
    if character.islower():
        return CharacterClass.LOWER
    return CharacterClass.UPPER if character.isupper() else CharacterClass.OTHER


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one call, the state after it, and who is logged in then."""

    answer: Answer
    state: PinState
    logged_in: Who | None


def tries_left(policy: PinPolicy, state: PinState, who: Who) -> int:
    """Wrong PINs that are still possible; the last of them locks."""
    return max(0, policy.tries(who) - state.failures(who))


def locked(policy: PinPolicy, state: PinState, who: Who) -> bool:
    return tries_left(policy, state, who) == 0


def flags(policy: PinPolicy, state: PinState) -> TokenFlags:
    """The PIN bits of CK_TOKEN_INFO.flags. FINAL_TRY and LOCKED are never set together."""
    bits = TokenFlags(0)
    if state.initialised:
        bits |= TokenFlags.TOKEN_INITIALIZED
    if state.user_pin_set:
        bits |= TokenFlags.USER_PIN_INITIALIZED
    if state.user_pin_to_be_changed:
        bits |= TokenFlags.USER_PIN_TO_BE_CHANGED
    bits |= _count_flags(
        policy,
        state,
        Who.USER,
        TokenFlags.USER_PIN_COUNT_LOW,
        TokenFlags.USER_PIN_FINAL_TRY,
        TokenFlags.USER_PIN_LOCKED,
    )
    return bits | _count_flags(
        policy,
        state,
        Who.SO,
        TokenFlags.SO_PIN_COUNT_LOW,
        TokenFlags.SO_PIN_FINAL_TRY,
        TokenFlags.SO_PIN_LOCKED,
    )


def _count_flags(
    policy: PinPolicy, state: PinState, who: Who, low: TokenFlags, final: TokenFlags, lock: TokenFlags
) -> TokenFlags:
    bits = low if state.failures(who) else TokenFlags(0)
    left = tries_left(policy, state, who)
    if left == 0:
        return bits | lock
    return bits | final if left == 1 else bits


def login(policy: PinPolicy, state: PinState, sessions: Sessions, who: Who, given: Try | None) -> Outcome:
    """C_Login as user or SO. `given` is None for a NULL PIN.

    Only a try that is compared with a PIN is counted: not one by somebody who is logged in already, nor one
    at an SO login that a read-only session forbids.
    """

    def say(answer: Answer) -> Outcome:
        return Outcome(answer, state, sessions.logged_in)

    if given is None or given.length == 0:
        return say(Answer.ARGUMENTS_BAD)
    if sessions.logged_in is who:
        return say(Answer.USER_ALREADY_LOGGED_IN)
    if sessions.logged_in is not None:
        return say(Answer.USER_ANOTHER_ALREADY_LOGGED_IN)
    if who is Who.SO and sessions.read_only_exists:
        return say(Answer.SESSION_READ_ONLY_EXISTS)
    if who is Who.USER and not state.user_pin_set:
        return say(Answer.USER_PIN_NOT_INITIALIZED)
    answer, after = _verify(policy, state, who, given)
    return Outcome(answer, after, who if answer is Answer.OK else None)


def reauthenticate(policy: PinPolicy, state: PinState, sessions: Sessions, given: Try | None) -> Outcome:
    """C_Login with CKU_CONTEXT_SPECIFIC: the PIN once more, for one operation with a CKA_ALWAYS_AUTHENTICATE key.

    Reaching the limit here locks the PIN and logs the user out.
    """
    if given is None or given.length == 0:
        return Outcome(Answer.ARGUMENTS_BAD, state, sessions.logged_in)
    if sessions.logged_in is not Who.USER or not sessions.reauthentication_pending:
        return Outcome(Answer.OPERATION_NOT_INITIALIZED, state, sessions.logged_in)
    answer, after = _verify(policy, state, Who.USER, given)
    return Outcome(answer, after, None if locked(policy, after, Who.USER) else Who.USER)


def set_pin(policy: PinPolicy, state: PinState, sessions: Sessions, old: Try | None, new: NewPin | None) -> Outcome:
    """C_SetPIN: the SO's PIN in a session of the SO, else the user's.

    A new PIN that is refused costs no try.
    """

    def say(answer: Answer) -> Outcome:
        return Outcome(answer, state, sessions.logged_in)

    who = Who.SO if sessions.logged_in is Who.SO else Who.USER
    if old is None or old.length == 0 or new is None or new.length == 0:
        return say(Answer.ARGUMENTS_BAD)
    if not sessions.read_write:
        return say(Answer.SESSION_READ_ONLY)
    if who is Who.USER and not state.user_pin_set:
        return say(Answer.USER_PIN_NOT_INITIALIZED)
    if refusal := policy.refuses(new):
        return say(refusal)
    answer, after = _verify(policy, state, who, old)
    if answer is Answer.OK and who is Who.USER:
        after = replace(after, user_pin_to_be_changed=False)
    return Outcome(answer, after, sessions.logged_in)


def init_pin(policy: PinPolicy, state: PinState, sessions: Sessions, new: NewPin | None) -> Outcome:
    """C_InitPIN: the SO sets the user PIN, which unlocks it."""

    def say(answer: Answer) -> Outcome:
        return Outcome(answer, state, sessions.logged_in)

    if new is None or new.length == 0:
        return say(Answer.ARGUMENTS_BAD)
    if sessions.logged_in is not Who.SO:
        return say(Answer.USER_NOT_LOGGED_IN)
    if refusal := policy.refuses(new):
        return say(refusal)
    after = replace(state, user_pin_set=True, user_pin_to_be_changed=policy.must_change, user_failures=0)
    return Outcome(Answer.OK, after, sessions.logged_in)


def init_token(
    policy: PinPolicy, state: PinState, sessions: Sessions, given: Try | None, new: NewPin | None = None
) -> Outcome:
    """C_InitToken: empties the token. On a blank one the PIN becomes the SO PIN (`new`), else it must be the SO PIN.

    A locked SO PIN stays locked: such a device is only good for return.
    """

    def say(answer: Answer) -> Outcome:
        return Outcome(answer, state, sessions.logged_in)

    if sessions.any_open:
        return say(Answer.SESSION_EXISTS)
    if state.initialised:
        if given is None or given.length == 0:
            return say(Answer.ARGUMENTS_BAD)
        answer, after = _verify(policy, state, Who.SO, given)
        if answer is not Answer.OK:
            return Outcome(answer, after, sessions.logged_in)
    elif new is None or new.length == 0:
        return say(Answer.ARGUMENTS_BAD)
    elif refusal := policy.refuses(new):
        return say(refusal)
    return Outcome(Answer.OK, PinState(initialised=True), None)


def use(state: PinState, sessions: Sessions) -> Answer:
    """What a call that needs the user to be logged in answers, as far as PINs go."""
    if sessions.logged_in is not Who.USER:
        return Answer.USER_NOT_LOGGED_IN
    return Answer.PIN_EXPIRED if state.user_pin_to_be_changed else Answer.OK


def _verify(policy: PinPolicy, state: PinState, who: Who, given: Try) -> tuple[Answer, PinState]:
    """Compare one PIN and count it."""
    if locked(policy, state, who):
        return Answer.PIN_LOCKED, state
    possible = policy.min_length <= given.length <= policy.max_length
    if not possible and not policy.wrong_length_counts:
        return Answer.PIN_LEN_RANGE, state
    if given.right:
        return Answer.OK, state.with_failures(who, 0)
    after = state.with_failures(who, state.failures(who) + 1)
    return (policy.locking_try_answers if locked(policy, after, who) else Answer.PIN_INCORRECT), after
