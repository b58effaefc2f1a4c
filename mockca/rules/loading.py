"""Regulations from their files: a province's TOML over its regime's, over what all regimes stand on."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from mockca.errors import NotFound
from mockca.rules import parsing
from mockca.rules.reading import KINDS, Origins, RulesError, Table, lay_over, line_of, read_toml
from mockca.rules.regulation import Regulation
from mockca.rules.terms import EffectiveFrom, Sourced

DATA = Path(__file__).parent / "data"
PROVINCES = "MOCKCA_PROVINCES"
"""Environment variable with the folder of the user's own provinces."""
COMMON = "common.toml"
"""What every regime stands on: this project's own choices where no text says anything."""


def folders() -> tuple[Path, ...]:
    """Where regulations are looked for: the package's own folder, then the user's, which PROVINCES names."""
    own = os.environ.get(PROVINCES)
    return (DATA / "provinces", *([Path(own)] if own else []))


def available() -> tuple[str, ...]:
    """Ids of the regulations that there are, sorted."""
    return tuple(sorted({path.stem for folder in folders() for path in folder.glob("*.toml")}))


@cache
def load(regulation: str) -> Regulation:
    """A regulation by its id, the user's own before the package's; NotFound where there is none."""
    for folder in reversed(folders()):
        path = folder / f"{regulation}.toml"
        if regulation in available() and path.is_file():
            return read(path)
    raise NotFound("regulation", regulation)


def regimes() -> tuple[str, ...]:
    """Ids of the national texts that a regulation can stand on, sorted."""
    return tuple(sorted(path.stem for path in (DATA / "regimes").glob("*.toml")))


def read(path: Path) -> Regulation:
    """A regulation from a file, on top of the regime that it extends; RulesError where it is wrong."""
    over = read_toml(path)
    regime = over.pop("extends", None)
    if not isinstance(regime, str):
        raise RulesError(path, "extends", "missing; name the regime that this regulation stands on")
    base_path = DATA / "regimes" / f"{regime}.toml"
    if not base_path.is_file():
        known = ", ".join(regimes())
        raise RulesError(path, "extends", f"no regime {regime!r}; known: {known}", line_of(path, ("extends",)))
    origins: Origins = {}
    common = lay_over({}, read_toml(DATA / COMMON), DATA / COMMON, origins)
    base = lay_over(common, read_toml(base_path), base_path, origins)
    table = Table(lay_over(base, over, path, origins), (), origins)
    found = compose(path.stem, regime, table)
    table.finish()
    _require_forwarder(found, table)
    parsing.require_possible(
        found.reorganisations, table, grounds=found.grounds, change=found.change, reissue=found.reissue
    )
    return found


def compose(regulation: str, regime: str, table: Table) -> Regulation:
    """A regulation from the whole table of its values; RulesError where one is wrong or missing."""
    effective = table.sourced_choice("effective_from", frozenset(EffectiveFrom))
    found = Regulation(
        id=regulation,
        regime=regime,
        title_vi=table.text("title_vi"),
        title_en=table.text("title_en"),
        regime_title_vi=table.text("regime_title_vi"),
        regime_title_en=table.text("regime_title_en"),
        province=table.text("province"),
        email_domain=table.sourced_text_or_none("email_domain"),
        registrar_name=table.sourced_text_or_none("registrar_name"),
        in_force_from=table.sourced_day("in_force_from"),
        effective_from=Sourced(EffectiveFrom(effective.value), effective.clause, effective.unsourced),
        max_years=table.sourced_whole("max_years"),
        min_years=table.sourced_whole("min_years"),
        year_days=table.sourced_whole("year_days"),
        authority_years=table.sourced_whole("authority_years"),
        services=parsing.service_table(table.table("services")),
        operations=parsing.operations(table.table("operations")),
        eligible=table.labels("eligible"),
        eligible_clause=table.text("eligible_clause"),
        delegation=parsing.delegation(table.table("delegation")),
        forms={code: parsing.form(code, entry) for code, entry in table.tables("forms")},
        requirements={
            kind: parsing.requirements(kind, entry) for kind, entry in table.tables("requirements", among=KINDS)
        },
        sets=tuple(parsing.set_rule(entry) for entry in table.list_of_tables("sets")),
        filing=parsing.submission_or_none(table.table_or_none("filing")),
        roster=parsing.roster(table.table_or_none("roster")),
        legs={name: parsing.leg(name, entry) for name, entry in table.tables("legs")},
        activation=parsing.activation(table.table_or_none("activation")),
        suspension=parsing.suspension(table.table_or_none("suspension")),
        grounds={name: parsing.ground(name, entry) for name, entry in table.tables("grounds")},
        revocation=parsing.revocation_rules(table.table("revocation")),
        renewal=parsing.renewal_rules(table.table_or_none("renewal")),
        change=parsing.change(table.table_or_none("change")),
        reissue=parsing.reissue(table.table_or_none("reissue")),
        restore=parsing.restore(table.table_or_none("restore")),
        deadlines={name: parsing.deadline(name, entry) for name, entry in table.tables("deadlines")},
        notices=tuple(parsing.notice(entry) for entry in table.list_of_tables("notices")),
        duties=table.labels("duties"),
        reports=parsing.with_sums(tuple(parsing.report(entry) for entry in table.list_of_tables("reports"))),
        applications=table.labels("applications"),
        custody=parsing.custody_rules(table.table_or_none("custody")),
        posts={name: parsing.post(entry) for name, entry in table.tables("posts")},
        contacts={role: parsing.contact(entry) for role, entry in table.tables("contacts", among=parsing.ROLES)},
        reorganisations={name: parsing.reorganisation(name, entry) for name, entry in table.tables("reorganisations")},
    )
    _require_forms(found, table)
    _require_reports(found, table)
    return found


