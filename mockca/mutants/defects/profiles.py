"""Defects of subscribers' certificates: what is wrong in each that is issued (RFC 5280 §4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa

from mockca.mutants import resigning
from mockca.mutants.mutant import enter, mutant
from mockca.mutants.patching import Patch
from mockca.mutants.resigning import Edit, marked, saying, without
from mockca.pki import keys
from mockca.pki.issuing import LeafIssuer
from mockca.randomness import Randomness

OVERLONG: Final = 1 << 162
"""A bit that makes a serial number longer than 20 octets."""
SHORT: Final = 0xFFFFFFFF
IN_A_ROW, NEAR = 0x5000_0000_0000_0000, 0xFFFFFF
MUCH_LONGER: Final = timedelta(days=11 * 365)
SOMEBODY_ELSES_KEY: Final = bytes(20)

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "access": ("authority_information_access", "authorityInfoAccess"),
    "crl": ("crl_distribution_points", "cRLDistributionPoints"),
    "authority-key": ("authority_key_identifier", "authorityKeyIdentifier"),
    "usage": ("key_usage", "keyUsage"),
    "constraints": ("basic_constraints", "basicConstraints"),
    "purposes": ("extended_key_usage", "extendedKeyUsage"),
    "policies": ("certificate_policies", "certificatePolicies"),
    "mail": ("subject_alt_name", "subjectAltName"),
}
"""Extensions, by what comes after `leaf-without-`: as asn1crypto calls them, and as the RFC does."""


def _usage(*bits: str) -> Edit:
    return saying("key_usage", set(bits), critical=True)


def _purposes(*purposes: str) -> Edit:
    return saying("extended_key_usage", list(purposes))


def _policy(policy: str, *statements: str) -> Edit:
    said: dict[str, Any] = {"policy_identifier": policy}
    if statements:
        said["policy_qualifiers"] = [
            {"policy_qualifier_id": "certification_practice_statement", "qualifier": one} for one in statements
        ]
    return saying("certificate_policies", [said])


def _mail(kind: str, address: str) -> Edit:
    return saying("subject_alt_name", [asn1_x509.GeneralName(kind, address)])


def _no_responder(body: Any) -> None:
    for one in body["extensions"]:
        if one["extn_id"].native == "authority_information_access":
            one["extn_value"] = [each for each in one["extn_value"].parsed if each["access_method"].native != "ocsp"]


def _too_long(body: Any) -> None:
    end = body["validity"]["not_before"].native + MUCH_LONGER
    body["validity"]["not_after"] = asn1_x509.Time("utc_time", end)


def _overlong(body: Any) -> None:
    body["serial_number"] = body["serial_number"].native | OVERLONG


def _weak_key(body: Any) -> None:
    weak = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - the defect
    body["subject_public_key_info"] = asn1_keys.PublicKeyInfo.load(keys.spki(weak))


def _renamed(change: Any) -> Edit:
    def edit(body: Any) -> None:
        attributes = change([each for rdn in body["subject"].chosen for each in rdn])
        body["subject"] = asn1_x509.Name(
            name="", value=asn1_x509.RDNSequence([asn1_x509.RelativeDistinguishedName([one]) for one in attributes])
        )

    return edit


def _common_name(kind: str, write: Any) -> Edit:
    def change(attributes: list[Any]) -> list[Any]:
        *above, last = attributes
        return [*above, _attribute("common_name", kind, write(last["value"].native))]

    return _renamed(change)


def _attribute(name: str, kind: str, value: str) -> Any:
    return asn1_x509.NameTypeAndValue({"type": name, "value": asn1_x509.DirectoryString(kind, value)})


LEAVES: Final[Mapping[str, tuple[str, str, Edit]]] = {
    "leaf-without-responder": (
        "Chứng thư số không ghi địa chỉ OCSP",
        "Certificates name no OCSP responder",
        _no_responder,
    ),
    "leaf-of-another-authority-key": (
        "authorityKeyIdentifier của chứng thư số là của khóa khác",
        "The authorityKeyIdentifier of certificates is another key's",
        saying("authority_key_identifier", {"key_identifier": SOMEBODY_ELSES_KEY}),
    ),
    "leaf-with-weak-key": ("Khóa thuê bao là RSA 1024 bit", "Subscribers' keys are RSA of 1024 bits", _weak_key),
    "serials-overlong": ("Số hiệu dài hơn 20 octet", "Serial numbers have more than 20 octets", _overlong),
    "names-decomposed": (
        "Tên thuê bao không ở dạng dựng sẵn (NFC)",
        "Names are not in NFC",
        _common_name("utf8_string", lambda name: unicodedata.normalize("NFD", f"{name} ễ")),
    ),
    "names-printable": (
        "Tên thuê bao là PrintableString",
        "Common names are PrintableStrings",
        _common_name("printable_string", lambda _: "Nguoi Mau"),
    ),
    "names-out-of-order": (
        "Tên thuê bao ghi ngược, CN trước C",
        "Names go from CN to C",
        _renamed(lambda attributes: attributes[::-1]),
    ),
    "names-titled": (
        "Chứng thư số ghi chức danh",
        "Subjects bear a title",
        _renamed(lambda attributes: [_attribute("title", "utf8_string", "Giám đốc"), *attributes]),
    ),
    "leaf-too-long": ("Chứng thư số có hạn 11 năm", "Certificates last eleven years", _too_long),
    "leaf-usage-not-critical": (
        "keyUsage của chứng thư số không đánh dấu quan trọng",
        "The keyUsage of certificates is not critical",
        marked("key_usage", critical=False),
    ),
    "leaf-signs-certificates": (
        "Chứng thư thuê bao có quyền ký chứng thư",
        "Subscribers' certificates have keyCertSign",
        _usage("digital_signature", "non_repudiation", "key_cert_sign"),
    ),
    "leaf-enciphers": (
        "Khóa EC của thuê bao có keyEncipherment",
        "Subscribers' keys on elliptic curves have keyEncipherment",
        _usage("digital_signature", "non_repudiation", "key_encipherment"),
    ),
    "leaf-repudiates": (
        "Chứng thư số không có chống chối bỏ",
        "Certificates lack nonRepudiation",
        _usage("digital_signature"),
    ),
    "leaf-is-an-authority": (
        "Chứng thư thuê bao ghi CA:TRUE",
        "Subscribers' certificates say CA:TRUE",
        saying("basic_constraints", {"ca": True}, critical=True),
    ),
    "leaf-constraints-not-critical": (
        "basicConstraints của chứng thư số không đánh dấu quan trọng",
        "The basicConstraints of certificates are not critical",
        marked("basic_constraints", critical=False),
    ),
    "leaf-for-any-purpose": (
        "Chứng thư số cho mọi mục đích (anyExtendedKeyUsage)",
        "Certificates have anyExtendedKeyUsage",
        _purposes("client_auth", "email_protection", "any_extended_key_usage"),
    ),
    "leaf-for-servers": (
        "Chứng thư số dùng được cho máy chủ web",
        "Certificates have serverAuth",
        _purposes("client_auth", "email_protection", "server_auth"),
    ),
    "leaf-for-no-client": (
        "Chứng thư số không có clientAuth",
        "Certificates lack clientAuth",
        _purposes("email_protection"),
    ),
    "mail-is-a-host": (
        "subjectAltName ghi tên máy thay cho địa chỉ thư",
        "The subjectAltName holds a host, no mailbox",
        _mail("dns_name", "thu.mau.test"),
    ),
    "policy-is-any": (
        "Chính sách chứng thư là anyPolicy",
        "The policy is anyPolicy",
        _policy("any_policy", "http://mau.test/cp"),
    ),
    "policy-without-statement": (
        "Chính sách chứng thư không kèm địa chỉ quy chế",
        "The policy names no practice statement",
        _policy("1.3.6.1.4.1.32473.1.1"),
    ),
}


def _issued(patch: Patch, edit: Edit, *, sha1: bool = False) -> None:
    issue = LeafIssuer.issue

    def otherwise(self: LeafIssuer, *arguments: Any, **named: Any) -> bytes:
        return resigning.certificate(issue(self, *arguments, **named), self.issuer.key, edit, sha1=sha1)

    patch.member(LeafIssuer, "issue", otherwise)


for part, (extension, called) in PARTS.items():
    left_out = partial(_issued, edit=without(extension))
    enter(f"leaf-without-{part}", f"Chứng thư số không có {called}", f"Certificates have no {called}", left_out)
for name, (vi, en, edit) in LEAVES.items():
    enter(name, vi, en, partial(_issued, edit=edit))


@mutant("Chứng thư số được ký bằng SHA-1", "Certificates are signed with SHA-1")
def leaf_in_sha1(patch: Patch) -> None:
    _issued(patch, resigning.unchanged, sha1=True)


@mutant("Số hiệu chỉ có 32 bit", "Serial numbers have 32 bits")
def serials_short(patch: Patch) -> None:
    _serials(patch, lambda serial: serial & SHORT)


@mutant("Số hiệu chứng thư liền nhau, đoán được", "Serial numbers lie near each other")
def serials_in_a_row(patch: Patch) -> None:
    _serials(patch, lambda serial: IN_A_ROW | serial & NEAR)


def _serials(patch: Patch, change: Any) -> None:
    draw = Randomness.serial
    patch.member(Randomness, "serial", lambda self, label: change(draw(self, label)))
