"""The workshop: a trainer opens a class, learners join and do lessons, the board tells who is where."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

import scenarios
from conformance.targets.credentials import Credentials
from conformance.targets.http import HttpTarget
from mockca.clock import FixedClock
from mockca.web.access import ensure_admin_credential
from mockca.web.app import create_app
from mockca.web.pki import in_front_of
from mockca.web.workshop.blueprint import EXTENSION
from mockca.workshop import progress
from mockca.workshop.classroom import Classroom, Join, Learner, OpenClass, SchoolClass
from mockca.workshop.lessons import How
from mockca.workshop.tables import steps
from scenarios import Performance, StepEnded
from tests.desk.conftest import START
from tests.pages.conftest import PHONE, WIDE, Film, House, NewPage, needs_chromium, show

LESSON = "an-giang/new-person"


@dataclass
class School:
    """The classroom of a house, by a clock that the test turns, and its application."""

    app: OpenAPI
    clock: FixedClock
    house: House

    @property
    def room(self) -> Classroom:
        found: Classroom = self.app.extensions[EXTENSION]
        return found

    def opens(self, *lessons: str, whole: bool = False, places: int = 5) -> SchoolClass:
        return self.room.open_class(
            OpenClass(title="Lớp thử", lessons=lessons or (LESSON,), whole=whole, places=places)
        )

    def admits(self, of: SchoolClass, name: str = "Lan") -> Learner:
        return self.room.join(of.code, Join(name=name))

    def line(self, learner: Learner, lesson: str = LESSON) -> progress.Line:
        lines = progress.board(self.room, self.room.of_code(learner.code), lesson).lines
        return next(line for line in lines if line.learner.sandbox == learner.sandbox)

    def sends(self, learner: Learner, account: str | None, path: str, body: Any) -> TestResponse:
        """What a learner's own software sends."""
        headers = {}
        if account is not None:
            headers = {"Authorization": f"Bearer {self.house.credential(account, learner.sandbox)}"}
        return self.app.test_client().post(f"/{learner.sandbox}{path}", json=body, headers=headers)


@pytest.fixture(scope="module")
def school(house: House) -> School:
    ensure_admin_credential(house.sandboxes.home)
    clock = FixedClock(START)
    return School(create_app(house.sandboxes, clock), clock, house)


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def gets(self, path: str, expects: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == expects, (path, answer.status_code, answer.text[:2000])
        return answer.text

    def posts(self, page: str, path: str, expects: int = 302, /, **data: Any) -> TestResponse:
        """Send a form that stands on a page."""
        token = self.gets(page).split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.client.post(path, data={"csrf_token": token} | data)
        assert answer.status_code == expects, (path, answer.status_code, answer.text[:2000])
        return answer


@pytest.fixture
def visitor(school: School) -> Visitor:
    return Visitor(school.app.test_client())


@pytest.fixture
def trainer(school: School, visitor: Visitor) -> Visitor:
    credential = ensure_admin_credential(school.house.sandboxes.home)
    visitor.posts("/-/workshop/sign-in", "/-/workshop/sign-in", credential=credential)
    return visitor


def test_a_stranger_is_led_to_the_trainers_sign_in_and_a_wrong_credential_opens_nothing(
    school: School, visitor: Visitor
) -> None:
    code = school.opens().code
    for path in ("", f"{code}/", f"{code}/live", f"{code}/join", f"{code}/learners/1", f"{code}/results.csv"):
        answer = visitor.client.get(f"/-/workshop/{path}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/-/workshop/sign-in?back=")
    answer = visitor.posts("/-/workshop/sign-in", "/-/workshop/sign-in", 403, credential="guessed")
    assert "guessed" not in answer.text
    assert visitor.client.get("/-/workshop/").status_code == 302


def test_what_is_not_a_class_is_refused_in_words(trainer: Visitor) -> None:
    for data in (
        {},
        {"title": "x", "lessons": "nowhere/nothing", "places": "3"},
        {"title": "x", "lessons": LESSON, "places": "0"},
        {"title": "x", "lessons": LESSON, "places": "many"},
        {"title": "\x07", "lessons": LESSON, "places": "3"},
    ):
        assert 'role="alert"' in trainer.posts("/-/workshop/", "/-/workshop/", 422, **data).text
    for path in ("ABCDEF/", "ABCDEF/live", "ABCDEF/learners/1"):
        trainer.gets(f"/-/workshop/{path}", 404)


def test_a_class_takes_as_many_as_it_has_places(school: School, visitor: Visitor) -> None:
    code = school.opens(places=1).code
    visitor.gets("/-/join/?code=QQQQQQ", 404)
    assert visitor.client.get(f"/-/join/?code={code.lower()}").headers["Location"] == f"/-/join/{code}"
    visitor.posts(f"/-/join/{code}", f"/-/join/{code}", 409, name=" ")
    answer = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="  Lan   Anh ")
    assert answer.headers["Location"] == f"/{code.lower()}-01/lesson/"
    assert "Lan Anh" in visitor.gets(answer.headers["Location"])
    # Who has a place is led there, and takes no second one.
    assert visitor.client.get(f"/-/join/{code}").headers["Location"] == answer.headers["Location"]
    other = school.app.test_client()
    assert other.get(f"/-/join/{code}").status_code == 409
    assert other.get(answer.headers["Location"]).headers["Location"].startswith(f"/{code.lower()}-01/sign-in")


