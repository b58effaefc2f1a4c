"""What anybody may ask: announcements, the status of a serial number, where the authority publishes."""

from __future__ import annotations

from mockca.desk import queries
from mockca.desk.views import PublicCertificateView
from mockca.web.access import here
from mockca.web.api.face import api
from mockca.web.authority import authority_view
from mockca.web.models import (
    AnnouncementList,
    AnnouncementQuery,
    AuthorityView,
    InSandbox,
    OfSerial,
)


@api.reads("/public/announcements", AnnouncementList, public=True)
def list_announcements(path: InSandbox, query: AnnouncementQuery) -> AnnouncementList:
    """Công bố hiệu lực và thu hồi, mới nhất trước. Activations and revocations, newest first."""
    del path
    page = queries.announcements(here(), kind=query.kind, words=query.q, after=query.after, limit=query.limit)
    return AnnouncementList.model_validate(page, from_attributes=True)


@api.reads("/public/certificates/<serial>", PublicCertificateView, public=True)
def look_up_certificate(path: OfSerial) -> PublicCertificateView:
    """Tra cứu theo số chứng thư. Look up a serial number."""
    return queries.public_certificate(here(), path.serial)


@api.reads("/public/authority", AuthorityView, public=True)
def read_authority(path: InSandbox) -> AuthorityView:
    """Chứng thư số CA, CRL và OCSP. The CA certificates, CRLs and the OCSP responder."""
    del path
    return authority_view(here())
