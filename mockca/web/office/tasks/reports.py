"""Reports: drafted from the registry's figures, filed; asked for."""

from __future__ import annotations

from mockca.desk.commands import FileReport, RequestReport
from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Sheet, fixed, hidden_group
from mockca.web.office.matter import Matter
from mockca.web.office.models import group_of
from mockca.web.office.papers import sheet_groups
from mockca.web.office.tasks.base import task
from mockca.web.site.asking import ask
from mockca.web.site.languages import translate


@task()
def file_report(matter: Matter) -> Sheet:
    """A report with the figures that the registry counts."""
    regulation = matter.regulation
    asked = {name: text for name in ("report", "period", "application") if (text := matter.text(name))}
    draft = ask("draft_report", query=asked | {"regulation": regulation.id})
    body = draft.body
    parts = [
        fixed("regulation", regulation.id),
        fixed("report", draft.report),
        fixed("period", body.get("period")),
        fixed("application", draft.application),
    ]
    groups: list[Group] = []
    form = body.get("form")
    if form is not None:
        lines = form.get("rows") or []
        groups += sheet_groups(
            regulation,
            form["code"],
            "form",
            matter.samples,
            values={name: value for name, value in form.get("fields", {}).items() if value is not None},
        )
        parts.append(fixed("form.rows", lines or None))
    else:
        groups.append(
            Group(
                words.told(draft),
                tuple(
                    Field(
                        f"counts.{one.name}",
                        words.told(one),
                        "number",
                        required=True,
                        value=body.get("counts", {}).get(one.name),
                        hint=""
                        if one.count is None
                        else translate("Sổ đăng ký đếm được {count}").format(count=one.count),
                        sample=0 if one.count is None else one.count,
                    )
                    for one in draft.counters
                ),
                path="counts",
                clause=draft.clause,
            )
        )
    groups.append(
        group_of(
            FileReport,
            title=translate("Văn bản"),
            only=("document_number", "signed_by", "remarks"),
            given={
                "document_number": Field(
                    "document_number", words.part("document_number"), sample=matter.samples.document("report")
                ),
                "signed_by": Field("signed_by", words.part("signed_by"), sample=matter.samples.official("head")),
            },
            clause=draft.clause,
        )
    )
    return Sheet(
        (hidden_group(parts), *groups),
        "file_report",
        note=f"{words.told(draft)} · {draft.period_vi}",
        clause=draft.clause,
        sampled=True,
    )


@task()
def request_report(matter: Matter) -> Sheet:
    """Bodies are asked for a report by a day."""
    regulation = matter.regulation
    choices = tuple((one.id, words.told(one)) for one in regulation.reports if matter.role in one.recipients)
    group = group_of(
        RequestReport,
        title="",
        without=("units",),
        given={
            "regulation": fixed("regulation", regulation.id),
            "report": Field("report", words.part("report"), "choice", required=True, choices=choices),
            "application": fixed("application", None),
        },
    )
    return Sheet((group,), "request_report")