def test_a_learner_plays_every_part_but_the_trainers(school: School, visitor: Visitor) -> None:
    code = school.opens().code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    sandbox = home.split("/")[1]
    parts = visitor.gets(f"/{sandbox}/parts")
    assert "registrar@an-giang" in parts
    assert 'value="trainer"' not in parts
    visitor.posts(f"/{sandbox}/parts", f"/{sandbox}/parts", 403, account="trainer")
    visitor.posts(f"/{sandbox}/parts", f"/{sandbox}/parts", account="registrar@an-giang")
    accounts = json.loads(visitor.gets(f"/{sandbox}/lesson/credentials.json"))["accounts"]
    assert {"registrar", "subscriber", "authority"} <= {one["role"] for one in accounts}
    assert "trainer" not in {one["role"] for one in accounts}


@pytest.mark.parametrize("way", ["show", "skip"])
def test_garbage_asked_of_a_lesson_is_refused(school: School, visitor: Visitor, way: str) -> None:
    code = school.opens().code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    visitor.gets(f"{home}?lesson=nowhere/nothing", 404)
    visitor.gets(f"{home}?step=nothing", 404)
    visitor.gets("/demo/lesson/live", 404)
    visitor.posts(home, f"{home}{way}", 404, step="nothing")
    visitor.posts(home, f"{home}{way}", 404, lesson="nothing")
    if way == "skip":
        visitor.posts(home, f"{home}skip", 409, step="file")


def test_whoever_does_the_scenario_by_the_api_has_its_steps_ticked(school: School) -> None:
    """The data are other people's than the lesson's, as with a learner's own software."""
    lesson = "an-giang/expired"
    of = school.opens(lesson, whole=True)
    learner = school.admits(of)
    sandbox = school.house.sandboxes.open(learner.sandbox)
    target = HttpTarget(
        sandbox.url,
        "an-giang",
        Credentials.model_validate(school.house.sandboxes.credentials(learner.sandbox)),
        transport=httpx.WSGITransport(app=in_front_of(school.app.wsgi_app, school.house.sandboxes)),
    )
    for event in Performance(scenarios.load(lesson), target, seed="somebody else").play():
        if isinstance(event, StepEnded):
            assert event.result.story_goes_on, event
    line = school.line(learner, lesson)
    left = {step.does.value for step in scenarios.load(lesson).steps if step.id not in line.behind}
    # These are looked at by several requests; the lesson's page makes them.
    assert left == {"compare_faces", "read_notices"}
    assert set(line.behind.values()) == {How.DONE}


