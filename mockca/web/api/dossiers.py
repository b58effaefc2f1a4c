"""Dossiers and rosters over HTTP."""

from __future__ import annotations

from functools import partial

from mockca.desk import dossiers, issuance, queries, rosters
from mockca.desk.commands import CheckDossier, DecideDossier, FileDossier, IssueCertificate, SubmitRoster
from mockca.desk.transaction import perform
from mockca.desk.views import DossierView, IssuedView, RosterView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import DossierList, DossierQuery, InSandbox, OfNumber, Retry


@api.makes("/dossiers", DossierView)
def file_dossier(path: InSandbox, header: Retry, body: FileDossier) -> DossierView:
    """Nộp hồ sơ đề nghị cấp chứng thư số. File a request for a certificate."""
    del path
    return perform(here(), actor(), dossiers.file_dossier, body, idempotency_key=header.key)


@api.reads("/dossiers", DossierList)
def list_dossiers(path: InSandbox, query: DossierQuery) -> DossierList:
    """Các hồ sơ mà tài khoản được xem. The dossiers that the account may see."""
    del path
    page = queries.dossiers(here(), actor(), state=query.state, unit=query.unit, after=query.after, limit=query.limit)
    return DossierList.model_validate(page, from_attributes=True)


@api.reads("/dossiers/<number>", DossierView)
def read_dossier(path: OfNumber) -> DossierView:
    """Một hồ sơ. One dossier."""
    return queries.dossier(here(), actor(), path.number)


@api.replaces("/dossiers/<number>", DossierView)
def refile_dossier(path: OfNumber, header: Retry, body: FileDossier) -> DossierView:
    """Nộp lại hồ sơ đã bị trả. File a returned dossier again, mended."""
    use_case = partial(dossiers.refile_dossier, number=path.number)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.does("/dossiers/<number>/check", DossierView)
def check_dossier(path: OfNumber, header: Retry, body: CheckDossier) -> DossierView:
    """Tiếp nhận hoặc trả lại hồ sơ. The first desk accepts a dossier or returns it with reasons."""
    use_case = partial(dossiers.check_dossier, number=path.number)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.does("/dossiers/<number>/decision", DossierView)
def decide_dossier(path: OfNumber, header: Retry, body: DecideDossier) -> DossierView:
    """Phê duyệt hoặc từ chối hồ sơ. The authority approves or refuses a dossier."""
    use_case = partial(dossiers.decide_dossier, number=path.number)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.makes("/dossiers/<number>/certificate", IssuedView)
def issue_certificate(path: OfNumber, header: Retry, body: IssueCertificate) -> IssuedView:
    """Tạo khóa, cấp chứng thư số. Make the key and issue the certificate of an approved dossier.

    With a device, the answer bears its PIN letter, which is told nowhere else.
    """
    return issuance.issue_certificate(here(), actor(), body, number=path.number, idempotency_key=header.key)


@api.makes("/rosters", RosterView)
def submit_roster(path: InSandbox, header: Retry, body: SubmitRoster) -> RosterView:
    """Gửi danh sách tổng hợp. Send the consolidated list of accepted dossiers to the authority."""
    del path
    return perform(here(), actor(), rosters.submit_roster, body, idempotency_key=header.key)


@api.reads("/rosters/<number>", RosterView)
def read_roster(path: OfNumber) -> RosterView:
    """Một danh sách tổng hợp. One roster."""
    return queries.roster(here(), actor(), path.number)
