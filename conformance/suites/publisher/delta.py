"""Delta CRLs beside the full one (RFC 5280 §5.2.4)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from conformance.publisher import crl
from conformance.suites.publisher.bench import Bench, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed


@check()
def is_served(bench: Bench) -> None:
    """Địa chỉ trong freshestCRL đưa đúng một delta CRL đọc được.

    The address in freshestCRL holds a CRL that can be read (RFC 5280 §5.2.6).

    Not checked where the publisher names none: delta CRLs are its choice.
    """
    bench.serve_delta()


@check()
def indicator(bench: Bench) -> None:
    """Delta CRL ghi số của danh sách đầy đủ làm gốc, không lớn hơn số của chính nó.

    A delta CRL names the full CRL that it builds on, by a number that is not above its own; the two are the same
    where both were issued at once (RFC 5280 §5.2.4).
    """
    delta = bench.delta.read
    base, own = delta.base, delta.number
    if base is None:
        raise Failed("a deltaCRLIndicator", "none")
    if own is not None and base > own:
        raise Failed(f"a base of {own} at most", str(base))


@check()
def fits_the_full(bench: Bench) -> None:
    """Delta CRL ghép được với danh sách đầy đủ đang phục vụ: số gốc không mới hơn, số của nó không cũ hơn.

    The delta can be combined with the full CRL that is served: its base is not newer than that one, and it is not
    older itself (RFC 5280 §5.2.4 c).
    """
    faults = crl.delta_faults(bench.delta.read.parsed, bench.full.read.parsed)
    judge("a delta for the full CRL served", (one for one in faults if "no delta CRL indicator" not in one))


@check()
def same_scope(bench: Bench) -> None:
    """Delta CRL cùng cơ quan, cùng khóa, cùng phạm vi với danh sách đầy đủ.

    Issuer, authorityKeyIdentifier and issuingDistributionPoint of the delta are those of the full CRL; else they may
    not be combined (RFC 5280 §5.2.4 a, b).
    """
    judge("the same issuer, key and scope", _apart(bench))


def _apart(bench: Bench) -> Iterator[str]:
    full, delta = bench.full.read, bench.delta.read
    if full.parsed.issuer.public_bytes() != delta.parsed.issuer.public_bytes():
        yield "another issuer"
    for kind, name in (
        (x509.AuthorityKeyIdentifier, "authorityKeyIdentifier"),
        (x509.IssuingDistributionPoint, "issuingDistributionPoint"),
    ):
        ours, theirs = full.extension(kind), delta.extension(kind)
        if (ours is None) != (theirs is None) or (
            ours is not None and theirs is not None and ours.value != theirs.value
        ):
            yield f"another {name}"


@check()
def names_no_delta(bench: Bench) -> None:
    """Delta CRL không chỉ tiếp đến delta khác.

    A delta CRL has no freshestCRL of its own (RFC 5280 §5.2.6).
    """
    if bench.delta.read.extension(x509.FreshestCRL) is not None:
        raise Failed("no freshestCRL in the delta", "one")
