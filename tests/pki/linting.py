"""pkilint in this process. `ACCEPTED` lists each finding that we live with, and why."""

from __future__ import annotations

from typing import Any

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity

ACCEPTED: dict[str, str] = {
    "NOTICE pkix.certificate_policies_policy_has_qualifier": (
        "the real profile names its practice statement by a CPS qualifier, and a mock that leaves it out teaches "
        "integrators nothing about reading one"
    ),
}

_NOTEWORTHY = ValidationFindingSeverity.NOTICE


def _findings(results: Any) -> set[str]:
    return {
        f"{description.finding.severity.name} {description.finding.code}"
        for result in results
        for description in result.finding_descriptions
        if description.finding.severity <= _NOTEWORTHY
    }


def lint_certificate(der: bytes) -> set[str]:
    """Findings from NOTICE upwards, as `SEVERITY code`."""
    container = certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    document = loader.RFC5280CertificateDocumentLoader().load_der_document(der)
    return _findings(container.validate(document.root))


def lint_crl(der: bytes) -> set[str]:
    """The same for a CRL."""
    container = crl.create_pkix_crl_validator_container(
        [
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )
    document = loader.RFC5280CertificateListDocumentLoader().load_der_document(der)
    return _findings(container.validate(document.root))


def lint_ocsp(der: bytes) -> set[str]:
    """The same for an OCSP response."""
    container = ocsp.create_pkix_ocsp_response_validator_container(
        [
            ocsp.create_response_decoder(),
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [],
    )
    document = loader.RFC6960OCSPResponseDocumentLoader().load_der_document(der)
    return _findings(container.validate(document.root))
