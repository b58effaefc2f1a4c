"""CRL and OCSP say the same at the same instant, and what the samples' holder says of them."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.publisher import crl
from conformance.suites.publisher.bench import EXPIRED, GOOD, HELD, REVOKED, Bench, FetchedList, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import NotChecked
from scenarios import Importance

MOST_ENTRIES = 5
"""Entries of the CRL that OCSP is asked about, beside the samples."""
STAND = {
    GOOD: (crl.ABSENT, ("good",)),
    HELD: ("certificateHold", ("revoked:certificateHold",)),
    EXPIRED: (crl.ABSENT, ("good", "unknown", "unauthorized")),
}


@check("L20-24.3", importance=Importance.BLOCKER)
def crl_and_ocsp(bench: Bench) -> None:
    """Danh sách thu hồi và OCSP nói như nhau về từng chứng thư: trạng thái, lý do, thời điểm.

    Of each sample, and of entries on the CRL, CRL and OCSP say the same: status, reason and time of revocation
    (RFC 5280 §5.3, RFC 6960 §2.2).
    """
    full = bench.full
    listed = sorted(full.read.entries)[:MOST_ENTRIES]
    asked = {one.serial for one in bench.samples if one.state != EXPIRED} | set(listed)
    judge("CRL and OCSP that say the same", (fault for one in asked for fault in _apart(bench, full, one)))


def _apart(bench: Bench, full: FetchedList, serial: int) -> Iterator[str]:
    entry = full.read.entries.get(serial)
    said = "good" if entry is None else f"revoked:{entry.reason or crl.UNSPECIFIED}"
    for by in ("POST", "GET"):
        asked = bench.answered(serial, by=by)
        if asked.said != said:
            yield f"{serial:x} is {said} by the CRL, {asked.said} by OCSP ({by})"
        elif entry is not None and asked.response.singles[0].revoked_at != entry.revoked_at:
            told = asked.response.singles[0].revoked_at
            yield f"{serial:x} is revoked at {entry.revoked_at} by the CRL, {told} by OCSP ({by})"


@check(importance=Importance.BLOCKER)
def samples_stand_as_said(bench: Bench) -> None:
    """Mỗi chứng thư mẫu có trạng thái như đã nêu (--sample), ở danh sách thu hồi và OCSP.

    Each sample stands on CRL and by OCSP as --sample said: good, held, revoked or expired.
    """
    if all(one.state is None for one in bench.samples):
        raise NotChecked("nobody said how the certificates stand: --sample good=FILE, --sample revoked=FILE, …")
    judge("the samples as they were said to stand", _otherwise(bench))


def _otherwise(bench: Bench) -> Iterator[str]:
    full = bench.full
    for sample in bench.samples:
        if sample.state is None:
            continue
        word, said = full.read.word(sample.serial), bench.ask(sample.serial).said
        if sample.state == REVOKED:
            if (
                word in (crl.ABSENT, "certificateHold")
                or not said.startswith("revoked:")
                or said.endswith(":certificateHold")
            ):
                yield f"{sample} was said to be revoked, the CRL says {word}, OCSP {said}"
            continue
        on_list, by_ocsp = STAND[sample.state]
        if word != on_list or said not in by_ocsp:
            yield f"{sample} was said to be {sample.state}, the CRL says {word}, OCSP {said}"