def test_a_wrong_try_is_told_with_its_clause_and_a_right_one_ticks_the_step(school: School, visitor: Visitor) -> None:
    code = school.opens().code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    learner = school.room.learner(home.split("/")[1])
    filing = school.house.province().filing()
    filing["form"]["fields"]["validity_years"] = 6
    assert school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).status_code == 422
    line = school.line(learner)
    assert (line.tries, line.last and line.last.clauses) == (1, ("AG-F01",))
    assert "AG-F01" in visitor.gets(f"{home}live?step=file")
    filing["form"]["fields"]["validity_years"] = 5
    # Another role does not do the step.
    assert school.sends(learner, "agency@an-giang", "/api/v1/dossiers", filing).status_code in (201, 403, 422)
    assert school.line(learner).behind == {}
    number = school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).get_json()["number"]
    assert school.line(learner).behind == {"file": How.DONE}
    assert "Bước này xong" in visitor.gets(f"{home}live?step=file")
    # The right thing about another dossier is no step of the story.
    other = school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).get_json()["number"]
    back = {"decision": "return", "reasons": ["thiếu bản sao"]}
    school.sends(learner, "registrar@an-giang", f"/api/v1/dossiers/{other}/check", back)
    assert list(school.line(learner).behind) == ["file"]
    assert school.line(learner).tries == 1
    school.sends(learner, "registrar@an-giang", f"/api/v1/dossiers/{number}/check", back)
    assert list(school.line(learner).behind) == ["file", "return"]


def test_refusals_of_a_whole_lesson_are_ticked_when_refused_and_may_be_left_out(
    school: School, visitor: Visitor
) -> None:
    code = school.opens(whole=True).code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    learner = school.room.learner(home.split("/")[1])
    assert "nobody" not in visitor.gets(home)
    filing = school.house.province().filing()
    # Accepted where it has to be refused: the story's step is another one, and this one is still to be done.
    school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing)
    assert school.line(learner).behind == {"file": How.DONE}
    assert school.sends(learner, None, "/api/v1/dossiers", filing).status_code == 401
    assert school.line(learner).behind == {"file": How.DONE, "no-credential": How.DONE}
    visitor.posts(home, f"{home}skip", step="company-refused")
    visitor.posts(home, f"{home}skip", 409, step="company-refused")
    assert school.line(learner).behind["company-refused"] is How.SKIPPED
    filing["attachments"] = filing["attachments"][:1]
    assert school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).status_code == 422
    line = school.line(learner)
    assert line.present is not None
    assert line.present.id == "term-over-cap"
    assert line.behind["no-title-copy"] is How.DONE


def test_a_step_that_hangs_on_what_has_not_been_done_cannot_be_shown(school: School, visitor: Visitor) -> None:
    code = school.opens().code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    assert "sau khi làm các bước trước" in visitor.gets(f"{home}?step=approve")
    assert "Chưa làm mẫu được bước này" in visitor.posts(home, f"{home}show", 409, step="approve").text
    assert school.line(school.room.learner(home.split("/")[1])).behind == {}


def test_the_trainer_goes_into_a_learners_sandbox_and_works_there_while_it_is_stopped(
    school: School, trainer: Visitor
) -> None:
    of = school.opens()
    learner = school.admits(of)
    board = f"/-/workshop/{of.code}/"
    trainer.posts(board, f"{board}do", what="freeze", learner="1")
    assert "tạm dừng" in trainer.gets(f"{board}learners/1")
    home = trainer.posts(f"{board}learners/1", f"{board}learners/1/enter").headers["Location"]
    trainer.posts(home, f"{home}show", lesson=LESSON, step="file")
    assert school.line(learner).behind == {"file": How.SHOWN}
    assert "English" in trainer.gets(home)
    trainer.client.get("/-/language/en")
    assert "The registrar returns the dossier" in trainer.gets(home)


def test_a_whole_lesson_can_be_shown_and_is_marked_so(school: School, visitor: Visitor) -> None:
    code = school.opens("an-giang/expired").code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    text = visitor.gets(home)
    while 'name="step" value="' in text:
        step = text.split('name="step" value="')[1].split('"')[0]
        answer = visitor.client.post(
            f"{home}show",
            data={"csrf_token": text.split('name="csrf_token" value="')[1].split('"')[0], "step": step},
        )
        assert answer.status_code in (200, 302), answer.text
        text = visitor.gets(home)
    line = school.line(school.room.learner(home.split("/")[1]), "an-giang/expired")
    assert line.present is None
    # Looking, and what is the trainer's to do, is no help.
    assert line.behind["file"] is How.SHOWN
    assert line.behind["a-year-later"] is How.DONE


