"""Who I am, what the regulations say, notices, deadlines and the journal over HTTP."""

from __future__ import annotations

from mockca.desk import queries
from mockca.desk.statistics import figures
from mockca.desk.views import RegulationView, WhoAmI
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import (
    DeadlineList,
    DeadlineQuery,
    InSandbox,
    JournalList,
    JournalQuery,
    NoticeList,
    OfRegulation,
    RegulationList,
    Slice,
    StatisticsList,
)


@api.reads("/me", WhoAmI)
def who_am_i(path: InSandbox) -> WhoAmI:
    """Tài khoản đang dùng. The account in use."""
    del path
    return queries.whoami(actor())


@api.reads("/regulations", RegulationList)
def list_regulations(path: InSandbox) -> RegulationList:
    """Các quy định của sandbox. The regulations in force in this sandbox."""
    del path
    return RegulationList(items=queries.regulations(here()))


@api.reads("/regulations/<regulation>", RegulationView)
def read_regulation(path: OfRegulation) -> RegulationView:
    """Một quy định với từng giá trị và điều khoản. One regulation, each value with its clause."""
    return queries.regulation(here(), path.regulation)


@api.reads("/notices", NoticeList)
def list_notices(path: InSandbox, query: Slice) -> NoticeList:
    """Các thông báo gửi đến tài khoản. The notices to the account."""
    del path
    page = queries.notices(here(), actor(), after=query.after, limit=query.limit)
    return NoticeList.model_validate(page, from_attributes=True)


@api.reads("/deadlines", DeadlineList)
def list_deadlines(path: InSandbox, query: DeadlineQuery) -> DeadlineList:
    """Các thời hạn. The deadlines."""
    del path
    page = queries.deadlines(
        here(), actor(), overdue=query.overdue, about=query.about, after=query.after, limit=query.limit
    )
    return DeadlineList.model_validate(page, from_attributes=True)


@api.reads("/statistics", StatisticsList)
def read_statistics(path: InSandbox) -> StatisticsList:
    """Số liệu, dành cho Sở và cơ quan chứng thực. Figures, for the registrar and the authority."""
    del path
    return StatisticsList(items=figures(here(), actor()))


@api.reads("/journal", JournalList)
def list_journal(path: InSandbox, query: JournalQuery) -> JournalList:
    """Nhật ký, dành cho cơ quan chứng thực và giảng viên. The journal, for the authority and the trainer."""
    del path
    page = queries.journal_entries(here(), actor(), about=query.about, after=query.after, limit=query.limit)
    return JournalList.model_validate(page, from_attributes=True)
