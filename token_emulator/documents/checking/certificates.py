"""A certificate at an instant: its path, and its status by CRL and OCSP. pyhanko-certvalidator does both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    StaleRevinfoError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from token_emulator.documents.checking.evidence import Evidence
from token_emulator.documents.checking.verdicts import Finding, finding

HOLD = "certificate_hold"
WEAK = frozenset({"md2", "md5", "sha1"})
"""Digests that can be forged."""
SHA1_UNTIL = datetime(2017, 1, 1, tzinfo=UTC)
"""What was signed with SHA-1 from then on is not believed; our choice. The first generation's CAs are from 2010."""
ALGORITHMS = DisallowWeakAlgorithmsPolicy(weak_hash_algos=frozenset({"md5", "md2"}))
"""SHA-1 is judged by when it was used; RSA keys have 2048 bits at least."""
STATUS = RevocationCheckingPolicy(RevocationCheckingRule.CRL_OR_OCSP_REQUIRED, RevocationCheckingRule.CHECK_IF_DECLARED)


class _Signatures(DefaultSignatureValidator):
    """Takes a signature by a key of another kind than its algorithm's for what it is: no good."""

    def validate_signature(self, *given: Any, **more: Any) -> None:
        try:
            super().validate_signature(*given, **more)
        except (AssertionError, TypeError, ValueError) as error:
            raise InvalidSignature(str(error)) from error


@dataclass(frozen=True, slots=True)
class Path:
    """What came of building a path."""

    found: ValidationPath | None
    findings: tuple[Finding, ...]


async def path_at(certificate: x509.Certificate, evidence: Evidence, at: datetime) -> Path:
    """The certificate's path to an anchor as of `at`, whatever was revoked (ND68-32)."""
    try:
        path = await _validated(certificate, _context(evidence, at))
    except PathBuildingError:
        return Path(None, (await _pathless(certificate, evidence, at),))
    except InvalidCertificateError:
        return Path(None, (finding("untrusted"),))
    except PathValidationError as error:
        return Path(error.original_path, tuple(_of_path(certificate, error)))
    weak = [one for one in path if isinstance(one, x509.Certificate) and _is_weak(one, evidence.anchors)]
    return Path(path, tuple(finding("weak-algorithm", f"SHA-1 ({one.subject.human_friendly})") for one in weak[:1]))


async def status_at(certificate: x509.Certificate, evidence: Evidence, at: datetime, now: datetime) -> Finding | None:
    """Why the certificate was not in force at `at` by what is known at `now`, or is not known to be; None where it was.

    Each source is asked by itself, as it stood at `at` and as it stands since: what any of them says against the
    certificate counts, and one that says that it was good is enough otherwise.
    """
    known = [await _status(certificate, view, at) for view in _views(certificate, evidence, at, now)]
    against = [one for one in known if one is not None and one.reason.verdict == "failed"]
    if against or None in known:
        return against[0] if against else None
    return next((one for one in known if one and one.reason.code == "revocation-stale"), finding("revocation-unknown"))


async def _status(certificate: x509.Certificate, evidence: Evidence, at: datetime) -> Finding | None:
    try:
        await _validated(certificate, _context(evidence, at, STATUS))
    except RevokedError as error:
        if not error.is_ee_cert:
            return finding("ca-revoked")
        return finding("on-hold" if error.reason.native == HOLD else "revoked")
    except StaleRevinfoError:
        return finding("revocation-stale")
    except InsufficientRevinfoError:
        return finding("revocation-unknown")
    except (PathBuildingError, PathValidationError, InvalidCertificateError, AssertionError):
        # pyhanko-certvalidator asserts, rather than says, that a responder's key is of its algorithm's kind
        return finding("revocation-unknown")
    return None


def _context(evidence: Evidence, at: datetime, policy: RevocationCheckingPolicy = NO_REVOCATION) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(evidence.anchors),
        other_certs=evidence.certificates,
        moment=at,
        crls=evidence.crls,
        ocsps=evidence.ocsps,
        revinfo_policy=CertRevTrustPolicy(policy, retroactive_revinfo=True),
        algorithm_usage_policy=ALGORITHMS,
        time_tolerance=timedelta(0),
        signature_validator=_Signatures(),
    )


async def _validated(certificate: x509.Certificate, context: ValidationContext) -> ValidationPath:
    return await CertificateValidator(certificate, validation_context=context).async_validate_path()


