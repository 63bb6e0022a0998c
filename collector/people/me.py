"""/me: one's own sessions, password, authenticator and what happened; /key: one's key on this device."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from collector.people import accounts, brake, sessions
from collector.people import password as passwords
from collector.people.answers import Office, session_by
from collector.people.authenticator import NEEDS_ONE
from collector.people.book import accounts as all_accounts
from collector.people.brake import BrakedError
from collector.people.forms import FormError, form_of
from collector.people.log import newest
from collector.people.password import BusyError, PasswordRefused
from collector.people.seen import caller_of
from collector.people.sessions import Session
from collector.people.shown import HAPPENED_WORDS, Done, done
from collector.web.words import Moment, moment, noted
from seepline.acts.keys import KeyRing
from seepline.bundle.policy import Person

_MOST_DONE = 30
_NOT_YOURS = noted("This is not your password.")
_TWO = noted("The two new passwords differ.")
_WAIT = noted("Too many tries: come again later.")
_CHANGED = noted("Your password is changed. Your other sessions have ended.")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the list; `number` names it in a form."""

    number: int
    is_this: bool
    begun: Moment
    seen: Moment
    address: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MePage:
    """Everything on /me; `said` is a noted sentence about what was just done."""

    person: Person
    has_totp: bool
    needs_totp: bool
    sessions: tuple[SessionRow, ...]
    done: tuple[Done, ...]
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A further key of a person."""

    public_key: str
    device: str
    until: Moment
    is_believed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """What /key shows: who makes a key, the key that the policy has, and further ones."""

    person: str
    public_key: str
    keys: tuple[KeyRow, ...]


def routes(office: Office, ring: Callable[[], Awaitable[KeyRing]]) -> list[Route]:
    """Return the routes; `ring` are the further keys that the journal knows."""
    desk = office.desk

    def me(request: Request) -> Response:
        return _me(office, request, "")

    async def key(request: Request) -> Response:
        page = await run_in_threadpool(_key_page, office, _person(office, request), await ring())
        return await run_in_threadpool(office.shell.page, request, "key.html", page)

    async def password(request: Request) -> Response:
        try:
            form = await form_of(request)
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        said = await run_in_threadpool(_change, office, request, form)
        return await run_in_threadpool(_me, office, request, said, 200 if said == _CHANGED else 400)

    async def end(request: Request) -> Response:
        try:
            number = (await form_of(request)).get("session", "")
        except FormError as error:
            return office.shell.refused(str(error), error.status)
        if number.isascii() and number.isdecimal() and len(number) < 16:
            await run_in_threadpool(sessions.end, desk.book, session_by(request).person, int(number))
        return RedirectResponse("../me", 303)

    return [
        Route("/me", me),
        Route("/key", key),
        Route("/me/password", password, methods=["POST"]),
        Route("/me/sessions", end, methods=["POST"]),
    ]


def _person(office: Office, request: Request) -> Person:
    found = office.desk.person(session_by(request).person)
    if found is None:
        raise LookupError("the gate let a person through who is not appointed")
    return found


def _key_page(office: Office, person: Person, ring: KeyRing) -> KeyPage:
    zone, now_ms = ZoneInfo(office.shell.site.info.timezone), office.desk.site_ms()
    rows = tuple(
        KeyRow(
            public_key=public,
            device=one.device,
            until=moment(one.until_ms, zone),
            is_believed=one.holds(person, now_ms),
        )
        for public, one in ring.keys.items()
        if one.person == person.id
    )
    return KeyPage(person=person.id, public_key=person.public_key, keys=rows)


def _me(office: Office, request: Request, said: str, status: int = 200) -> Response:
    desk, session, zone = office.desk, session_by(request), ZoneInfo(office.shell.site.info.timezone)
    person = _person(office, request)
    account = all_accounts(desk.book)[person.id]
    rows = (_session(one, session.id, zone) for one in sessions.sessions_of(desk.book, person.id, desk.now_ms()))
    page = MePage(
        person=person,
        has_totp=account.has_totp,
        needs_totp=person.role in NEEDS_ONE,
        sessions=tuple(rows),
        done=tuple(done(one, zone) for one in newest(desk.book, _MOST_DONE, person.id)),
        said=said,
    )
    return office.shell.page(request, "me.html", page, status, words=HAPPENED_WORDS)


def _session(one: Session, this: int, zone: ZoneInfo) -> SessionRow:
    begun, seen = moment(one.begun_ms, zone), moment(one.seen_ms, zone)
    return SessionRow(one.id, one.id == this, begun, seen, one.address, one.browser)


def _change(office: Office, request: Request, form: dict[str, str]) -> str:
    """Change a password and return what to say."""
    desk, session, caller = office.desk, session_by(request), caller_of(request)
    person = _person(office, request)
    try:
        brake.take(desk.book, person.id, caller.address, desk.now_ms())
        kept = desk.book.read("SELECT password FROM account WHERE person = ?", (person.id,))
        if not kept or not passwords.fits(kept[0][0], form.get("password", "")):
            desk.note(person.id, "refused", caller.address, "password change")
            return _NOT_YOURS
        brake.give_back(desk.book, person.id, caller.address)
        if form.get("new") != form.get("again"):
            return _TWO
        good = passwords.checked(form.get("new", ""), (person.id, person.name))
        accounts.change_password(desk.book, person.id, good, session.id)
    except PasswordRefused as error:
        return str(error)
    except (BrakedError, BusyError):
        return _WAIT
    desk.note(person.id, "password set", caller.address)
    return _CHANGED