def _require_forwarder(regulation: Regulation, table: Table) -> None:
    """Who passes requests for revocation on must be the one who may."""
    forwarder = regulation.revocation.forwarder
    wanted = frozenset() if forwarder is None else frozenset({forwarder.role})
    if regulation.operations["forward_revocation"].roles != wanted:
        named = ", ".join(wanted) or "nobody, for there is no revocation.forwarder"
        raise table.fail("operations.forward_revocation.roles", f"must be {named}")


def _require_reports(regulation: Regulation, table: Table) -> None:
    """What a report adds up must be there, and be the bodies' own."""
    of_bodies = {report.id for report in regulation.reports if report.by != "registrar"}
    for report in regulation.reports:
        if report.consolidates is not None and report.consolidates not in of_bodies:
            raise table.fail("reports", f"{report.id} adds up {report.consolidates!r}, which no body files")
        if report.per_application and not regulation.applications:
            raise table.fail("applications", f"{report.id} is about one of the applications, and there are none")


def _require_forms(regulation: Regulation, table: Table) -> None:
    """Every form that a rule names must be there."""
    named = {f"requirements.{kind}": rule.form for kind, rule in regulation.requirements.items()}
    named |= {f"legs.{name}": leg.form for name, leg in regulation.legs.items()}
    named |= {f"revocation.forms.{kind}": form.value for kind, form in regulation.revocation.forms.items()}
    if regulation.roster is not None:
        named |= {f"roster.forms.{kind}": form.value for kind, form in regulation.roster.forms.items()}
    if regulation.activation is not None:
        named["activation"] = regulation.activation.form
    for rules_name, rules in (("renewal", regulation.renewal), ("change", regulation.change)):
        if rules is not None:
            named |= {f"{rules_name}.forms.{kind}": form.value for kind, form in rules.forms.items()}
    lists = {f"requirements.{kind}.list_form": rule.list_form for kind, rule in regulation.requirements.items()}
    lists |= {f"revocation.lists.{kind}": form for kind, form in regulation.revocation.lists.items()}
    named |= {where: form.value for where, form in lists.items() if form is not None}
    if regulation.revocation.forwarder is not None:
        named["revocation.forwarder"] = regulation.revocation.forwarder.form
    if regulation.custody.change_form is not None:
        named["custody.change_form"] = regulation.custody.change_form.value
    named |= {f"reports.{report.id}": report.form for report in regulation.reports if report.form is not None}
    if regulation.restore is not None:
        procedures = regulation.restore.procedures
        named |= {f"restore.procedures.{device}": one.form.value for device, one in procedures.items()}
    if regulation.revocation.lost_form is not None:
        named["revocation.lost_form"] = regulation.revocation.lost_form.value
    for where, code in named.items():
        if code not in regulation.forms:
            raise table.fail(where, f"form {code!r} is not among the forms")