async def _pathless(certificate: x509.Certificate, evidence: Evidence, at: datetime) -> Finding:
    """Whether the path leads elsewhere, or a piece of it is missing."""
    elsewhere = tuple(one for one in evidence.certificates if one.self_signed in ("yes", "maybe") and one.ca)
    if certificate.self_signed != "no":
        return finding("untrusted")
    if elsewhere:
        strangers = Evidence(elsewhere, evidence.certificates)
        try:
            await _validated(certificate, _context(strangers, at))
        except PathBuildingError:
            return finding("path-incomplete")
        except (PathValidationError, InvalidCertificateError):
            pass
        return finding("untrusted")
    return finding("path-incomplete")


def _of_path(certificate: x509.Certificate, error: PathValidationError) -> Iterator[Finding]:
    if isinstance(error, ExpiredError | NotYetValidError):
        if not error.is_ee_cert:
            yield finding("path-expired")
        # the signer's own validity is judged apart, and told in its own words
    elif isinstance(error, DisallowedAlgorithmError):
        yield finding("weak-algorithm", certificate["signature_algorithm"]["algorithm"].native)
    elif "signature of" in error.failure_msg:
        yield finding("forged")
    else:
        yield finding("path-invalid", error.failure_msg)


def _is_weak(certificate: x509.Certificate, anchors: Sequence[x509.Certificate]) -> bool:
    if any(certificate.sha256 == one.sha256 for one in anchors):
        return False
    try:
        name: str = certificate["signature_algorithm"].hash_algo
    except ValueError:
        return False
    begin: datetime = certificate.not_valid_before
    return name == "sha1" and begin >= SHA1_UNTIL


def _views(certificate: x509.Certificate, evidence: Evidence, at: datetime, now: datetime) -> Iterator[Evidence]:
    """What each source said as of `at`, then as of `now`."""
    above = _above(certificate, evidence)
    concerned = [one for one in evidence.crls if _name(one.issuer.dump()) in above]
    about = [one for one in evidence.ocsps if certificate.serial_number in _serials(one)]
    for begin, end in ((None, at), (at, now)):
        crls = tuple(_newest(concerned, _crl_key, _crl_time, begin, end))
        have = {_name(one.issuer.dump()) for one in crls}
        beside = tuple(one for one in concerned if _name(one.issuer.dump()) not in have)
        if _name(certificate.issuer.dump()) in have:
            yield Evidence(evidence.anchors, evidence.certificates, crls + beside)
        ocsps = tuple(_newest(about, _serials, _ocsp_time, begin, end))
        if ocsps:
            yield Evidence(evidence.anchors, evidence.certificates, crls + beside, ocsps)


def _above(certificate: x509.Certificate, evidence: Evidence) -> frozenset[str]:
    """The names of all that may stand above the certificate."""
    issuers: dict[str, set[str]] = {}
    for one in (*evidence.anchors, *evidence.certificates):
        issuers.setdefault(_name(one.subject.dump()), set()).add(_name(one.issuer.dump()))
    found: set[str] = set()
    new = {_name(certificate.issuer.dump())}
    while new:
        found |= new
        new = set().union(*(issuers.get(one, set()) for one in new)) - found
    return frozenset(found)


@lru_cache(4096)
def _name(der: bytes) -> str:
    """A name in the form in which names are compared (RFC 5280 §7.1)."""
    form: str = x509.Name.load(der).hashable
    return form


def _newest(items: Iterable[Any], key: Any, time: Any, begin: datetime | None, end: datetime) -> Iterator[Any]:
    found: dict[Any, Any] = {}
    for one in sorted(items, key=time):
        if (begin is None or time(one) > begin) and time(one) <= end:
            found[key(one)] = one
    yield from found.values()


def _crl_time(one: crl.CertificateList) -> datetime:
    found: datetime = one["tbs_cert_list"]["this_update"].native
    return found


def _crl_key(one: crl.CertificateList) -> tuple[str, bool]:
    return _name(one.issuer.dump()), one.delta_crl_indicator_value is not None


def _responses(one: ocsp.OCSPResponse) -> list[Any]:
    if one["response_status"].native != "successful":
        return []
    return list(one.basic_ocsp_response["tbs_response_data"]["responses"])


def _ocsp_time(one: ocsp.OCSPResponse) -> datetime:
    return max((each["this_update"].native for each in _responses(one)), default=datetime.min.replace(tzinfo=UTC))


def _serials(one: ocsp.OCSPResponse) -> frozenset[int]:
    return frozenset(each["cert_id"]["serial_number"].native for each in _responses(one))
