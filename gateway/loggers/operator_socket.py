"""The gateway's door for people on the machine itself: a Unix socket that passes their requests on to loggers.

The gateway owns the serial port; configuring, updating and reading a logger go through here
(seepline/gateway_socket.py draws the lines). The kernel says who is at the other end; using it is an event.
"""

import asyncio
import logging
import os
import pwd
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gateway.bus.master import BusError, ModbusException, NoAnswer
from gateway.clock import Clock
from gateway.loggers.errands import ErrandRefused, Errands
from gateway.loggers.passing import WRITES, request_of
from gateway.loggers.wishes import Wishes
from gateway.outbox.file import OutboxFull
from gateway.outbox.intake import Outbox
from seepline.gateway_socket import MOST_BYTES, NAME, line_of, said_in
from seepline.wish import WishRefused, wish_of

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 8
_OTHERS_NOTHING = 0o177  # the socket's mode is 0600
_PEER = struct.Struct("3i")  # struct ucred: pid, uid, gid


class OperatorSocket:
    """Serves people: `errands` by bus id, and wishes; what they did is an event in the outbox.

    `act` does what a person signed and returns a sentence, or raises ValueError with why not.
    """

    def __init__(
        self,
        errands: Mapping[str, Errands],
        wishes: Wishes,
        outbox: Outbox,
        clock: Clock,
        act: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._act = act
        self._errands = errands
        self._wishes = wishes
        self._outbox = outbox
        self._clock = clock
        self._connections = 0
        wishes.heard = self._stir

    async def run(self, directory: Path) -> None:
        """Listen in a directory until cancelled; only its owner may connect."""
        path = directory / NAME
        try:
            server = await asyncio.start_unix_server(self._meet, sock=_bound(path), limit=MOST_BYTES)
        except OSError as error:
            log.warning("%s cannot be made (%s): people cannot reach loggers through this gateway", path, error)
            return
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            path.unlink(missing_ok=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections > MOST_CONNECTIONS:
                writer.write(line_of({"error": f"{MOST_CONNECTIONS} people are served already: try again later"}))
            else:
                await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            log.info("a connection of an operator ended")
        finally:
            self._connections -= 1
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        who, done = _who(writer), Counter[str]()
        try:
            while line := await _line(reader):
                writer.write(line_of(await self._answer(line, who, done)))
                await writer.drain()
        finally:
            for place, count in done.items():
                self._note(place, f"{who} is done with {place}: {count} requests")

    async def _answer(self, line: bytes, who: str, done: "Counter[str]") -> dict[str, Any]:
        """Return what is said to one line."""
        try:
            said = said_in(line)
            if "wish" in said:
                return self._take_wish(said, who)
            if "act" in said:
                return {"done": self._act(str(said["act"]))}
            return {"pdu": (await self._pass_on(said, who, done)).hex()}
        except ModbusException as error:
            return {"refused": error.code, "message": str(error)}
        except NoAnswer as error:
            return {"no_answer": str(error)}
        except (BusError, ErrandRefused, WishRefused, ValueError) as error:
            return {"error": str(error)}

    async def _pass_on(self, said: Mapping[str, Any], who: str, done: "Counter[str]") -> bytes:
        bus = self._bus(said.get("bus", ""))
        address, request = request_of(said.get("address"), said.get("pdu"))
        place = f"address {address} of {bus}"
        kind = "writes to" if request.pdu[0] in WRITES else "reads from"
        if place not in done or (kind == "writes to" and f"{place}, written" not in done):
            self._note(place, f"{who} {kind} {place} through this gateway")
        done[place] += 1
        if kind == "writes to":
            done[f"{place}, written"] += 1
        return await self._errands[bus].ask(address, request)

    def _note(self, subject: str, text: str) -> None:
        try:
            self._outbox.note("operator", subject, text, self._clock.now_ms())
        except OutboxFull as error:  # a full disk is no reason to keep people from a logger
            log.warning("operator, %s: %s (%s)", subject, text, error)

    def _stir(self) -> None:
        for errands in self._errands.values():
            errands.stir()

    def _bus(self, name: object) -> str:
        if not name and len(self._errands) == 1:
            return next(iter(self._errands))
        if name not in self._errands:
            raise ErrandRefused(f"bus is {name!r}: this gateway has {', '.join(sorted(self._errands))}")
        return str(name)

    def _take_wish(self, said: Mapping[str, Any], who: str) -> dict[str, Any]:
        told = said["wish"]
        if not isinstance(told, dict):
            raise WishRefused("wish is no object")
        wish = wish_of(told)
        accepted = self._wishes.accept(wish, self._clock.now_ms())
        if accepted:
            self._note(wish.logger, f"{who} wishes {wish.kind} {wish.amount} of {wish.logger}")
        return {"accepted": accepted}


def _bound(path: Path) -> socket.socket:
    """Return a socket that is its owner's alone from the first moment; one that a killed gateway left makes way.

    Nothing is awaited while the umask, which is the whole process's, is another one.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(_OTHERS_NOTHING)
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line; b'' at the end, and of who sends longer ones."""
    try:
        return await reader.readline()
    except ValueError:
        log.warning("an operator's tool sent a line above %d bytes", MOST_BYTES)
        return b""


def _who(writer: asyncio.StreamWriter) -> str:
    """Return who is at the other end, as the kernel says."""
    peer = writer.get_extra_info("socket")
    _, uid, _ = _PEER.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    try:
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except KeyError:
        return f"uid {uid}"


def say(directory: Path, said: dict[str, Any]) -> dict[str, Any]:
    """Say one line to a running gateway and return its answer.

    Raises
    ------
    OSError
        When no gateway listens there.
    LineError
        When it is no answer.
    """
    with socket.socket(socket.AF_UNIX) as gateway:
        gateway.settimeout(30)
        gateway.connect(str(directory / NAME))
        gateway.sendall(line_of(said))
        with gateway.makefile("rb") as lines:
            return said_in(lines.readline())
