"""The same from the raw journal: every value is made anew, by today's calibrations and formulas, and stepped.

It reads beside the running collector, in event order, in flat memory, and takes as long as the judgement itself.
Quantities that look back over a time (rates, sums, antecedent rain) are whole once that time lies in the window.
"""

import json
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from collector.raw_table import RawTable
from collector.replay import RawSource, readings
from collector.replay_derived import with_derived
from collector.replay_set.run import Asked, rules_of
from collector.replay_set.stored import Progress
from collector.sqlite_file import open_for_reading
from seepline import alarm
from seepline.alarm import AlarmState, Event
from seepline.reading import RawReading, Reading
from seepline.replay.outcome import RuleName, SetOutcome, rule_name, rule_outcome
from seepline.site import Site, Threshold, in_commissioning

_TIMES = (
    "SELECT r.time_ms, c.name FROM readings r JOIN channels c ON c.id = r.channel WHERE r.rank = 0 AND c.name IN"
    " (SELECT value FROM json_each(?)) AND r.time_ms >= ? AND r.time_ms < ? ORDER BY r.time_ms, c.name"
)


class JournalSource:
    """The journal of a collector, read from one time to another, as `collector.replay` asks for it."""

    def __init__(self, connection: sqlite3.Connection, window: tuple[int, int], progress: Progress) -> None:
        self._connection, self._window, self._progress = connection, window, progress
        self._raw = RawTable(connection)

    def times(self, channels: Collection[str]) -> Iterator[tuple[int, str]]:
        """Yield (time_ms, channel) of all readings of these channels in order of time, then name."""
        from_ms, to_ms = self._window
        for time_ms, name in self._connection.execute(_TIMES, (json.dumps(list(channels)), from_ms, to_ms)):
            self._progress((time_ms - from_ms) / (to_ms - from_ms))
            yield time_ms, name

    def nearest(self, channel: str, time_ms: int, max_age_ms: int) -> RawReading | None:
        """Return the reading at a time, else the nearest with a value within `max_age_ms`."""
        return self._raw.nearest(channel, time_ms, max_age_ms)

    def previous(self, channel: str, time_ms: int, count: int) -> Sequence[RawReading]:
        """Return up to `count` readings before a time."""
        return self._raw.previous(channel, time_ms, count)


class _Set:
    """The rules of one set by what they judge, with their states and events."""

    def __init__(self, site: Site, set_id: str) -> None:
        self._site, self._id = site, set_id
        rules = rules_of(site, set_id)
        self._by_key: dict[tuple[str, str], list[Threshold]] = {}
        for rule in rules:
            self._by_key.setdefault((rule.point, rule.quantity), []).append(rule)
        self._states: dict[RuleName, AlarmState] = {rule_name(rule): AlarmState() for rule in rules}
        self._events: dict[RuleName, list[Event]] = {rule_name(rule): [] for rule in rules}

    def judge(self, reading: Reading) -> None:
        for rule in self._by_key.get((reading.point, reading.quantity), ()):
            name = rule_name(rule)
            state, events = alarm.step(self._site.info.id, self._states[name], reading, rule, reading.time_ms)
            self._states[name] = state
            self._events[name] += events

    def outcome(self, asked: Asked) -> SetOutcome:
        rules = {
            rule_name(rule): rule_outcome(rule, self._events[rule_name(rule)], asked.to_ms)
            for several in self._by_key.values()
            for rule in several
        }
        return SetOutcome(self._id, asked.from_ms, asked.to_ms, rules)


def replayed_from_raw(
    site: Site, journal: Path, asked: Asked, progress: Progress
) -> tuple[SetOutcome, SetOutcome]:
    """Return what the active and the proposed set would have told of the raw readings in a journal.

    Raises
    ------
    collector.replay_set.run.NoSuchSetError
        When the site has one of the sets not.
    sqlite3.OperationalError
        When the journal cannot be read.
    """
    active, proposed = _Set(site, asked.active), _Set(site, asked.proposed)
    connection = open_for_reading(journal)
    try:
        source: RawSource = JournalSource(connection, (asked.from_ms, asked.to_ms), progress)
        with tempfile.TemporaryDirectory(prefix="seepline-replay-") as folder:
            for one in with_derived(site, readings(site, source), Path(folder)):
                if not in_commissioning(site, one.point, one.time_ms):
                    active.judge(one)
                    proposed.judge(one)
    finally:
        connection.close()
    return active.outcome(asked), proposed.outcome(asked)
