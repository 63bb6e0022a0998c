"""Which of the oldest rows may go when a full disk holds only rows not sent yet, and a person allowed it. Pure.

Of every series (a logger's block, a third-party device's line) and every ten minutes these stay: the record with
the smallest and the one with the largest value of each channel, the last record, every record with a status, every
event of a logger, and everything within half an hour of such an event.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.outbox.packing import Row
from seepline.wire import record as wire

WINDOW_MS = 600_000
AROUND_EVENT_MS = 1_800_000
_LINE = re.compile(r"(?P<series>(?:\\.|[^\\ ])+) (?P<fields>.*) (?P<ms>-?\d+)")
_FIELD = re.compile(r"(?:^|,)(?P<name>(?:\\.|[^\\,=])+)=(?P<value>[^,\"]+|\"(?:\\.|[^\"\\])*\")")
_OUR_FIELDS = frozenset(("ring", "boot", "seq", "tq"))


class Sighted(NamedTuple):
    """What the rule looks at of one row; `must_stay` where the row speaks for itself."""

    row: int
    series: tuple[object, ...]
    time_ms: int
    values: dict[str, float]
    must_stay: bool
    is_event: bool


def kept_rows(rows: Iterable[Row]) -> set[int]:
    """Return the numbers of the rows that stay."""
    sighted = [sight(row) for row in rows]
    events_ms = [one.time_ms for one in sighted if one.is_event]
    kept = {one.row for one in sighted if one.must_stay or _is_near(one.time_ms, events_ms)}
    for group in _groups(sighted):
        kept |= _extremes(group)
    return kept


def sight(row: Row) -> Sighted:
    """Return what the rule looks at of a row."""
    return _sight_line(row) if row.line else _sight_record(row)


def _sight_record(row: Row) -> Sighted:
    record = wire.decode(row.raw)
    time_ms = record.utc_s * 1000 + record.utc_ms if record.utc_s else row.estimated_ms or row.received_ms
    series = (record.logger_id, record.ring, record.block)
    if record.payload_type == wire.PAYLOAD_VW:
        wires = wire.decode_vw(record.payload, record.channels)
        values = {f"{n}f": one.frequency_mhz for n, one in enumerate(wires)}
        values |= {f"{n}t": one.thermistor_mohm for n, one in enumerate(wires)}
        spoken = any(one.status for one in wires)
    elif record.payload_type == wire.PAYLOAD_SCALAR:
        scalars = wire.decode_scalar(record.payload, record.channels)
        values = {str(n): one.value for n, one in enumerate(scalars)}
        spoken = any(one.status for one in scalars)
    else:
        return Sighted(row.outbox_sequence, series, time_ms, {}, must_stay=True, is_event=True)
    return Sighted(row.outbox_sequence, series, time_ms, values, must_stay=spoken, is_event=False)


def _sight_line(row: Row) -> Sighted:
    found = _LINE.fullmatch(row.line)
    if found is None:
        return Sighted(row.outbox_sequence, (), row.received_ms, {}, must_stay=True, is_event=False)
    fields = {field["name"]: field["value"] for field in _FIELD.finditer(found["fields"])}
    values = {name: float(text) for name, text in fields.items() if name not in _OUR_FIELDS and _is_float(text)}
    spoken = any(name.endswith("_status") for name in fields)
    return Sighted(
        row.outbox_sequence, (found["series"],), int(found["ms"]), values, must_stay=spoken, is_event=False
    )


def _is_float(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d*)?([eE][-+]?\d+)?", text) is not None


def _is_near(time_ms: int, events_ms: Sequence[int]) -> bool:
    return any(abs(time_ms - event_ms) <= AROUND_EVENT_MS for event_ms in events_ms)


def _groups(sighted: Iterable[Sighted]) -> Iterable[list[Sighted]]:
    groups: dict[tuple[object, ...], list[Sighted]] = {}
    for one in sighted:
        groups.setdefault((*one.series, one.time_ms // WINDOW_MS), []).append(one)
    return groups.values()


def _extremes(group: Sequence[Sighted]) -> set[int]:
    kept = {max(group, key=lambda one: (one.time_ms, one.row)).row}
    for name in {name for one in group for name in one.values}:
        having = [one for one in group if name in one.values]
        kept.add(min(having, key=lambda one: one.values[name]).row)
        kept.add(max(having, key=lambda one: one.values[name]).row)
    return kept
