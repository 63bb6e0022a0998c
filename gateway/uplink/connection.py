"""The only importer of httpx: a connection that stays, and that gives up in one sentence.

    Unreachable                 no answer came: one sentence

A line that goes silent is noticed by the time-outs here, and by TCP itself (keep-alive, user time-out) while
nothing is asked.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx

from gateway.uplink.destination import Destination, tls_context
from gateway.uplink.meter import PIECE_BYTES, Meter, MeteredSockets

Given = TypeVar("Given")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MOST_ANSWER_BYTES = 4 * 1024 * 1024


class Unreachable(Exception):  # noqa: N818 - says what it is
    """No answer came: one sentence. `timed_out` when the line was there and too slow or silent."""

    def __init__(self, sentence: str, timed_out: bool) -> None:
        super().__init__(sentence)
        self.timed_out = timed_out


class Patience(NamedTuple):
    """How long to wait for a connection, for the next byte of an answer, and for a whole exchange."""

    connect_s: float = 20.0
    answer_s: float = 30.0
    exchange_s: float = 90.0


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """Asks one server, one request at a time, inside `async with`.

    `client` is for those who fetch something else from it.
    """

    def __init__(
        self, client: httpx.AsyncClient, destination: Destination, meter: Meter, patience: Patience
    ) -> None:
        self.client = client
        self.destination = destination
        self.meter = meter
        self._patience = patience

    async def __aenter__(self) -> "Connection":
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *about: object) -> None:
        await self.client.aclose()

    async def post(
        self, path: str, parameters: Mapping[str, str], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Return the answer to a body; raises Unreachable."""
        return await self._ask(
            self.client.build_request("POST", path, params=parameters, content=body, headers=headers), len(body)
        )

    async def get(self, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a question; raises Unreachable."""
        return await self._ask(self.client.build_request("GET", path, params=parameters), 0)

    async def lend(self, visitor: Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]) -> None:
        """Let somebody else use the client; raises Unreachable in our words when the line fails meanwhile."""
        await self._in_time(visitor(self.client), 0.0)

    async def _ask(self, request: httpx.Request, size: int) -> Answer:
        held_s = self.meter.takes_s(size + PIECE_BYTES)
        limits = httpx.Timeout(self._patience.answer_s + held_s, connect=self._patience.connect_s + held_s)
        request.extensions["timeout"] = limits.as_dict()
        return await self._in_time(self._answer(request), held_s)

    async def _in_time(self, asking: Coroutine[Any, Any, Given], held_s: float) -> Given:
        try:
            async with asyncio.timeout(self._patience.exchange_s + held_s):
                return await asking
        except (httpx.HTTPError, OSError) as error:  # TimeoutError is an OSError
            timed_out = isinstance(error, TimeoutError | httpx.TimeoutException)
            sentence = f"{self.destination.name} cannot be reached: {_why(error, self._patience)}"
            raise Unreachable(sentence, timed_out) from error

    async def _answer(self, request: httpx.Request) -> Answer:
        response = await self.client.send(request, stream=True)
        try:
            body = b""
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MOST_ANSWER_BYTES:
                    raise httpx.RemoteProtocolError(f"an answer of more than {_MOST_ANSWER_BYTES} bytes")
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, body)


def open_connection(
    destination: Destination, patience: Patience | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> Connection:
    """Return a connection to a destination; a proxy is not asked for this very machine.

    Raises
    ------
    gateway.uplink.destination.DestinationError
        When a file of the destination cannot be used.
    """
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # they would log every request's address
    meter, patience = Meter(destination.cap_bytes_per_s), patience or Patience()
    client = httpx.AsyncClient(
        base_url=destination.url,
        headers={"Authorization": f"Token {destination.token}", "User-Agent": "seepline"},
        verify=tls_context(destination),
        trust_env=urlsplit(destination.url).hostname not in _LOOPBACK,
        timeout=httpx.Timeout(patience.answer_s, connect=patience.connect_s),
        limits=httpx.Limits(max_connections=1, keepalive_expiry=300.0),
        transport=transport,
    )
    for idle in ("accept", "accept-encoding", "connection"):  # what httpx says of itself costs 80 bytes a request
        del client.headers[idle]
    if transport is None:
        _count(client, meter)
    return Connection(client, destination, meter, patience)


def _count(client: httpx.AsyncClient, meter: Meter) -> None:
    """Put the meter under every connection; httpx has no public place for it, so it is pinned and tested."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            transport._pool._network_backend = MeteredSockets(meter)


# The first that is found among an error and its causes says what is wrong and what to do.
_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its name is not found ({error}): check url and this machine's DNS"),
    (ssl.SSLCertVerificationError, "its certificate is not believed ({verify}): check ca_file and this clock"),
    (ssl.SSLError, "TLS fails ({tls}): check url, client_cert and client_key"),
    (ConnectionRefusedError, "nothing listens there: check url, and that it runs"),
    (httpx.ConnectTimeout, "no connection within {connect_s:g} s"),
    (httpx.ReadTimeout, "no answer within {answer_s:g} s"),
    (httpx.WriteTimeout, "it takes no bytes for {answer_s:g} s"),
    (TimeoutError, "no whole answer within {exchange_s:g} s"),
    (httpx.HTTPError, "{error}"),
)


def _why(error: BaseException, patience: Patience) -> str:
    for kind, sentence in _WHY:
        for one in _causes(error):
            if isinstance(one, kind):
                return sentence.format(
                    error=str(one) or type(one).__name__,
                    verify=getattr(one, "verify_message", ""),
                    tls=getattr(one, "reason", "") or type(one).__name__,
                    **patience._asdict(),
                )
    return str(error) or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
