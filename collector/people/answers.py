"""What the pages of sign-in share: the session's cookie, who asks, and a page with what was wrong on it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.people.desk import Desk
from collector.people.gate import SEEN_KEY
from collector.people.seen import Seen, cookie_name
from collector.people.sessions import LONGEST_MS, Session
from collector.web.shell import Shell
from collector.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Office:
    """What every page of this part is made with."""

    shell: Shell
    desk: Desk


def seen_by(request: Request) -> Seen:
    """Return who asks, as the gate found it."""
    found = request.scope.get(SEEN_KEY)
    return found if isinstance(found, Seen) else Seen(Visitor())


def session_by(request: Request) -> Session:
    """Return the session of a page that the gate opens to sessions only."""
    session = seen_by(request).session
    if session is None:
        raise LookupError("the gate let nobody's request through to a page for persons")
    return session


def cookie_of(request: Request) -> str:
    """Return the secret of the session's cookie, '' without one."""
    return str(request.cookies.get(cookie_name(request.scope), ""))


def signed_in(request: Request, secret: str, to: str) -> Response:
    """Return the way on with a new session's cookie."""
    response = RedirectResponse(to, 303)
    about = {"httponly": True, "samesite": "lax", "secure": request.scope["scheme"] == "https", "path": "/"}
    response.set_cookie(cookie_name(request.scope), secret, max_age=LONGEST_MS // 1000, **about)
    return response


def signed_out(request: Request, to: str) -> Response:
    """Return the way on without a cookie."""
    response = RedirectResponse(to, 303)
    secure = request.scope["scheme"] == "https"
    response.delete_cookie(cookie_name(request.scope), "/", secure=secure, httponly=True, samesite="lax")
    return response
