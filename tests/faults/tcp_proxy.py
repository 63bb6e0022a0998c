"""A TCP line that misbehaves on demand, and counts: between any client and any server on this machine.

What is set takes effect at once, for open connections too.

    latency_s           each piece comes so much later          bytes_per_s      no faster than this, each way
    silent              half-open: takes bytes, passes none     reset_after      RST after so many bytes upward
    lose_answer         the server's next answer is thrown away and the connection cut: done, and nobody knows
    garbage             these bytes instead of the server's next answers, one after another
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_PIECE_BYTES = 512
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Fault:
    """How the line behaves now, and what has passed."""

    latency_s: float = 0.0
    bytes_per_s: float | None = None
    silent: bool = False
    reset_after: int | None = None
    lose_answer: bool = False
    garbage: list[bytes] = field(default_factory=list)
    up_bytes: int = 0
    down_bytes: int = 0
    connections: int = 0
    port: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def heal(self) -> None:
        self.latency_s, self.bytes_per_s, self.silent, self.reset_after = 0.0, None, False, None
        self.lose_answer, self.garbage = False, []

    def cut(self) -> None:
        """Reset every open connection."""
        for writer in list(self.writers):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            writer.transport.abort()

    async def carry(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        pause_s = self.latency_s + (len(piece) / self.bytes_per_s if self.bytes_per_s else 0.0)
        await asyncio.sleep(pause_s)
        if not self.silent:
            writer.write(piece)
            await writer.drain()

    async def up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE_BYTES):
            self.up_bytes += len(piece)
            if self.reset_after is not None:
                self.reset_after -= len(piece)
                if self.reset_after <= 0:
                    self.reset_after = None
                    self.cut()
                    return
            await self.carry(piece, writer)

    async def down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE_BYTES):
            self.down_bytes += len(piece)
            if self.lose_answer:
                self.lose_answer = False
                self.cut()
                return
            if self.garbage:
                piece = self.garbage.pop(0)
            await self.carry(piece, writer)


@contextlib.asynccontextmanager
async def faulty_line(server_port: int) -> AsyncIterator[Fault]:
    """Listen on a free port of the loopback and pass everything to `server_port`, as the fault says."""
    fault, tasks = Fault(), set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        fault.connections += 1
        far_writer = None
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server_port)
            fault.writers |= {writer, far_writer}
            ways = [fault.up(reader, far_writer), fault.down(far_reader, writer)]
            jobs = [asyncio.ensure_future(way) for way in ways]
            try:
                await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for job in jobs:
                    job.cancel()
                await asyncio.gather(*jobs, return_exceptions=True)
        except (OSError, asyncio.CancelledError):  # no server there, or the end: the client sees it closed
            pass
        finally:
            for one in {writer, far_writer} - {None}:
                fault.writers.discard(one)
                one.close()
                with contextlib.suppress(OSError):
                    await one.wait_closed()
            tasks.discard(asyncio.current_task())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fault.port = server.sockets[0].getsockname()[1]
    try:
        yield fault
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
