"""The live blocks of a logger: the newest record of each, decoded, with its age."""

from collections.abc import Sequence
from dataclasses import dataclass

from fieldtool.clock import iso
from fieldtool.connection import Device, FieldError
from fieldtool.identification import Identification
from fieldtool.record_rows import Channels, Row, rows
from seepline.wire import record, registers, rtu

_UNKNOWN_AGE = 0xFFFF


@dataclass(frozen=True, slots=True)
class LiveBlock:
    """One live block; the sequence 0 marks a stand-in: no scan yet, or an old one. `age_s` None = unknown."""

    record: record.Record
    heartbeat: int
    age_s: int | None

    @property
    def is_reading(self) -> bool:
        """Tell whether the block shows a stored record and no stand-in."""
        return bool(self.record.sequence)

    def rows(self, channels: Channels) -> list[Row]:
        """Return its values."""
        return list(rows(self.record, channels))


async def live_blocks(device: Device, found: Identification) -> list[LiveBlock]:
    """Return every live block of an identified logger; none in safe mode, in which it does not measure.

    Raises
    ------
    FieldError
        When one does not come, fails its CRC-32, or is of another logger.
    """
    blocks = [] if found.values["mode"] else found.blocks
    return [await _live_block(device, found, block) for block in blocks]


async def _live_block(device: Device, found: Identification, block: int) -> LiveBlock:
    words = await device.read(registers.live_address(block), registers.LIVE_REGISTERS, rtu.READ_INPUT)
    return decode(words, found.serial, block)


def decode(words: Sequence[int], serial: int, block: int) -> LiveBlock:
    """Return the live block in its 62 registers.

    Raises
    ------
    FieldError
        When the record is damaged or of another logger or block.
    """
    raw = b"".join(word.to_bytes(2, "big") for word in words[: registers.LIVE_HEARTBEAT])
    try:
        held = record.decode(raw)
    except record.RecordError as error:
        raise FieldError(f"Live block {block} is damaged ({error}): ask again.") from error
    if (held.logger_id, held.block) != (serial, block):
        raise FieldError(f"Live block {block} is of logger {held.logger_id}, block {held.block}: ask again.")
    heartbeat, age_s = words[registers.LIVE_HEARTBEAT], words[registers.LIVE_AGE_S]
    return LiveBlock(held, heartbeat, None if age_s == _UNKNOWN_AGE else age_s)


def as_dict(block: LiveBlock, channels: Channels) -> dict[str, object]:
    """Return a live block as JSON."""
    held = block.record
    return {
        "block": held.block,
        "sequence": held.sequence,
        "time": iso(1000 * held.utc_s) if held.utc_s else None,
        "age_s": block.age_s,
        "is_reading": block.is_reading,
        "values": [row.as_dict() for row in block.rows(channels)],
    }
