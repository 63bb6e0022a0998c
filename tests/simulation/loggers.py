"""Twenty loggers as their line sees them: rings that wrap, restarts, formatted memories, clocks that drift.

A record follows from (serial, ring, sequence) alone, so that what reached the collector can be compared with what
a logger held without keeping a copy of a year. What a logger answers is built by the codec that the firmware uses.
"""

import random
import struct
from array import array
from dataclasses import dataclass, field

from seepline.wire import record as wire
from seepline.wire import registers, rtu

SYNCED, NEVER_SET = 2, 0


@dataclass
class Ring:
    """One life of a flash memory: the scan time (UTC s, 0 = never set) and boot count of each sequence from 1."""

    number: int
    times_s: "array[int]" = field(default_factory=lambda: array("I"))
    boots: "array[int]" = field(default_factory=lambda: array("H"))

    @property
    def newest(self) -> int:
        return len(self.times_s)


@dataclass
class VirtualLogger:
    """One logger. It scans at multiples of `scan_s` while it has power, and holds its last `capacity` records."""

    serial: int
    address: int
    scan_s: int
    capacity: int
    start_s: int
    rings: list[Ring] = field(default_factory=lambda: [Ring(1)])
    boot: int = 1
    booted_s: float = 0.0
    scanned_to_s: float = 0.0
    powered: bool = True
    clock_error_s: float | None = None  # None: never set

    @property
    def ring(self) -> Ring:
        return self.rings[-1]

    @property
    def oldest(self) -> int:
        return max(1, self.ring.newest - self.capacity + 1)

    def live_to(self, now_s: float) -> None:
        """Take every scan up to `now_s` (virtual seconds)."""
        first = int(self.scanned_to_s // self.scan_s) + 1
        for number in range(first, int(now_s // self.scan_s) + 1):
            if self.powered:
                self._scan(number * self.scan_s)
        self.scanned_to_s = max(self.scanned_to_s, now_s)

    def _scan(self, at_s: float) -> None:
        known = self.clock_error_s is not None
        self.ring.times_s.append(self.start_s + int(at_s) if known else 0)
        self.ring.boots.append(self.boot)

    def restart(self, now_s: float, *, formatted: bool = False, clock_lost: bool = False) -> None:
        """Boot again; a formatted memory begins a new ring, a lost clock must be told the time."""
        self.live_to(now_s)
        self.boot += 1
        self.booted_s = now_s
        if formatted:
            self.rings.append(Ring(self.ring.number + 1))
        if clock_lost:
            self.clock_error_s = None

    def told(self, utc_s: float, now_s: float) -> None:
        """Take the time from the line: a clock that was never set takes any."""
        self.clock_error_s = utc_s - (self.start_s + now_s)

    def record(self, ring: Ring, sequence: int) -> bytes:
        """Return the 120 bytes of one record."""
        time_s = ring.times_s[sequence - 1]
        values = [wire.ScalarChannel(0, value) for value in values_of(self.serial, ring.number, sequence)]
        status = SYNCED if time_s else NEVER_SET
        head = (self.serial, 0, wire.MAP_VERSION, status, ring.number, ring.boots[sequence - 1], sequence)
        when = (time_s, 0, self.scan_s * sequence % 2**32)
        return wire.encode(wire.Record(*head, *when, wire.PAYLOAD_SCALAR, 2, wire.encode_scalar(values)))

    def answer(self, pdu: bytes, now_s: float) -> bytes:
        """Return the answer PDU to a request PDU."""
        self.live_to(now_s)
        if pdu[0] == rtu.READ_HOLDING:
            return bytes([3, 120]) + self._identification(now_s)
        if pdu[0] == rtu.READ_INPUT:
            return bytes([4, 124]) + self._live()
        if pdu[0] == rtu.READ_FILE:
            return self._history(pdu)
        return rtu.exception(pdu[0], rtu.ILLEGAL_FUNCTION)

    def _live(self) -> bytes:
        if self.ring.newest:
            return self.record(self.ring, self.ring.newest) + struct.pack(">HH", 5, 1)
        head = (self.serial, 0, wire.MAP_VERSION, 0, self.ring.number, self.boot, 0, 0, 0, 0)
        empty = wire.encode_scalar([wire.missing_scalar(1)] * 2)
        return wire.encode(wire.Record(*head, wire.PAYLOAD_SCALAR, 2, empty)) + struct.pack(">HH", 5, 1)

    def _history(self, pdu: bytes) -> bytes:
        groups = b""
        for at in range(2, len(pdu), 7):
            _, file, number, _ = struct.unpack_from(">BHHH", pdu, at)
            sequence = registers.history_sequence(file, number, self.oldest, self.ring.newest)
            if sequence < 0:
                return rtu.exception(rtu.READ_FILE, rtu.ILLEGAL_ADDRESS)
            groups += bytes([121, 6]) + self.record(self.ring, sequence)
        return bytes([rtu.READ_FILE, len(groups)]) + groups

    def _identification(self, now_s: float) -> bytes:
        known = self.clock_error_s is not None
        values = {
            "magic": registers.MAGIC,
            "map_version": wire.MAP_VERSION,
            "logger_id": self.serial,
            "ring": self.ring.number,
            "boot": self.boot,
            "oldest_sequence": self.oldest,
            "newest_sequence": self.ring.newest,
            "uptime_s": int(now_s - self.booted_s),
            "utc_s": self.start_s + int(now_s) if known else 0,
            "time_quality": SYNCED if known else NEVER_SET,
            "scan_s": self.scan_s,
            "block_count": 1,
        }
        data = b"".join(
            values.get(name, 0).to_bytes(2 * words, "big") for _, words, name in registers.IDENTIFICATION
        )
        return data[:46] + struct.pack(">16H", 0x0202, *[0xFFFF] * 15) + data[78:]


def values_of(serial: int, ring: int, sequence: int) -> tuple[int, int]:
    """Return the two raw integers of a record: a reading that nobody can mistake for another."""
    return 100_000 + (serial * 7919 + ring * 104_729 + sequence) % 1_000_000, sequence


def the_loggers(count: int, start_s: int, capacity: int, dice: random.Random) -> list[VirtualLogger]:
    """Return loggers at addresses from 1, some of which never knew the time."""
    loggers = [VirtualLogger(1000 + n, n, 900, capacity, start_s) for n in range(1, count + 1)]
    for logger in loggers:
        logger.clock_error_s = None if dice.random() < 0.3 else 0.0
    return loggers
