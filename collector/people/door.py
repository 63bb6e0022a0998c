"""Coming in and going out: /signin, /invite, /totp and /signout.

Every refusal of /signin is the same page, whatever was wrong. An invitation's secret stands behind the # of its
link, which no browser sends and no server writes into a log; a script puts it into the form, or the
person types it.
"""

import logging
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.people import accounts, authenticator, brake, sessions
from collector.people import sign_in as signing
from collector.people.accounts import InvitationError
from collector.people.answers import Office, cookie_of, seen_by, session_by, signed_in, signed_out
from collector.people.book import has_any
from collector.people.brake import BrakedError
from collector.people.forms import FormError, form_of
from collector.people.password import BusyError, PasswordRefused, checked
from collector.people.seal import SealError
from collector.people.sealing import trouble
from collector.people.seen import caller_of
from collector.people.shown import NO_CODES
from collector.people.sign_in import RefusedError
from collector.people.totp import address_of
from collector.people.where import local
from collector.web.square_code import square_code

_log = logging.getLogger("collector.people")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPage:
    """What one of these pages shows; `problem` is a word of the template, `said` a noted sentence."""

    problem: str = ""
    said: str = ""
    wait_s: int = 0
    next: str = ""
    has_accounts: bool = True
    provider: str = ""
    secret: str = ""
    qr: str = ""
    needed: bool = False
    notice: str = ""


def routes(office: Office, provider: str) -> list[Route]:
    """Return the routes; `provider` is the name of another place to sign in at, '' for none."""
    return [*_sign_in(office, provider), *_invitation(office), *_second_factor(office)]


def _shown(office: Office, request: Request, template: str, page: DoorPage, status: int = 200) -> Response:
    if template != "invite.html" and trouble(office.desk.book, office.desk.key):
        # to whoever asks, and whatever was typed: so it tells nothing of a name
        page = replace(page, notice=NO_CODES)
    response = office.shell.page(request, template, page, status)
    if page.wait_s:
        response.headers["Retry-After"] = str(page.wait_s)
    return response


def _failure(error: Exception) -> tuple[DoorPage, int]:
    """Return what a page says of an error of sign-in, with its status."""
    if isinstance(error, BrakedError):
        return DoorPage(problem="braked", wait_s=error.wait_s), 429
    if isinstance(error, BusyError):
        return DoorPage(problem="busy", wait_s=5), 503
    if isinstance(error, InvitationError):
        return DoorPage(problem="invitation"), 403
    if isinstance(error, PasswordRefused):
        return DoorPage(problem="password", said=str(error)), 400
    return DoorPage(problem="refused"), 403


_FAILURES = (RefusedError, BrakedError, BusyError, InvitationError, PasswordRefused)


def _sign_in(office: Office, provider: str) -> list[Route]:
    desk = office.desk

    def page(request: Request) -> Response:
        wanted = local(request.query_params.get("next", "")).removeprefix("./")
        about = DoorPage(next=wanted, has_accounts=has_any(desk.book), provider=provider)
        return _shown(office, request, "signin.html", about)

    async def post(request: Request) -> Response:
        try:
            form = await form_of(request)
            secret = await run_in_threadpool(_opened, office, request, form)
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        except _FAILURES as error:
            about, status = _failure(error)
            return _shown(office, request, "signin.html", about, status)
        return signed_in(request, secret, local(form.get("next", "")))

    async def leave(request: Request) -> Response:
        session = session_by(request)
        try:
            everywhere = (await form_of(request)).get("everywhere") == "yes"
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        await run_in_threadpool(sessions.end, desk.book, session.person, None if everywhere else session.id)
        said = "everywhere" if everywhere else ""
        await run_in_threadpool(desk.note, session.person, "signed out", caller_of(request).address, said)
        return signed_out(request, "./signin")

    return [
        Route("/signin", page),
        Route("/signin", post, methods=["POST"]),
        Route("/signout", leave, methods=["POST"]),
    ]


def _opened(office: Office, request: Request, form: dict[str, str]) -> str:
    name, password, code = (form.get(key, "") for key in ("person", "password", "code"))
    if not has_any(office.desk.book):
        raise RefusedError
    return signing.sign_in(office.desk, name, password, code, caller_of(request), cookie_of(request))


def _invitation(office: Office) -> list[Route]:
    def page(request: Request) -> Response:
        return _shown(office, request, "invite.html", DoorPage())

    async def post(request: Request) -> Response:
        try:
            form = await form_of(request)
            secret = await run_in_threadpool(_taken_up, office, request, form)
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        except _FAILURES as error:
            about, status = _failure(error)
            return _shown(office, request, "invite.html", about, status)
        return signed_in(request, secret, "./")

    return [Route("/invite", page), Route("/invite", post, methods=["POST"])]


def _taken_up(office: Office, request: Request, form: dict[str, str]) -> str:
    desk, invitation, password = office.desk, form.get("invitation", ""), form.get("password", "")
    found = desk.person(accounts.invited(desk.book, invitation, desk.now_ms()))
    if found is None:
        raise InvitationError("whom it invites is not appointed now")
    good = checked(password, (found.id, found.name))
    person = accounts.take_up(desk.book, invitation, good, desk.now_ms())
    brake.give_back(desk.book, person, caller_of(request).address)
    desk.note(person, "password set", caller_of(request).address, "by invitation")
    return signing.begin(desk, person, False, caller_of(request), cookie_of(request))


def _second_factor(office: Office) -> list[Route]:
    desk = office.desk

    def page(request: Request) -> Response:
        return _shown(office, request, "totp.html", _totp_page(office, request, DoorPage()))

    async def post(request: Request) -> Response:
        try:
            code = (await form_of(request)).get("code", "")
            about = (session_by(request).person, code, caller_of(request), cookie_of(request))
            secret = await run_in_threadpool(signing.prove, desk, *about)
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        except _FAILURES as error:
            about_page, status = _failure(error)
            found = await run_in_threadpool(_totp_page, office, request, about_page)
            return _shown(office, request, "totp.html", found, status)
        return signed_in(request, secret, "./")

    return [Route("/totp", page), Route("/totp", post, methods=["POST"])]


def _totp_page(office: Office, request: Request, page: DoorPage) -> DoorPage:
    """Return the page with the secret to be scanned, or without one for who has an authenticator."""
    desk, visitor = office.desk, seen_by(request).visitor
    person = visitor.person
    if desk.book.read("SELECT 1 FROM account WHERE person = ? AND totp <> ''", (person,)):
        return page
    try:
        secret = authenticator.offered(desk.book, desk.key, person)
    except SealError as error:
        _log.error("No authenticator can be offered to %s: %s.", person, error)
        return replace(page, notice=NO_CODES)
    picture = square_code(address_of(secret, person, desk.site_id))
    needed = visitor.role in authenticator.NEEDS_ONE
    return DoorPage(problem=page.problem, wait_s=page.wait_s, secret=secret, qr=picture, needed=needed)
