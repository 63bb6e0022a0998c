"""The only importer of httpx: a connection that stays, counts its bytes on the wire, keeps to a cap, and gives up.

    Unreachable                 no answer came: one sentence

Bytes are counted below TLS, where they go to and come from the socket. A line that goes silent is noticed by the
time-outs here, and by TCP itself (keep-alive, user time-out) while nothing is asked.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio.abc
import httpcore
import httpx

from gateway.uplink.destination import Destination, tls_context
from gateway.uplink.pacing import Bucket, full_bucket, take, wait_s

Given = TypeVar("Given")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PIECE_BYTES = 1024
_MOST_ANSWER_BYTES = 4 * 1024 * 1024
_SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000),
)


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


class Meter:
    """Bytes on the wire of one destination, held to its cap."""

    def __init__(self, cap_bytes_per_s: int | None) -> None:
        self.up_bytes = 0
        self.down_bytes = 0
        self._cap = cap_bytes_per_s
        self._bucket: Bucket | None = None  # filled with the first byte, for it needs the running loop's time

    async def may_send(self, count: int) -> None:
        """Return when `count` bytes may go."""
        self.up_bytes += count
        if self._cap is not None:
            await asyncio.sleep(wait_s(self._take(count), _now_s()))

    def received(self, count: int) -> None:
        """Count bytes that came; what is sent next waits for them too."""
        self.down_bytes += count
        if self._cap is not None:
            self._take(count)

    def takes_s(self, count: int) -> float:
        """Return how long the cap alone holds `count` bytes back."""
        return 0.0 if self._cap is None else count / self._cap

    def _take(self, count: int) -> Bucket:
        now_s = _now_s()
        self._bucket = take(self._bucket or full_bucket(self._cap or 1, now_s), count, now_s)
        return self._bucket


def _now_s() -> float:
    return asyncio.get_running_loop().time()


class _Metered(anyio.abc.ByteStream):
    """A socket whose bytes are counted and paced."""

    def __init__(self, stream: anyio.abc.ByteStream, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        data = await self._stream.receive(max_bytes)
        self._meter.received(len(data))
        return data

    async def send(self, item: bytes) -> None:
        for start in range(0, len(item), _PIECE_BYTES):
            piece = item[start : start + _PIECE_BYTES]
            await self._meter.may_send(len(piece))
            await self._stream.send(piece)

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._stream.extra_attributes


class _Backend(httpcore.AnyIOBackend):
    """Opens sockets that TCP keeps an eye on, and puts the meter between socket and TLS."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def connect_tcp(self, *about: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        more["socket_options"] = _SOCKET_OPTIONS
        opened: Any = await super().connect_tcp(*about, **more)
        opened._stream = _Metered(opened._stream, self._meter)
        return opened  # type: ignore[no-any-return]


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
        held_s = self.meter.takes_s(size + _PIECE_BYTES)
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
    meter = Meter(destination.cap_bytes_per_s)
    client = httpx.AsyncClient(
        base_url=destination.url,
        headers={"Authorization": f"Token {destination.token}", "User-Agent": "seepline"},
        verify=tls_context(destination),
        trust_env=urlsplit(destination.url).hostname not in _LOOPBACK,
        limits=httpx.Limits(max_connections=1, keepalive_expiry=300.0),
        transport=transport,
    )
    for idle in ("accept", "accept-encoding", "connection"):  # what httpx says of itself costs 80 bytes a request
        del client.headers[idle]
    if transport is None:
        _count(client, meter)
    return Connection(client, destination, meter, patience or Patience())


def _count(client: httpx.AsyncClient, meter: Meter) -> None:
    """Put the meter under every connection; httpx has no public place for it, so it is pinned and tested."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            transport._pool._network_backend = _Backend(meter)


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
