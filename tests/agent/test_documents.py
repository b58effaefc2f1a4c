"""Documents signed through the agent: fetched, signed by the device, handed to the upload handler."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.conftest import AgentAtWork, DocumentSystem, agent_at_work, sender
from tests.documents.authority import BODY, NOON, PERSON
from tests.documents.verifying import reader, statuses
from token_emulator import Shelf
from token_emulator.agent import LENIENT, Certificate, Script
from token_emulator.documents.seeing import look

DOCUMENT_OPERATIONS = [
    "SignApproved",
    "SignIssued",
    "SignIncome",
    "Comment",
    "SignAppendix",
    "SignCopy",
    "SignFile",
    "SignPDF",
    "SignPDFWP",
]


def request(system: DocumentSystem, name: str = "79.pdf", **more: Any) -> dict[str, Any]:
    return {"FileUploadHandler": f"{system.url}/upload", "FileName": f"{system.url}/files/{name}", **more}


@pytest.mark.parametrize("operation", DOCUMENT_OPERATIONS)
def test_each_document_operation_signs_and_hands_over(
    agent: AgentAtWork, system: DocumentSystem, operation: str
) -> None:
    reply = agent.call(operation, request(system, DocNumber="79/SNV-VP", IssuedDate="2026-11-27T18:00:00Z"))
    assert reply == {
        "Status": 0,
        "Message": "",
        "FileName": "79.pdf",
        "FileServer": "kho/1",
        "DocumentNumber": "79/SNV-VP",
        "DocumentDate": "2026-11-28",
    }
    ((name, content, _),) = system.uploads
    assert name == "79.pdf"
    assert sender(content) == [PERSON]
    (status,) = statuses(content)
    assert status.bottom_line
    assert reader(content).embedded_signatures[0].self_reported_timestamp == NOON


def test_a_comment_is_printed_above_the_one_before_and_others_sign_after_it(
    agent: AgentAtWork, system: DocumentSystem
) -> None:
    for comment in ("Đồng ý <trình> & ký", "Đề nghị\nsửa " + "rất dài " * 200):
        assert agent.call("Comment", request(system, Comment=comment))["Status"] == 0
        system.page = system.uploads[-1][1]
    assert agent.call("SignApproved", request(system))["Status"] == 0
    content = system.uploads[-1][1]
    assert [status.bottom_line for status in statuses(content)] == [True, True, True]
    first, second = (one for one in look(content).signatures.values() if one.shown)
    assert "Ý kiến: Đồng ý <trình> & ký" in first.text
    assert PERSON in first.text
    assert "28.11.2026" in first.text
    assert "sửa rất dài" in " ".join(second.text.split())
    assert second.box[1] > first.box[3]


def test_metadata_become_parameters_of_the_upload(agent: AgentAtWork, system: DocumentSystem) -> None:
    metadata = [{"Key": "token", "Value": "một lần"}, {"Key": "file_id", "Value": 7}, {"Key": "rỗng", "Value": None}]
    assert agent.call("SignApproved", request(system, MetaData=metadata))["Status"] == 0
    assert system.uploads[0][2] == {"token": "một lần", "file_id": "7", "rỗng": ""}


def test_the_handlers_words_pass_through(agent: AgentAtWork, system: DocumentSystem) -> None:
    system.answer = {
        "Status": True,
        "FileName": "79.signed.pdf",
        "FileServer": {"id": 1},
        "DocumentNumber": "80",
        "DocumentDate": "28/11/2026",
    }
    reply = agent.call("SignIssued", request(system, DocNumber="79"))
    assert [reply[key] for key in ("FileName", "FileServer", "DocumentNumber", "DocumentDate")] == [
        "79.signed.pdf",
        {"id": 1},
        "80",
        "28/11/2026",
    ]


@pytest.mark.parametrize("name", ["login.pdf", "none.pdf"])
def test_what_cannot_be_fetched_is_0x0023(agent: AgentAtWork, system: DocumentSystem, name: str) -> None:
    reply = agent.call("SignApproved", request(system, name))
    assert reply["Status"] == 35
    assert "0x0023" in reply["Message"]
    assert "Tải tệp ký số không thành công" in reply["Message"]
    assert system.uploads == []


@pytest.mark.parametrize(
    "answer",
    [
        {"Status": 1, "FileServer": "kho/1"},
        {"Status": 0, "FileServer": "kho/1"},
        {"Status": "true"},
        {"Status": False, "Message": "hết chỗ"},
        {},
        [],
        "không phải JSON",
        "",
        "[" * 100_000,
        "x" * 70_000,
    ],
)
def test_strictly_only_a_boolean_status_is_taken(agent: AgentAtWork, system: DocumentSystem, answer: Any) -> None:
    system.answer = answer
    reply = agent.call("SignApproved", request(system))
    assert reply["Status"] == 40
    assert "0x0028" in reply["Message"]
    assert len(system.uploads) == 1


def test_neither_cookie_nor_token_is_sent_in_strict_mode(agent: AgentAtWork, system: DocumentSystem) -> None:
    agent.call("SignApproved", request(system, SessionId="phiên", JWTToken="thẻ"))
    assert len(system.headers) == 2
    assert not any({"Cookie", "Authorization"} & set(headers) for headers in system.headers)


def test_lenient_mode_bears_numbers_redirects_and_sends_what_it_was_given(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate, system: DocumentSystem
) -> None:
    shelf, serials = devices
    script = Script(["135790"])
    with agent_at_work(shelf, serials["organisation"], certificate, script, manners=LENIENT) as lenient:
        system.answer = {"Status": 1, "FileServer": "kho/2"}
        reply = lenient.call("SignIssued", request(system, SessionId="s1", JWTToken="j1"))
        assert (reply["Status"], reply["FileServer"]) == (0, "kho/2")
        assert sender(system.uploads[0][1]) == [BODY]
        assert [(one["Cookie"], one["Authorization"]) for one in system.headers] == [
            ("ASP.NET_SessionId=s1", "Bearer j1")
        ] * 2
        # the login page is fetched in place of the document: it is no PDF
        assert lenient.call("SignIssued", request(system, "login.pdf"))["Status"] == 1007


def test_several_files_are_signed_with_one_pin_and_one_that_fails_stops_no_other(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate, system: DocumentSystem
) -> None:
    shelf, serials = devices
    files = [
        {"FileID": number, "FileName": f"{number}.pdf", "URL": f"{system.url}/files/{name}"}
        for number, name in enumerate(("none.pdf", "1.pdf", "trang.html", "2.pdf"))
    ]
    with agent_at_work(shelf, serials["person"], certificate, Script(["135790", None])) as once:
        reply = once.call("SignFiles", {"FileUploadHandler": f"{system.url}/upload", "Files": files})
    assert [(one["FileID"], one["Status"], one["FileSignedURL"]) for one in reply["Files"]] == [
        ("0", 35, ""),
        ("1", 0, "kho/1"),
        ("2", 1007, ""),
        ("3", 0, "kho/1"),
    ]
    assert [name for name, _, _ in system.uploads] == ["1.pdf", "3.pdf"]
    assert reply["Status"] == 35


def test_a_file_of_the_users_own_is_signed_when_the_page_names_none(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate, system: DocumentSystem
) -> None:
    from tests.documents.conftest import blank_page

    shelf, serials = devices
    script = Script(["135790"], ("của tôi.pdf", blank_page()))
    with agent_at_work(shelf, serials["person"], certificate, script) as own:
        reply = own.call("SignFile", request(system) | {"FileName": ""})
    assert reply["FileName"] == "của tôi.pdf"
    assert sender(system.uploads[0][1]) == [PERSON]


def test_by_a_regulation_the_signature_is_seen_and_number_and_date_are_written(
    devices: tuple[Shelf, dict[str, str]], certificate: Certificate
) -> None:
    from token_emulator.agent.documents import SignDocument
    from token_emulator.agent.messages import DocumentRequest
    from token_emulator.agent.operations import OPERATIONS
    from token_emulator.agent.settings import Settings
    from token_emulator.agent.showing import sign_document
    from token_emulator.documents.drafts import render_draft
    from token_emulator.documents.reading import document_number
    from token_emulator.documents.seeing import look
    from token_emulator.documents.signing import PdfOptions, device_key

    del certificate
    shelf, serials = devices
    sent = DocumentRequest(FileUploadHandler="http://vidu.test/", DocNumber="79/SNV-VP", IssuedDate="2026-11-28")
    document = render_draft()
    for operation, who in (("SignApproved", "person"), ("SignIssued", "organisation")):
        does = OPERATIONS[operation]
        assert isinstance(does, SignDocument)
        key = device_key(shelf, serials[who], "135790")
        settings = Settings(regulation="lai-chau")
        document = sign_document(document, key, NOON, PdfOptions(), settings, does.purpose, sent)
    seen = look(document)
    assert [widget.shown for widget in seen.signatures.values()] == [True, True]
    assert document_number(seen) == "79/SNV-VP"
    assert sender(document) == [PERSON, BODY]
    assert all(status.bottom_line for status in statuses(document))
