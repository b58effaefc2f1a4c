"""What a page is about: the things that its address names, read through the API as the visitor may see them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import g

from mockca.desk.sandbox import Sandbox
from mockca.desk.views import CertificateView, DeviceView, DossierView, UnitView
from mockca.errors import NotFound
from mockca.rules.regulation import Regulation
from mockca.web.access import here
from mockca.web.office.samples import Samples
from mockca.web.site.asking import ask
from mockca.web.site.sessions import Visitor, require_visitor

MOST_UNITS = 500


def units() -> dict[str, UnitView]:
    """The bodies that the visitor may see, by id; asked for once a page."""
    if "office_units" not in g:
        g.office_units = {one.id: one for one in ask("list_units", query={"limit": str(MOST_UNITS)}).items}
    found: dict[str, UnitView] = g.office_units
    return found


def unit_name(unit: str | None) -> str:
    """The name of a body; its id where the visitor may not see it."""
    if unit is None:
        return ""
    return units()[unit].name if unit in units() else unit


def subject_name(dossier: DossierView) -> str:
    """Whom a dossier is about."""
    form = here().regulation(dossier.regulation).forms.get(dossier.form)
    source = None if form is None else form.subject
    named = None if source is None else dossier.fields.get(source.common_name)
    return str(named or unit_name(dossier.unit))


class Matter:
    """The things that a task is about, by the names in its address."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.visitor: Visitor = require_visitor()

    @property
    def sandbox(self) -> Sandbox:
        return here()

    @property
    def role(self) -> str:
        return self.visitor.actor.role

    def text(self, name: str, otherwise: str = "") -> str:
        return self.texts.get(name, otherwise)[:200]

    def number(self, name: str) -> int:
        """A number of the address; NotFound where there is none."""
        text = self.text(name)
        if not text.isdecimal() or not 0 < int(text) <= 2**53:
            raise NotFound(name, text or "?")
        return int(text)

    @cached_property
    def dossier(self) -> DossierView | None:
        return ask("read_dossier", number=self.number("dossier")) if "dossier" in self.texts else None

    @cached_property
    def device(self) -> DeviceView | None:
        return ask("read_device", serial=self.text("device")) if "device" in self.texts else None

    @cached_property
    def certificates(self) -> list[CertificateView]:
        """The certificates that are named, and the one on the device that is."""
        serials = [serial for serial in self.text("certificate").split(",") if serial]
        if self.device is not None and self.device.certificate and self.device.certificate not in serials:
            serials.append(self.device.certificate)
        return [ask("read_certificate", serial=serial) for serial in serials[:50]]

    @property
    def certificate(self) -> CertificateView | None:
        return self.certificates[0] if self.certificates else None

    @cached_property
    def regulation(self) -> Regulation:
        """The regulation of what is named, else the visitor's own; NotFound where neither tells."""
        for one in (self.dossier, self.certificate):
            if one is not None:
                return here().regulation(one.regulation)
        return here().regulation(self.text("regulation") or self.visitor.actor.regulation or "?")

    @cached_property
    def unit(self) -> UnitView | None:
        """The body concerned."""
        named = self.dossier or self.certificate
        unit = self.visitor.actor.unit if named is None else named.unit
        return units().get(unit) if unit is not None else None

    @cached_property
    def samples(self) -> Samples:
        about = ".".join(f"{name}={text}" for name, text in sorted(self.texts.items()))
        fresh = "" if self.dossier is not None else f"/{self.count_of_dossiers}"
        return Samples(here(), self.regulation, about + fresh, "" if self.unit is None else self.unit.name)

    @cached_property
    def count_of_dossiers(self) -> int:
        return int(ask("list_dossiers", query={"limit": "1"}).total or 0)

    def filled(self, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the registry knows of a form's fields, and of a line of its list."""
        about = {name: text for name in ("dossier", "device") if (text := self.text(name))}
        if self.certificate is not None:
            about["certificate"] = self.certificate.serial
        elif self.visitor.actor.unit is not None and "dossier" not in about:
            about["unit"] = self.visitor.actor.unit
        form = ask("fill_form", code=code, query=about | {"regulation": self.regulation.id})
        return (
            {one.name: one.value for one in form.fields if one.value is not None},
            {one.name: one.value for one in form.columns if one.value is not None},
        )
