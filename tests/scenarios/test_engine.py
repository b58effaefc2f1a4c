"""The engine plays scenarios against any implementation; here a tiny one in memory."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import (
    Body,
    Operation,
    Outcome,
    Performance,
    PortError,
    Result,
    StepBegan,
    StepEnded,
    StepResult,
    UnknownStep,
    Verdict,
    load,
    main_line,
    up_to,
)
from scenarios.model import Signing
from scenarios.reading import read_text
from tests.scenarios.test_signing import certificate_for
from tests.scenarios.toy import ToyAuthority, accepted


def play(port: Any, scenario: str = "an-giang/new-person", until: str | None = None) -> dict[str, StepResult]:
    performance = Performance(load(scenario), port, seed="1")
    ended = [event.result for event in performance.play(until) if isinstance(event, StepEnded)]
    return {result.step.id: result for result in ended}


def failed(results: dict[str, StepResult]) -> list[str]:
    return [name for name, result in results.items() if result.result is Result.FAILED]


def test_a_second_implementation_passes_every_step() -> None:
    results = play(ToyAuthority())
    assert {result.result for result in results.values()} == {Result.PASSED}
    assert len(results) == len(load("an-giang/new-person").steps)


@pytest.mark.parametrize(
    ("defect", "caught_by"),
    [
        ("no-cap", "term-over-cap"),
        ("anybody-may", "subscriber-checks"),
        ("effective-at-once", "issue"),
        ("activation-before-handover", "activation-before-handover"),
        ("ocsp-good-before-effect", "faces-when-issued"),
        ("crl-forgets", "faces-when-revoked"),
        ("unrevoke", "unrevoke"),
        ("reasons-lost", "return"),
    ],
)
def test_a_defect_is_caught_by_the_step_that_is_about_it(defect: str, caught_by: str) -> None:
    assert failed(play(ToyAuthority([defect])))[0] == caught_by


def test_a_service_that_the_regime_lacks_is_noticed_where_it_is_offered() -> None:
    assert failed(play(ToyAuthority(), "an-giang/locked-device", "registrar-asks")) == []
    assert failed(play(ToyAuthority(["restores"]), "an-giang/locked-device", "registrar-asks")) == [
        "agency-asks",
        "registrar-asks",
    ]


def test_steps_after_a_decisive_failure_are_skipped_with_that_reason() -> None:
    results = play(ToyAuthority(["effective-at-once"]))
    assert results["approve"].result is Result.PASSED
    assert results["hand-to-registrar"].result is Result.SKIPPED
    assert results["hand-to-registrar"].reason == "issue did not go well"
    assert results["hand-to-registrar"].at is None


def test_a_wrong_detail_of_a_right_outcome_does_not_stop_the_story() -> None:
    results = play(ToyAuthority(["reasons-lost"]))
    assert failed(results) == ["return"]
    assert results["case-closed"].result is Result.PASSED


def test_a_step_played_alone_plays_what_it_needs_and_nothing_else() -> None:
    scenario = load("an-giang/new-person")
    step = scenario.step("faces-when-effective")
    assert step is not None
    toy = ToyAuthority()
    performance = Performance(scenario, toy, seed="1")
    assert performance.perform(step).result is Result.PASSED
    assert list(performance.results)[:3] == ["file", "return", "refile"]
    assert "term-over-cap" not in performance.results
    assert Operation.SUSPEND_CERTIFICATE not in toy.asked


def test_a_failure_names_earlier_steps_that_had_to_be_refused() -> None:
    results = play(ToyAuthority(["unrevoke"]))
    assert results["unrevoke"].suspects == ()
    assert results["revoke-twice"].suspects == ("unrevoke",)


def test_what_an_implementation_cannot_do_is_skipped_not_passed() -> None:
    class WithoutSuspension(ToyAuthority):
        suspend_certificate = None  # type: ignore[assignment]

    results = play(WithoutSuspension())
    assert results["suspend"].result is Result.SKIPPED
    assert results["suspend"].reason == "WithoutSuspension has no suspend_certificate"
    assert results["lift"].reason == "suspend did not go well"


def test_an_answer_that_cannot_be_had_fails_the_step() -> None:
    class Broken(ToyAuthority):
        def check_dossier(self, actor: str, body: Body) -> Outcome:
            del actor, body
            raise PortError("the line is dead")

    result = play(Broken(), until="return")["return"]
    assert result.result is Result.FAILED
    assert [str(one) for one in result.mismatches] == ["answer: expected one that can be read, found the line is dead"]


def test_an_answer_without_the_value_that_a_later_step_needs_fails_that_step() -> None:
    class Nameless(ToyAuthority):
        def file_dossier(self, actor: str, body: Body, number: int | None = None) -> Outcome:
            outcome = super().file_dossier(actor, body, number)
            return accepted({"state": "filed"}) if outcome.verdict is Verdict.ACCEPTED else outcome

    result = play(Nameless(), until="roster-before-check")["roster-before-check"]
    assert result.mismatches[0].where == "reference"
    assert "steps.file.number" in result.mismatches[0].got


def test_until_stops_after_that_step_and_events_count_them() -> None:
    toy = ToyAuthority()
    events = list(Performance(load("an-giang/new-person"), toy, seed="1").play("file"))
    last = events[-1]
    assert isinstance(last, StepEnded)
    assert last.result.step.id == "file"
    assert last.number == last.of == len(events) // 2
    assert isinstance(events[0], StepBegan)
    assert Operation.CHECK_DOSSIER not in toy.asked


def test_an_unknown_step_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownStep, match="has no step 'nowhere'; its steps: no-credential"):
        up_to(load("an-giang/new-person"), "nowhere")


def test_the_same_seed_sends_the_same_people() -> None:
    def sent(seed: str) -> Any:
        performance = Performance(load("an-giang/new-person"), ToyAuthority(), seed=seed)
        return [e.result.body for e in performance.play("file") if isinstance(e, StepEnded)][-1]["form"]

    assert sent("1") == sent("1")
    assert sent("1") != sent("2")


def test_settings_can_be_changed_but_none_added() -> None:
    scenario = load("an-giang/new-person")
    given = {"mail_domain": "elsewhere.test", "colour": "red"}
    performance = Performance(scenario, ToyAuthority(), seed="1", given=given)
    results = [event.result for event in performance.play("file") if isinstance(event, StepEnded)]
    assert results[-1].body["form"]["fields"]["email"].endswith("@elsewhere.test")
    assert "file" in {result.step.id for result in results if result.result is Result.FAILED}


def test_the_main_line_leaves_out_refusals_and_readings_but_keeps_faces_and_what_they_refer_to() -> None:
    line = main_line(load("an-giang/new-organisation"))
    ids = [step.id for step in line.steps]
    assert ids[:3] == ["own-unit", "file", "accept"]
    assert "faces-when-revoked" in ids
    assert "term-over-cap" not in ids
    assert "unrevoke" not in ids


SIGNED = """\
id: an-giang/signed
regulation: an-giang
title: {vi: Ký số, en: Signed}
about: {vi: Thử, en: A try}
keys: [office]
steps:
  - id: first
    say_vi: Gửi
    say_en: Send
    actor: agency
    does: file_dossier
    with: {form: {fields: {b: 1, a: ấ}}}
    sign: {key: office, certificate: %s, over: %s}
    clause: ND68-4
