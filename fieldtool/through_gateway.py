"""A logger reached through the running gateway that owns its bus: requests travel over the gateway's Unix socket.

The gateway sends each request between its own polls and checks the answer as it checks its own; here it is checked
once more against what was asked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from gateway.bus.exchange import Request
from gateway.bus.master import RETRIES, BusError, ModbusException, NoAnswer
from seepline.gateway_socket import MOST_BYTES, NAME, LineError, line_of, said_in

PATIENCE_S = 90.0  # the gateway's own is a minute


class ThroughGateway:
    """Stands where the master of a bus stands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bus: str) -> None:
        self._reader = reader
        self._writer = writer
        self._bus = bus

    async def transact(
        self, address: int, request: Request, *, turn_round_s: float | None = None, retries: int = RETRIES
    ) -> bytes:
        """Return the PDU of the answer; how long and how often it is tried is the gateway's matter.

        Raises
        ------
        NoAnswer, ModbusException
            As the gateway's master says.
        BusError
            When the gateway will not, or has gone.
        """
        said = await self._say({"bus": self._bus, "address": address, "pdu": request.pdu.hex()})
        if "refused" in said:
            raise ModbusException(address, request.pdu[0], int(said["refused"]))
        if "no_answer" in said:
            raise NoAnswer(str(said["no_answer"]))
        if "pdu" not in said:
            raise BusError(f"The gateway says: {said.get('error', said)}")
        pdu = bytes.fromhex(str(said["pdu"]))
        if not pdu.startswith(request.answer_head):
            raise NoAnswer(f"the gateway brought the answer to another request than {request.pdu.hex()}")
        return pdu

    def distrust(self, why: str) -> None:
        """Leave the line's silence to the gateway, which counts its own doubts."""

    async def _say(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            self._writer.write(line_of(message))
            await self._writer.drain()
            line = await asyncio.wait_for(self._reader.readline(), PATIENCE_S)
            return said_in(line)
        except (OSError, LineError, ValueError) as error:
            raise BusError("The gateway does not answer any more: see `seepline gateway status`.") from error


@asynccontextmanager
async def through_gateway(place: Path, bus: str) -> AsyncIterator[ThroughGateway]:
    """Connect to the gateway that runs in a data directory, or whose socket `place` is.

    Raises
    ------
    OSError
        When none listens there.
    """
    reader, writer = await asyncio.open_unix_connection(_socket_in(place), limit=2 * MOST_BYTES)
    try:
        yield ThroughGateway(reader, writer, bus)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _socket_in(place: Path) -> Path:
    return place / NAME if place.is_dir() else place
