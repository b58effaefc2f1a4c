"""The next certificate of a subscriber whose body is another one now: signed before anything is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mockca.desk.entering import Draft
from mockca.desk.sandbox import Sandbox
from mockca.desk.succession import changed_end, key_of
from mockca.pki.certificates import mailbox
from mockca.pki.keys import PublicKey
from mockca.pki.names import SubjectName, read_subject
from mockca.registry.certificates import Certificate
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import CHANGE, REISSUE


def subject_under(former: Certificate, unit: Unit) -> SubjectName:
    """The former subject at its place under this body; an organisation's bears the body's own name and address."""
    subject = read_subject(former.der, mailbox(former.der))
    superiors = tuple(unit.superiors)
    if former.subscriber_kind != "organisation":
        return replace(subject, organisations=(*superiors, unit.name))
    return replace(subject, common_name=unit.name.upper(), organisations=superiors, email=unit.email)


def draft_change(
    sandbox: Sandbox, regulation: Regulation, former: Certificate, unit: Unit, *, number: int, now: datetime
) -> Draft:
    """The certificate that changes this one's information: for the same key, to the same end. Malformed where the
    subject or the term does not fit a certificate."""
    not_before = now.replace(microsecond=0)
    return _signed(
        sandbox,
        regulation,
        former,
        unit,
        CHANGE,
        key_of(former),
        number=number,
        not_before=not_before,
        not_after=changed_end(former, not_before, regulation),
        device=former.device,
        model="",
    )


def draft_reissue(
    sandbox: Sandbox,
    regulation: Regulation,
    former: Certificate,
    unit: Unit,
    key: PublicKey,
    *,
    number: int,
    now: datetime,
    device: str | None,
    model: str,
) -> Draft:
    """A new certificate for a new key, for as many years as the former one was issued for. Malformed as above."""
    not_before = now.replace(microsecond=0)
    term = timedelta(days=years_of(regulation, former) * regulation.year_days.value)
    return _signed(
        sandbox,
        regulation,
        former,
        unit,
        REISSUE,
        key,
        number=number,
        not_before=not_before,
        not_after=not_before + term,
        device=device,
        model=model,
    )


def years_of(regulation: Regulation, former: Certificate) -> int:
    """The years that a certificate was issued for, within what the regulation allows."""
    years = round((former.not_after - former.not_before).days / regulation.year_days.value)
    return max(regulation.min_years.value, min(years, regulation.max_years.value))


def paper_of(
    regulation: Regulation, operation: str, former: Certificate, unit: Unit, subject: SubjectName
) -> tuple[str, dict[str, Any]]:
    """The form that would have been filed for a certificate with this subject, and what it would have said."""
    kind = former.subscriber_kind
    rules = regulation.change
    if operation == CHANGE and rules is not None and kind in rules.forms:
        code = rules.forms[kind].value
    else:
        code = regulation.requirements[kind].form
    source = regulation.forms[code].subject
    if source is None:
        return code, {}
    fields: dict[str, Any] = {source.common_name: unit.name if kind == "organisation" else subject.common_name}
    if source.email is not None and subject.email is not None:
        fields[source.email] = subject.email
    if operation == REISSUE:
        fields["validity_years"] = years_of(regulation, former)
    return code, fields


def _signed(
    sandbox: Sandbox,
    regulation: Regulation,
    former: Certificate,
    unit: Unit,
    operation: str,
    key: PublicKey,
    *,
    number: int,
    not_before: datetime,
    not_after: datetime,
    device: str | None,
    model: str,
) -> Draft:
    subject = subject_under(former, unit)
    # The same number however often a run is killed: what it had signed and not entered is made again.
    serial = sandbox.randomness.serial(f"reorganisation/{number}/{former.serial}")
    return Draft(
        regulation=regulation,
        operation=operation,
        subscriber_kind=former.subscriber_kind,
        unit=unit.id,
        replaces=former.serial,
        subject=subject,
        public_key=key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        der=sandbox.issuer.issue(subject, key, serial=serial, not_before=not_before, not_after=not_after),
        device=device,
        model=model,
    )
