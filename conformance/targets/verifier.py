"""A verifier of signed documents: a command, or an HTTP endpoint, that is given files and answers in JSON or otherwise.

A command is a template: `my-verify --evidence {evidence} --at {at} {file}`. An endpoint is sent a form (multipart) with
the parts `file`, `at`, `effect` and, for each file of evidence, a part `evidence` whose file name is its place in the
folder. How its answer is understood is said by a mapping (YAML), see docs/conformance/verifier.md.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import jsonpath
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from conformance.corpus import Effect, Verdict
from conformance.errors import BadMapping, BadTarget

PLACES = ("file", "evidence", "at", "effect", "regulation")
RULES = "{regulation}"
"""A word with this is left out where there is none."""
EXIT_CODE = "exit-code"
LONGEST_ANSWER = 1 << 20
LONGEST_TOLD = 600
PARTS = ("signature", "status", "path")


class VerifierFailed(Exception):
    """It gave no answer that can be understood. The text says what it did instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verifier says of a document."""

    verdict: Verdict
    reason: str = ""
    """In the words of the corpus where the mapping has them, else its own; empty where it gives none."""
    is_known_reason: bool = True
    """Whether `reason` can be compared."""
    checks: Mapping[str, Verdict] = field(default_factory=dict)
    """Of signature, status and path apart."""
    signers: tuple[str, ...] = ()
    effective: str = ""
    """From which day the document has effect (ISO 8601); empty where it is not told."""
    told: str = ""
    """What was asked and answered, for people."""


class Verifier(Protocol):
    """Whoever checks documents."""

    def ask(self, document: Path, evidence: Path, at: datetime, effect: Effect, rules: str) -> Answer:
        """Have a document checked as of that instant. Raises VerifierFailed.

        `rules` is the regulation by whose rules on signatures it is to be judged, too; empty: by none.
        """
        ...


class Reading(BaseModel):
    """How an answer is understood: the mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    verdict: str = "$.verdict"
    """JSONPath of the verdict's word, or `exit-code`."""
    words: dict[str, Verdict] = {each.value: each for each in Verdict}
    """The verifier's words, or exit codes, for verdicts."""
    reason: str = "$.reason"
    """JSONPath of the reason."""
    reasons: dict[str, str] | None = None
    """The verifier's words for the corpus's reasons; a reason that is not here is not compared."""
    checks: dict[str, str] = {part: f"$.checks.{part}" for part in PARTS}
    """JSONPaths of the verdicts on signature, status and path."""
    signers: str = "$.signatures[*].signer"
    """JSONPath of the signers' names."""
    effective: str = "$.effective"
    """JSONPath of the day from which the document has effect, ISO 8601."""

    def read(self, output: bytes, exit_code: int | None, told: str) -> Answer:
        """The answer. Raises VerifierFailed."""
        data: Any = None
        if self.verdict != EXIT_CODE or output.lstrip()[:1] in (b"{", b"["):
            try:
                data = json.loads(output)
            except ValueError:
                raise VerifierFailed(f"no JSON: {output[:200].decode('utf-8', 'replace')!r}") from None
        word = str(exit_code) if self.verdict == EXIT_CODE else _first(self.verdict, data)
        if word not in self.words:
            raise VerifierFailed(f"the verdict {word!r}, which is none of {', '.join(self.words)}")
        own = "" if data is None else _first(self.reason, data) or ""
        reason = own if self.reasons is None else self.reasons.get(own, own)
        checks = {part: _first(path, data) for part, path in self.checks.items()} if data is not None else {}
        return Answer(
            self.words[word],
            reason,
            self.reasons is None or own in self.reasons,
            {part: self.words[found] for part, found in checks.items() if found in self.words},
            tuple(map(str, jsonpath.findall(self.signers, data))) if data is not None else (),
            "" if data is None else _first(self.effective, data) or "",
            told,
        )


