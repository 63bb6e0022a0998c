"""Commands that change a logger's state, sealed with its device key (seepline/wire/seal.py).

A command counts as done when the logger's nonce has moved to the next one of the chain: that is true or false
whatever became of the answer on a bad line. A configuration or a program goes in pieces and is then committed by
its checksum, so what was broken off is taken up again.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from fieldtool.clock import Clock
from fieldtool.connection import Device, FieldError, NoLogger, Refused
from fieldtool.identification import Identification, identify
from seepline.logger_words import REFUSALS, RESULTS
from seepline.wire import registers, seal
from seepline.wire.crc import crc32

_RESTART_LIMIT_S = 60
_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """The logger's word on the last command."""

    count: int
    code: int
    result: int
    detail: int


class CommandRefused(FieldError):  # noqa: N818 - says what it is
    """The logger did not do it; `result` is its word."""

    def __init__(self, text: str, result: Result) -> None:
        super().__init__(text)
        self.result = result


@dataclass(slots=True)
class Commander:
    """Gives sealed commands to one logger. The chain of nonces is followed, so that a command is one request."""

    device: Device
    serial: int
    key: bytes
    _next: bytes | None = None  # the nonce to seal with; None = to be read

    async def give(self, code: int, payload: bytes = b"") -> None:
        """Give one command and make sure that the logger took it.

        Raises
        ------
        CommandRefused
            When it did not: the sentence says why.
        FieldError
            When the logger does not answer.
        """
        nonce = self._next or await self._nonce()
        self._next = None
        data = seal.sealed(self.key, self.serial, nonce, code, payload)
        words = [data[at] << 8 | data[at + 1] for at in range(0, len(data), 2)]
        try:
            await self.device.write(registers.COMMAND_REGISTER, words)
        except (NoLogger, Refused) as failure:
            if not await self._was_accepted(nonce, code):
                await self._raise_refusal()
                raise failure from None
        self._next = None if code in _RESTARTING else seal.next_nonce(self.key, nonce)

    async def _was_accepted(self, nonce: bytes, code: int) -> bool:
        """Tell by the nonce whether a command was done whose answer was lost, or whose repeat was refused."""
        try:
            now = await self._nonce()
        except NoLogger:
            if code in _RESTARTING:  # it is not there for a moment; the next boot will tell
                return True
            raise
        return now == seal.next_nonce(self.key, nonce) or (code in _RESTARTING and now != nonce)

    async def _nonce(self) -> bytes:
        words = await self.device.read(registers.NONCE_REGISTER, registers.NONCE_WORDS)
        return b"".join(word.to_bytes(2, "big") for word in words)

    async def _raise_refusal(self) -> None:
        result = Result(*await self.device.read(registers.RESULT_REGISTER, registers.RESULT_WORDS))
        if result.result != seal.DONE:
            raise CommandRefused(_sentence(result), result)

    async def set_clock(self, utc_ms: int) -> None:
        """Set the logger's clock by a step of any size."""
        await self.give(seal.SET_CLOCK, struct.pack(">IH", utc_ms // 1000, utc_ms % 1000))

    async def stage(
        self, target: int, content: bytes, tell: Callable[[int], None], *, from_the_start: bool = False
    ) -> None:
        """Send all of `content` in pieces; `tell(bytes so far)`. A piece that was lost is sent again.

        What the logger holds already of the same content is not sent again: its first piece tells which it is.
        """
        at = await self._stage_piece(target, content, 0)
        if not from_the_start:
            words = await self.device.read(0, registers.IDENTIFICATION_REGISTERS)
            at = max(at, min(registers.field(words, "staged_bytes"), len(content)))
        tell(at)
        while at < len(content):
            at = await self._stage_piece(target, content, at)
            tell(at)

    async def _stage_piece(self, target: int, content: bytes, at: int) -> int:
        """Send the piece at an offset; return where to go on, which the logger knows better after a break."""
        piece = content[at : at + seal.STAGE_BYTES]
        try:
            await self.give(seal.STAGE, struct.pack(">BI", target, at) + piece)
        except CommandRefused as refused:
            if refused.result.result != seal.OUT_OF_ORDER:
                raise
            return _nearest(refused.result.detail, at, len(content))
        return at + len(piece)


_RESTARTING = (seal.COMMIT_CONFIG, seal.COMMIT_UPDATE, seal.RESTART)


def _nearest(staged: int, at: int, size: int) -> int:
    """Return the offset that the logger names modulo 65536: the nearest one below or at where we were.

    >>> _nearest(208, 0, 1000), _nearest(100, 65600, 99999)
    (208, 65636)
    """
    offset = staged + (at & ~0xFFFF)
    if offset > at + 0x8000:
        offset -= 0x10000
    return max(0, min(offset, size))


def commit_configuration_payload(content: bytes) -> bytes:
    """Return the payload that commits a staged configuration."""
    return struct.pack(">HI", len(content), crc32(content))


def _sentence(result: Result) -> str:
    if result.result == seal.WRONG_SEAL:
        return "The logger has another key than this one, or this logger is another: nothing was changed."
    if result.result == seal.NO_KEY:
        return "The logger has no device key: run `seepline logger configure` over USB first."
    words = dict(RESULTS).get(result.result, f"result {result.result}")
    why = f": {dict(REFUSALS).get(result.detail, result.detail)}" if result.result == seal.REFUSED else ""
    return f"The logger says: {words}{why}."


async def wait_for_boot(device: Device, clock: Clock, before: Identification) -> Identification:
    """Return the identification of the boot after `before`, once the logger answers again.

    Raises
    ------
    FieldError
        When it does not come back, or did not restart at all, in a minute.
    """
    waited_s = 0.0
    while waited_s < _RESTART_LIMIT_S:
        await clock.pause(_LOOK_S * clock.rate)
        waited_s += _LOOK_S
        try:
            found = await identify(device, clock)
        except FieldError:
            continue
        if found.values["boot"] != before.values["boot"]:
            return found
    raise FieldError("The logger did not restart within a minute: look at its power, then run `identify`.")
