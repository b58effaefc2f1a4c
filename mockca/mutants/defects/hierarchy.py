"""Defects of the certificates that the authority publishes of itself and of its OCSP signer (RFC 5280 §4, RFC 6960
§4.2.2.2). Only what is published is wrong; the authority goes on working with the right ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from mockca.desk.crl_issue import CrlName, _CrlDesk
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.mutants import resigning
from mockca.mutants.mutant import enter, mutant
from mockca.mutants.patching import Patch
from mockca.mutants.resigning import Edit, marked, saying, without
from mockca.pki import crl, keys
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import Hierarchy, Signer
from mockca.pki.keys import KeyAlgorithm
from mockca.web.pki import PkiFace

ROOT, ISSUING, OCSP = "root", "issuing", "ocsp"
ABOVE: Final[Mapping[str, str]] = {ROOT: ROOT, ISSUING: ROOT, OCSP: ISSUING}
"""Who certified whom."""
YEAR: Final = timedelta(days=365)


class _Changed:
    """The sandboxes, each as `change` makes it."""

    def __init__(self, sandboxes: Sandboxes, change: Callable[[Sandbox], Sandbox]) -> None:
        self._sandboxes, self._change = sandboxes, change
        self._made: dict[str, tuple[Sandbox, Sandbox]] = {}

    def open(self, name: str) -> Sandbox:
        right = self._sandboxes.open(name)
        known = self._made.get(name)
        if known is None or known[0] is not right:
            known = self._made[name] = (right, self._change(right))
        return known[1]


def publish(patch: Patch, change: Callable[[Hierarchy], Hierarchy]) -> None:
    """Have the public face serve, and answer with, another hierarchy than the authority has."""
    begin = PkiFace.__init__

    def otherwise(self: PkiFace, sandboxes: Any) -> None:
        begin(self, _Changed(sandboxes, lambda sandbox: replace(sandbox, hierarchy=change(sandbox.hierarchy))))  # type: ignore[arg-type]

    patch.member(PkiFace, "__init__", otherwise)


def _certified(patch: Patch, role: str, edit: Edit, *, by_a_stranger: bool = False) -> None:
    def change(hierarchy: Hierarchy) -> Hierarchy:
        signer: Signer = getattr(hierarchy, role)
        above: Signer = getattr(hierarchy, ABOVE[role])
        key = keys.generate(KeyAlgorithm.P256) if by_a_stranger else above.key
        made = x509.load_der_x509_certificate(resigning.certificate(signer.der, key, edit))
        return replace(hierarchy, **{role: Signer(made, signer.key)})

    publish(patch, change)


def _lasting(start: timedelta, end: timedelta) -> Edit:
    """Another validity, counted from the beginning of the right one."""

    def edit(body: Any) -> None:
        begins = body["validity"]["not_before"].native
        body["validity"] = {
            "not_before": asn1_x509.Time("utc_time", begins + start),
            "not_after": asn1_x509.Time("utc_time", begins + end),
        }

    return edit


def _of_another_key(body: Any) -> None:
    other = keys.generate(KeyAlgorithm.P256).public_key()
    body["subject_public_key_info"] = asn1_keys.PublicKeyInfo.load(keys.spki(other))


ENDED: Final = _lasting(-2 * YEAR, -YEAR)
CERTIFICATES: Final[Mapping[str, tuple[str, str, str, Edit]]] = {
    "root-of-another-key": (
        "Chứng thư gốc được công bố là của khóa khác",
        "The root that is published has another key",
        ROOT,
        _of_another_key,
    ),
    "issuer-names-no-issuer": (
        "Chứng thư CA không chỉ đường đến chứng thư gốc",
        "The CA's certificate does not say where the root is",
        ISSUING,
        without("authority_information_access"),
    ),
    "issuer-expired": ("Chứng thư CA đã hết hạn", "The CA's certificate has expired", ISSUING, ENDED),
    "issuer-for-21-years": (
        "Chứng thư CA có hạn 21 năm",
        "The CA's certificate lasts 21 years",
        ISSUING,
        _lasting(timedelta(), 21 * YEAR),
    ),
    "issuer-is-no-authority": (
        "Chứng thư CA ghi CA:FALSE",
        "The CA's certificate says CA:FALSE",
        ISSUING,
        saying("basic_constraints", {"ca": False}, critical=True),
    ),
    "issuer-without-constraints": (
        "Chứng thư CA không có basicConstraints",
        "The CA's certificate has no basicConstraints",
        ISSUING,
        without("basic_constraints"),
    ),
    "issuer-constraints-not-critical": (
        "basicConstraints của chứng thư CA không đánh dấu quan trọng",
        "The basicConstraints of the CA's certificate are not critical",
        ISSUING,
        marked("basic_constraints", critical=False),
    ),
    "issuer-without-usage": (
        "Chứng thư CA không có keyUsage",
        "The CA's certificate has no keyUsage",
        ISSUING,
        without("key_usage"),
    ),
    "issuer-usage-not-critical": (
        "keyUsage của chứng thư CA không đánh dấu quan trọng",
        "The keyUsage of the CA's certificate is not critical",
        ISSUING,
        marked("key_usage", critical=False),
    ),
    "issuer-signs-no-crl": (
        "Chứng thư CA không có quyền ký danh sách thu hồi",
        "The CA's certificate lacks cRLSign",
        ISSUING,
        saying("key_usage", {"key_cert_sign"}, critical=True),
    ),
    "issuer-without-key-identifier": (
        "Chứng thư CA không có subjectKeyIdentifier",
        "The CA's certificate has no subjectKeyIdentifier",
        ISSUING,
        without("key_identifier"),
    ),
    "responder-signs-nothing": (
        "Chứng thư của OCSP không có quyền ký số",
        "The responder's certificate lacks digitalSignature",
        OCSP,
        saying("key_usage", {"key_agreement"}, critical=True),
    ),
    "responder-expired": ("Chứng thư của OCSP đã hết hạn", "The responder's certificate has expired", OCSP, ENDED),
    "responder-to-be-checked": (
        "Chứng thư của OCSP không ghi ocsp-nocheck, cũng không chỉ nơi kiểm",
        "The responder's certificate says neither ocsp-nocheck nor where to check it",
        OCSP,
        without("ocsp_no_check"),
    ),
}
for name, (vi, en, role, edit) in CERTIFICATES.items():
    enter(name, vi, en, partial(_certified, role=role, edit=edit))


@mutant("Chứng thư của OCSP do một cơ quan khác cấp", "The responder's certificate comes from another authority")
def responder_of_a_stranger(patch: Patch) -> None:
    _certified(patch, OCSP, resigning.unchanged, by_a_stranger=True)


@mutant("Danh sách thu hồi của CA gốc ghi CA cấp dưới", "The root's CRL lists the issuing CA")
def issuer_revoked(patch: Patch) -> None:
    signed = _CrlDesk._signed

    def listing(self: _CrlDesk, record: Any, entries: Any, point: str, freshest: str | None = None) -> Any:
        if record.issuer == CrlName.ROOT.issuer:
            serial = self.sandbox.hierarchy.issuing.certificate.serial_number
            entries = (crl.entry(serial, record.this_update, Reason.CA_COMPROMISE),)
        return signed(self, record, entries, point, freshest)

    patch.member(_CrlDesk, "_signed", listing)