def test_a_pin_letter_is_not_kept_with_the_step_that_brought_it(school: School, visitor: Visitor) -> None:
    code = school.opens().code
    home = visitor.posts(f"/-/join/{code}", f"/-/join/{code}", name="Lan").headers["Location"]
    learner = school.room.learner(home.split("/")[1])
    for step in ("file", "return", "refile", "accept", "roster", "approve"):
        visitor.posts(home, f"{home}show", step=step)
    path = "/api/v1/dossiers/1/certificate"
    letter = school.sends(learner, "authority", path, {"algorithm": "p256"}).get_json()["pin_letter"]
    assert letter["user_pin"].isdecimal()
    with school.room.read() as connection:
        wanted = select(steps.c.answer).where(steps.c.sandbox == learner.sandbox, steps.c.step == "issue")
        kept = connection.execute(wanted).scalar_one()
    assert kept["certificate"]["status"]["status"] == "issued"
    assert set(kept["pin_letter"].values()).isdisjoint({letter["user_pin"], letter["so_pin"]})


def test_a_stopped_class_changes_nothing_by_any_way_until_it_goes_on(school: School, trainer: Visitor) -> None:
    of = school.opens()
    learner = school.admits(of)
    board = f"/-/workshop/{of.code}/"
    filing = school.house.province().filing()
    for who in ({}, {"learner": "1"}):
        trainer.posts(board, f"{board}do", what="freeze", **who)
        refused = school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing)
        assert (refused.status_code, refused.get_json()["type"]) == (423, "urn:mockca:problem:frozen")
        trainer.posts(board, f"{board}do", what="thaw", **who)
    assert school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).status_code == 201
    trainer.posts(board, f"{board}do", what="close")
    assert school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", filing).status_code == 423
    trainer.posts(board, f"{board}do", 409, what="thaw")


def test_the_trainer_turns_all_clocks_sets_faults_and_lets_begin_anew(school: School, trainer: Visitor) -> None:
    of = school.opens()
    learners = [school.admits(of, name) for name in ("Lan", "Minh")]
    board = f"/-/workshop/{of.code}/"
    before = [school.house.sandboxes.open(one.sandbox).clock.now() for one in learners]
    trainer.posts(board, f"{board}do", what="turn", by="2592000")
    after = [school.house.sandboxes.open(one.sandbox).clock.now() for one in learners]
    assert all(
        timedelta(days=29) < late - early < timedelta(days=31) for late, early in zip(after, before, strict=True)
    )
    trainer.posts(board, f"{board}do", what="turn", to="2040-01-02T08:00", learner="2")
    assert school.house.sandboxes.open(learners[1].sandbox).clock.now().year == 2040
    trainer.posts(board, f"{board}do", what="fault", fault="api/unavailable", times="")
    filing = school.house.province().filing()
    assert school.sends(learners[0], "subscriber@an-giang", "/api/v1/dossiers", filing).status_code == 503
    trainer.posts(board, f"{board}do", what="mend")
    done = school.sends(learners[0], "subscriber@an-giang", "/api/v1/dossiers", filing)
    assert done.status_code == 201, done.text
    assert school.line(learners[0]).done == 1
    trainer.posts(board, f"{board}do", what="reset", learner="1")
    assert school.line(learners[0]).done == 0
    assert "dossiers" not in school.app.test_client().get(f"/{learners[0].sandbox}/").text
    trainer.posts(board, f"{board}do", what="remove", learner="2")
    assert "Minh" not in trainer.gets(board)
    trainer.gets(f"{board}learners/2", 404)
    for data in (
        {"what": "dance"},
        {"what": "turn", "by": "-1"},
        {"what": "turn", "to": "soon"},
        {"what": "fault", "fault": "sky/falls"},
        {"what": "remove"},
    ):
        trainer.posts(board, f"{board}do", 400, **data)
    trainer.posts(board, f"{board}do", 404, what="reset", learner="99")
    trainer.posts(board, f"{board}do", 422, what="turn", to="0001-01-01T00:00")


