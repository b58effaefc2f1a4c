"""Bodies that are split, merged, renamed or dissolved, over HTTP."""

from __future__ import annotations

from mockca.desk.commands import PlanReorganisation, WorkReorganisation
from mockca.desk.reorganisation import looking, planning, report, working
from mockca.desk.transaction import perform
from mockca.desk.views import ReorganisationView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.face import File
from mockca.web.models import (
    InSandbox,
    LetterList,
    OfNumber,
    ReorganisationItemList,
    ReorganisationItemQuery,
    ReorganisationList,
    ReportQuery,
    Retry,
    Slice,
)

MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv"}


@api.makes("/reorganisations", ReorganisationView)
def plan_reorganisation(path: InSandbox, header: Retry, body: PlanReorganisation) -> ReorganisationView:
    """Lập kế hoạch theo quyết định sáp nhập, chia tách, đổi tên, giải thể. Plan what a decision about bodies makes of
    their certificates: every one in force or on hold, with what is to be done and by which clause."""
    del path
    return perform(here(), actor(), planning.plan_reorganisation, body, idempotency_key=header.key)


@api.reads("/reorganisations", ReorganisationList)
def list_reorganisations(path: InSandbox, query: Slice) -> ReorganisationList:
    """Các quyết định sắp xếp đơn vị. The decisions about bodies, with their progress."""
    del path
    page = looking.listing(here(), actor(), after=query.after, limit=query.limit)
    return ReorganisationList.model_validate(page, from_attributes=True)


@api.reads("/reorganisations/<number>", ReorganisationView)
def read_reorganisation(path: OfNumber) -> ReorganisationView:
    """Một quyết định và tiến độ. One decision and how far it is."""
    return looking.reorganisation(here(), actor(), path.number)


@api.reads("/reorganisations/<number>/items", ReorganisationItemList)
def list_reorganisation_items(path: OfNumber, query: ReorganisationItemQuery) -> ReorganisationItemList:
    """Từng chứng thư số: việc phải làm, kết quả. Certificate by certificate: what is to be done, and what became."""
    page = looking.items(here(), actor(), path.number, state=query.state, after=query.after, limit=query.limit)
    return ReorganisationItemList.model_validate(page, from_attributes=True)


@api.reads("/reorganisations/<number>/letters", LetterList)
def list_reorganisation_letters(path: OfNumber, query: Slice) -> LetterList:
    """Phiếu mã PIN của các thiết bị mới. The PIN letters of the devices that were made, for who issues."""
    page = looking.letters(here(), actor(), path.number, after=query.after, limit=query.limit)
    return LetterList.model_validate(page, from_attributes=True)


@api.does("/reorganisations/<number>/work", ReorganisationView)
def work_reorganisation(path: OfNumber, header: Retry, body: WorkReorganisation) -> ReorganisationView:
    """Xử lý một phần kế hoạch. Do the next slice of the plan and answer how far it is; ask again until it is finished.

    Whatever stops it in between, nothing is lost and nothing done twice.
    """
    return working.work_reorganisation(here(), actor(), body, number=path.number, idempotency_key=header.key)


@api.prints("/reorganisations/<number>/report", *MEDIA_TYPES.values())
def print_reorganisation(path: OfNumber, query: ReportQuery) -> File:
    """Báo cáo kết quả, PDF hoặc CSV. What it came to: totals by body, kind and action, and every exception."""
    content = report.report(here(), actor(), path.number, style=query.format)
    return File(content, MEDIA_TYPES[query.format], f"reorganisation-{path.number}.{query.format}")
