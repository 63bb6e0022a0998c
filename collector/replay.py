"""The collector's judgement offline: a CSV of raw readings in, engineering readings and alarms out.

The same pure functions as the live engine, in event order, in flat memory however many rows there are.
"""

import csv
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from collector.replay_derived import with_derived
from collector.replay_table import RawTable, read_rows
from seepline import alarm
from seepline.alarm import AlarmState, Event
from seepline.convert import due, primary_channels
from seepline.quality import evaluate, flagged
from seepline.quantities import QUANTITIES
from seepline.reading import RawReading, Reading
from seepline.site import Site
from seepline.thresholds import limits_of

READING_HEADER = ("time", "point", "instrument", "quantity", "value", "unit", "quality", "calibration")
ALARM_HEADER = ("time", "point", "quantity", "from", "to", "value", "limit", "set", "event")

AlarmKey = tuple[str, str, str]


class RawSource(Protocol):
    """Raw readings in order of time, and look-ups beside them."""

    def times(self, channels: Collection[str]) -> Iterator[tuple[int, str]]:
        """Yield (time_ms, channel) of all readings of these channels in order of time, then name."""

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """Return the reading at a time, else the nearest with a value within `max_age_ms`."""

    def previous(self, channel: str, time_ms: int, count: int) -> Sequence[RawReading]:
        """Return up to `count` readings before a time."""


def iso_time(time_ms: int) -> str:
    """Return ISO 8601 in UTC, with milliseconds only where there are some.

    >>> iso_time(1451634300000), iso_time(1451634300250)
    ('2016-01-01T07:45:00Z', '2016-01-01T07:45:00.250Z')
    """
    moment = datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{time_ms % 1000:03d}Z" if time_ms % 1000 else f"{moment}Z"


def readings(site: Site, table: RawSource) -> Iterator[Reading]:
    """Yield every engineering reading of the raw table in order of time, then point and quantity."""
    yield from flagged(site, _made(site, table))


def _made(site: Site, table: RawSource) -> Iterator[Reading]:
    """Yield the readings with the flags of their own scans."""
    primaries = primary_channels(site)
    made: list[Reading] = []
    for time_ms, channel in table.times(primaries):
        if made and made[0].time_ms != time_ms:
            yield from sorted(made, key=_place)
            made = []
        for assignment in due(site, primaries, channel, time_ms):
            made += evaluate(site, assignment, time_ms, table.nearest, table.previous)
    yield from sorted(made, key=_place)


def _place(reading: Reading) -> tuple[str, str]:
    return reading.point, reading.quantity


def raised(site: Site, states: dict[AlarmKey, AlarmState], reading: Reading) -> Iterator[Event]:
    """Yield the level events of one reading, as if it arrived when it was made; `states` is carried on."""
    for threshold in limits_of(site, reading.point, reading.quantity, reading.time_ms):
        key = (reading.point, reading.quantity, threshold.direction)
        state = states.get(key, AlarmState())
        states[key], events = alarm.step(site.info.id, state, reading, threshold, reading.time_ms)
        yield from events


def _reading_row(one: Reading) -> tuple[object, ...]:
    value = "" if one.value is None else repr(one.value)
    unit = QUANTITIES[one.quantity].unit
    place = (iso_time(one.time_ms), one.point, one.instrument, one.quantity)
    return (*place, value, unit, int(one.quality), one.calibration)


def _alarm_row(one: Event) -> tuple[object, ...]:
    levels = tuple(level.name.lower() for level in (one.from_level, one.to_level) if level is not None)
    return (
        iso_time(one.time_ms),
        one.point,
        one.quantity,
        *levels,
        one.value,
        one.limit,
        one.threshold_set,
        one.id,
    )


def _writer(stack: ExitStack, path: Path | None, header: tuple[str, ...]) -> Any:
    if path is None:
        return None
    lines = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")), lineterminator="\n")
    lines.writerow(header)
    return lines


def run(site: Site, raw: Path, out: Path, alarms: Path | None) -> dict[str, int]:
    """Replay RAW.csv into OUT.csv (and ALARMS.csv); returns how many rows of each there were.

    Raises
    ------
    RawFileError
        When RAW.csv has faults; nothing is written then.
    """
    counts = {"raw": 0, "readings": 0, "alarms": 0}
    states: dict[AlarmKey, AlarmState] = {}
    with tempfile.TemporaryDirectory(prefix="seepline-replay-") as folder, RawTable(Path(folder)) as table:
        counts["raw"] = table.fill(read_rows(raw, site.channel_by_name), raw)
        with ExitStack() as stack:
            out_lines = _writer(stack, out, READING_HEADER)
            alarm_lines = _writer(stack, alarms, ALARM_HEADER)
            for one in with_derived(site, readings(site, table), Path(folder)):
                out_lines.writerow(_reading_row(one))
                counts["readings"] += 1
                for event in raised(site, states, one):
                    counts["alarms"] += 1
                    if alarm_lines:
                        alarm_lines.writerow(_alarm_row(event))
    return counts
