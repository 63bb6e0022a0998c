"""What a master sees of this logger at this moment: identification and one live block per configured block.

A live block is the newest record of that block, byte for byte. When there is none, or it is older than two scan
intervals, a stand-in takes its place: sequence 0 (no stored record has it), the time of the answer, every value
missing, the reason in every channel's status. The last good value is never shown as if it were new.
"""

import struct

from firmware.facts import Facts
from firmware.settings import Settings
from firmware.traffic import BAD, SERVED, Traffic
from seepline.wire import registers as map_of
from seepline.wire.record import MAP_VERSION, RECORD_BYTES, Record, RecordError, decode, encode
from seepline.wire.status import MISSING, TOO_OLD

FIRMWARE_VERSION = 0x0001  # major << 8 | minor
_UNKNOWN_AGE = 0xFFFF
_EVENTS_BETWEEN = 64  # so many event records may stand after or between the newest readings
# The registers of seepline/wire/registers.py in their order, without the names that a logger has no use for.
_IDENTIFICATION = ">IHHIHHIIIIIHHIH32sHHHHHIIIHHHHIHHI"


class Image:
    """The register image over the ring, the clock and the newest record of each block."""

    def __init__(self, settings: Settings, ring, keeper, traffic: Traffic, boot, facts: Facts) -> None:
        self._settings = settings
        self.ring = ring
        self._keeper = keeper
        self._traffic = traffic
        self._boot_count, self._reset_cause = boot
        self._facts = facts
        self._blocks = {block.block: block for block in settings.blocks}
        self._newest: dict[int, tuple[bytes, int]] = {}  # block -> (record, uptime in s at its scan)
        self.intervals_s: dict = {}  # block -> how often it gets a record, where that is not the logger's interval
        self.windows: dict = {}  # first register -> function that returns the bytes from there: what others show
        self._recall()
        self.shown = False  # something was, since boot

    def forget(self) -> None:
        """Show stand-ins only: nothing is measured."""
        self._newest = {}

    def show(self, block: int, record: bytes, scanned_at_s: int) -> None:
        """Make a stored record the live one of its block; `scanned_at_s` is uptime."""
        self._newest[block] = (record, scanned_at_s)
        self.shown = True

    def registers(self, register: int, count: int) -> bytes | None:
        """Return `count` registers from `register`, or None when one of them has no name."""
        if register + count <= map_of.IDENTIFICATION_REGISTERS:
            first, data = 0, self.identification()
        elif register < map_of.LIVE_BASE:
            return self._window(register, count)
        else:
            block, offset = divmod(register - map_of.LIVE_BASE, map_of.LIVE_STRIDE)
            if block not in self._blocks or offset + count > map_of.LIVE_REGISTERS:
                return None
            first, data = map_of.live_address(block), self.live(block)
        start = 2 * (register - first)
        return data[start : start + 2 * count]

    def _window(self, register: int, count: int) -> bytes | None:
        for first, read in self.windows.items():
            start = 2 * (register - first)
            data = read() if start >= 0 else b""
            if start >= 0 and start + 2 * count <= len(data):
                return data[start : start + 2 * count]
        return None

    def identification(self) -> bytes:
        """Return registers 0 to 59 as bytes."""
        keeper, traffic, facts = self._keeper, self._traffic, self._facts
        utc_s, utc_ms = divmod(keeper.utc_ms(), 1000)
        return struct.pack(
            _IDENTIFICATION,
            map_of.MAGIC,
            MAP_VERSION,
            FIRMWARE_VERSION,
            self._settings.logger_id,
            self.ring.ring,
            self._boot_count & 0xFFFF,
            self.ring.oldest,
            self.ring.newest,
            self.ring.capacity,
            keeper.uptime_s(),
            utc_s,
            utc_ms,
            keeper.quality,
            self._settings.scan_s,
            len(self._blocks),
            self._directory(),
            self._reset_cause,
            traffic.since_boot(SERVED),
            traffic.since_boot(BAD),
            facts.mode,
            facts.config_generation,
            facts.config_crc,
            facts.bundle_version,
            facts.key_fingerprint,
            keeper.refused & 0xFFFF,
            facts.commands_refused & 0xFFFF,
            facts.power_mode,
            facts.window_s,
            facts.next_scan_s,
            facts.supply_mv,
            facts.last_reset_task,
            facts.staged_bytes,
        )

    def live(self, block: int) -> bytes:
        """Return the 62 registers of a live block as bytes: one consistent snapshot."""
        uptime_s = self._keeper.uptime_s()
        data, scanned_at_s = self._newest.get(block, (None, uptime_s - _UNKNOWN_AGE))
        age_s = max(0, uptime_s - scanned_at_s)
        if data is None:
            data = self._stand_in(block, MISSING)
        elif age_s > 2 * self.intervals_s.get(block, self._settings.scan_s):
            data = self._stand_in(block, TOO_OLD)
        return data + struct.pack(">HH", uptime_s & 0xFFFF, min(age_s, _UNKNOWN_AGE))

    def _directory(self) -> bytes:
        entries = [0xFFFF] * map_of.MAX_BLOCKS
        for block in self._blocks.values():
            entries[block.block] = block.payload_type << 8 | len(block.slots)
        return struct.pack(">%dH" % map_of.MAX_BLOCKS, *entries)

    def _stand_in(self, number: int, status: int) -> bytes:
        block, keeper = self._blocks[number], self._keeper
        payload = block.payload.encode([block.payload.missing(status)] * len(block.slots))
        return encode(self.record(block, payload, 0, keeper.utc_ms(), keeper.quality))

    def record(self, block, payload: bytes, sequence: int, utc_ms: int, status: int, uptime_s: int = -1) -> Record:
        """Return a record with this logger's identity; `utc_ms` 0 = never set, `uptime_s` -1 = now."""
        return Record(
            self._settings.logger_id,
            block.block,
            MAP_VERSION,
            status,
            self.ring.ring,
            self._boot_count & 0xFFFF,
            sequence,
            utc_ms // 1000,
            utc_ms % 1000,
            uptime_s if uptime_s >= 0 else self._keeper.uptime_s(),
            block.payload_type,
            len(block.slots),
            payload,
        )

    def _recall(self) -> None:
        """After a restart show the newest stored record of each block, where the clock can tell its age."""
        now_s, sequence, wanted = self._keeper.utc_ms() // 1000, self.ring.newest, set(self._blocks)
        earliest = max(self.ring.oldest, sequence - len(wanted) - _EVENTS_BETWEEN)
        while sequence >= earliest and wanted:
            data = self.ring.read(sequence)
            record = _decoded(data)
            if data and record and record.block in wanted:
                wanted.discard(record.block)  # whether it can be shown or not: what is older is not the newest
                if self._is_ours(record) and 0 < record.utc_s <= now_s:
                    self.show(record.block, data, self._keeper.uptime_s() - (now_s - record.utc_s))
            sequence -= 1

    def _is_ours(self, record: Record) -> bool:
        """Tell whether a stored record still is of a block as configured now."""
        block = self._blocks.get(record.block)
        return (
            block is not None
            and record.logger_id == self._settings.logger_id
            and (record.payload_type, record.channels) == (block.payload_type, len(block.slots))
        )


def _decoded(data: bytes | None) -> Record | None:
    if data is None or len(data) != RECORD_BYTES:
        return None
    try:
        return decode(data)
    except RecordError:
        return None
