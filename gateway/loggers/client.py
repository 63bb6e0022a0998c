"""What one of our loggers says, believed only when it proves whose answer it is.

    BusError
    |- WrongRecord              a right frame about another logger, block, ring or sequence
    |- DamagedRecord            a right frame whose record fails its own CRC-32
    `- Stranger                 somebody else answers at this address

A record carries logger id, block, ring, sequence and CRC-32, so a late or foreign answer is found out here even
when it fits the request byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.bus.exchange import Request, answer_words, read_history, read_registers
from gateway.bus.master import RETRIES, BusError
from seepline.site_wiring import Logger
from seepline.wire import record as wire
from seepline.wire import registers, rtu

NO_BLOCK = 0xFFFF
_SLEEPER_TURN_ROUND_S = 0.6  # docs/window-protocol.md: a block of its flash may be erased meanwhile
_WINDOW = 1  # in power_mode: it sleeps between its scans
IDENTIFICATION = read_registers(rtu.READ_HOLDING, 0, registers.IDENTIFICATION_REGISTERS)


class WrongRecord(BusError):  # noqa: N818 - says what it is
    """The answer is about something else than what was asked."""


class DamagedRecord(BusError):  # noqa: N818 - says what it is
    """The frame came over well, the record inside it is damaged."""


class Stranger(BusError):  # noqa: N818 - the field's word
    """Another device answers at a logger's address; its data are not ours to store."""


class Asker(Protocol):
    """What carries a request to a device and brings its answer: a bus's master, or a gateway that has one."""

    async def transact(
        self, address: int, request: Request, *, turn_round_s: float | None = None, retries: int = RETRIES
    ) -> bytes:
        """Return the PDU of the answer of a device that takes `turn_round_s` at most, None: as others."""

    def distrust(self, why: str) -> None:
        """Take note that an answer was not what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A logger's identification registers, as far as the gateway needs them. Times in site milliseconds.

    `next_scan_ms` is by the logger's clock, 0 while it knows no time; `wires` how many vibrating wires a scan
    measures; `sleeps`: it does so between its scans.
    """

    ring: int
    boot: int
    oldest: int
    newest: int
    uptime_s: int
    utc_ms: int
    time_quality: int
    scan_s: int
    blocks: tuple[int, ...]
    wires: int = 0
    sleeps: bool = False
    next_scan_ms: int = 0


@dataclass(frozen=True, slots=True)
class LoggerClient:
    """One logger on one bus, read through the bus's master."""

    master: Asker
    logger: Logger

    async def identify(self, retries: int = RETRIES) -> Identity:
        """Return the identification.

        Raises
        ------
        Stranger
            When it is not the logger that the site names at this address.
        BusError
            When no right answer came.
        """
        pdu = await self._ask(IDENTIFICATION, retries)
        return identity_of(answer_words(pdu), self.logger)

    async def live(self, block: int, ring: int, retries: int = RETRIES) -> tuple[bytes, wire.Record] | None:
        """Return (120 bytes, record) of a live block, None while the logger shows a stand-in."""
        request = read_registers(rtu.READ_INPUT, registers.live_address(block), registers.LIVE_REGISTERS)
        pdu = await self._ask(request, retries)
        raw = pdu[2 : 2 + wire.RECORD_BYTES]
        record = self._believe(raw)
        if record.block != block or (record.sequence and record.ring != ring):
            raise self._other(record, f"block {block} of ring {ring}")
        return (raw, record) if record.sequence else None

    async def history(self, ring: int, sequences: Sequence[int]) -> list[tuple[bytes, wire.Record]]:
        """Return (120 bytes, record) of one or two records by their sequence numbers.

        Raises
        ------
        gateway.bus.master.ModbusException
            Code 2 when the logger does not hold one of them.
        """
        pdu = await self._ask(read_history(sequences))
        groups = rtu.file_groups(pdu)
        if groups is None or len(groups) != len(sequences):
            self.master.distrust("wrong_record")
            raise WrongRecord(f"logger {self.logger.id} answered a history request with other groups")
        return [self._asked(raw, ring, sequence) for raw, sequence in zip(groups, sequences, strict=True)]

    async def _ask(self, request: Request, retries: int = RETRIES) -> bytes:
        longest_s = _SLEEPER_TURN_ROUND_S if self.logger.mode == "window" else None
        return await self.master.transact(self.logger.address, request, turn_round_s=longest_s, retries=retries)

    def _asked(self, raw: bytes, ring: int, sequence: int) -> tuple[bytes, wire.Record]:
        record = self._believe(raw)
        if (record.ring, record.sequence) != (ring, sequence):
            raise self._other(record, f"record {sequence} of ring {ring}")
        return raw, record

    def _believe(self, raw: bytes) -> wire.Record:
        try:
            record = wire.decode(raw)
        except wire.RecordError as error:
            raise DamagedRecord(f"logger {self.logger.id}: {error}") from error
        if record.logger_id != self.logger.serial:
            raise self._other(record, f"logger {self.logger.serial}")
        return record

    def _other(self, record: wire.Record, asked: str) -> WrongRecord:
        self.master.distrust("wrong_record")
        return WrongRecord(
            f"logger {self.logger.id} was asked for {asked}; the answer is record {record.sequence},"
            f" block {record.block}, ring {record.ring} of logger {record.logger_id}"
        )


def identity_of(words: list[int], logger: Logger) -> Identity:
    """Return the identity in registers 0 to 59.

    Raises
    ------
    Stranger
        When it is no Seepline logger, another one, or one with another register map.
    """
    value = {name: registers.field(words, name) for _, count, name in registers.IDENTIFICATION if count <= 2}
    if value["magic"] != registers.MAGIC:
        raise Stranger(f"no Seepline logger answers at address {logger.address} of bus {logger.bus}")
    if value["logger_id"] != logger.serial:
        raise Stranger(
            f"logger {value['logger_id']} answers at address {logger.address} of bus {logger.bus}, where the site"
            f" has {logger.id} with serial {logger.serial}: correct the site file or the logger"
        )
    if value["map_version"] != wire.MAP_VERSION:
        raise Stranger(f"logger {logger.id} has register map {value['map_version']}, expected {wire.MAP_VERSION}")
    directory = words[23 : 23 + min(value["block_count"], registers.MAX_BLOCKS)]
    return Identity(
        ring=value["ring"],
        boot=value["boot"],
        oldest=value["oldest_sequence"],
        newest=value["newest_sequence"],
        uptime_s=value["uptime_s"],
        utc_ms=value["utc_s"] * 1000 + value["utc_ms"],
        time_quality=value["time_quality"],
        scan_s=value["scan_s"],
        blocks=tuple(block for block, entry in enumerate(directory) if entry != NO_BLOCK),
        wires=sum(entry & 0xFF for entry in directory if entry >> 8 == wire.PAYLOAD_VW),
        sleeps=value["power_mode"] == _WINDOW,
        next_scan_ms=value["next_scan_s"] * 1000,
    )
