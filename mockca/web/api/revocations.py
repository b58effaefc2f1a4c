"""Revocation over HTTP."""

from __future__ import annotations

from functools import partial

from mockca.desk import queries, revocation
from mockca.desk.commands import DecideRevocation, ForwardRevocation, RequestRevocation
from mockca.desk.transaction import perform
from mockca.desk.views import RevocationView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import InSandbox, OfNumber, Retry, RevocationList, RevocationQuery


@api.makes("/revocations", RevocationView)
def request_revocation(path: InSandbox, header: Retry, body: RequestRevocation) -> RevocationView:
    """Đề nghị thu hồi chứng thư số. Ask for the revocation of certificates on one ground."""
    del path
    return perform(here(), actor(), revocation.request_revocation, body, idempotency_key=header.key)


@api.reads("/revocations", RevocationList)
def list_revocations(path: InSandbox, query: RevocationQuery) -> RevocationList:
    """Các yêu cầu thu hồi mà tài khoản được xem. The revocation requests that the account may see."""
    del path
    page = queries.revocations(
        here(), actor(), state=query.state, certificate=query.certificate, after=query.after, limit=query.limit
    )
    return RevocationList.model_validate(page, from_attributes=True)


@api.reads("/revocations/<number>", RevocationView)
def read_revocation(path: OfNumber) -> RevocationView:
    """Một yêu cầu thu hồi. One revocation request."""
    return queries.revocation(here(), actor(), path.number)


@api.does("/revocations/<number>/forwarding", RevocationView)
def forward_revocation(path: OfNumber, header: Retry, body: ForwardRevocation) -> RevocationView:
    """Xác nhận, chuyển yêu cầu thu hồi đi. Confirm a subscriber's request and pass it on, or refuse it."""
    use_case = partial(revocation.forward_revocation, number=path.number)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.does("/revocations/<number>/decision", RevocationView)
def decide_revocation(path: OfNumber, header: Retry, body: DecideRevocation) -> RevocationView:
    """Xác nhận hoặc từ chối yêu cầu thu hồi. Confirm a revocation request, which executes it, or refuse it."""
    use_case = partial(revocation.decide_revocation, number=path.number)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)
