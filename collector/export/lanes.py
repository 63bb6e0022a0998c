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
from collector.export.raw import raw_lines, wiring_lines
from collector.journal_entries import Entry
from collector.present import present
from collector.store import StoredReading, StoreReader
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


def lanes(
    site: Site, reader: StoreReader, now_ms: Callable[[], int], raw_after: Callable[[int, int], list[Entry]]
) -> tuple[Lane, ...]:
    """Return the lanes of a site; `raw_after` gives the journal's entries behind a number, from any thread."""

    def readings(number: int, limit: int) -> Parcel | None:
        found = reader.readings_after(number, limit * _READINGS)
        return Parcel(found[-1][0], list(_lines(site, reader, [one for _, one in found]))) if found else None

    def events(number: int, limit: int) -> Parcel | None:
        found = reader.events_after(number, limit)
        return Parcel(found[-1][0], [event_line(site, one) for _, one in found]) if found else None

    def raw(number: int, limit: int) -> Parcel | None:
        found = raw_after(number, limit)
        return Parcel(found[-1].id, list(raw_lines(site, found))) if found else None

    def health(last_ms: int, _limit: int) -> Parcel | None:
        now = now_ms()
        if now - last_ms < HEALTH_EVERY_MS:
            return None
        loggers = reader.loggers() if now // _LOGGERS_EVERY_MS != last_ms // _LOGGERS_EVERY_MS else []
        facility = facility_line(site, present(site, reader, now).state, now)
        return Parcel(now, [facility, *health_lines(site, loggers, now)])

    def declared(sent: int, _limit: int) -> Parcel | None:
        """Give what SITE.toml says whenever it says something else."""
        lines = [*profile_lines(site), *wiring_lines(site)]
        said = crc32(b"\n".join(lines))
        return Parcel(said, lines) if said != sent else None

    named = {"readings": readings, "events": events, "raw": raw, "site": declared, "health": health}
    return tuple(Lane(name, after) for name, after in named.items())


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
