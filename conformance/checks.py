"""What a check is, whatever kind of target it is for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from conformance.law import Text
from scenarios import Importance, Scenario, Step, Verdict

AUTHORITY = "authority"
"""The suite for whoever runs the workflow: the scenarios of one regulation, each step a check."""
TOKEN = "token"  # noqa: S105
"""The suite for devices: any PKCS#11 module with a token in it."""
PUBLISHER = "publisher"
"""The suite for whoever publishes AIA, CRLs and OCSP: from a certificate's addresses on."""
VERIFIER = "verifier"
"""The suite for whoever checks signed documents: each case of the corpus a check."""
AGENT = "agent"
"""The suite for desktop signing agents that web pages call."""
SIGNER = "signer"
"""The suite for whoever signs documents: what each regulation asks of their form, and that they hold."""
KINDS = (AUTHORITY, TOKEN, PUBLISHER, VERIFIER, AGENT, SIGNER)
"""Kinds of target; each has a suite of its name."""
IMPORTANCE_NAMES: Mapping[Importance, Text] = {
    Importance.BLOCKER: Text("nghiêm trọng", "blocker"),
    Importance.MAJOR: Text("quan trọng", "major"),
    Importance.MINOR: Text("nhỏ", "minor"),
}


class Asking(Protocol):
    """What asks something of a clause."""

    @property
    def id(self) -> str:
        """From where it stands: `authority/an-giang/new-person/file`, `token/locking/wrong-pins-lock`."""
        ...

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that it holds the target to, of whichever regulations; none where only a standard asks for it."""
        ...


class Check(Asking, Protocol):
    """One thing that must hold of a target."""

    @property
    def suite(self) -> str:
        """The kind of target that it is for, one of KINDS."""
        ...

    @property
    def says(self) -> Text:
        """What it is about."""
        ...

    @property
    def importance(self) -> Importance:
        """How bad it is when it fails."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """What a target must have for it to apply (features.py), sorted."""
        ...

    @property
    def does(self) -> str:
        """Who does what, in a scenario; empty elsewhere."""
        ...

    @property
    def explanation(self) -> str:
        """What people read of it: lines of text, Vietnamese first, without the id."""
        ...


@dataclass(frozen=True, slots=True)
class StepCheck:
    """One step of a scenario, as a check of whoever runs the workflow."""

    scenario: Scenario
    step: Step
    features: tuple[str, ...] = ()

    @property
    def suite(self) -> str:
        return AUTHORITY

    @property
    def id(self) -> str:
        return f"{self.suite}/{self.scenario.id}/{self.step.id}"

    @property
    def clauses(self) -> tuple[str, ...]:
        return self.step.clauses

    @property
    def says(self) -> Text:
        return Text(self.step.say_vi, self.step.say_en)

    @property
    def importance(self) -> Importance:
        return self.step.weight

    @property
    def does(self) -> str:
        return f"{self.step.actor} {self.step.does.value}"

    @property
    def explanation(self) -> str:
        step, expects = self.step, self.step.expects
        lines = [step.say_vi, step.say_en]
        lines.append(f"kịch bản / scenario: {self.scenario.title.vi} / {self.scenario.title.en}")
        lines.append(f"ai làm gì / who does what: {self.does}")
        lines += [f"khác thường / out of the ordinary: {path} = {value!r}" for path, value in step.change.items()]
        lines += [f"thiếu / left out: {path}" for path in step.remove]
        wanted = "bị từ chối / refused" if expects.outcome is Verdict.REFUSED else "được chấp nhận / accepted"
        if expects.clauses:
            wanted += f", {', '.join(expects.clauses)}"
        lines.append(f"phải / must be: {wanted}")
        if expects.state:
            lines.append(f"trạng thái / state: {expects.state}")
        lines += [f"giá trị / value: {path} = {value!r}" for path, value in expects.values.items()]
        lines += weighed(self)
        lines.append(f"sau các bước / after: {', '.join(self.scenario.needs(step)) or '–'}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class FunctionCheck:
    """A function as a check: its id from its module and name, its text from its docstring."""

    suite: str
    function: Callable[[Any], None]
    clauses: tuple[str, ...]
    destructive: bool = False
    """Whether it locks the device or changes its PIN."""
    on_any: bool = False
    """Whether it is made even on a target that an earlier check could not bring back."""
    importance: Importance = Importance.MAJOR
    features: tuple[str, ...] = ()
    """What a target must have for it to apply, sorted."""

    @property
    def id(self) -> str:
        module = self.function.__module__.rpartition(".")[2]
        return f"{self.suite}/{module}/{self.function.__name__}".replace("_", "-")

    @property
    def says(self) -> Text:
        """From its docstring: the first paragraph in Vietnamese, the others in English."""
        paragraphs = inspect.cleandoc(self.function.__doc__ or "").split("\n\n")
        vi, *en = (" ".join(paragraph.split()) for paragraph in paragraphs)
        return Text(vi, "\n".join(en))

    @property
    def does(self) -> str:
        return ""

    @property
    def explanation(self) -> str:
        lines = [self.says.vi, self.says.en]
        if self.destructive:
            lines.append(
                "khóa thiết bị hoặc đổi PIN: cần --destructive và PIN của cán bộ / "
                "locks the device or changes its PIN: needs --destructive and the SO PIN"
            )
        return "\n".join((*lines, *weighed(self)))


def weighed(check: Check) -> Iterator[str]:
    """What it tests, how bad a failure is, and what it needs."""
    importance = IMPORTANCE_NAMES[check.importance]
    yield f"điều khoản / clauses: {', '.join(check.clauses) or '–'}"
    yield f"mức / importance: {importance.vi} / {importance.en}"
    if check.features:
        yield f"cần / needs: {', '.join(check.features)}"
