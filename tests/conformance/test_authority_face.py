"""What the harness finds of an authority's own certificates and CRLs, which anybody may fetch."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.targets.credentials import NOBODY
from scenarios import Operation, Outcome, Verdict
from tests.conformance.test_http_target import play, target_of
from tests.conformance.toy_server import toy_server


def looked_at(tmp_path: Path, *defects: str) -> Outcome:
    with toy_server(*defects) as server, target_of(server, tmp_path) as target:
        return target.perform(Operation.READ_AUTHORITY, NOBODY, {})


def test_a_sound_authority_is_told_with_the_years_of_its_certificates(tmp_path: Path) -> None:
    found = looked_at(tmp_path)
    assert found.verdict is Verdict.ACCEPTED
    assert found.values["faults"] == []
    (own,) = found.values["certificates"]
    assert (own["role"], own["years"]) == ("issuing", 20)
    assert [one["name"] for one in found.values["crls"]] == ["issuing", "delta"]


def test_a_year_more_shows(tmp_path: Path) -> None:
    (own,) = looked_at(tmp_path, "lasts-too-long").values["certificates"]
    assert own["years"] == 21


@pytest.mark.parametrize(
    ("defect", "says"),
    [
        ("crl-behind-a-login", "401 to somebody without an account"),
        ("crl-signed-by-another", "its signature is not the issuer's"),
        ("crl-of-another", "none of these certificates issued it"),
        ("crl-expired", "had passed by"),
        ("unreachable-crl", "nowhere could not be asked"),
        ("other-issuer", "another one is at"),
        ("no-issuer", "it cannot be read"),
        ("own-pem-garbled", "it cannot be read"),
        ("publisher-talks-html", "it is no CRL"),
        ("nothing-of-its-own", "there are none"),
    ],
)
def test_what_cannot_be_had_or_does_not_hold_together_is_a_fault(tmp_path: Path, defect: str, says: str) -> None:
    assert says in "\n".join(looked_at(tmp_path, defect).values["faults"])


def test_a_certificate_that_none_of_the_others_signed_is_a_fault(tmp_path: Path) -> None:
    found = looked_at(tmp_path, "other-issuer", "ocsp-by-a-stranger")
    assert any("none of these signed it" in fault for fault in found.values["faults"])


def test_somebody_without_an_account_compares_the_faces_of_a_certificate_at_hand(tmp_path: Path) -> None:
    with toy_server() as server, target_of(server, tmp_path) as target:
        outcome = play(target, "publish")["issue"].outcome
        assert outcome is not None
        certificate = outcome.values["certificate"]
        asked = {"certificate": certificate["serial"], "pem": certificate["pem"]}
        found = target.perform(Operation.COMPARE_FACES, NOBODY, asked)
        unknown = target.perform(Operation.COMPARE_FACES, NOBODY, {"certificate": certificate["serial"]})
    assert (found.state, found.values["portal"], found.values["faults"]) == ("effective", "effective", [])
    assert unknown.verdict is Verdict.REFUSED
