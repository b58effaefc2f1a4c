"""What learners and trainers read of steps: what is expected, what was wrong, what stands in a request."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from conformance.targets.credentials import NOBODY
from conformance.targets.routes import ROUTES
from mockca.web.office import words
from mockca.web.site.languages import VIETNAMESE, current, mark, spoken, translate
from mockca.workshop.lessons import OTHER_THING, How
from scenarios import Mismatch, Operation, Step, Verdict
from scenarios.port import READS

HOWS: Final = {How.DONE: mark("đã làm"), How.SHOWN: mark("được làm mẫu"), How.SKIPPED: mark("bỏ qua")}
MOST_FIELDS: Final = 60


def said(step: Step) -> str:
    """What happens in the step, in the request's language."""
    return step.say_vi if current() == VIETNAMESE else step.say_en


def expectation(step: Step) -> str:
    """What must come of the step, in a sentence."""
    expects = step.expects
    if expects.outcome is Verdict.REFUSED:
        parts = [translate("Hệ thống phải từ chối")]
        if expects.clauses:
            parts.append(translate("theo %(clauses)s") % {"clauses": ", ".join(expects.clauses)})
        if expects.fields:
            parts.append(translate("và nêu đúng chỗ sai: %(fields)s") % {"fields": ", ".join(expects.fields)})
        return " ".join(parts) + "."
    if step.does is Operation.COMPARE_FACES:
        return translate("CRL, delta, OCSP, cổng và API phải nói cùng một điều: %(state)s.") % {
            "state": _state(step, str(expects.state))
        }
    if step.does in READS:
        return translate("Xem và đối chiếu với lời kể.")
    if expects.state is not None and "${" not in expects.state:
        told = _state(step, expects.state)
        return translate("Hệ thống chấp nhận; trạng thái sau đó là %(state)s.") % {"state": told}
    return translate("Hệ thống chấp nhận.")


KINDS: Final = ("dossier", "activation", "revocation", "restore", "reorganisation")
OF_DEVICES: Final = frozenset({Operation.REPORT_DAMAGE, Operation.REPORT_LOSS, Operation.READ_DEVICE})


def _state(step: Step, state: str) -> str:
    """What people call the state in which the step leaves a thing, with its name in the contract."""
    kind = next((each for each in KINDS if each in step.does.value), "certificate")
    named = words.state(state, "device" if step.does in OF_DEVICES else kind).lower()
    return named if named.replace(" ", "_") == state else f"“{named}” ({state})"


def hint(step: Step, mismatch: Mismatch, told: str) -> str:
    """What was wrong about a try, and what to do instead, in a sentence."""
    named = {"wanted": mismatch.wanted, "got": spoken(mismatch.got), "where": mismatch.where}
    match mismatch.where:
        case "outcome" if step.expects.outcome is Verdict.REFUSED:
            text = translate("Yêu cầu đã được chấp nhận, trong khi bước này cần làm sai như lời kể để bị từ chối.")
        case "outcome":
            return translate("Yêu cầu bị từ chối: %(told)s") % {"told": spoken(told or mismatch.got)}
        case "clauses":
            text = translate("Bị từ chối vì điều khác. Cần: %(wanted)s; gặp: %(got)s.") % named
        case "fields":
            text = translate("Chỗ sai khác với lời kể. Cần: %(wanted)s; gặp: %(got)s.") % named
        case "state":
            states = {name: _state(step, named[name]) for name in ("wanted", "got")}
            text = translate("Trạng thái là %(got)s; bước này cần %(wanted)s.") % states
        case "now":
            text = translate("Đồng hồ mới đến %(got)s; bước này cần %(wanted)s.") % named
        case where if where == OTHER_THING:
            text = translate("Đúng việc nhưng làm với đối tượng khác (%(got)s); bài học nói về %(wanted)s.") % named
        case _:
            text = translate("%(where)s là %(got)s; bước này cần %(wanted)s.") % named
    return text


def fields(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands in a request, place by place."""
    return list(_fields(body, ""))[:MOST_FIELDS]


def _fields(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _fields(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _fields(inner, f"{where}[{number}]")
    else:
        yield where, json.dumps(value) if isinstance(value, bool) or value is None else str(value)


@dataclass(frozen=True, slots=True)
class Request:
    """How one's own software does a step."""

    method: str
    url: str
    body: str
    """JSON; empty where there is none."""
    command: str
    """The same as a line for a shell, with the credential in `$CREDENTIAL`."""


def request_of(step: Step, body: Mapping[str, Any], base: str) -> Request | None:
    """The request that does the step; None where that takes several."""
    route = ROUTES.get(step.does)
    if route is None:
        return None
    path, content = route.path, dict(body)
    for key in [key for key in content if f"{{{key}}}" in path]:
        path = path.replace(f"{{{key}}}", quote(str(content.pop(key)), safe=""))
    query = {key: str(content.pop(key)) for key in route.query if key in content}
    url = f"{base}{path}" + (f"?{urlencode(query)}" if query else "")
    sent = "" if route.method == "GET" else json.dumps(content, ensure_ascii=False, indent=1)
    lines = [f"curl -sS -X {route.method} {shlex.quote(url)}"]
    if step.actor != NOBODY:
        lines.append('-H "Authorization: Bearer $CREDENTIAL"')
    if sent:
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(sent)}"]
    return Request(route.method, url, sent, " \\\n  ".join(lines))