def test_who_is_long_without_progress_is_marked_on_the_board(school: School, trainer: Visitor) -> None:
    of = school.opens()
    learner = school.admits(of)
    board = f"/-/workshop/{of.code}/live"
    assert 'class="stuck"' not in trainer.gets(board)
    school.clock.advance(progress.STUCK + timedelta(minutes=2))
    text = trainer.gets(board)
    assert 'class="stuck"' in text
    assert "7 phút" in text
    school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", school.house.province().filing())
    assert 'class="stuck"' not in trainer.gets(board)


def test_results_are_exported_and_no_name_is_taken_for_a_formula(school: School, trainer: Visitor) -> None:
    of = school.opens(LESSON, "an-giang/expired")
    learner = school.admits(of, "=1+1")
    school.sends(learner, "subscriber@an-giang", "/api/v1/dossiers", school.house.province().filing())
    rows = list(csv.DictReader(io.StringIO(trainer.gets(f"/-/workshop/{of.code}/results.csv").removeprefix("\ufeff"))))
    assert {row["name"] for row in rows} == {"'=1+1"}
    assert [row["how"] for row in rows if row["lesson"] == LESSON and row["step"] == "file"] == ["done"]
    told = json.loads(trainer.gets(f"/-/workshop/{of.code}/results.json"))
    assert {row["lesson"] for row in told["steps"]} == {LESSON, "an-giang/expired"}
    assert len(told["steps"]) == len(rows)
    trainer.gets(f"/-/workshop/{of.code}/results.xml", 404)
    school.admits(of, "Trần Văn Minh")
    for query, pages in (("", 2), ("?learner=2", 1)):
        printed = trainer.client.get(f"/-/workshop/{of.code}/certificates.pdf{query}")
        assert printed.content_type == "application/pdf"
        sheets = [page.extract_text() for page in PdfReader(io.BytesIO(printed.data)).pages]
        assert len(sheets) == pages
        assert all("MÔ PHỎNG" in sheet for sheet in sheets)
        assert "Trần Văn Minh" in sheets[-1]
    trainer.gets(f"/-/workshop/{of.code}/certificates.pdf?learner=9", 404)


def test_a_learner_goes_on_elsewhere_by_the_way_back_that_the_trainer_gives(school: School, trainer: Visitor) -> None:
    of = school.opens()
    learner = school.admits(of)
    text = trainer.gets(f"/-/workshop/{of.code}/learners/1")
    credential = text.split("/-/return#")[1].split("<")[0]
    elsewhere = Visitor(school.app.test_client())
    elsewhere.posts("/-/return", "/-/return", 403, credential=credential[:-3] + "AAA")
    home = elsewhere.posts("/-/return", "/-/return", credential=credential).headers["Location"]
    assert home == f"/{learner.sandbox}/lesson/"
    assert "Lan" in elsewhere.gets(home)
    trainer.posts(f"/-/workshop/{of.code}/", f"/-/workshop/{of.code}/do", what="remove", learner="1")
    elsewhere.gets(home, 423)
    elsewhere.posts("/-/return", "/-/return", 403, credential=credential)


def test_a_sandbox_of_no_class_has_no_lesson_and_its_work_is_not_judged(school: School, visitor: Visitor) -> None:
    assert "không thuộc lớp nào" in visitor.gets("/demo/lesson/")
    answer = school.app.test_client().post(
        "/demo/api/v1/dossiers",
        json=school.house.province().filing(),
        headers={"Authorization": f"Bearer {school.house.credential('subscriber@an-giang')}"},
    )
    assert answer.status_code == 201


# --- in Chromium ------------------------------------------------------------------------------------------------------


