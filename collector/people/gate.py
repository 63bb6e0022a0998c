"""The gate: every request passes here first. It says who asks, refuses who may not, and adds the headers.

    route -> its row in paths.py -> from this site? -> session, token or this machine -> role -> the page

It asks the routes themselves which of them answers, so that no spelling of a path is one thing here and another
there. A request that changes something by the power of its cookie carries the session's csrf value, in the form or
in the header X-Seepline-CSRF. Acts are signed and need no cookie.
"""

import sqlite3
from collections.abc import Sequence
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from collector.people.desk import Desk
from collector.people.forms import FormError, field_of, replayed, whole_body
from collector.people.paths import READS, WRITES, Rule, Who
from collector.people.seen import Asking, Seen, seen
from collector.people.sent import with_headers
from collector.people.where import next_of, up_from
from collector.web.visitor import SCOPE_KEY

SEEN_KEY = "seepline.seen"
_READING = ("GET", "HEAD")
_FORMS = (Who.PERSON, Who.ENTITLED, Who.UNPROVEN, Who.DOOR)


class RefusalError(Exception):
    """The request ends here."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Gate:
    """Middleware over the routes of the collector."""

    def __init__(self, app: ASGIApp, desk: Desk, routes: Sequence[BaseRoute]) -> None:
        self._app, self._desk, self._routes = app, desk, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, rule = ruled(self._routes, scope)
        if path and rule and rule.who is Who.OWN_PROOF:
            await self._app(scope, receive, send)
            return
        send = with_headers(send, scope["scheme"] == "https")
        try:
            receive = await self._let_through(scope, receive, path, rule)
        except RefusalError as refusal:
            await refusal.response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _let_through(self, scope: Scope, receive: Receive, path: str, rule: Rule | None) -> Receive:
        """Put who asks into the scope and return where the body comes from. Raises RefusalError."""
        if not path:
            return receive  # there is no such page
        if rule is None:
            raise _no(scope, 403, "forbidden", "this page stands in no table of who may see it")
        asking = Asking.of(scope)
        try:
            found = await run_in_threadpool(seen, self._desk, asking)
        except sqlite3.Error as error:
            raise _no(scope, 503, "unavailable", "the file of accounts cannot be read") from error
        scope[SCOPE_KEY], scope[SEEN_KEY] = found.visitor, found
        _admit(scope, rule, found)
        if scope["method"] in _READING or rule.who not in _FORMS:
            return receive
        return await _checked_form(scope, receive, rule, found)


def ruled(routes: Sequence[BaseRoute], scope: Scope) -> tuple[str, Rule | None]:
    """Return the path of the route that will answer, as it is declared, with its row; '' when there is none."""
    partial = ""
    for route in routes:
        match, _ = route.matches(scope)
        path = route.path if isinstance(route, Route) else f"{route!r}"  # what is no plain route stands in no row
        if match is Match.FULL:
            return path, (READS if scope["method"] in _READING else WRITES).get(path)
        if match is Match.PARTIAL:
            partial = partial or path
    return partial, READS.get(partial) or WRITES.get(partial)  # the route itself says that it takes no such method


def _admit(scope: Scope, rule: Rule, found: Seen) -> None:
    if rule.who in (Who.ANYBODY, Who.DOOR):
        return
    if rule.who is Who.READER and (found.is_open or found.purpose in rule.purposes):
        return
    if rule.who is Who.ENTITLED and found.is_open:
        return
    if found.session is None:
        if found.purpose or found.has_token:
            what = "this token is for something else" if found.purpose else "this token is not known, or is over"
            raise _no(scope, 403 if found.purpose else 401, "forbidden" if found.purpose else "unauthorized", what)
        raise _to_sign_in(scope)
    if found.lacks_proof and rule.who is not Who.UNPROVEN:
        raise (
            RefusalError(RedirectResponse(f"{up_from(_path(scope))}totp", 303))
            if _is_page(scope)
            else _no(scope, 401, "unauthorized", "the code of your authenticator is lacking: open /totp")
        )
    if found.visitor.role not in rule.roles:
        raise _no(scope, 403, "forbidden", f"this is not for the role {found.visitor.role}")


def _to_sign_in(scope: Scope) -> RefusalError:
    if not _is_page(scope):
        return _no(scope, 401, "unauthorized", "sign in, or send a token: Authorization: Bearer ...")
    wanted = next_of(_path(scope), scope["query_string"].decode("latin-1"))
    return RefusalError(RedirectResponse(f"{up_from(_path(scope))}signin{wanted}", 303))


async def _checked_form(scope: Scope, receive: Receive, rule: Rule, found: Seen) -> Receive:
    headers = Headers(scope=scope)
    if not is_from_here(headers):
        raise _no(scope, 403, "forbidden", "this came from another site's page")
    try:
        body = await whole_body(receive, rule.most_bytes)
        given = headers.get("X-Seepline-CSRF")  # beside a file, which has no fields
        if given is None:
            given = field_of(body, headers.get("Content-Type", ""), "csrf")
    except FormError as error:
        raise _no(scope, error.status, "invalid", str(error)) from error
    if rule.who is not Who.DOOR and not compare_digest(given.encode(), found.visitor.csrf.encode()):
        raise _no(scope, 403, "forbidden", "this form is not from your session: open the page again")
    return replayed(body, receive)


def is_from_here(headers: Headers) -> bool:
    """Tell whether a browser sent this from a page of this site; what is no browser sends neither header."""
    if (site := headers.get("Sec-Fetch-Site")) is not None:
        return site in ("same-origin", "none")
    origin = headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("Host", "").lower()


def _path(scope: Scope) -> str:
    return Request(scope).url.path.removeprefix(scope.get("root_path", ""))


def _is_page(scope: Scope) -> bool:
    return scope["method"] in _READING and not _path(scope).startswith("/api/")


def _no(scope: Scope, status: int, code: str, message: str) -> RefusalError:
    if _is_page(scope):
        return RefusalError(PlainTextResponse(f"{message[0].upper()}{message[1:]}.", status))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return RefusalError(JSONResponse({"code": code, "message": message}, status, headers))
