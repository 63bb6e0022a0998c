"""A page as a reader gets it, without a server."""

from starlette.requests import Request

from collector.web.shell import Shell
from seepline.exercise import Exercise


def request_of(path: str = "/", query: str = "", **headers: str) -> Request:
    named = [(key.replace("_", "-").lower().encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": named}
    return Request(scope)


def framed(
    site: object,
    template: str,
    page: object,
    now_ms: int = 1451634300000,
    exercise: Exercise | None = None,
    notices: tuple[str, ...] = (),
    language: str = "en",
    **more: object,
) -> str:
    shell = Shell(site, lambda: now_ms, lambda _at_ms: exercise, lambda: notices)
    return shell.page(request_of(query=f"lang={language}"), template, page, **more).body.decode()
