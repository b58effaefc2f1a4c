"""Defects of what a CRL says of itself and of each entry, by table (RFC 5280 §5.1 to §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from asn1crypto import core
from asn1crypto import x509 as asn1_x509

from mockca.mutants import resigning
from mockca.mutants.mutant import enter, mutant
from mockca.mutants.patching import Patch
from mockca.mutants.resigning import Edit, all_of, marked, saying, without
from mockca.pki import crl

EVERY, DELTA, FULL = "every", "delta", "full"
"""Which CRLs are wrong; FULL are those that are no delta."""
DAY: Final = timedelta(days=1)
SOMEBODY_ELSES_KEY: Final = bytes(20)
ELSEWHERE: Final = "http://mau.test/noi-khac.crl"
SCOPE: Final = "issuing_distribution_point"


def _uri(address: str) -> Any:
    return asn1_x509.GeneralName("uniform_resource_identifier", address)


def _scope(**said: Any) -> Edit:
    """An issuingDistributionPoint that says this, too."""

    def edit(body: Any) -> None:
        for one in body["crl_extensions"]:
            if one["extn_id"].native == SCOPE:
                point = one["extn_value"].parsed["distribution_point"]
                saying(SCOPE, {"distribution_point": point, **said}, critical=True)(body)
                return

    return edit


def _issuer(body: Any) -> None:
    body["issuer"] = asn1_x509.Name.build({"country_name": "VN", "common_name": "Nơi khác (MÔ PHỎNG)"})


def _endless(body: Any) -> None:
    del body["next_update"]


def _backwards(body: Any) -> None:
    body["next_update"] = body["this_update"]


def _version_1(body: Any) -> None:
    del body["version"]


def _empty(body: Any) -> None:
    if not _entries(body):
        body["revoked_certificates"] = []


def _twice(body: Any) -> None:
    entries = _entries(body)
    if entries:
        body["revoked_certificates"] = [*entries, entries[-1].copy()]


def _entries(body: Any) -> list[Any]:
    found = body["revoked_certificates"]
    return [] if isinstance(found, core.Void) else list(found)


def _each(change: Any) -> Edit:
    """A change of each entry; `change` is given the entry and the CRL."""

    def edit(body: Any) -> None:
        for one in _entries(body):
            change(one, body)

    return edit


def _reason(value: str, *, critical: bool = False) -> Edit:
    return _each(lambda entry, _: _put(entry, "crl_reason", value, critical=critical))


def _put(entry: Any, name: str, value: Any, *, critical: bool = False) -> None:
    others = [] if isinstance(entry["crl_entry_extensions"], core.Void) else list(entry["crl_entry_extensions"])
    kept = [one for one in others if one["extn_id"].native != name]
    entry["crl_entry_extensions"] = [*kept, {"extn_id": name, "critical": critical, "extn_value": value}]


def _critical(entry: Any, _: Any) -> None:
    if not isinstance(entry["crl_entry_extensions"], core.Void):
        for one in entry["crl_entry_extensions"]:
            one["critical"] = True


def _dated(entry: Any, body: Any, later: timedelta) -> None:
    entry["revocation_date"] = asn1_x509.Time("utc_time", body["this_update"].native + later)


def _invalid_later(entry: Any, _: Any) -> None:
    _put(entry, "invalidity_date", core.GeneralizedTime(entry["revocation_date"].native + DAY))


def _forgotten(body: Any) -> None:
    now, entries = body["this_update"].native, _entries(body)
    kept = [one for one in entries if _is_hold(one) or one["revocation_date"].native > now - DAY]
    if len(kept) < len(entries):
        if kept:
            body["revoked_certificates"] = kept
        else:
            del body["revoked_certificates"]


def _is_hold(entry: Any) -> bool:
    reason = entry.crl_reason_value
    return reason is not None and reason.native == "certificate_hold"


SHAPES: Final[Mapping[str, tuple[str, str, str, Edit]]] = {
    "crl-of-another-issuer": (
        "CRL ghi tên cơ quan khác",
        "CRLs bear the name of another issuer",
        EVERY,
        _issuer,
    ),
    "crl-version-1": ("CRL phiên bản 1", "CRLs are of version 1", EVERY, _version_1),
    "crl-endless": ("CRL không có nextUpdate", "CRLs have no nextUpdate", EVERY, _endless),
    "crl-backwards": (
        "nextUpdate của CRL không sau thisUpdate",
        "The nextUpdate of CRLs is their thisUpdate",
        EVERY,
        _backwards,
    ),
    "crl-unnumbered": ("CRL không có số", "CRLs have no number", EVERY, without("crl_number")),
    "crl-number-overlong": (
        "Số CRL dài hơn 20 octet",
        "CRL numbers have more than 20 octets",
        EVERY,
        saying("crl_number", 1 << 170),
    ),
    "crl-without-authority-key": (
        "CRL không có authorityKeyIdentifier",
        "CRLs have no authorityKeyIdentifier",
        EVERY,
        without("authority_key_identifier"),
    ),
    "crl-of-another-key": (
        "authorityKeyIdentifier của CRL là của khóa khác",
        "The authorityKeyIdentifier of CRLs is another key's",
        EVERY,
        saying("authority_key_identifier", {"key_identifier": SOMEBODY_ELSES_KEY}),
    ),
    "crl-number-critical": (
        "Số CRL đánh dấu quan trọng",
        "The CRL number is critical",
        EVERY,
        marked("crl_number", critical=True),
    ),
    "crl-scope-not-critical": (
        "issuingDistributionPoint không đánh dấu quan trọng",
        "The issuingDistributionPoint is not critical",
        EVERY,
        marked(SCOPE, critical=False),
    ),
    "crl-entries-critical": (
        "Phần mở rộng của từng mục CRL đánh dấu quan trọng",
        "The extensions of CRL entries are critical",
        EVERY,
        _each(_critical),
    ),
    "crl-of-elsewhere": (
        "issuingDistributionPoint ghi địa chỉ khác với chứng thư số",
        "The issuingDistributionPoint names another address than the certificates",
        EVERY,
        saying(SCOPE, {"distribution_point": {"full_name": [_uri(ELSEWHERE)]}}, critical=True),
    ),
    "crl-of-authorities": (
        "CRL chỉ dành cho chứng thư CA",
        "CRLs say that they cover CAs' certificates only",
        EVERY,
        _scope(only_contains_ca_certs=True),
    ),
    "crl-of-attributes": (
        "CRL chỉ dành cho chứng thư thuộc tính",
        "CRLs say that they cover attribute certificates only",
        EVERY,
        _scope(only_contains_attribute_certs=True),
    ),
    "crl-of-some-reasons": (
        "CRL chỉ dành cho một số lý do",
        "CRLs say that they cover some reasons only",
        EVERY,
        _scope(only_some_reasons={"key_compromise"}),
    ),
    "crl-indirect": ("CRL ghi là gián tiếp", "CRLs say that they are indirect", EVERY, _scope(indirect_crl=True)),
    "crl-says-unspecified": (
        "Mọi mục CRL ghi lý do `unspecified`",
        "Every CRL entry gives the reason unspecified",
        EVERY,
        _reason("unspecified"),
    ),
    "crl-says-removed": (
        "Mọi mục CRL đầy đủ ghi lý do `removeFromCRL`",
        "Every entry of the full CRL gives the reason removeFromCRL",
        FULL,
        _reason("remove_from_crl"),
    ),
    "crl-entries-from-the-future": (
        "Ngày thu hồi trên CRL ở sau thisUpdate",
        "The revocationDates of CRLs lie after their thisUpdate",
        EVERY,
        _each(lambda entry, body: _dated(entry, body, DAY)),
    ),
    "crl-invalid-after-revocation": (
        "invalidityDate trên CRL ở sau ngày thu hồi",
        "The invalidityDates of CRLs lie after the revocationDates",
        EVERY,
        _each(_invalid_later),
    ),
    "crl-entries-twice": ("CRL ghi một số hiệu hai lần", "CRLs list a serial number twice", EVERY, _twice),
    "crl-empty-list": (
        "CRL không có mục nào vẫn ghi danh sách rỗng",
        "CRLs without entries have an empty list of them",
        EVERY,
        _empty,
    ),
    "crl-entries-dated-anew": (
        "Ngày thu hồi đổi theo mỗi lần ban hành CRL",
        "Each CRL dates its entries anew",
        EVERY,
        _each(lambda entry, body: _dated(entry, body, timedelta())),
    ),
    "crl-forgets-revocations": (
        "Thu hồi chỉ nằm trong CRL đầy đủ một ngày",
        "A revocation is on the full CRL for a day and no longer",
        FULL,
        _forgotten,
    ),
    "delta-of-another-scope": (
        "Delta CRL khác phạm vi với CRL đầy đủ",
        "The delta CRL has another scope than the full one",
        DELTA,
        without(SCOPE),
    ),
    "delta-names-a-delta": (
        "Delta CRL chỉ tiếp đến một delta khác",
        "The delta CRL names a delta CRL",
        DELTA,
        saying("freshest_crl", [{"distribution_point": {"full_name": [_uri(ELSEWHERE)]}}]),
    ),
    "delta-ahead": (
        "Delta CRL dựa trên CRL đầy đủ chưa có",
        "The base of the delta CRL is a full CRL that is still to come",
        DELTA,
        all_of(saying("crl_number", 2_000_000), saying("delta_crl_indicator", 1_000_000, critical=True)),
    ),
    "delta-behind": (
        "Số của delta CRL thấp hơn số của CRL đầy đủ",
        "The number of the delta CRL is below the full one's",
        DELTA,
        all_of(saying("crl_number", 0), saying("delta_crl_indicator", 0, critical=True)),
    ),
    "delta-before-its-base": (
        "Delta CRL có số thấp hơn số của gốc",
        "The number of the delta CRL is below its base's",
        DELTA,
        all_of(saying("crl_number", 0), saying("delta_crl_indicator", 1, critical=True)),
    ),
}


def _edited(patch: Patch, which: str, edit: Edit, *, sha1: bool = False) -> None:
    build = crl.build

    def otherwise(issuer: Any, **named: Any) -> bytes:
        der = build(issuer, **named)
        is_delta = named.get("base") is not None
        if which != EVERY and is_delta != (which == DELTA):
            return der
        return resigning.revocation_list(der, issuer.key, edit, sha1=sha1)

    patch.everywhere(build, otherwise)


for name, (vi, en, which, edit) in SHAPES.items():
    enter(name, vi, en, partial(_edited, which=which, edit=edit))


@mutant("CRL được ký bằng SHA-1", "CRLs are signed with SHA-1")
def crl_in_sha1(patch: Patch) -> None:
    _edited(patch, EVERY, resigning.unchanged, sha1=True)
