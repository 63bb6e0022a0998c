"""From a stored row to raw readings: our loggers' records and the ready lines of other instruments. Pure."""

from collections.abc import Mapping
from typing import Protocol

from gateway.uplink.lines import SiteNames, record_time_ms
from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.reading import RawReading
from seepline.wire import record as wire
from seepline.wire import status as bits


class StoredRow(Protocol):
    """What is asked of a row of the outbox."""

    @property
    def outbox_sequence(self) -> int:
        """Its number."""

    @property
    def raw(self) -> bytes:
        """The record, empty where there is a line."""

    @property
    def estimated_ms(self) -> int | None:
        """The time of a record whose clock never was set."""

    @property
    def line(self) -> str:
        """The line of an instrument that is no logger of ours, '' for a record."""


def raw_readings(row: StoredRow, names: SiteNames, now_ms: int) -> list[RawReading]:
    """Return the raw readings in a row; `now_ms` stands in for a time that nobody knows.

    There are none of a logger that the site does not name.

    Raises
    ------
    ValueError, KeyError
        When the row is neither a record nor a line of this gateway's.
    """
    return _of_line(row.line, names, now_ms) if row.line else _of_record(row, names, now_ms)


def _of_record(row: StoredRow, names: SiteNames, now_ms: int) -> list[RawReading]:
    record = wire.decode(row.raw)
    logger = names.loggers.get(record.logger_id)
    if logger is None or record.payload_type == wire.PAYLOAD_EVENT:
        return []
    known_ms = record_time_ms(record, row.estimated_ms)
    time_ms = now_ms if known_ms is None else known_ms
    identity = f"{logger}:{record.ring}:{record.sequence}"
    found = []
    for channel in names.channels.get((logger, record.block), ()):
        value, status = read_channel(CHANNEL_KINDS[channel.kind], record, channel.slot)
        if status != bits.NOT_DUE:
            found.append(RawReading(channel.name, time_ms, value, status, identity))
    return found


def _of_line(line: str, names: SiteNames, now_ms: int) -> list[RawReading]:
    """Read a line that this gateway wrote: ids hold nothing that would have to be escaped."""
    head, fields, *time = line.split(" ")
    tags = dict(part.split("=") for part in head.split(",")[1:])
    values = dict(part.split("=") for part in fields.split(","))
    logger, time_ms = tags["logger"], int(time[0]) if time else now_ms
    ring, sequence = (values.get(name, "").rstrip("i") for name in ("ring", "seq"))
    identity = f"{logger}:{ring}:{sequence}"
    return [
        RawReading(channel.name, time_ms, _number(values, channel.id), _status(values, channel.id), identity)
        for (owner, _), channels in names.channels.items()
        if owner == logger
        for channel in channels
        if channel.id in values or f"{channel.id}_status" in values
    ]


def _number(values: Mapping[str, str], name: str) -> float | None:
    return float(values[name].rstrip("i")) if name in values else None


def _status(values: Mapping[str, str], name: str) -> int:
    return int(values.get(f"{name}_status", "0").rstrip("i"))
