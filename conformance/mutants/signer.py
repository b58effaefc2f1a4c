"""Proving the checks of signers: our own signer with one defect, each under a regulation that asks about its point."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from asn1crypto import crl

from conformance.catalogue import signer_checks
from conformance.checks import SIGNER, FunctionCheck
from conformance.corpus.evidence import ANCHORS, PARENTS
from conformance.corpus.model import instant, signers
from conformance.corpus.statuses import crl as list_of
from conformance.corpus.world import World
from conformance.events import Result
from conformance.mutants.authority import Progress
from conformance.mutants.crooked_signer import BODY, ORGANISATION, PERSON, archive, signer
from conformance.mutants.declared import declared
from conformance.mutants.proof import Proof
from conformance.run import Finding, Settings
from conformance.suites.signer.form_check import FormCheck
from conformance.suites.signer.orders import ISSUED, order, told
from conformance.suites.signer.run import SignerRun
from token_emulator.documents.checking import Announcement, Evidence
from token_emulator.documents.rules import available, load

OTHERWISE: Final = "lai-chau"
"""The regulation under which checks are proven that hold under all: it asks for the most."""
GIVEN: Final = ("signer=Nguyễn Văn An", f"organisation={ORGANISATION}")
KEPT: Final = frozenset({"signer/whole/every-document-is-there", "signer/whole/kept-as-it-was"})
"""Checks of what an archive keeps."""
AT: Final = "after-revocation"
"""When documents are signed and looked at."""


def prove_signers(done: Progress, seed: str) -> Proof:
    """Prove every check of signers: our signer passes all, and each mutant is caught by all that have to catch it."""
    world = World(seed)
    proof = Proof(checks=dict.fromkeys(one.id for one in signer_checks()))
    for check, finding in judged(world, "", proof.checks):
        if finding.result is not Result.PASSED:
            proof.unsound[check] = finding.reason or "; ".join(map(str, finding.mismatches))
        done(check)
    for mutant in declared(SIGNER).values():
        found = judged(world, mutant.name, mutant.plays)
        proof.tried(mutant.name, mutant.plays, (id_ for id_, one in found if one.result is Result.FAILED))
        done(mutant.name)
    return proof


def judged(world: World, mutant: str, ids: Iterable[str]) -> Iterator[tuple[str, Finding]]:
    """What comes of these checks, each under a regulation that asks about its point."""
    wanted, by_regulation = set(ids), defaultdict(list)
    for check in signer_checks():
        if check.id in wanted:
            by_regulation[regulation_for(check)].append(check)
    with tempfile.TemporaryDirectory(prefix="conformance-prove-") as folder:
        for regulation, checks in by_regulation.items():
            for kept in {one.id in KEPT for one in checks}:
                place = Path(folder) if kept else None
                with closing(run_of(world, regulation, mutant, place)) as run:
                    for check in checks:
                        if (check.id in KEPT) is kept:
                            yield check.id, run.judge(check)


def run_of(world: World, regulation: str, mutant: str = "", folder: Path | None = None) -> SignerRun:
    """A run with our signer, or with a folder that was filled by it, with that defect or none."""
    at = instant(AT)
    settings = Settings(f"{SIGNER}={{draft}}", regulation, given=GIVEN)
    if folder is None:
        return SignerRun(settings, signer(world, mutant), lambda: at, evidence_at(world, at))
    wanted = order(load(regulation), ISSUED, at, told(GIVEN))
    return SignerRun(settings, archive(world, wanted, folder, mutant), lambda: at, evidence_at(world, at))


def regulation_for(check: FormCheck | FunctionCheck) -> str:
    """The first province that asks by a clause, or else any that asks."""
    if isinstance(check, FunctionCheck):
        return OTHERWISE
    asking = [one for one in available() if one in check.asked and load(one).province]
    return next((one for one in asking if check.asked[one].clauses), asking[0])


@cache
def _crls(seed: str, at: datetime) -> tuple[crl.CertificateList, ...]:
    world = World(seed)
    return tuple(crl.CertificateList.load(list_of(world, one, at)) for one in (*PARENTS, "g2-state"))


def evidence_at(world: World, at: datetime) -> Evidence:
    """What the certificates of our signer are checked by."""
    announced = [
        Announcement(serial=f"{world.serial(id_):x}", effective_at=instant(signers()[id_].effective))
        for id_ in (PERSON, BODY)
    ]
    return Evidence(
        anchors=tuple(world.holder(one).certificate for one in ANCHORS),
        certificates=tuple(world.holder(one).certificate for one in ("g2-state", "g2-services")),
        crls=_crls(world.seed, at),
        announcements=tuple(announced),
    )
