"""Coming in: the language, signing in with a credential, taking on a part, signing out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.actors import Role
from mockca.desk.views import Problem
from mockca.errors import Malformed, Refused
from mockca.registry import accounts, units
from mockca.web.access import LONGEST_CREDENTIAL, here
from mockca.web.policy import POLICY
from mockca.web.problems import problem_of
from mockca.web.site import challenges, languages, sessions
from mockca.web.site.rendering import page

entrance = Blueprint("site", __name__)

AGENT = "wss://127.0.0.1:8987"
"""Where the desktop signing agent listens (docs/agent.md)."""
_COMMON = {name: place for place, name in enumerate(("trainer", "authority", "registrar", "agency", "subscriber"))}
"""The parts that every scenario has, in the order in which they come first."""
A_YEAR = 365 * 24 * 60 * 60


@entrance.get("/-/language/<code>")
def choose_language(code: str) -> BaseResponse:
    """Speak this language from now on, and go back to where the visitor was."""
    if code not in languages.LANGUAGES:
        raise NoSuchPage
    response = redirect(within(request.args.get("back")))
    response.set_cookie(languages.COOKIE, code, max_age=A_YEAR, httponly=True, samesite="Lax")
    return response


@entrance.get("/<sandbox>/sign-in")
def sign_in_form(sandbox: str) -> Response:
    """Where an account's credential is given."""
    del sandbox
    return page("site/sign-in.html", back=request.args.get("back", ""), refused=False)


@entrance.post("/<sandbox>/sign-in")
def sign_in(sandbox: str) -> Response | BaseResponse:
    """Sign in with a credential of one of the sandbox's accounts."""
    del sandbox
    credential = request.form.get("credential", "").strip()
    account = here().account(credential) if 0 < len(credential) <= LONGEST_CREDENTIAL else None
    if account is None:
        return page("site/sign-in.html", 403, back=request.form.get("back", ""), refused=True)
    sessions.sign_in(here(), account)
    return redirect(within(request.form.get("back"), url_for("portal.front", sandbox=here().name)))


@entrance.get("/<sandbox>/sign-in/certificate")
def certificate_form(sandbox: str) -> Response:
    """A fresh challenge for a device to sign."""
    del sandbox
    return _challenged(None, request.args.get("back", ""))


@entrance.post("/<sandbox>/sign-in/certificate")
def sign_in_by_certificate(sandbox: str) -> Response | BaseResponse:
    """Sign in as the account of the body, or the subscriber, whose certificate signed the challenge."""
    del sandbox
    back = request.form.get("back", "")
    try:
        account = challenges.answer(here(), _signature(), request.form.get("serial", "").strip()[:80])
    except (Refused, Malformed) as error:
        return _challenged(problem_of(error), back)
    sessions.sign_in(here(), account)
    return redirect(within(back, url_for("portal.front", sandbox=here().name)))


def _signature() -> bytes:
    """What was uploaded, else what was pasted."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.stream.read(challenges.LONGEST)
    return challenges.decoded(request.form.get("signature", "")[: challenges.LONGEST])


def _challenged(problem: Problem | None, back: str) -> Response:
    status = 200 if problem is None else 403
    response = page(
        "site/certificate.html", status, challenge=challenges.pose(here()), problem=problem, back=back, agent=AGENT
    )
    response.headers["Content-Security-Policy"] = POLICY.replace("connect-src 'self'", f"connect-src 'self' {AGENT}")
    response.headers["Cache-Control"] = "no-store"
    return response


@entrance.post("/<sandbox>/sign-out")
def sign_out(sandbox: str) -> BaseResponse:
    """Sign out of this sandbox."""
    sessions.sign_out(sandbox)
    return redirect(url_for("portal.front", sandbox=sandbox))


@entrance.get("/<sandbox>/parts")
def parts(sandbox: str) -> Response:
    """The accounts whose part the visitor may take on."""
    del sandbox
    who = sessions.require_visitor()
    groups: dict[str | None, list[accounts.Account]] = {}
    with here().store.read() as connection:
        trainer = who.came_in.role == Role.TRAINER
        every = [one for one in accounts.listing(connection) if trainer or one.role != Role.TRAINER]
        names = {
            account.unit: found.name
            for account in every
            if account.unit is not None and (found := units.get(connection, account.unit)) is not None
        }
    for account in sorted(every, key=lambda one: _COMMON.get(one.name.split("@")[0], len(_COMMON))):
        groups.setdefault(account.regulation, []).append(account)
    return page(
        "site/accounts.html",
        groups=dict(sorted(groups.items(), key=lambda group: group[0] or "")),
        names=names,
        common=_COMMON,
        back=request.args.get("back", ""),
    )


@entrance.post("/<sandbox>/parts")
def take_part(sandbox: str) -> BaseResponse:
    """Act as another account from now on."""
    del sandbox
    sessions.play(here(), request.form.get("account", ""))
    return redirect(within(request.form.get("back"), url_for("portal.front", sandbox=here().name)))


def within(address: str | None, otherwise: str = "/") -> str:
    """Path and query of an address of this server; `otherwise` for any other, so that nobody is sent away."""
    parts = urlsplit((address or "").replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return otherwise
    return parts.path + (f"?{parts.query}" if parts.query else "")
