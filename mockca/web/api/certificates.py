"""Certificates, their activation and suspension over HTTP."""

from __future__ import annotations

from functools import partial

from mockca.desk import activation, queries, suspension
from mockca.desk.commands import LiftSuspension, ProposeActivation, SuspendCertificate
from mockca.desk.transaction import perform
from mockca.desk.views import ActivationView, CertificateView, StatusView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import (
    ActivationList,
    ActivationQuery,
    CertificateList,
    CertificateQuery,
    InSandbox,
    OfNumber,
    OfSerial,
    Retry,
    StatusQuery,
)


@api.reads("/certificates", CertificateList)
def list_certificates(path: InSandbox, query: CertificateQuery) -> CertificateList:
    """Các chứng thư số mà tài khoản được xem. The certificates that the account may see."""
    del path
    page = queries.certificates(
        here(),
        actor(),
        unit=query.unit,
        name=query.name,
        status=query.status,
        after=query.after,
        limit=query.limit,
    )
    return CertificateList.model_validate(page, from_attributes=True)


@api.reads("/certificates/<serial>", CertificateView)
def read_certificate(path: OfSerial) -> CertificateView:
    """Một chứng thư số. One certificate."""
    return queries.certificate(here(), actor(), path.serial)


@api.reads("/certificates/<serial>/status", StatusView)
def read_status(path: OfSerial, query: StatusQuery) -> StatusView:
    """Trạng thái tại một thời điểm. The certificate's status at an instant."""
    return queries.status(here(), actor(), path.serial, at=query.at)


@api.does("/certificates/<serial>/suspension", CertificateView)
def suspend_certificate(path: OfSerial, header: Retry, body: SuspendCertificate) -> CertificateView:
    """Tạm dừng chứng thư số. Suspend a certificate."""
    use_case = partial(suspension.suspend_certificate, serial=path.serial)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.does("/certificates/<serial>/reinstatement", CertificateView)
def lift_suspension(path: OfSerial, header: Retry, body: LiftSuspension) -> CertificateView:
    """Bỏ tạm dừng. Lift a suspension."""
    use_case = partial(suspension.lift_suspension, serial=path.serial)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.makes("/activations", ActivationView)
def propose_activation(path: InSandbox, header: Retry, body: ProposeActivation) -> ActivationView:
    """Đề nghị thời điểm có hiệu lực. Propose the time of effect of handed-over certificates."""
    del path
    return perform(here(), actor(), activation.propose_activation, body, idempotency_key=header.key)


@api.reads("/activations", ActivationList)
def list_activations(path: InSandbox, query: ActivationQuery) -> ActivationList:
    """Các đề nghị kích hoạt mà tài khoản được xem. The proposals that the account may see."""
    del path
    page = queries.activations(
        here(), actor(), state=query.state, certificate=query.certificate, after=query.after, limit=query.limit
    )
    return ActivationList.model_validate(page, from_attributes=True)


@api.reads("/activations/<number>", ActivationView)
def read_activation(path: OfNumber) -> ActivationView:
    """Một đề nghị kích hoạt. One proposal."""
    return queries.activation(here(), actor(), path.number)


@api.does("/activations/<number>/publication", ActivationView)
def publish_activation(path: OfNumber, header: Retry) -> ActivationView:
    """Công bố hiệu lực. The authority publishes the activation, or schedules it for its time."""
    use_case = partial(activation.publish_activation, number=path.number)
    return perform(here(), actor(), use_case, None, idempotency_key=header.key)
