"""What a signer is asked to sign: one draft of each kind of document that the regulation knows, and drafts that it must
not sign as they are. All made up, and marked MÔ PHỎNG.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from conformance.errors import NothingToRun
from conformance.targets.signer import Entry, Order
from token_emulator.documents.rules import DocumentRules

if TYPE_CHECKING:
    from token_emulator.documents.drafts import Draft

ISSUED: Final = "issued"
VIETNAM: Final = timezone(timedelta(hours=7))
DEFAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signer": "Trần Thị Bích Ngọc",
        "title": "GIÁM ĐỐC",
        "organisation": "Sở Nội vụ tỉnh Ví Dụ",
        "number": "79/SNV-VP",
    }
)
"""Who signs, for whom, with which number; `--given KEY=VALUE` says otherwise."""
BEFORE, AFTER = timedelta(minutes=2), timedelta(minutes=10)
"""By how much the signing time may be off the time of the order."""
UNREADY: Final = ("secret", "version", "day")
"""Points on which a draft can be such that it must not be signed as it is."""


FORMAT: Final = "format"
"""That it is a PDF at all."""
PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGE7SzgAAAABJRU5ErkJggg=="
)
"""A PNG of one point."""


def told(pairs: Iterable[str]) -> Mapping[str, str]:
    """What `--given` says, over DEFAULTS. Raises NothingToRun for what is no setting."""
    found = dict(DEFAULTS)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in DEFAULTS or not equals or not value:
            known = ", ".join(DEFAULTS)
            raise NothingToRun(f"{pair!r} is no setting of a signer; write --given KEY=VALUE with one of {known}")
        found[key] = value
    if "/" not in found["number"]:
        raise NothingToRun(f"number={found['number']} has no symbol; write e.g. --given number={DEFAULTS['number']}")
    return MappingProxyType(found)


def order(rules: DocumentRules, kind: str, at: datetime, given: Mapping[str, str], *, numbers: bool = True) -> Order:
    """A draft of that kind; with `numbers` the signer is to write number and date into one that is to be issued."""
    return _order(rules, kind, kind, _draft(at, given, is_open=numbers and kind == ISSUED), at, given, _day(at))


def unready(rules: DocumentRules, point: str, at: datetime, given: Mapping[str, str]) -> Order:
    """A draft that must not be signed as it is, on one point of UNREADY, or for being no PDF."""
    draft, issued = _draft(at, given, is_open=False), _day(at)
    if point == "secret" and rules.secret is not None:
        draft = replace(draft, secret=rules.secret.value[0])
    elif point == "day":
        issued -= timedelta(days=1)
        draft = replace(draft, issued=issued)
    order = _order(rules, f"unready-{point}", ISSUED, draft, at, given, issued)
    if point == FORMAT:
        return replace(order, draft=PICTURE)
    if point == "version":
        header = f"%PDF-{draft.version}".encode()
        return replace(order, draft=order.draft.replace(header, b"%PDF-1.3", 1))
    return order


def _order(
    rules: DocumentRules, name: str, kind: str, draft: Draft, at: datetime, given: Mapping[str, str], issued: date
) -> Order:
    # What makes drafts takes a while to import, and other kinds of run do without it.
    from token_emulator.documents.drafts import render_draft

    sequences = rules.kinds[kind].sequences.value
    entry = Entry(
        file=name,
        kind=kind,
        number=given["number"],
        issued=issued,
        signer=given["signer"],
        title=given["title"],
        organisation=given["organisation"],
        signed_by=tuple(role.value for role in sequences[0]) if len(sequences) == 1 else None,
        signed_after=at - BEFORE,
        signed_before=at + AFTER,
    )
    return Order(entry, render_draft(draft), rules.id, at)


def _draft(at: datetime, given: Mapping[str, str], *, is_open: bool) -> Draft:
    """An official letter, with an annex in the same file."""
    from token_emulator.documents.drafts import Draft

    number, _, symbol = given["number"].partition("/")
    issued = _day(at)
    return Draft(
        symbol=symbol,
        number=None if is_open else number,
        issued=None if is_open else issued,
        year=issued.year,
        title=(given["title"],),
        signer=given["signer"],
        annexes=1,
    )


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()
