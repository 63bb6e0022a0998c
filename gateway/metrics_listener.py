"""Serves the figures over HTTP on the address that gateway.toml names: GET /metrics and nothing else."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

log = logging.getLogger(__name__)

_PATIENCE_S = 5.0
_AGAIN_S = 30.0
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class MetricsListener:
    """Listens on `host:port` until cancelled; `text` makes the answer."""

    listen: str
    text: Callable[[], str]

    async def run(self) -> None:
        """Serve; a port that is taken is said, and tried again."""
        host, _, port = self.listen.rpartition(":")
        while True:
            try:
                server = await asyncio.start_server(self._answer, host.strip("[]"), int(port))
            except OSError as error:
                log.warning("metrics cannot be served on %s: %s", self.listen, error.strerror or error)
                await asyncio.sleep(_AGAIN_S)
                continue
            async with server:
                await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_PATIENCE_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(head))
                await writer.drain()
        writer.close()

    def _response(self, head: bytes) -> bytes:
        found = head.split(b" ")[:2] == [b"GET", b"/metrics"]
        body = (self.text() if found else "Ask for GET /metrics.\n").encode()
        status = "200 OK" if found else "404 Not Found"
        headers = f"HTTP/1.1 {status}\r\nContent-Type: {_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close"
        return f"{headers}\r\n\r\n".encode() + body
