"""The only importer of httpx in the collector: one request to somebody else, no redirect followed.

NoAnswerError    nothing came back: one sentence, without the address, which may be a secret
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses, and one may be a secret
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NoAnswerError(Exception):
    """Nothing came back: a sentence without the address."""


class Request(NamedTuple):
    """What goes where; no more than `most_bytes` of the answer are read."""

    method: str
    url: str
    headers: Mapping[str, str]
    patience_s: float
    most_bytes: int
    body: bytes = b""


class Answer(NamedTuple):
    """What came back; `is_whole` is False where more came than was read."""

    status: int
    body: bytes
    is_whole: bool


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    return host in _LOOPBACK


def trust(authority: Path | None = None) -> ssl.SSLContext:
    """Return TLS that believes the machine's authorities, or only those of a file; OSError where it holds none."""
    return _of_the_machine() if authority is None else ssl.create_default_context(cafile=authority)


@lru_cache
def _of_the_machine() -> ssl.SSLContext:
    """Return TLS that believes the machine's authorities; reading all of them takes longer than sending."""
    return ssl.create_default_context()


async def ask(what: Request, context: ssl.SSLContext) -> Answer:
    """Send one request and return its answer, whatever its status.

    Raises
    ------
    NoAnswerError
        When none came, or not in time.
    """
    try:
        async with asyncio.timeout(what.patience_s):
            return await _answer(what, context)
    except TimeoutError as error:
        raise NoAnswerError(f"did not answer within {what.patience_s:g} s") from error
    except (httpx.HTTPError, OSError) as error:
        raise NoAnswerError(_why(error)) from error


async def _answer(what: Request, context: ssl.SSLContext) -> Answer:
    is_outside = not is_here(urlsplit(what.url).hostname or "")  # no proxy is asked for this very machine
    limits = httpx.Timeout(None)
    async with (
        httpx.AsyncClient(verify=context, follow_redirects=False, trust_env=is_outside, timeout=limits) as client,
        client.stream(what.method, what.url, content=what.body, headers=dict(what.headers)) as response,
    ):
        said = b""
        async for piece in response.aiter_bytes():
            said += piece
            if len(said) > what.most_bytes:
                break
        return Answer(response.status_code, said[: what.most_bytes], len(said) <= what.most_bytes)


def _why(error: BaseException) -> str:
    """Return what failed, from the deepest cause that says it."""
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return "the connection was closed before an answer; nobody knows whether it was taken"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError | ConnectionError):
            return tls_sentence(cause)
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


def tls_sentence(error: BaseException) -> str:
    """Return why TLS failed: 'its certificate is not trusted (self-signed certificate)', or the error itself."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"it speaks no TLS that fits ({error.reason or 'closed'})"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there (connection refused)"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
