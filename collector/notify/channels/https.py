"""The only importer of httpx in the collector: one POST, no redirect followed, its answer put into words."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from collector.notify.channels.places import EXPECTED_URL, host_of, is_allowed, is_here, tls_sentence, trust
from collector.notify.channels.secret_files import hidden
from collector.notify.sender import NotTaken

logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses, and one may be a secret
_MOST_ANSWER_BYTES = 64 * 1024
_LATER = (401, 403, 407, 408, 425, 429)  # a person mends the secret, or the server asks to wait


class Post(NamedTuple):
    """What goes where; `secrets` are never told again, whoever says them."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    ca_file: str
    patience_s: float
    secrets: tuple[str, ...] = ()


async def post(folder: Path, what: Post) -> str:
    """Send one POST; return the body of its 2xx answer, which is the receipt.

    Raises
    ------
    NotTaken
        Again, unless the address or this message is refused for good (3xx, 400, 404 and the like).
    """
    if not is_allowed(what.url):
        raise NotTaken(f"the address is not {EXPECTED_URL}", again=False)
    host = host_of(what.url)
    try:
        async with asyncio.timeout(what.patience_s):
            status, said = await _answer(trust(folder, what.ca_file), what)
    except TimeoutError as error:
        raise NotTaken(f"{host} did not answer within {what.patience_s:g} s", again=True) from error
    except (httpx.HTTPError, OSError) as error:
        raise NotTaken(f"{host}: {_why(error)}", again=True) from error
    if 200 <= status < 300:
        return said
    raise _refusal(host, status, hidden(said, what.secrets))


async def _answer(context: ssl.SSLContext, what: Post) -> tuple[int, str]:
    is_outside = not is_here(urlsplit(what.url).hostname or "")  # no proxy is asked for this very machine
    limits = httpx.Timeout(None)
    async with (
        httpx.AsyncClient(verify=context, follow_redirects=False, trust_env=is_outside, timeout=limits) as client,
        client.stream("POST", what.url, content=what.body, headers=dict(what.headers)) as response,
    ):
        said = b""
        async for piece in response.aiter_bytes():
            said += piece
            if len(said) > _MOST_ANSWER_BYTES:
                break
        return response.status_code, said[:_MOST_ANSWER_BYTES].decode("utf-8", "replace")


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


def _refusal(host: str, status: int, said: str) -> NotTaken:
    more = f": {said}" if said else ""
    if 300 <= status < 400:
        return NotTaken(f"{host} answers {status}, which is not followed: mend the address", again=False)
    if status in (401, 403, 407):
        return NotTaken(f"{host} answers {status}: look at the secret of this channel{more}", again=True)
    return NotTaken(f"{host} answers {status}{more}", again=status in _LATER or status >= 500)
