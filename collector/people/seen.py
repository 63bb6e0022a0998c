"""Who asks: by the cookie, by a token, or from this machine while nobody has an account."""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.types import Scope

from collector.people import readers, sessions
from collector.people.book import accounts, has_any
from collector.people.desk import Desk
from collector.people.sessions import Caller, Session
from collector.people.sign_in import lacks_proof
from collector.web.visitor import Visitor

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a request brings; its secrets never stand in its repr."""

    caller: Caller
    cookie: str
    authorization: str
    is_local: bool

    def __repr__(self) -> str:
        return f"Asking({self.caller})"

    @classmethod
    def of(cls, scope: Scope) -> "Asking":
        """Return what a request brings."""
        request = Request(scope)
        return cls(
            caller=caller_of(request),
            cookie=request.cookies.get(cookie_name(scope), ""),
            authorization=request.headers.get("Authorization", ""),
            is_local=_is_local(request),
        )


def caller_of(request: Request) -> Caller:
    """Return where a request comes from."""
    return Caller(request.client.host if request.client else "", request.headers.get("User-Agent", ""))


def cookie_name(scope: Scope) -> str:
    """Return the name of the session's cookie: over TLS one that no other host and no plain page can set."""
    return "__Host-seepline_session" if scope["scheme"] == "https" else "seepline_session"


def _is_local(request: Request) -> bool:
    """Tell whether somebody on this very machine asks, by its own name, and nobody through a proxy on it."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    host, _, port = request.headers.get("Host", "").lower().rpartition(":")
    name = host if port.isdecimal() else f"{host}:{port}" if host else port
    try:
        return name in _LOCAL_NAMES and ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Seen:
    """Who asks. `purpose` is that of a token; `is_open` says that reading needs neither."""

    visitor: Visitor
    session: Session | None = None
    purpose: str = ""
    has_token: bool = False
    is_open: bool = False
    lacks_proof: bool = False


def seen(desk: Desk, asking: Asking) -> Seen:
    """Return who asks."""
    if not has_any(desk.book):
        return Seen(Visitor(), is_open=asking.is_local)
    if asking.cookie and (session := sessions.session_of(desk.book, asking.cookie, desk.now_ms())):
        return _person(desk, session, asking.cookie)
    if not asking.authorization:
        return Seen(Visitor())
    purpose = readers.purpose_of(desk.book, asking.authorization, desk.now_ms())
    return Seen(Visitor(), purpose=purpose, has_token=True)


def _person(desk: Desk, session: Session, cookie: str) -> Seen:
    person, account = desk.person(session.person), accounts(desk.book).get(session.person)
    if person is None or account is None:  # their appointment ended meanwhile
        return Seen(Visitor())
    visitor = Visitor(person.id, person.name, person.role, sessions.csrf_of(cookie))
    lacking = lacks_proof(person.role, account.has_totp, session.proved)
    return Seen(visitor, session, lacks_proof=lacking)
