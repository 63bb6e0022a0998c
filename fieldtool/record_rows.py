"""One record of a logger as rows: one line per value, with the unit that it has and the words for its status.

A vibrating-wire channel is seven values: the frequency, the thermistor, and five that say how good they are. A
scalar channel's unit stands in the site, not on the wire: without a SITE.toml its value stays the wire's integer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from seepline.channels import CHANNEL_KINDS, ChannelKind, read_channel
from seepline.logger_words import names_of
from seepline.site_wiring import Channel
from seepline.wire import event, record, status

VW_KINDS = tuple(kind for kind in CHANNEL_KINDS.values() if kind.payload_type == record.PAYLOAD_VW)
WIRE_INTEGER = ChannelKind("scalar", record.PAYLOAD_SCALAR, "value", 1, "", 0xFFFF, record.MISSING_I32)

Channels = Mapping[tuple[int, int, str], Channel]  # (block, slot, kind) -> the site's channel


@dataclass(frozen=True, slots=True)
class Row:
    """One value. `what` is the channel's id or kind, or the event's name with the value's name in `field`."""

    block: int
    slot: int | None
    what: str
    field: str
    value: float | None
    unit: str
    status: str

    def as_dict(self) -> dict[str, object]:
        """Return the row as JSON."""
        return asdict(self)


def channels_of(channels: tuple[Channel, ...], logger: str) -> Channels:
    """Return a logger's channels by the place that they have on the wire."""
    return {(one.block, one.slot, one.kind): one for one in channels if one.logger == logger}


def rows(found: record.Record, channels: Channels) -> Iterator[Row]:
    """Yield every value of a record; of an event all that it tells, of an unknown payload nothing."""
    if found.payload_type == record.PAYLOAD_EVENT:
        yield from _event_rows(found)
    elif found.payload_type == record.PAYLOAD_VW:
        for slot in range(found.channels):
            yield from (_row(found, slot, kind, channels) for kind in VW_KINDS)
    elif found.payload_type == record.PAYLOAD_SCALAR:
        for slot in range(found.channels):
            yield _row(found, slot, _scalar_kind(found.block, slot, channels), channels)


def _scalar_kind(block: int, slot: int, channels: Channels) -> ChannelKind:
    known = [kind for at_block, at_slot, kind in channels if (at_block, at_slot) == (block, slot)]
    return CHANNEL_KINDS[known[0]] if known else WIRE_INTEGER


def _row(found: record.Record, slot: int, kind: ChannelKind, channels: Channels) -> Row:
    value, bits = read_channel(kind, found, slot)
    channel = channels.get((found.block, slot, kind.name))
    words = status.describe(bits)
    return Row(found.block, slot, channel.id if channel else kind.name, kind.name, value, kind.unit, words)


def _event_rows(found: record.Record) -> Iterator[Row]:
    told = event.decode_event(found.payload, found.channels)
    name, names = names_of(told.code)
    yield Row(found.block, None, name, "detail", told.detail, "", "")
    for number, value in enumerate(told.values):
        field = names[number] if number < len(names) else f"value_{number}"
        known = None if value == record.MISSING_I32 else value
        yield Row(found.block, None, name, field, known, "", "" if known is not None else "missing")
