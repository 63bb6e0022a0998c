"""From a logger's record to one line of InfluxDB line protocol. Pure.

    raw,site=S,logger=L,block=B <channel>=<float>,<channel>_status=<i>i,ring=<i>i,boot=<i>i,seq=<i>i,tq=<i>i <ms>

An event record goes the same way as block 255, its values under the names of seepline/logger_words.py. A channel
that was not due in this scan has no field.
A float is written so that reading it gives the same bits. A missing value has no field, its status says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.logger_words import field_names
from seepline.site import Site
from seepline.site_wiring import Channel
from seepline.wire import record as wire
from seepline.wire import status as bits
from seepline.wire.event import decode_event

_KEY_ESCAPES = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})


class UnknownLogger(ValueError):  # noqa: N818 - says what it is
    """A record of a logger that the site file does not name any more."""


@dataclass(frozen=True, slots=True)
class SiteNames:
    """What the site calls the numbers in a record: logger ids by serial, channels by (logger id, block)."""

    site: str
    loggers: Mapping[int, str]
    channels: Mapping[tuple[str, int], Sequence[Channel]]


def names_of(site: Site) -> SiteNames:
    """Return the names of a site."""
    channels: dict[tuple[str, int], list[Channel]] = {}
    for channel in site.channels:
        channels.setdefault((channel.logger, channel.block), []).append(channel)
    return SiteNames(site.info.id, {logger.serial: logger.id for logger in site.loggers}, channels)


def record_line(raw: bytes, estimated_ms: int | None, names: SiteNames) -> str:
    """Return the line of a record; `estimated_ms` stands in for a time that was never set.

    Without either the line has no time and the collector takes that of arrival.

    Raises
    ------
    UnknownLogger
        When the site has no logger with this serial.
    """
    record = wire.decode(raw)
    logger = names.loggers.get(record.logger_id)
    if logger is None:
        raise UnknownLogger(f"the site file names no logger with serial {record.logger_id}")
    fields = (
        _event_fields(record) if record.payload_type == wire.PAYLOAD_EVENT else _readings(record, names, logger)
    )
    time_quality = record.status & bits.TIME_MASK
    fields += [f"ring={record.ring}i", f"boot={record.boot}i", f"seq={record.sequence}i", f"tq={time_quality}i"]
    head = f"raw,site={escape(names.site)},logger={escape(logger)},block={record.block}"
    time_ms = record_time_ms(record, estimated_ms)
    return f"{head} {','.join(fields)}" + ("" if time_ms is None else f" {time_ms}")


def _event_fields(record: wire.Record) -> list[str]:
    logged = decode_event(record.payload, record.channels)
    values = zip(field_names(logged), (logged.detail, *logged.values), strict=True)
    return [f"{name}={float(value)!r}" for name, value in values if value != wire.MISSING_I32]


def _readings(record: wire.Record, names: SiteNames, logger: str) -> list[str]:
    channels = names.channels.get((logger, record.block), ())
    return [part for channel in channels for part in _fields(channel, record)]


def _fields(channel: Channel, record: wire.Record) -> list[str]:
    value, status = read_channel(CHANNEL_KINDS[channel.kind], record, channel.slot)
    if status == bits.NOT_DUE:
        return []
    name = escape(channel.id)
    parts = [] if value is None else [f"{name}={float(value)!r}"]
    return [*parts, f"{name}_status={status}i"] if status else parts


def record_time_ms(record: wire.Record, estimated_ms: int | None) -> int | None:
    """Return the time of a record, or the estimate when the logger's clock never was set."""
    return int(record.utc_s) * 1000 + int(record.utc_ms) if record.utc_s else estimated_ms


def estimate_ms(record: wire.Record, boot: int | None, boot_started_ms: int | None) -> int | None:
    """Return the scan's time by uptime when it belongs to a boot whose begin the gateway knows, None otherwise."""
    if record.utc_s or record.boot != boot or boot_started_ms is None:
        return None
    return boot_started_ms + int(record.uptime_s) * 1000


def escape(name: str) -> str:
    r"""Return a tag value, tag key or field key as line protocol writes it.

    >>> escape("north dam, a=1")
    'north\\ dam\\,\\ a\\=1'
    """
    return name.translate(_KEY_ESCAPES)
