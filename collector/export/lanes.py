"""The tables of the store on their way out: what is new behind a cursor, as lines. Read-only, in any thread."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

from collector.export.buckets import WIDTHS_MS, summaries, touched
from collector.export.holes import nodes
from collector.export.lines import (
    event_line,
    facility_line,
    health_lines,
    node_line,
    profile_lines,
    reading_line,
    section_lines,
    summary_line,
)
from collector.export.raw import bus_lines, raw_lines, wiring_lines
from collector.journal_entries import Entry
from collector.present import present
from collector.store import StoredReading, StoreReader
from collector.storm.bus_table import Counted
from seepline.site import Site

HEALTH_EVERY_MS = 60_000
_READINGS = 10  # more at once make each hour and day fewer times
_LOGGERS_EVERY_MS = 600_000  # a year of minutes of every logger is more than of all readings


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out in one piece: up to which number it reaches, and its lines."""

    number: int
    lines: list[bytes]


@dataclass(frozen=True, slots=True)
class Lane:
    """One table on its way out: its cursor's name, and the parcel behind a number (None: nothing is new)."""

    name: str
    after: Callable[[int, int], Parcel | None]


@dataclass(frozen=True, slots=True)
class Sources:
    """What lanes read, from any thread: store, clock, journal entries behind a number, bus counts after a time."""

    reader: StoreReader
    now_ms: Callable[[], int]
    raw_after: Callable[[int, int], list[Entry]]
    bus_after: Callable[[int], list[Counted]]


def lanes(site: Site, sources: Sources, raw: bool = True) -> tuple[Lane, ...]:
    """Return the lanes of a site; without raw values that lane's cursor waits where it stands."""
    of = _Lanes(site, sources)
    named = {"readings": of.readings, "events": of.events, "buses": of.buses}
    named |= {"raw": of.raw} if raw else {}
    named |= {"site": of.declared, "health": of.health}
    return tuple(Lane(name, after) for name, after in named.items())


@dataclass(frozen=True, slots=True)
class _Lanes:
    """The parcel of each lane behind a number."""

    site: Site
    sources: Sources

    def readings(self, number: int, limit: int) -> Parcel | None:
        reader = self.sources.reader
        found = reader.readings_after(number, limit * _READINGS)
        return Parcel(found[-1][0], list(_lines(self.site, reader, [one for _, one in found]))) if found else None

    def events(self, number: int, limit: int) -> Parcel | None:
        found = self.sources.reader.events_after(number, limit)
        return Parcel(found[-1][0], [event_line(self.site, one) for _, one in found]) if found else None

    def raw(self, number: int, limit: int) -> Parcel | None:
        found = self.sources.raw_after(number, limit)
        return Parcel(found[-1].id, list(raw_lines(self.site, found))) if found else None

    def buses(self, last_ms: int, _limit: int) -> Parcel | None:
        found = self.sources.bus_after(last_ms)
        return Parcel(found[-1].at_ms, list(bus_lines(self.site, found))) if found else None

    def declared(self, sent: int, _limit: int) -> Parcel | None:
        """Give what SITE.toml says whenever it says something else."""
        lines = [*profile_lines(self.site), *wiring_lines(self.site)]
        said = crc32(b"\n".join(lines))
        return Parcel(said, lines) if said != sent else None

    def health(self, last_ms: int, _limit: int) -> Parcel | None:
        now, reader = self.sources.now_ms(), self.sources.reader
        if now - last_ms < HEALTH_EVERY_MS:
            return None
        loggers = reader.loggers() if now // _LOGGERS_EVERY_MS != last_ms // _LOGGERS_EVERY_MS else []
        facility = facility_line(self.site, present(self.site, reader, now).state, now)
        return Parcel(now, [facility, *health_lines(self.site, loggers, now)])


def _lines(site: Site, reader: StoreReader, readings: list[StoredReading]) -> Iterator[bytes]:
    """Yield the lines of some readings: themselves, their water in the section, their holes, hours and days."""
    yield from (reading_line(site, one) for one in readings)
    for one in readings:
        yield from section_lines(site, one)
    with reader.connected() as connection:
        for node in nodes(site, connection, readings):
            yield node_line(site, node, site.point_by_id[node.hole].section)
        for measurement, width_ms in WIDTHS_MS.items():
            for summary in summaries(connection, touched(readings, width_ms), width_ms):
                yield summary_line(site, measurement, summary)
