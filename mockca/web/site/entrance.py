"""Coming in: the language, signing in with a credential, taking on a part, signing out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.actors import Role
from mockca.registry import accounts
from mockca.web.access import LONGEST_CREDENTIAL, here
from mockca.web.site import languages, sessions
from mockca.web.site.rendering import page

entrance = Blueprint("site", __name__)

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
        for account in accounts.listing(connection):
            if account.role == Role.TRAINER and who.came_in.role != Role.TRAINER:
                continue
            groups.setdefault(account.regulation, []).append(account)
    return page("site/accounts.html", groups=groups, back=request.args.get("back", ""))


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
