"""Headers of every answer that a browser may see, unless the page has its own."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_A_YEAR = "max-age=31536000"


def with_headers(send: Send, https: bool) -> Send:
    """Return a way to send that adds what is lacking."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if https:
                headers["Strict-Transport-Security"] = _A_YEAR
        await send(message)

    return sent
