"""Answers are sent packed (gzip) to whoever takes that: the demo's first page is 345 kB, and 34 kB packed.

Only where nothing that was asked comes back in the answer: a page holds the session's csrf value, and the length
of a packed page in which an attacker's text stands beside a secret tells the secret (BREACH). So no parameters but
those that have a few values each.
"""

from urllib.parse import parse_qsl

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_CHOICES = {"lang", "days", "refresh"}  # each has a few values, and another one is refused or passed over
_NEVER = ("/api/v1/photos/", "/api/v1/gateways/", "/journals/")  # pictures, bundles and PDF are packed already
_LEAST_BYTES, _LEVEL = 1400, 6  # one packet; level 9 takes three times as long for a hundredth


class Packing:
    """Middleware behind the gate."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer packed or plain."""
        await (self._packed if may_be_packed(scope) else self._plain)(scope, receive, send)


def may_be_packed(scope: Scope) -> bool:
    """Tell whether nothing of a request comes back in its answer but one of a few choices."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_NEVER):
        return False
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, separator="&")
    return {name for name, _ in asked} <= _CHOICES
