"""Classes and their learners: opened, joined, frozen, closed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import URL, Connection, func, select

import scenarios
from mockca.clock import Clock
from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.commands.base import Command
from mockca.desk.sandbox import Sandboxes
from mockca.errors import Conflict, NotFound, Refused, Violation
from mockca.randomness import new_octets
from mockca.registry.records import many, one
from mockca.registry.store import Store
from mockca.workshop.migrations import migrate
from mockca.workshop.tables import beginnings, classes, learners, steps, tries

FILE: Final = "workshop.db"
LETTERS: Final = "ABCDEFGHJKMNPQRTUVWXY"
"""Of which codes are made: none looks like another one, or like a digit."""
CODE_LENGTH: Final = 6
MOST_PLACES: Final = 200
MOST_LESSONS: Final = 8
SANDBOX: Final = re.compile(rf"[{LETTERS.lower()}]{{{CODE_LENGTH}}}-\d\d\d?")
"""Names of the learners' sandboxes: the class's code and the learner's number."""
QUICK_KEYS: Final = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
"""A sandbox with these is made within a second; a class has dozens."""


def _printable(text: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if not text or any(not letter.isprintable() for letter in text):
        raise ValueError("printable text is wanted")
    return text


Line = Annotated[str, AfterValidator(_printable)]


class OpenClass(Command):
    """A new class."""

    title: Annotated[Line, StringConstraints(max_length=120)]
    lessons: tuple[Annotated[str, StringConstraints(max_length=80)], ...] = Field(min_length=1, max_length=MOST_LESSONS)
    """Ids of scenarios."""
    whole: bool = False
    """With all that must be refused and looked up on the way; without it the main steps alone."""
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)] = 30


class Join(Command):
    """Somebody takes a place. The name is shown on the board and stands on the certificate of attendance."""

    name: Annotated[Line, StringConstraints(max_length=80)]