@dataclass(frozen=True, slots=True)
class CommandVerifier:
    """A command, run once a document."""

    template: str
    reading: Reading
    timeout: float

    def ask(self, document: Path, evidence: Path, at: datetime, effect: Effect, rules: str) -> Answer:
        given = {"file": str(document), "evidence": str(evidence), "at": at.isoformat(), "effect": effect.value}
        given["regulation"] = rules
        words = [_filled(word, given) for word in shlex.split(self.template) if rules or RULES not in word]
        try:
            done = subprocess.run(words, capture_output=True, timeout=self.timeout, check=False)
        except subprocess.TimeoutExpired:
            raise VerifierFailed(f"no answer in {self.timeout:g} s from {shlex.join(words)}") from None
        except OSError as error:
            raise BadTarget(f"{words[0]}: {error.strerror}") from None
        output = done.stdout[:LONGEST_ANSWER]
        told = f"{shlex.join(words)} → {done.returncode}: {_short(output)}"
        try:
            return self.reading.read(output, done.returncode, told)
        except VerifierFailed as error:
            said = done.stderr[-300:].decode("utf-8", "replace").strip()
            raise VerifierFailed(f"{error}; exit code {done.returncode}" + (f": {said}" if said else "")) from None


@dataclass(frozen=True, slots=True)
class HttpVerifier:
    """An endpoint that takes a form."""

    url: str
    reading: Reading
    client: httpx.Client

    def ask(self, document: Path, evidence: Path, at: datetime, effect: Effect, rules: str) -> Answer:
        files: list[tuple[str, Any]] = [("file", (document.name, document.read_bytes()))]
        paths = sorted(each for each in evidence.rglob("*") if each.is_file())
        files += [("evidence", (one.relative_to(evidence).as_posix(), one.read_bytes())) for one in paths]
        form = {"at": at.isoformat(), "effect": effect.value, **({"regulation": rules} if rules else {})}
        try:
            with self.client.stream("POST", self.url, data=form, files=files) as response:
                content = b""
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > LONGEST_ANSWER:
                        raise VerifierFailed(f"an answer of more than {LONGEST_ANSWER} octets")
        except httpx.HTTPError as error:
            raise VerifierFailed(f"{type(error).__name__} {error}") from None
        asked = f"POST {document.name}, effect {effect.value}, at {at.isoformat()}"
        told = f"{asked} → {response.status_code}: {_short(content)}"
        if response.status_code != httpx.codes.OK:
            raise VerifierFailed(f"HTTP {response.status_code}: {_short(content)}")
        return self.reading.read(content, None, told)


@dataclass(frozen=True, slots=True)
class FunctionVerifier:
    """A function of this process: what deliberate defects are."""

    answer: Callable[[bytes, Path, datetime, Effect, str], Answer]

    def ask(self, document: Path, evidence: Path, at: datetime, effect: Effect, rules: str) -> Answer:
        return self.answer(document.read_bytes(), evidence, at, effect, rules)


def read_reading(path: Path | None) -> Reading:
    """How answers are understood, by the mapping file, or as our own checker writes them. Raises BadMapping."""
    if path is None:
        return Reading()
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        if "words" in data:
            data["words"] = {str(word): verdict for word, verdict in data["words"].items()}
        reading = Reading.model_validate(data)
    except OSError as error:
        raise BadMapping(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, ValidationError, TypeError, AttributeError) as error:
        raise BadMapping(f"{path}: {error}") from None
    for query in (reading.verdict, reading.reason, reading.signers, reading.effective, *reading.checks.values()):
        if query != EXIT_CODE:
            try:
                jsonpath.compile(query)
            except jsonpath.JSONPathError as error:
                raise BadMapping(f"{path}: {query!r}: {error}") from None
    return reading


def opened(place: str, reading: Reading, timeout: float, cacert: Path | None) -> Verifier:
    """The verifier at this place: a URL, or a command with its places. Raises BadTarget."""
    if place.startswith(("http://", "https://")):
        verify: Any = True if cacert is None else str(cacert)
        return HttpVerifier(place, reading, httpx.Client(timeout=timeout, trust_env=False, verify=verify))
    if "{file}" not in place:
        raise BadTarget(
            f"{place!r} has no {{file}}; write e.g. --target 'verifier=my-verify {{file}} {{evidence}} {{at}}'"
        )
    return CommandVerifier(place, reading, timeout)


def _filled(word: str, given: Mapping[str, str]) -> str:
    for name in PLACES:
        word = word.replace(f"{{{name}}}", given[name])
    return word


def _first(query: str, data: Any) -> str | None:
    found = jsonpath.findall(query, data)
    return None if not found or found[0] is None else str(found[0])


def _short(content: bytes) -> str:
    text = " ".join(content.decode("utf-8", "replace").split())
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
