"""Restoring locked devices over HTTP."""

from __future__ import annotations

from mockca.desk import queries, restore
from mockca.desk.commands import DecideRestore, RequestRestore
from mockca.desk.transaction import perform
from mockca.desk.views import RestoredView, RestoreView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import InSandbox, OfNumber, RestoreList, RestoreQuery, Retry


@api.makes("/restores", RestoreView)
def request_restore(path: InSandbox, header: Retry, body: RequestRestore) -> RestoreView:
    """Đề nghị khôi phục thiết bị bị khóa. Ask for a locked device to be restored."""
    del path
    return perform(here(), actor(), restore.request_restore, body, idempotency_key=header.key)


@api.reads("/restores", RestoreList)
def list_restores(path: InSandbox, query: RestoreQuery) -> RestoreList:
    """Các đề nghị khôi phục mà tài khoản được xem. The requests to restore that the account may see."""
    del path
    page = queries.restores(here(), actor(), state=query.state, after=query.after, limit=query.limit)
    return RestoreList.model_validate(page, from_attributes=True)


@api.reads("/restores/<number>", RestoreView)
def read_restore(path: OfNumber) -> RestoreView:
    """Một đề nghị khôi phục. One request to restore."""
    return queries.restore(here(), actor(), path.number)


@api.does("/restores/<number>/decision", RestoredView)
def decide_restore(path: OfNumber, header: Retry, body: DecideRestore) -> RestoredView:
    """Khôi phục thiết bị, hoặc từ chối. Restore the device through its SO PIN, or refuse with a reason.

    Once restored, the answer bears the new transport PIN, which is told nowhere else.
    """
    return restore.decide_restore(here(), actor(), body, number=path.number, idempotency_key=header.key)
