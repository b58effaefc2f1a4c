"""Proving the checks of verifiers: our own checker with one defect, put before the cases that have to catch it.

The checker works by steps; a defect leaves one out, does one otherwise, or overlooks what it finds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from conformance.catalogue import verifier_checks
from conformance.checks import VERIFIER
from conformance.corpus import Effect, Kind, Verdict
from conformance.corpus.making import Maker
from conformance.events import Result
from conformance.mutants.authority import Progress
from conformance.mutants.declared import Declared, declared
from conformance.mutants.proof import Proof
from conformance.run import Finding as Found
from conformance.run import Settings
from conformance.suites.verifier.case_check import CaseCheck
from conformance.suites.verifier.run import VerifierRun
from conformance.targets.verifier import Answer, FunctionVerifier
from token_emulator.documents.checking import (
    METHOD,
    Evidence,
    Finding,
    Look,
    Method,
    Step,
    check,
    read_folder,
)
from token_emulator.documents.checking import Effect as Beginning
from token_emulator.documents.checking.reading import Document
from token_emulator.documents.checking.steps import Moment
from token_emulator.documents.checking.steps import time as time_of_signing
from token_emulator.documents.errors import DocumentError
from token_emulator.documents.judging import judge
from token_emulator.documents.reading import issue_date
from token_emulator.documents.rules import load
from token_emulator.documents.seeing import look

ANNOUNCED, OTHERWISE = "an-giang", "lai-chau"
"""Regulations of the two kinds of effect: every case is for one of them, most are for both."""
Defect = Callable[[Method], Method]


def _without(*names: str) -> Defect:
    """Leave these steps out."""
    return lambda method: replace(method, steps=tuple(one for one in method.steps if one.__name__ not in names))


def _overlooking(*codes: str) -> Defect:
    """Look at everything, and say nothing of these reasons."""

    def deaf(step: Step) -> Step:
        async def overlooking(look: Look) -> AsyncIterator[Finding]:
            async for one in step(look):
                if one.reason.code not in codes:
                    yield one

        return overlooking

    return lambda method: replace(method, steps=tuple(map(deaf, method.steps)))


def _timed(moment: Callable[[Look], Moment]) -> Defect:
    """Go by another time of signing."""

    async def mistaken(look: Look) -> AsyncIterator[Finding]:
        found = [one async for one in time_of_signing(look)]
        look.time = moment(look)
        for one in found[:0]:
            yield one

    return lambda method: replace(
        method, steps=tuple(mistaken if one is time_of_signing else one for one in method.steps)
    )


def _claimed(look: Look) -> Moment:
    return Moment(look.signature.claimed)


def _believed(look: Look) -> Moment:
    return Moment(look.signature.claimed or look.at, is_proven=True)


def _now(look: Look) -> Moment:
    return Moment(look.at, is_proven=True)


def _any_stamp(look: Look) -> Moment:
    token = look.signature.token
    if token is None:
        return look.time
    return Moment(token["encap_content_info"]["content"].parsed["gen_time"].native, is_proven=True)


def _prepared(prepare: Callable[[Evidence, Document], Evidence]) -> Defect:
    return lambda method: replace(method, prepare=prepare)


def _every_root(evidence: Evidence, document: Document) -> Evidence:
    enclosed = [
        one for each in document.signatures for one in (*each.certificates, each.certificate) if one is not None
    ]
    roots = [one for one in (*evidence.certificates, *enclosed) if one.self_signed != "no"]
    return replace(evidence, anchors=(*evidence.anchors, *roots))


def _no_deltas(evidence: Evidence, _: Document) -> Evidence:
    return replace(evidence, crls=tuple(one for one in evidence.crls if one.delta_crl_indicator_value is None))


def _no_ocsp(evidence: Evidence, _: Document) -> Evidence:
    return replace(evidence, ocsps=())


def _nothing_enclosed(evidence: Evidence, document: Document) -> Evidence:
    enclosed = {one.dump() for one in document.crls}
    return replace(evidence, crls=tuple(one for one in evidence.crls if one.dump() not in enclosed))


def _only_latest(evidence: Evidence, _: Document) -> Evidence:
    """Of each authority only the last CRL, which knows nothing of holds that were lifted."""
    latest = {
        one.issuer.hashable: one
        for one in sorted(evidence.crls, key=lambda one: one["tbs_cert_list"]["this_update"].native)
    }
    return replace(evidence, crls=tuple(latest.values()))


METHODS: Final[Mapping[str, Defect]] = MappingProxyType(
    {
        "ignores-revocation": _without("status", "proof"),
        "ignores-hold": _overlooking("on-hold"),
        "soft-fails": _overlooking("revocation-unknown", "revocation-stale"),
        "knows-only-the-latest-crl": _prepared(_only_latest),
        "ignores-deltas": _prepared(_no_deltas),
        "ignores-ocsp": _prepared(_no_ocsp),
        "ignores-enclosed-evidence": _prepared(_nothing_enclosed),
        "trusts-any-root": _prepared(_every_root),
        "accepts-any-path": _without("path"),
        "checks-only-the-signer": _overlooking("ca-revoked", "path-expired", "path-invalid"),
        "ignores-purpose": _without("purpose"),
        "ignores-expiry": _without("validity"),
        "ignores-effect": _overlooking("not-effective", "effect-unknown", "on-hold"),
        "accepts-weak-digests": _overlooking("weak-algorithm"),
        "ignores-integrity": _without("integrity"),
        "ignores-coverage": _without("coverage"),
        "ignores-updates": _without("changes"),
        "uses-now": _timed(_now),
        "ignores-timestamps": _timed(_claimed),
        "believes-signing-time": _timed(_believed),
        "believes-any-timestamp": _timed(_any_stamp),
        "needs-no-time": _overlooking("signed-ahead", "no-signing-time"),
    }
)
"""Defects in how it is checked."""


def _other(answer: Answer) -> Answer:
    return replace(answer, reason="revoked" if answer.reason == "not-signed" else "not-signed")


ANSWERS: Final[Mapping[str, Callable[[Answer], Answer]]] = MappingProxyType(
    {
        "ignores-rules": lambda answer: answer,
        "says-yes": lambda answer: replace(answer, verdict=Verdict.OK, reason=""),
        "says-no": lambda answer: replace(answer, verdict=Verdict.FAILED, reason=""),
        "gives-no-reason": lambda answer: replace(answer, reason=""),
        "one-reason-for-all": lambda answer: replace(answer, reason="invalid", is_known_reason=False),
        "wrong-reasons": _other,
        "parts-not-apart": lambda answer: replace(answer, checks=dict.fromkeys(answer.checks, answer.verdict)),
        "effective-when-checked": lambda answer: replace(answer, effective="2026-06-01"),
        "names-another": lambda answer: replace(answer, signers=tuple("Ai đó" for _ in answer.signers)),
    }
)
"""Defects in what it says."""


def _as_it_is(answer: Answer) -> Answer:
    return answer


def verifier(mutant: str = "") -> FunctionVerifier:
    """Our checker, with that defect or none."""
    method = METHODS[mutant](METHOD) if mutant in METHODS else METHOD
    say = ANSWERS.get(mutant, _as_it_is)

    def answer(content: bytes, evidence: Path, at: datetime, effect: Effect, rules: str) -> Answer:
        report = check(content, read_folder(evidence), at, Beginning(effect.value), method=method)
        why = report.why
        verdict, reason = Verdict(report.verdict.value), "" if why is None else why.reason.code
        if verdict is Verdict.OK and rules and mutant != "ignores-rules":
            against = [one.rule for one in judge(content, load(rules)).findings]
            verdict, reason = (Verdict.FAILED, against[0]) if against else (verdict, reason)
        return say(
            Answer(
                verdict,
                reason,
                checks={part.value: Verdict(verdict.value) for part, verdict in report.parts().items()},
                signers=tuple(one.signer for one in report.signatures),
                effective=_dated(content) if report.kind == Kind.PDF else "",
                told=f"{report.verdict.value} {[one.reason.code for one in report.findings]}",
            )
        )

    return FunctionVerifier(answer)


def _dated(content: bytes) -> str:
    """The day that the document says of itself."""
    try:
        found = issue_date(look(content))
    except DocumentError:
        return ""
    return found.isoformat() if found else ""


def prove_verifiers(done: Progress, seed: str, maker: Maker | None = None) -> Proof:
    """Prove every check of verifiers: right answers pass, and each mutant is caught by all that have to catch it."""
    maker = maker or Maker(seed)
    proof = Proof(checks=dict.fromkeys(one.id for one in verifier_checks()))
    for id_, finding in judged("", proof.checks, seed, maker):
        if finding.result is not Result.PASSED:
            proof.unsound[id_] = finding.reason or "; ".join(map(str, finding.mismatches))
        done(id_)
    for mutant in declared(VERIFIER).values():
        prove_verifier_mutant(mutant, proof, seed, maker)
        done(mutant.name)
    return proof


def prove_verifier_mutant(mutant: Declared, proof: Proof, seed: str, maker: Maker) -> None:
    """Put its cases before the verifier with this defect."""
    failed = (id_ for id_, finding in judged(mutant.name, mutant.plays, seed, maker) if finding.result is Result.FAILED)
    proof.tried(mutant.name, mutant.plays, failed)


def judged(mutant: str, ids: Iterable[str], seed: str, maker: Maker) -> Iterator[tuple[str, Found]]:
    """What comes of these checks, each under a regulation that it is for."""
    wanted = set(ids)
    checks = [one for one in verifier_checks() if one.id in wanted]
    for regulation in dict.fromkeys(map(_regulation_of, checks)):
        settings = Settings(f"{VERIFIER}={{file}}", regulation, seed=seed)
        with closing(VerifierRun(settings, verifier(mutant), maker)) as run:
            for one in checks:
                if _regulation_of(one) == regulation:
                    yield one.id, run.judge(one)


def _regulation_of(one: object) -> str:
    if not isinstance(one, CaseCheck):
        return ANNOUNCED
    case = one.case
    by_effect = OTHERWISE if case.effect is Effect.NOT_BEFORE else ANNOUNCED
    return case.regulations[0] if case.regulations else by_effect
