"""Services, operations, delegation, time limits, notices."""

from __future__ import annotations

from mockca.rules.parsing.words import DEVICE_KINDS, OPERATIONS, ROLES, SERVICES
from mockca.rules.reading import Table
from mockca.rules.terms import Contact, DeadlineRule, Delegate, Notice, Permission, Service


def service_table(table: Table) -> dict[str, Service]:
    """All services, each offered or not."""
    found = {}
    for name in SERVICES:
        entry = table.table(name)
        found[name] = Service(entry.flag("available"), *entry.source())
        entry.finish()
    table.finish()
    return found


def operations(table: Table) -> dict[str, Permission]:
    """All operations, each with its roles."""
    found = {}
    for name in OPERATIONS:
        entry = table.table(name)
        found[name] = Permission(entry.choices("roles", ROLES), *entry.source())
        entry.finish()
    table.finish()
    return found


def delegation(table: Table) -> dict[tuple[str, str], Delegate]:
    """The table operation x kind of device."""
    found = {}
    for operation in SERVICES:
        for device, entry in table.tables(operation, among=DEVICE_KINDS):
            clause, unsourced = entry.source()
            found[operation, device] = Delegate(
                operation,
                device,
                entry.choice("role", ROLES),
                entry.whole_or_none("working_days"),
                clause,
                unsourced,
            )
            entry.finish()
    table.finish()
    return found


def deadline(name: str, table: Table) -> DeadlineRule:
    """A time limit in working days."""
    clause, unsourced = table.source()
    found = DeadlineRule(
        kind=name,
        vi=table.text("vi"),
        en=table.text("en"),
        days=table.whole("days"),
        starts=table.text("starts"),
        ends=table.text("ends"),
        owner=table.choice("owner", ROLES),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def notice(table: Table) -> Notice:
    """A duty to tell somebody."""
    clause, unsourced = table.source()
    found = Notice(
        table.text("event"), table.choice("to", ROLES), table.text("vi"), table.text("en"), clause, unsourced
    )
    table.finish()
    return found


def contact(table: Table) -> Contact:
    """Where a body is reached."""
    clause, unsourced = table.source()
    found = Contact(table.text("identifier"), clause, unsourced)
    table.finish()
    return found
