"""A stranger's document is looked at in a process of its own, within limits."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.documents.authority import NOON, PERSON, authority, person
from tests.documents.making import released
from token_emulator.documents import apart
from token_emulator.documents.apart import Inspection, InspectionFailed, Known
from token_emulator.documents.apart import __main__ as process
from token_emulator.documents.signing import CmsOptions, sign_cms


def known() -> Known:
    made = authority()
    return Known(
        at=NOON,
        effect="announcement",
        anchors=[made.root.public_bytes(Encoding.DER)],
        certificates=[made.issuer.public_bytes(Encoding.DER)],
        crls=[made.root_crl, made.crl],
        effective={"3e9": NOON},
        regulation="lai-chau",
    )


def answers(content: bytes, detached: bytes | None = None, **values: Any) -> list[dict[str, Any]]:
    """What the process says to both orders, asked in this one."""
    told = replace(known(), **values)

    def text(octets: bytes) -> str:
        return b64encode(octets).decode()

    orders = [
        {"document": text(content), "detached": None if detached is None else text(detached)},
        {
            "at": told.at.isoformat(),
            "effect": told.effect,
            "anchors": list(map(text, told.anchors)),
            "certificates": list(map(text, told.certificates)),
            "crls": list(map(text, told.crls)),
            "ocsps": [],
            "effective": {serial: at.isoformat() for serial, at in told.effective.items()},
            "regulation": told.regulation,
        },
    ]
    out = io.BytesIO()
    process.serve(io.BytesIO("\n".join(map(json.dumps, orders)).encode()), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_who_signed_is_read_and_what_concerns_them_is_checked() -> None:
    content = sign_cms(b"Q", person(), NOON, CmsOptions(detached=False))
    with Inspection(content) as inspection:
        seen = inspection.read()
        report = inspection.check(known())
    assert (seen.kind, [one.times for one in seen.signers]) == ("cms", [(NOON,)])
    assert seen.signers[0].certificate == person().certificate
    assert (report["verdict"], report["signatures"][0]["signer"]) == ("ok", PERSON)
    assert report["layout"] is None, "only a PDF has a layout"


def test_effect_is_by_the_announcements_that_are_handed_over() -> None:
    content = sign_cms(b"Q", person(), NOON)
    assert answers(content, b"Q")[1]["verdict"] == "ok"
    assert answers(content, b"Q", effective={})[1]["reason"] == "not-effective"
    assert answers(content, b"another")[1]["reason"] == "altered"


def test_a_pdf_is_judged_by_the_regulation_too() -> None:
    seen, report = answers(released("lai-chau"), effect="not_before")
    assert [one["times"] for one in seen["signers"]] == [[NOON.isoformat()]] * 2
    assert (report["verdict"], report["layout"]) == ("ok", [])
    (_, report) = answers(released("an-giang"), effect="not_before")
    assert any(str(one["clause"]).startswith("LC-") for one in report["layout"])


def test_garbage_says_why_and_too_many_signatures_are_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, report = answers(b"%PDF-1.7\n\xff")
    assert seen["kind"] == ""
    assert seen["why"]
    assert (report["verdict"], report["layout"]) == ("failed", None)
    monkeypatch.setattr(process, "MOST_SIGNATURES", 0)
    assert "signatures" in answers(sign_cms(b"Q", person(), NOON), b"Q")[0]["failed"]


def test_a_process_that_ends_or_dawdles_is_given_up_and_leaves_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(apart.MOST_AT_ONCE + 1):
        with Inspection(b"", patience=0.0) as inspection, pytest.raises(InspectionFailed, match="too long"):
            inspection.read()
    monkeypatch.setattr("sys.executable", "/bin/true")
    with Inspection(bytes(1 << 20)) as inspection, pytest.raises(InspectionFailed, match="ended"):
        inspection.read()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(InspectionFailed, match="could be started"), Inspection(b""):
        pass


def test_no_more_are_looked_at_than_there_is_room_for() -> None:
    with Inspection(b"") as _, Inspection(b"") as _, pytest.raises(InspectionFailed, match="others"):
        Inspection(b"", patience=0.01).__enter__()