"""


def test_what_cannot_be_signed_fails_the_step() -> None:
    for certificate, over in (("no-pem", "form.fields"), ("no-pem", "form.code")):
        scenario = read_text(SIGNED % (certificate, over), "signed.yaml")
        result = Performance(scenario, ToyAuthority(), seed="1").perform(scenario.steps[0])
        assert "nothing can be signed" in result.mismatches[0].got


def test_a_signature_goes_into_the_request() -> None:
    scenario = read_text(SIGNED % ("x", "form.fields"), "signed.yaml")

    class Keeping(ToyAuthority):
        def file_dossier(self, actor: str, body: Body, number: int | None = None) -> Outcome:
            del actor, number
            return accepted(body)

    performance = Performance(scenario, Keeping(), seed="1")
    pem = certificate_for(performance._keys["office"])
    step = scenario.steps[0]
    signed = step.model_copy(update={"sign": Signing(key="office", certificate=pem)})
    performance.scenario = scenario.model_copy(update={"steps": (signed,)})
    assert len(performance.perform(signed).body["submission"]["signature"]) > 100


def test_a_scenario_without_a_mail_domain_still_has_mail_under_test() -> None:
    scenario = read_text(
        SIGNED.replace("keys: [office]", "keys: [office]\npeople: [lan]")
        .replace("a: ấ", 'a: "${people.lan.email}"')
        .replace("    sign: {key: office, certificate: %s, over: %s}\n", ""),
        "signed.yaml",
    )

    class Keeping(ToyAuthority):
        def file_dossier(self, actor: str, body: Body, number: int | None = None) -> Outcome:
            del actor, number
            return accepted(body)

    result = Performance(scenario, Keeping(), seed="1").perform(scenario.steps[0])
    assert result.body["form"]["fields"]["a"].endswith("@example.test")
