"""What every page has: head, menu, language, who looks, the exercise's mark, and the security headers.

shell = Shell(site, now_ms)
shell.page(request, "limits.html", found)      a template that extends shell.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from collector.web.catalogue import LANGUAGES, best_language
from collector.web.menu import FIRST, GROUPS, MENU, Entry, Group, here_of
from collector.web.render import Renderer
from collector.web.sentence import said
from collector.web.visitor import Visitor, visitor_of
from collector.web.words import Moment, moment
from seepline.exercise import Exercise
from seepline.site import Site

LANGUAGE_COOKIE = "seepline_lang"
_A_YEAR_S = 31_536_000
_OUTSIDE = frozenset(("signin", "invite", "totp"))  # who stands here is told nothing of the site's state

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends forms with the Origin null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a page. `up` leads from it to the root, as '../'."""

    site_id: str
    site_name: str
    now: Moment
    now_ms: int
    timezone: str
    demo: bool
    up: str
    here: str
    menu: tuple[Group, ...]
    first: tuple[Entry, ...]
    entry: Entry | None
    visitor: Visitor
    language: str
    languages: dict[str, str]
    exercise: Exercise | None
    notices: tuple[str, ...]


def _nothing_runs(_now_ms: int) -> Exercise | None:
    return None


@dataclass(frozen=True)
class Shell:
    """Makes the pages of one site; `notices` are sentences that everybody must read who looks."""

    site: Site
    now_ms: Callable[[], int]
    exercise_at: Callable[[int], Exercise | None] = _nothing_runs
    notices: Callable[[], Sequence[str]] = tuple
    _renderers: dict[str, Renderer] = field(default_factory=lambda: {one: Renderer(one) for one in LANGUAGES})

    def renderer(self, request: Request) -> Renderer:
        """Return the templates in the reader's language, whose `translate` is for words made outside of them."""
        return self._renderers[language_of(request)]

    def page(self, request: Request, template: str, page: object, status: int = 200, **more: object) -> Response:
        """Return a page: a template that extends shell.html, with its data as `page`."""
        frame = self.frame(request)
        text = self._renderers[frame.language].framed(template, frame, page, **more)
        response = Response(text, status, HEADERS, "text/html")
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, frame.language, _A_YEAR_S, samesite="lax", httponly=True)
        return response

    def refused(self, sentence: str, status: int = HTTPStatus.BAD_REQUEST) -> Response:
        """Return one sentence in the place of a page."""
        return PlainTextResponse(sentence, status, HEADERS)

    def frame(self, request: Request) -> Frame:
        """Return what stands around the page of a request."""
        path, now_ms = request.url.path.removeprefix(request.scope.get("root_path", "")), self.now_ms()
        entry, translate = here_of(path), self.renderer(request).translate
        is_inside = path.strip("/") not in _OUTSIDE
        return Frame(
            site_id=self.site.info.id,
            site_name=self.site.info.name,
            now=moment(now_ms, ZoneInfo(self.site.info.timezone)),
            now_ms=now_ms,
            timezone=self.site.info.timezone,
            demo=self.site.info.demo,
            up="../" * (path.count("/") - 1) or "./",
            here=path.strip("/"),
            menu=GROUPS,
            first=tuple(one for one in MENU if one.path in FIRST or one == entry),
            entry=entry,
            visitor=visitor_of(request),
            language=language_of(request),
            languages=LANGUAGES,
            exercise=self.exercise_at(now_ms),
            notices=tuple(said(one, translate) for one in self.notices()) if is_inside else (),
        )


def language_of(request: Request) -> str:
    """Return the language that was asked for: ?lang=, else the one chosen before, else the browser's."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return str(asked)
    return best_language(request.headers.get("Accept-Language", ""))
