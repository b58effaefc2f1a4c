"""Through effect, hold, revocation and expiry, every face says the same, at once and for as long as it must.

A certificate is led through its life by a scenario of the regulation, then the clock is turned beyond every
nextUpdate and every certificate's end, and back. Only an authority that can be driven over the HTTP contract is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.publisher import crl
from conformance.publisher.lists import FULL
from conformance.suites.publisher.bench import Bench, FetchedList, judge
from conformance.suites.publisher.history import SECOND, History, Moment
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import NotApplicable, NotChecked
from scenarios import Importance

HOLD = "certificateHold"
EFFECT_AT_ONCE = "under this regulation a certificate is in effect from its notBefore on"
NO_SUSPENSION = "nothing is suspended in the lives that this regulation's scenarios lead"
NO_REVOCATION = "nothing is revoked in the lives that this regulation's scenarios lead"
Fault = tuple[Moment, str]
"""When something was wrong, and what."""
LISTS = ("crl", "delta")
"""Faces that say something of every certificate at once."""
GONE = (crl.ABSENT, crl.REMOVED)
"""What a delta says of a certificate that is on no full CRL."""


@check("L20-24.3")
def always_readable(bench: Bench) -> None:
    """Lúc nào cũng đọc được: danh sách đầy đủ, delta, OCSP qua GET và POST.

    At every moment every face can be read: full CRL, delta CRL, OCSP by GET and by POST.
    """
    _judge(bench, "every face readable", ((one, fault) for one in bench.history.moments for fault in one.faults))


@check(importance=Importance.BLOCKER)
def faces_agree(bench: Bench) -> None:
    """Ở mọi thời điểm, danh sách thu hồi và OCSP nói như nhau: trạng thái, lý do, thời điểm thu hồi.

    At every moment CRL and OCSP say the same of each certificate in its term: status, reason, time of revocation
    (RFC 5280 §5.3, RFC 6960 §2.2).
    """
    _judge(bench, "CRL and OCSP that say the same", _disagreements(bench.history))


def _disagreements(history: History) -> Iterator[Fault]:
    for moment, serial in history.in_term():
        if moment.full is None:
            continue
        entry = moment.full.read.entries.get(serial)
        said = "good" if entry is None else f"revoked:{entry.reason or crl.UNSPECIFIED}"
        for asked in moment.answers[serial]:
            if asked.said != said:
                yield moment, f"{serial:x} is {said} by the CRL, {asked.said} by OCSP ({asked.ids[0].algorithm})"
            elif entry is not None and (told := asked.response.singles[0].revoked_at) != entry.revoked_at:
                yield moment, f"{serial:x} is revoked at {entry.revoked_at} by the CRL, {told} by OCSP"


@check("AG-11.3.b.1", importance=Importance.BLOCKER)
def as_the_authority_says(bench: Bench) -> None:
    """Danh sách thu hồi và OCSP nói đúng như cơ quan chứng thực: chưa hiệu lực và tạm dừng là certificateHold.

    CRL and OCSP say what the authority says itself: not in effect yet and suspended are certificateHold, revoked has
    the authority's reason, anything else is not listed.
    """
    _judge(bench, "the authority's own word", _contradicted(bench.history))


def _contradicted(history: History) -> Iterator[Fault]:
    for moment, serial in history.in_term():
        truth = moment.truth.get(serial)
        if truth is None:
            continue
        wanted = {"issued": HOLD, "suspended": HOLD, "revoked": truth.reason or crl.UNSPECIFIED}
        word = wanted.get(truth.status, crl.ABSENT)
        if moment.full is not None and moment.full.read.word(serial) != word:
            yield moment, f"{serial:x} is {truth.status}, the CRL says {moment.full.read.word(serial)}"
        status = "good" if word == crl.ABSENT else f"revoked:{word}"
        yield from (
            (moment, f"{serial:x} is {truth.status}, OCSP says {asked.said}")
            for asked in moment.answers[serial]
            if asked.said != status
        )


@check("AG-10.2.dd.2", importance=Importance.BLOCKER)
def hold_before_effect(bench: Bench) -> None:
    """Chưa công bố hiệu lực thì chứng thư số nằm trong danh sách thu hồi (certificateHold); công bố rồi thì không.

    Before its effect is published a certificate is on hold everywhere; from then on it is not. Only where effect begins
    with publication.
    """
    waiting = bench.history.having("issued", EFFECT_AT_ONCE)
    _judge(bench, "certificateHold before effect", _not_held(waiting))
    _judge(bench, "no CRL entry once in effect", _still_listed(bench.history, "effective", (one for one, _ in waiting)))


@check("AG-3.13", importance=Importance.BLOCKER)
def suspension(bench: Bench) -> None:
    """Tạm dừng: certificateHold ở mọi nơi, ngay lập tức.

    A suspended certificate is on hold everywhere, at once: certificateHold on the full CRL, by OCSP, and on the delta
    for whoever has an earlier full one (RFC 5280 §5.3.1).

    Not checked under regulations without suspension.
    """
    _judge(bench, "certificateHold while suspended", _not_held(bench.history.having("suspended", NO_SUSPENSION)))


def _not_held(stretches: Iterable[tuple[int, list[Moment]]]) -> Iterator[Fault]:
    for serial, moments in stretches:
        for moment in moments:
            if moment.full is not None and moment.full.read.word(serial) != HOLD:
                yield moment, f"the CRL says {moment.full.read.word(serial)} of {serial:x}"
            if moment.delta is not None and moment.delta.read.word(serial) not in (HOLD, crl.ABSENT):
                yield moment, f"the delta says {moment.delta.read.word(serial)} of {serial:x}"
            for asked in moment.answers.get(serial, ()):
                if asked.said != f"revoked:{HOLD}":
                    yield moment, f"OCSP says {asked.said} of {serial:x}"


@check("AG-3.13")
def lifted(bench: Bench) -> None:
    """Hết tạm dừng: vắng mặt trong danh sách đầy đủ tiếp theo, removeFromCRL trong delta.

    Once the hold is lifted the certificate is absent from the next full CRL and good by OCSP; the delta says
    removeFromCRL to whoever has a full CRL that lists it (RFC 5280 §5.2.4, §5.3.1).

    Not checked under regulations without suspension.
    """
    held = bench.history.having("suspended", NO_SUSPENSION)
    _judge(
        bench, "no entry once the hold is lifted", _still_listed(bench.history, "effective", (one for one, _ in held))
    )
    _judge(bench, "removeFromCRL in the delta", _not_removed(bench.history, held))


def _still_listed(history: History, status: str, serials: Iterable[int]) -> Iterator[Fault]:
    standing = dict(history.stretches(status))
    for serial in serials:
        for moment in standing.get(serial, ()):
            if moment.full is not None and moment.full.read.word(serial) != crl.ABSENT:
                yield moment, f"the CRL says {moment.full.read.word(serial)} of {serial:x}"
            if moment.delta is not None and moment.delta.read.word(serial) not in GONE:
                yield moment, f"the delta says {moment.delta.read.word(serial)} of {serial:x}"


def _not_removed(history: History, held: Iterable[tuple[int, list[Moment]]]) -> Iterator[Fault]:
    free = dict(history.stretches("effective"))
    for serial, moments in held:
        for after in free.get(serial, ()):
            if after.delta is None or after.delta.read.base is None:
                continue
            base = after.delta.read.base
            listing = any(
                before.full is not None
                and before.full.read.word(serial) == HOLD
                and base <= (before.full.read.number or 0)
                and before.until <= after.since
                for before in moments
            )
            if listing and after.delta.read.word(serial) != crl.REMOVED:
                yield after, f"the delta says {after.delta.read.word(serial)} of {serial:x}"


@check("AG-11.3.b.1", "AG-11.3.b.2", importance=Importance.BLOCKER)
def revocation(bench: Bench) -> None:
    """Thu hồi được công bố ngay: đúng lý do, thời điểm thu hồi nằm giữa lúc trước và lúc sau khi thu hồi.

    A revocation is published at once, with its reason and with a revocationDate between the moment before and the
    moment after it (RFC 5280 §5.1.2.6, §5.3.1).
    """
    _judge(bench, "the revocation on CRL and delta, at its time", _not_published(bench.history))


def _not_published(history: History) -> Iterator[Fault]:
    for serial, moments in history.having("revoked", NO_REVOCATION):
        first = moments[0]
        before = history.moments[history.moments.index(first) - 1] if first is not history.moments[0] else None
        if first.full is None:
            continue
        entry, wanted = first.full.read.entries.get(serial), first.truth[serial].reason
        if entry is None:
            yield first, f"{serial:x} is not on the CRL"
            continue
        if entry.reason != (None if wanted == crl.UNSPECIFIED else wanted):
            yield first, f"the CRL gives {entry.reason}, the authority {wanted}"
        earliest = None if before is None else before.since.replace(microsecond=0)
        if entry.revoked_at > first.until or (earliest is not None and entry.revoked_at < earliest):
            yield first, f"revocationDate {entry.revoked_at.isoformat()} is not the time of the revocation"


@check("AG-3.14", importance=Importance.BLOCKER)
def revocation_lasts(bench: Bench) -> None:
    """Đã thu hồi thì mãi mãi: mọi danh sách sau đó vẫn ghi, cùng lý do và cùng ngày, cho đến khi hết hạn.

    What is revoked stays revoked: every later CRL lists it with the same reason and date until it has expired, also
    after the clock was turned (RFC 5280 §3.3).
    """
    _judge(bench, "the same entry on every later CRL", _forgotten(bench.history))


def _forgotten(history: History) -> Iterator[Fault]:
    for serial, moments in history.having("revoked", NO_REVOCATION):
        first = moments[0].full
        entry = None if first is None else first.read.entries.get(serial)
        for moment in moments[1:]:
            if moment.full is None or entry is None or moment.has_ended(history.certificates[serial]):
                continue
            if moment.full.read.entries.get(serial) != entry:
                yield moment, f"the CRL says {moment.full.read.word(serial)} of {serial:x}, or gives another date"


@check(features=("clock",))
def kept_beyond_expiry(bench: Bench) -> None:
    """Chứng thư đã thu hồi còn nằm trong ít nhất một danh sách ban hành sau khi nó hết hạn.

    A revoked certificate is on at least one CRL that is issued after its notAfter (RFC 5280 §3.3).
    """
    history = bench.history
    history.require_turned()
    _judge(bench, "revoked certificates on a CRL issued after their end", _dropped(history))


def _dropped(history: History) -> Iterator[Fault]:
    checked = False
    for serial, moments in history.having("revoked", NO_REVOCATION):
        end = history.certificates[serial].not_valid_after_utc
        for moment in history.moments[history.moments.index(moments[0]) :]:
            if moment.full is None or moment.full.read.parsed.last_update_utc <= end:
                continue
            checked = True
            if moment.full.read.word(serial) == crl.ABSENT:
                yield moment, f"{serial:x}, expired {end.isoformat()}, is on no CRL issued after that"
            break
    if not checked:
        raise NotChecked("no CRL was issued after a revoked certificate's end")


@check(features=("clock",))
def expiry(bench: Bench) -> None:
    """Hết hạn không phải là thu hồi: chứng thư chưa bao giờ thu hồi không vào danh sách khi hết hạn.

    Expiry is no revocation: a certificate that was good to its end is on no CRL afterwards, and OCSP says `good` or
    `unknown` of it (RFC 5280 §3.3, RFC 6960 §2.2).
    """
    _judge(bench, "no revocation by expiry", _revoked_by_expiry(bench.history))


def _revoked_by_expiry(history: History) -> Iterator[Fault]:
    revoked = {serial for serial, _ in history.stretches("revoked")}
    for moment, serial in history.ended():
        if serial in revoked:
            continue
        if moment.full is not None and moment.full.read.word(serial) != crl.ABSENT:
            yield moment, f"the CRL says {moment.full.read.word(serial)} of {serial:x}"
        for asked in moment.answers[serial]:
            if asked.said not in ("good", "unknown", "unauthorized"):
                yield moment, f"OCSP says {asked.said} of {serial:x}"


@check()
def numbers_grow(bench: Bench) -> None:
    """Số danh sách chỉ tăng, chung một dãy cho danh sách đầy đủ và delta, kể cả khi đồng hồ quay lui.

    CRL numbers only grow, full and delta in one sequence, whatever changes and whichever way the clock is turned: a
    later full CRL has no lower number, and no two with different thisUpdate have the same (RFC 5280 §5.2.3).
    """
    _judge(bench, "CRL numbers that only grow", _shrinking(bench.history))


def _shrinking(history: History) -> Iterator[Fault]:
    highest: dict[str, tuple[int, Moment]] = {}
    issued: dict[int, tuple[str, object]] = {}
    for moment in history.moments:
        for one in moment.lists:
            number, when = one.read.number, one.read.parsed.last_update_utc
            if number is None:
                continue
            name = one.read.name
            if name in highest and number < highest[name][0]:
                yield moment, f"{name} number {number}, before it was {highest[name][0]}"
            highest[name] = max(highest.get(name, (number, moment)), (number, moment), key=lambda pair: pair[0])
            known = issued.setdefault(number, (name, when))
            if known[1] != when:
                yield moment, f"number {number} has the thisUpdate {when}, and had {known[1]} as a {known[0]}"


@check()
def numbers_of_one_instant(bench: Bench) -> None:
    """Danh sách đầy đủ và delta ban hành cùng lúc thì cùng số.

    A full CRL and a delta that are issued at the same time have the same number (RFC 5280 §5.2.4).

    Not checked where the two were never met with one thisUpdate.
    """
    twins = list(_twins(bench.history))
    if not twins:
        raise NotApplicable("full and delta CRL were never issued at one time")
    apart = ((moment, f"{FULL} number {full}, delta number {delta}") for moment, full, delta in twins if full != delta)
    _judge(bench, "one number for CRLs of one time", apart)


def _twins(history: History) -> Iterator[tuple[Moment, int | None, int | None]]:
    """Each moment at which full CRL and delta had one thisUpdate, with their numbers."""
    for moment in history.moments:
        if moment.full is None or moment.delta is None:
            continue
        full, delta = moment.full.read, moment.delta.read
        if full.parsed.last_update_utc == delta.parsed.last_update_utc:
            yield moment, full.number, delta.number


@check(importance=Importance.BLOCKER, features=("clock",))
def renewed_in_time(bench: Bench) -> None:
    """Trước khi nextUpdate qua thì đã có bản mới, cho danh sách đầy đủ, delta và OCSP.

    When a nextUpdate has passed, a new CRL, delta and OCSP answer are there: none is ever served out of its time, nor
    from the future after the clock was turned back (RFC 5280 §5.1.2.5, RFC 6960 §4.2.2.1).
    """
    bench.history.require_turned()
    _judge(bench, "every face in its time", (fault for one in bench.history.moments for fault in _out_of_time(one)))


def _out_of_time(moment: Moment) -> Iterator[Fault]:
    for one in moment.lists:
        parsed, fetched = one.read.parsed, one.fetched
        if parsed.next_update_utc is not None and parsed.next_update_utc < fetched.since:
            yield moment, f"the nextUpdate of the {one.read.name} was {parsed.next_update_utc.isoformat()}"
        if parsed.last_update_utc > fetched.until:
            yield moment, f"the thisUpdate of the {one.read.name} is {parsed.last_update_utc.isoformat()}"
    for answers in moment.answers.values():
        for asked in answers:
            for single in asked.response.singles:
                if single.next_update is not None and single.next_update < asked.fetched.since:
                    yield moment, f"the nextUpdate of OCSP was {single.next_update.isoformat()}"
                if single.this_update > asked.fetched.until:
                    yield moment, f"the thisUpdate of OCSP is {single.this_update.isoformat()}"


@check(importance=Importance.BLOCKER)
def delta_completes(bench: Bench) -> None:
    """Ai có danh sách đầy đủ cũ, ghép delta vào, thì biết đúng như danh sách đầy đủ mới.

    A reader who has an earlier full CRL that the delta applies to, and applies it, believes what the new full CRL says
    (RFC 5280 §5.2.4).
    """
    history = bench.history
    if not any(one.delta is not None for one in history.moments):
        raise NotApplicable("the publisher names no delta CRL (freshestCRL), and need not have any")
    _judge(bench, "the delta on any earlier full CRL to give the new one", _misled(history))


def _misled(history: History) -> Iterator[Fault]:
    for at, moment in enumerate(history.moments):
        if moment.full is None or moment.delta is None or moment.delta.read.base is None:
            continue
        for earlier in _bases(history.moments[: at + 1], moment.delta, moment):
            for serial, truth in moment.truth.items():
                if truth.status == "expired" or moment.has_ended(history.certificates[serial]):
                    continue
                believed = crl.combined(earlier.read.word(serial), moment.delta.read.word(serial))
                told = moment.full.read.word(serial)
                if believed != told:
                    which = f"with {FULL} number {earlier.read.number} and the delta"
                    yield moment, f"{which} {serial:x} is {believed}, the new one says {told}"


def _bases(moments: Iterable[Moment], delta: FetchedList, now: Moment) -> Iterator[FetchedList]:
    """The full CRLs that the delta applies to, without those of a time that is still to come."""
    seen = set()
    for moment in moments:
        number = None if moment.full is None else moment.full.read.number
        if moment.full is None or number is None or number in seen:
            continue
        seen.add(number)
        past = moment.full.read.parsed.last_update_utc <= now.until + SECOND
        if past and (delta.read.base or 0) <= number <= (delta.read.number or 0):
            yield moment.full


def _judge(bench: Bench, expected: str, faults: Iterable[Fault]) -> None:
    """Raise Failed with all that is wrong, and with what was asked and answered when it first was."""
    found = list(faults)
    if not found:
        return
    moment, text = found[0]
    concerned = [serial for serial in moment.answers if f"{serial:x}" in text]
    bench.told = [
        replace(one, serial=next(iter(concerned), one.serial)) if one.face in LISTS else one
        for one in moment.told
        if one.face in LISTS or one.serial in concerned
    ]
    judge(expected, (f"{moment}: {fault}" for moment, fault in found))