class ClassState(StrEnum):
    """Where a class stands."""

    OPEN = "open"
    FROZEN = "frozen"
    """Learners look on; they change nothing."""
    CLOSED = "closed"
    """Over: nobody joins, nothing is changed, the results stay."""


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """One class."""

    code: str
    title: str
    lessons: tuple[str, ...]
    whole: bool
    places: int
    state: ClassState
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who has joined, and their sandbox."""

    sandbox: str
    code: str
    number: int
    name: str
    joined_at: datetime
    frozen: bool
    removed: bool


class Classroom:
    """The classes of a data folder. One object a process; safe for its threads."""

    def __init__(self, sandboxes: Sandboxes, clock: Clock) -> None:
        """`clock` tells the wall's time, by which people wait and are late; sandboxes have clocks of their own."""
        self.sandboxes, self.clock = sandboxes, clock

    @property
    def path(self) -> Path:
        """The database."""
        return self.sandboxes.home / FILE

    @cached_property
    def _store(self) -> Store:
        url = URL.create("sqlite", database=str(self.path))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        migrate(url)
        return Store(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See one state of the classroom."""
        with self._store.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Change it, in one transaction."""
        with self._store.write() as connection:
            yield connection

    def close(self) -> None:
        """Close the database."""
        if "_store" in self.__dict__:
            self._store.close()

    # --- classes ------------------------------------------------------------------------------------------------

    def open_class(self, command: OpenClass) -> SchoolClass:
        """Open a class. Refused where a lesson is no scenario of the library."""
        _require_lessons(command.lessons)
        with self.write() as connection:
            code = _new_code(connection)
            connection.execute(
                classes.insert(),
                {
                    **command.model_dump(mode="json"),
                    "code": code,
                    "state": ClassState.OPEN.value,
                    "opened_at": self.clock.now(),
                },
            )
        return self.of_code(code)

    def all(self) -> list[SchoolClass]:
        """Every class, the latest first."""
        if not self.path.exists():
            return []
        with self.read() as connection:
            rows = connection.execute(select(classes).order_by(classes.c.opened_at.desc())).mappings().all()
        return [_class(dict(row)) for row in rows]

    def of_code(self, code: str) -> SchoolClass:
        """The class under this code, however it is written. NotFound."""
        with self._known("class", code), self.read() as connection:
            row = connection.execute(select(classes).where(classes.c.code == code.upper())).mappings().first()
        if row is None:
            raise NotFound("class", code[:20])
        return _class(dict(row))

    def set_state(self, code: str, state: ClassState) -> SchoolClass:
        """Freeze, thaw or close a class. Conflict where it is closed: that is for good."""
        found = self.of_code(code)
        if found.state is ClassState.CLOSED:
            raise Conflict(f"class {found.code} is closed")
        values: dict[str, Any] = {"state": state.value}
        if state is ClassState.CLOSED:
            values["closed_at"] = self.clock.now()
        with self.write() as connection:
            connection.execute(classes.update().where(classes.c.code == found.code).values(values))
        return self.of_code(code)

    # --- learners -----------------------------------------------------------------------------------------------

    def join(self, code: str, command: Join) -> Learner:
        """Take a place and get a sandbox. Conflict where the class is full or does not take anybody now."""
        found = self.of_code(code)
        if found.state is not ClassState.OPEN:
            raise Conflict(f"class {found.code} is {found.state.value}; nobody joins it now")
        with self.write() as connection:
            mine = learners.c.code == found.code
            taken = connection.execute(select(func.count()).where(mine, ~learners.c.removed)).scalar_one()
            if taken >= found.places:
                raise Conflict(f"class {found.code} is full: all {found.places} places are taken")
            number = (connection.execute(select(func.max(learners.c.number)).where(mine)).scalar_one() or 0) + 1
            sandbox = f"{found.code.lower()}-{number:02}"
            connection.execute(
                learners.insert(),
                {
                    "sandbox": sandbox,
                    "code": found.code,
                    "number": number,
                    "name": command.name,
                    "joined_at": self.clock.now(),
                    "frozen": False,
                    "removed": False,
                },
            )
        try:
            self._make(sandbox, found)
        except BaseException:
            with self.write() as connection:
                connection.execute(learners.delete().where(learners.c.sandbox == sandbox))
            raise
        return self.learner(sandbox)

    def _make(self, sandbox: str, of: SchoolClass) -> None:
        regulations = tuple(dict.fromkeys(scenarios.load(lesson).regulation for lesson in of.lessons))
        self.sandboxes.create(CreateSandbox(name=sandbox, seed=sandbox, regulations=regulations, keys=QUICK_KEYS))

    def learner(self, sandbox: str) -> Learner:
        """Whose sandbox this is. NotFound where it belongs to no class."""
        with self._known("learner", sandbox), self.read() as connection:
            found = one(connection, select(learners).where(learners.c.sandbox == sandbox), Learner)
        if found is None:
            raise NotFound("learner", sandbox[:40])
        return found

    def learners(self, code: str, *, gone: bool = False) -> list[Learner]:
        """Who has joined a class, in the order of joining; `gone` adds who was removed."""
        wanted = select(learners).where(learners.c.code == code).order_by(learners.c.number)
        with self.read() as connection:
            return many(connection, wanted if gone else wanted.where(~learners.c.removed), Learner)

    def with_class(self, sandbox: str) -> tuple[Learner, SchoolClass] | None:
        """The learner whose sandbox this is, and the class; None for a sandbox of no class."""
        if SANDBOX.fullmatch(sandbox) is None or not self.path.exists():
            return None
        with self.read() as connection:
            found = one(connection, select(learners).where(learners.c.sandbox == sandbox), Learner)
            if found is None:
                return None
            row = connection.execute(select(classes).where(classes.c.code == found.code)).mappings().one()
        return found, _class(dict(row))

    def set_frozen(self, sandbox: str, frozen: bool) -> None:
        """Let one learner look on only, or go on."""
        with self.write() as connection:
            connection.execute(learners.update().where(learners.c.sandbox == sandbox).values(frozen=frozen))

    def remove(self, sandbox: str) -> None:
        """Take a learner out of the class: the place is free again, the sandbox is kept and shut."""
        with self.write() as connection:
            connection.execute(learners.update().where(learners.c.sandbox == sandbox).values(removed=True))

    def reset(self, sandbox: str) -> None:
        """Empty a learner's sandbox and let them begin all lessons anew."""
        self.sandboxes.reset(sandbox)
        with self.write() as connection:
            for table in (tries, steps, beginnings):
                connection.execute(table.delete().where(table.c.sandbox == sandbox))

    @contextmanager
    def _known(self, kind: str, name: str) -> Iterator[None]:
        if not self.path.exists():
            raise NotFound(kind, name[:40])
        yield


def _class(row: dict[str, Any]) -> SchoolClass:
    return SchoolClass(**row | {"lessons": tuple(row["lessons"]), "state": ClassState(row["state"])})


def _new_code(connection: Connection) -> str:
    while True:
        code = "".join(LETTERS[octet % len(LETTERS)] for octet in new_octets(CODE_LENGTH))
        if connection.execute(select(classes.c.code).where(classes.c.code == code)).first() is None:
            return code


def _require_lessons(lessons: tuple[str, ...]) -> None:
    known = scenarios.available()
    wrong = [lesson for lesson in lessons if lesson not in known]
    if wrong:
        raise Refused(
            Violation(
                field="lessons",
                value=lesson,
                clause="unsourced",
                vi="không có kịch bản này",
                en="there is no such scenario",
                accepted="mockca scenario list",
            )
            for lesson in wrong
        )
