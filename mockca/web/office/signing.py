"""Electronic submissions: the content that a device must sign (docs/api.md), and the signature that came back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import FileStorage, MultiDict

from mockca.desk.signatures import canonical
from mockca.errors import Malformed
from mockca.web.api import api
from mockca.web.face import shaped
from mockca.web.site.challenges import LONGEST, decoded

SIGNATURE: Final = "submission.signature"
FILE: Final = f"{SIGNATURE}.file"
"""Where a signature is uploaded; what was pasted stands in its own field."""


def to_sign(operation: str, body: Mapping[str, Any], arguments: Mapping[str, object]) -> bytes:
    """The octets that the signature of a request covers. BadShape where the request does not fit its model."""
    model = api.operations[operation].body
    if model is None:
        raise Malformed("operation", f"{operation} is not signed")
    unsigned = dict(body) | {"submission": dict(body.get("submission", {})) | {"signature": None}}
    command = shaped(model, json.dumps(unsigned)).model_dump(mode="json")
    return canonical(_part(command, arguments))


def _part(command: Mapping[str, Any], arguments: Mapping[str, object]) -> dict[str, Any]:
    form = command.get("form")
    if isinstance(form, dict):
        told = dict(form["fields"])
        if "certificates" in command and "ground" not in command:
            return told | {"certificates": command["certificates"]}
        return told | ({"rows": form["rows"]} if form["rows"] and "operation" in command else {})
    if "dossiers" in command:
        return {name: command[name] for name in ("declared_count", "document_number", "dossiers", "form")}
    if "ground" in command:
        return {"certificates": command["certificates"], "ground": command["ground"]}
    return {"certificate": arguments.get("serial"), "reason": command.get("reason")}


def with_signature(form: MultiDict[str, str], files: Mapping[str, FileStorage]) -> MultiDict[str, str]:
    """The form with its signature as the contract has it: uploaded, or pasted as PEM, in one line of Base64."""
    file = files.get(FILE)
    told = form.copy()
    if file is not None and file.filename:
        content = file.stream.read(LONGEST)
        text = content.decode("ascii", "replace")
        told[SIGNATURE] = _in_line(text) if text.startswith("-----") else base64.b64encode(content).decode("ascii")
    elif told.get(SIGNATURE):
        told[SIGNATURE] = _in_line(told[SIGNATURE])
    return told


def _in_line(text: str) -> str:
    try:
        return base64.b64encode(decoded(text)).decode("ascii")
    except Malformed:
        return text
