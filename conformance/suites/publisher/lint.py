"""pkilint on what is published: what a linter finds that no check of its own is worth.

It comes with the extra `lint` (`pip install 'mockca[lint]'`). Findings below WARNING are notes for a publisher's own
staff; the accepted ones are listed here, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from conformance.suites.publisher.bench import Bench, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import NotChecked
from scenarios import Importance

WORST_ACCEPTED = "WARNING"
"""Findings of this severity and above count: FATAL, ERROR, WARNING."""
ACCEPTED: dict[str, str] = {}
"""Codes of findings that do not count, each with the reason."""


def _linters() -> dict[str, Callable[[bytes], Iterator[str]]]:
    """A linter for each kind of document. Raises NotChecked where pkilint is not installed."""
    try:
        from pkilint import loader, pkix
        from pkilint.pkix import certificate, crl, extension, name, ocsp
        from pkilint.validation import ValidationFindingSeverity
    except ImportError:
        raise NotChecked("pkilint is not installed: pip install 'mockca[lint]'") from None
    worst = ValidationFindingSeverity[WORST_ACCEPTED]
    decoders = [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ]
    of_certificate = certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )
    of_crl = crl.create_pkix_crl_validator_container(
        decoders,
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )
    of_ocsp = ocsp.create_pkix_ocsp_response_validator_container([ocsp.create_response_decoder(), *decoders], [])

    def linter(container: Any, load: Callable[[bytes], Any]) -> Callable[[bytes], Iterator[str]]:
        def lint(der: bytes) -> Iterator[str]:
            try:
                results = container.validate(load(der).root)
            except Exception as error:
                yield f"it cannot be read: {type(error).__name__}: {error}"
                return
            for result in results:
                for one in result.finding_descriptions:
                    if one.finding.severity <= worst and one.finding.code not in ACCEPTED:
                        yield f"{one.finding.severity.name} {one.finding.code}"

        return lint

    return {
        "certificate": linter(of_certificate, loader.RFC5280CertificateDocumentLoader().load_der_document),
        "crl": linter(of_crl, loader.RFC5280CertificateListDocumentLoader().load_der_document),
        "ocsp": linter(of_ocsp, loader.RFC6960OCSPResponseDocumentLoader().load_der_document),
    }


@check(importance=Importance.MINOR)
def certificates(bench: Bench) -> None:
    """pkilint không thấy lỗi ở chứng thư thuê bao và chứng thư CA.

    pkilint finds no fault in the subscribers' certificates and in those above them (RFC 5280 §4).
    """
    lint = _linters()["certificate"]
    found = [(str(one), one.certificate) for one in bench.samples]
    found += [(one.subject.rfc4514_string(), one) for one in bench.chain]
    judge(
        "no findings of pkilint",
        (f"{name}: {fault}" for name, one in found for fault in dict.fromkeys(lint(one.public_bytes(Encoding.DER)))),
    )


@check(importance=Importance.MINOR)
def crls(bench: Bench) -> None:
    """pkilint không thấy lỗi ở danh sách thu hồi.

    pkilint finds no fault in the CRLs (RFC 5280 §5).
    """
    lint = _linters()["crl"]
    judge(
        "no findings of pkilint",
        (f"{one.read.name}: {fault}" for one in bench.every_list() for fault in dict.fromkeys(lint(one.read.der))),
    )


@check(importance=Importance.MINOR)
def ocsp_answers(bench: Bench) -> None:
    """pkilint không thấy lỗi ở câu trả lời OCSP.

    pkilint finds no fault in an OCSP answer (RFC 6960 §4.2).
    """
    lint = _linters()["ocsp"]
    answer = bench.answered(bench.leaf.serial_number).fetched.answer
    judge("no findings of pkilint", dict.fromkeys(lint(answer.content)))
