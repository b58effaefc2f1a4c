"""Forms: filled in from what the registry knows, lists read back from files, templates of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.desk.actors import Actor
from mockca.desk.custody import require_device
from mockca.desk.dossiers import require_dossier
from mockca.desk.facts import certificate_facts, unit_facts
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import FilledFormView, FormFieldView, ReadingView, ViolationView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import dossiers, units
from mockca.registry.certificates import Certificate
from mockca.registry.dossiers import Dossier
from mockca.registry.units import Unit
from mockca.rules.facts import CertificateFacts
from mockca.rules.fields import MISSING, Background
from mockca.rules.filling import filled, known_of
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, Form, FormField


@dataclass(frozen=True, slots=True)
class About:
    """What a form is to be filled in about; None leaves it out."""

    unit: str | None = None
    certificate: str | None = None
    device: str | None = None
    dossier: int | None = None


def filled_form(
    sandbox: Sandbox, actor: Actor, code: str, about: About, regulation_id: str | None = None
) -> FilledFormView:
    """A form with what is known of the things that it is about; signatures and the day of signing are left open.

    NotFound for a thing that the actor may not see, or that stands under another regulation.
    """
    with reading(sandbox, actor) as transaction:
        things = _gather(transaction, about)
        regulation = _regulation(sandbox, actor, regulation_id or things.regulation)
        things.require_under(regulation)
        form = require_form(regulation, code)
        fields = dict(things.dossier.fields) if things.dossier is not None else {}
        known = known_of(
            province=regulation.province,
            unit=None if things.unit is None else unit_facts(things.unit),
            certificate=things.facts(transaction),
            fields=fields,
        )
    values = filled(_fillable(form.fields), known)
    # Without anything to be about, a line would say no more than the province.
    row = filled(_fillable(form.rows), known) if about != About() else {}
    return FilledFormView(
        regulation=regulation.id,
        code=form.code,
        vi=form.vi,
        en=form.en,
        kind=form.kind,
        clause=form.clause,
        unsourced=form.unsourced,
        fields=tuple(_field_view(name, rule, values.get(name)) for name, rule in form.fields.items()),
        columns=tuple(_field_view(name, rule, row.get(name)) for name, rule in form.rows.items()),
    )


def read_list(
    sandbox: Sandbox, actor: Actor, code: str, content: bytes, media_type: str, regulation_id: str | None = None
) -> ReadingView:
    """The lines of a list in a CSV, Excel or JSON file, with what is wrong in them. Nothing is kept.

    Malformed for a file that cannot be read.
    """
    from mockca.paper import reading as files

    regulation = _regulation(sandbox, actor, regulation_id)
    form = require_form(regulation, code)
    with reading(sandbox, actor) as transaction:
        background = Background(regulation, transaction.today)
    found = files.read_list(form, content, media_type, background)
    return ReadingView(
        regulation=regulation.id,
        form=form.code,
        rows=found.rows,
        violations=tuple(
            ViolationView(
                field=one.field, value=one.value, clause=one.clause, vi=one.vi, en=one.en, accepted=one.accepted
            )
            for one in found.violations
        ),
    )


def template(sandbox: Sandbox, actor: Actor, code: str, style: str, regulation_id: str | None = None) -> bytes:
    """The empty list of a form, as `csv` or `xlsx`; NotFound where the form has none."""
    from mockca.paper import templates

    regulation = _regulation(sandbox, actor, regulation_id)
    form = require_form(regulation, code)
    domain = None if regulation.email_domain is None else regulation.email_domain.value
    if style == "csv":
        return templates.template_csv(form, domain)
    return templates.template_xlsx(form, sandbox.clock.now(), domain)


def require_form(regulation: Regulation, code: str) -> Form:
    """The form with this code; NotFound where the regulation has none."""
    form = regulation.forms.get(code)
    if form is None:
        raise NotFound("form", code)
    return form


def _regulation(sandbox: Sandbox, actor: Actor, wanted: str | None) -> Regulation:
    known = wanted or actor.regulation
    if known is None:
        raise Refused(
            [
                Violation(
                    field="regulation",
                    value=MISSING,
                    clause=UNSOURCED,
                    vi="Phải nêu biểu mẫu của quy định nào.",
                    en="Say which regulation's form this is.",
                    accepted=", ".join(sandbox.regulations),
                )
            ]
        )
    return sandbox.regulation(known)


@dataclass(frozen=True, slots=True)
class _Things:
    """What a form is about, as found."""

    unit: Unit | None
    certificate: Certificate | None
    dossier: Dossier | None

    @property
    def regulation(self) -> str | None:
        return next(
            (thing.regulation for thing in (self.dossier, self.certificate, self.unit) if thing is not None), None
        )

    def require_under(self, regulation: Regulation) -> None:
        """Raise NotFound where one of them stands under another regulation."""
        named = (
            ("dossier", self.dossier, self.dossier and str(self.dossier.number)),
            ("certificate", self.certificate, self.certificate and self.certificate.serial),
            ("unit", self.unit, self.unit and self.unit.id),
        )
        for kind, thing, name in named:
            if thing is not None and thing.regulation != regulation.id:
                raise NotFound(kind, str(name))

    def facts(self, transaction: Transaction) -> CertificateFacts | None:
        return None if self.certificate is None else certificate_facts(transaction, self.certificate)


def _gather(transaction: Transaction, about: About) -> _Things:
    """What is named, and what that leads to: a device's certificate, a certificate's dossier, anything's body."""
    connection, actor = transaction.connection, transaction.actor
    dossier = None if about.dossier is None else require_dossier(transaction, about.dossier)
    certificate = None
    if about.device is not None:
        _, certificate = require_device(transaction, about.device)
    serial = about.certificate or (dossier.certificate or dossier.replaces if dossier is not None else None)
    if about.certificate is not None or (certificate is None and serial is not None):
        named = require_certificate(connection, str(serial))
        if not actor.sees_unit(named.regulation, named.unit):
            raise NotFound("certificate", str(serial))
        if certificate is not None and certificate.serial != named.serial:
            raise NotFound("device", str(about.device))
        certificate = named
    if dossier is None and certificate is not None:
        dossier = dossiers.get(connection, certificate.dossier)
    if about.unit is not None:
        unit = units.get(connection, about.unit)
        if unit is None or not actor.sees_unit(unit.regulation, unit.id):
            raise NotFound("unit", about.unit)
    else:
        owner = dossier.unit if dossier is not None else certificate.unit if certificate is not None else actor.unit
        unit = None if owner is None else units.get(connection, owner)
    return _Things(unit, certificate, dossier)


def _fillable(rules: Mapping[str, FormField]) -> dict[str, FormField]:
    """The fields that the registry may fill in: no signature, no vow, and not the day of signing."""
    return {name: rule for name, rule in rules.items() if rule.type != "affirmed" and rule.date != "document"}


def _field_view(name: str, rule: FormField, value: object) -> FormFieldView:
    return FormFieldView(
        name=name,
        vi=rule.vi,
        en=rule.en,
        type=rule.type,
        required=rule.required,
        clause=rule.clause,
        unsourced=rule.unsourced,
        choices=rule.choices,
        matches=rule.matches,
        value=value if isinstance(value, bool | int | str) else None,
    )