@needs_chromium
def test_a_learner_on_a_phone_and_a_trainer_side_by_side(
    house: House, new_page: NewPage, pictures: Path | None
) -> None:
    credential = ensure_admin_credential(house.sandboxes.home)
    trainer = new_page(size=WIDE)
    trainer.goto(f"{house.address}/-/workshop/sign-in")
    show(trainer, "workshop-sign-in", pictures)
    trainer.get_by_label("Mã quản trị").fill(credential)
    trainer.keyboard.press("Enter")
    trainer.wait_for_url(f"{house.address}/-/workshop/")
    trainer.get_by_label("Tên lớp").fill("Tập huấn chữ ký số, buổi sáng")
    trainer.get_by_label("Chứng thư số mới cho một cá nhân", exact=False).first.check()
    show(trainer, "workshop-classes", pictures)
    trainer.get_by_role("button", name="Mở lớp").click()
    invitation = trainer.get_by_role("link", name="Mời vào lớp")
    expect(invitation).to_be_visible()
    board = trainer.url
    invitation.click()
    expect(trainer.locator(".code")).to_be_visible()
    show(trainer, "workshop-invitation", pictures)
    code = trainer.locator(".code").inner_text()
    trainer.goto(board)

    learner = new_page(size=PHONE)
    learner.goto(f"{house.address}/-/join/")
    show(learner, "workshop-code", pictures)
    learner.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    learner.get_by_label("Mã lớp").fill(code.lower())
    learner.keyboard.press("Enter")
    expect(learner.get_by_label("Tên của bạn")).to_be_visible()
    show(learner, "workshop-join", pictures)
    learner.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    learner.get_by_label("Tên của bạn").fill("Nguyễn Thị Lan")
    learner.get_by_role("button", name="Vào lớp").click()
    expect(learner.get_by_role("heading", name="Thuê bao nộp hồ sơ đủ, đúng mẫu cho Sở.")).to_be_visible()
    expect(trainer.get_by_role("link", name="Nguyễn Thị Lan")).to_be_visible()
    film = Film(pictures, "workshop-film")
    film.take(trainer, learner)

    _file(house, code, validity_years=6)
    expect(learner.get_by_text("chưa đúng bước này")).to_be_visible()
    expect(trainer.locator(".wrong .clause")).to_have_text("AG-F01")
    film.take(trainer, learner)
    learner.get_by_text("Làm bằng lệnh").click()
    show(learner, "workshop-lesson", pictures)
    show(trainer, "workshop-board", pictures)
    learner.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    learner.get_by_role("button", name="Làm trong văn phòng, vai Thuê bao").click()
    learner.get_by_role("button", name="Điền dữ liệu mẫu vào chỗ trống").click()
    film.take(trainer, learner)
    learner.locator("main form button:not([name=sample])").last.click()
    learner.wait_for_url("**/office/dossiers/1")
    learner.get_by_role("link", name="Bài học").click()
    expect(learner.get_by_role("heading", name="Sở trả lại hồ sơ, nêu rõ lý do.")).to_be_visible()

    learner.goto(f"{house.address}/{code.lower()}-01/lesson/?step=file")
    learner.get_by_role("link", name="Sang bước tiếp theo").click()
    expect(learner.get_by_role("heading", name="Sở trả lại hồ sơ, nêu rõ lý do.")).to_be_visible()
    for _ in _through(learner):
        film.take(trainer, learner)
    expect(learner.get_by_role("heading", name="Bài học đã xong")).to_be_visible()
    show(learner, "workshop-lesson-over", pictures)
    expect(trainer.get_by_text("xong cả bài")).to_be_visible()
    learner.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    film.take(trainer, learner)
    film.keep()
    trainer.get_by_role("link", name="Nguyễn Thị Lan").click()
    expect(trainer.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()
    show(trainer, "workshop-learner", pictures)


def _file(house: House, code: str, validity_years: int) -> None:
    """What the learner's own software does."""
    sandbox = f"{code.lower()}-01"
    filing = house.province().filing()
    filing["form"]["fields"]["validity_years"] = validity_years
    headers = {"Authorization": f"Bearer {house.credential('subscriber@an-giang', sandbox)}"}
    house.client.post(f"/{sandbox}/api/v1/dossiers", json=filing, headers=headers)


def _through(learner: Page) -> Iterator[None]:
    """Have every step that is left shown; a stop after each."""
    for _ in range(40):
        if learner.get_by_role("heading", name="Bài học đã xong").is_visible():
            return
        if (
            learner.get_by_role("link", name="Sang bước tiếp theo")
            .or_(learner.get_by_role("link", name="Xem kết quả bài học"))
            .is_visible()
        ):
            yield
            learner.locator(".done .button").click()
            continue
        learner.get_by_role("button", name="Làm mẫu cho tôi").or_(
            learner.get_by_role("button", name="Xem các mặt công khai")
        ).click()
