"""The public portal: what anybody may see of an authority, and check with it. Nobody needs to sign in.

front            announcements and their feed
looking          certificates looked up by serial number, name or device
authorities      the authority's own certificates and its CRLs, decoded
status           the status of a certificate, now or at an instant
checked          signed documents
installing       how the root is made known to other software
"""

from mockca.web.portal import authorities, checked, front, installing, looking, status
from mockca.web.portal.blueprint import portal

__all__ = ["authorities", "checked", "front", "installing", "looking", "portal", "status"]
