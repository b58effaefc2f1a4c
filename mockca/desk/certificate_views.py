"""Certificates and devices as the API tells them."""

from __future__ import annotations

from datetime import datetime
from ssl import DER_cert_to_PEM_cert

from sqlalchemy import Connection

from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_status, status_view
from mockca.desk.views import CertificateView, DeviceView
from mockca.pki.certificates import key_usage_of
from mockca.registry import devices
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Device
from mockca.registry.status import StatusAt
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation


def certificate_view(
    sandbox: Sandbox, connection: Connection, certificate: Certificate, at: datetime
) -> CertificateView:
    """A certificate with its status at an instant and who holds its device."""
    device = None if certificate.device is None else devices.get(connection, certificate.device)
    found = require_status(connection, certificate.serial, at)
    holder = None if device is None else device.holder
    return told(sandbox.regulation(certificate.regulation), certificate, found, holder, at)


def told(
    regulation: Regulation, certificate: Certificate, found: StatusAt, holder: str | None, at: datetime
) -> CertificateView:
    """A certificate with the status that was found, or has just been given, at an instant."""
    return CertificateView(
        serial=certificate.serial,
        regulation=certificate.regulation,
        subscriber_kind=certificate.subscriber_kind,
        unit=certificate.unit,
        subject=certificate.subject,
        common_name=certificate.common_name,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        status=status_view(regulation, found, at),
        dossier=certificate.dossier,
        device=certificate.device,
        custody=holder,
        algorithm=certificate.algorithm,
        key_usage=key_usage_of(certificate.der),
        replaces=certificate.replaces,
        pem=DER_cert_to_PEM_cert(certificate.der),
    )


def device_view(sandbox: Sandbox, connection: Connection, device: Device, certificate: Certificate) -> DeviceView:
    """A device, where it is in its life, and what may come next."""
    regulation = sandbox.regulation(certificate.regulation)
    return DeviceView(
        serial=device.serial,
        model=device.model,
        state=device.state,
        holder=device.holder,
        certificate=device.certificate,
        algorithm=device.algorithm,
        handovers=devices.handovers_of(connection, device.serial),
        allowed=lifecycle.DEVICE.allowed(regulation, device.state),
    )
