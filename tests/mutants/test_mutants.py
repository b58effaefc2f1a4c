"""The authority with deliberate defects: each does its one thing, only where it was asked for, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from flask.testing import FlaskClient

from conformance.mutants.declared import declared
from mockca.cli import main
from mockca.desk.sandbox import Sandboxes
from mockca.errors import NotFound
from mockca.mutants import KNOWN, Mutated
from mockca.mutants.patching import Patch
from mockca.web.app import create_app
from mockca.web.pki import in_front_of
from tests.web.conftest import Headers, Province, furnished, home, sandboxes, sign_in

__all__ = ["furnished", "home", "sandboxes", "sign_in"]


def served(opened: Sandboxes, *names: str, by_request: bool = False) -> FlaskClient:
    app = create_app(opened)
    app.wsgi_app = Mutated(names, by_request=by_request)(app, opened)  # type: ignore[assignment,method-assign]
    return app.test_client()


@pytest.fixture
def by_request(sandboxes: Sandboxes, sign_in: Callable[[str], Headers]) -> Province:
    """An authority that takes its defects from each request."""
    return Province(served(sandboxes, by_request=True), sign_in)


def under(mutant: str, *, forget: bool = False) -> Headers:
    return {"Mockca-Mutant": mutant} | ({"Mockca-Forget": "1"} if forget else {})


def too_long(province: Province) -> dict[str, Any]:
    filing = province.filing()
    filing["form"]["fields"]["validity_years"] = 6
    return filing


def test_what_a_clause_asks_is_overlooked_and_nothing_else(by_request: Province) -> None:
    filing = too_long(by_request)
    refusal = by_request.asks("subscriber", "POST", "/dossiers", filing, 422)
    (clause,) = {each["clause"] for each in refusal["violations"]}
    by_request.asks("subscriber", "POST", "/dossiers", filing, 201, **under(f"overlooks:{clause}"))
    filing["form"]["fields"]["full_name"] = ""
    left = by_request.asks("subscriber", "POST", "/dossiers", filing, 422, **under(f"overlooks:{clause}"))
    assert [each["field"] for each in left["violations"]] == ["form.fields.full_name"]


def test_a_mutant_is_gone_with_its_request(by_request: Province) -> None:
    by_request.asks("subscriber", "POST", "/dossiers", too_long(by_request), 201, **under("overlooks:AG-F01"))
    by_request.asks("subscriber", "POST", "/dossiers", too_long(by_request), 422)


def test_what_was_done_to_be_forgotten_is_forgotten(by_request: Province) -> None:
    first = by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 201)["number"]
    tried = by_request.asks(
        "subscriber", "POST", "/dossiers", too_long(by_request), 201, **under("overlooks:AG-F01", forget=True)
    )
    assert tried["number"] == first + 1
    by_request.reads("subscriber", f"/dossiers/{first + 1}", expects=404)
    assert by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 201)["number"] == first + 1


def test_an_order_of_steps_and_a_role_are_overlooked_by_their_clause(by_request: Province) -> None:
    number = by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 201)["number"]
    issue = f"/dossiers/{number}/certificate"
    clause = by_request.sends("authority", issue, {"algorithm": "p256"}, 409)["clause"]
    by_request.sends("authority", issue, {"algorithm": "p256"}, 201, **under(f"overlooks:{clause}", forget=True))
    clause = by_request.sends("subscriber", f"/dossiers/{number}/check", {"decision": "accept"}, 403)["clause"]
    lenient = under(f"overlooks:{clause}")
    by_request.sends("subscriber", f"/dossiers/{number}/check", {"decision": "accept"}, 200, **lenient)


def test_yes_to_what_was_refused_and_no_to_what_is_right(by_request: Province) -> None:
    yes = under("says-yes:file_dossier")
    assert by_request.asks("subscriber", "POST", "/dossiers", too_long(by_request), 200, **yes) == {}
    by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 422, **under("says-no:file_dossier"))
    by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 201, **under("says-no:check_dossier"))


def test_readings_are_emptied_or_made_up(by_request: Province) -> None:
    number = by_request.asks("subscriber", "POST", "/dossiers", by_request.filing(), 201)["number"]
    told = by_request.asks("subscriber", "GET", f"/dossiers/{number}", None, 200, **under("tells-nothing:read_dossier"))
    assert told["state"] is None
    assert told["reasons"] == []
    path = "/deadlines?about=device+00ff"
    assert by_request.reads("registrar", path)["items"] == []
    (made_up,) = by_request.asks("registrar", "GET", path, None, 200, **under("invents:list_deadlines"))["items"]
    assert made_up["about"] == "device 00ff"


def test_published_lists_are_made_anew_for_a_mutant(by_request: Province) -> None:
    path = "/demo/pki/crl/issuing.crl"
    before = by_request.client.get(path).data
    assert by_request.client.get(path, headers=under("crl-signed-by-another-key", forget=True)).data != before
    assert by_request.client.get(path).data == before


def test_a_mutant_of_no_known_name_is_told(by_request: Province, sandboxes: Sandboxes) -> None:
    for name in ("nothing-of-the-kind", "overlooks:", "overlooks"):
        answer = by_request.client.get("/healthz", headers=under(name))
        assert (answer.status_code, answer.text) == (400, f"no mutant {name} here")
        with pytest.raises(NotFound, match="no mutant"):
            Mutated([name], by_request=False)


def test_a_server_without_mutants_pays_no_heed_to_the_header(
    sandboxes: Sandboxes, sign_in: Callable[[str], Headers]
) -> None:
    province = Province(create_app(sandboxes).test_client(), sign_in)
    province.asks("subscriber", "POST", "/dossiers", too_long(province), 422, **under("overlooks:AG-F01"))


def test_a_defect_from_the_start_is_there_all_the_time(sandboxes: Sandboxes, sign_in: Callable[[str], Headers]) -> None:
    with Patch() as patch:
        KNOWN["effective-without-announcement"].put_in(patch)
        province = Province(create_app(sandboxes).test_client(), sign_in)
        assert province.issued()["certificate"]["status"]["status"] == "effective"
    assert province.issued()["certificate"]["status"]["status"] == "issued"


def test_what_is_published_bears_a_defect_from_the_start(sandboxes: Sandboxes) -> None:
    app = create_app(sandboxes)
    with Patch() as patch:
        for name in ("issuer-is-no-authority", "crl-unnumbered", "crl-media-type"):
            KNOWN[name].put_in(patch)
        app.wsgi_app = in_front_of(app.wsgi_app, sandboxes)  # type: ignore[assignment,method-assign]
        client = app.test_client()
        issuer = x509.load_der_x509_certificate(client.get("/demo/pki/crt/issuing.crt").data)
        answer = client.get("/demo/pki/crl/issuing.crl")
    assert not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    with pytest.raises(x509.ExtensionNotFound):
        x509.load_der_x509_crl(answer.data).extensions.get_extension_for_class(x509.CRLNumber)
    assert answer.mimetype == "application/octet-stream"


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_named_defect_finds_the_place_where_it_belongs(name: str) -> None:
    with Patch() as patch:
        KNOWN[name].put_in(patch)


def test_a_place_that_is_gone_is_told() -> None:
    with Patch() as patch, pytest.raises(LookupError, match="nothing of the authority holds"):
        patch.everywhere(test_a_place_that_is_gone_is_told, None)


def test_the_harness_knows_the_named_defects_of_the_mock_and_no_others() -> None:
    assert {name for kind in ("authority", "publisher") for name in declared(kind)} == set(KNOWN)


def test_the_defects_are_listed_for_people_and_for_machines() -> None:
    shown = CliRunner().invoke(main, ["mutants"])
    assert shown.exit_code == 0
    assert "nonce-not-echoed" in shown.output
    assert "OCSP không nhắc lại nonce" in shown.output
    assert "overlooks:CLAUSE" in shown.output
    listed = CliRunner().invoke(main, ["mutants", "--json"])
    assert '"name": "nonce-not-echoed"' in listed.output


def test_serving_with_an_unknown_defect_ends_in_a_line(tmp_path: Any) -> None:
    done = CliRunner().invoke(main, ["serve", "--data", str(tmp_path), "--mutant", "no-such"])
    assert done.exit_code == 1
    assert "no mutant no-such here" in done.output
