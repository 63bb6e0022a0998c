"""Bytes on the wire: counted and held to a cap where they go to and come from the socket, below TLS.

The only importer of httpcore and anyio, httpx's lower floors.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from typing import Any

import anyio.abc
import httpcore

from gateway.uplink.pacing import Bucket, full_bucket, take, wait_s

PIECE_BYTES = 1024
_SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000),
)


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
        for start in range(0, len(item), PIECE_BYTES):
            piece = item[start : start + PIECE_BYTES]
            await self._meter.may_send(len(piece))
            await self._stream.send(piece)

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._stream.extra_attributes


class MeteredSockets(httpcore.AnyIOBackend):
    """Opens sockets that TCP keeps an eye on, and puts the meter between socket and TLS."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def connect_tcp(self, *about: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        """Return an open socket whose bytes are counted."""
        more["socket_options"] = _SOCKET_OPTIONS
        opened: Any = await super().connect_tcp(*about, **more)
        opened._stream = _Metered(opened._stream, self._meter)
        return opened  # type: ignore[no-any-return]
