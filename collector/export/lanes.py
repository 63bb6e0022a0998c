"""The tables of the store on their way out: what is new behind a cursor, as lines. Read-only, in any thread."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from collector.export.buckets import WIDTHS_MS, summaries, touched
from collector.export.lines import (
    event_line,
    facility_line,
    health_lines,
    profile_lines,
    reading_line,
    section_lines,
    summary_line,
)
from collector.present import present
from collector.store import StoredReading, StoreReader
from seepline.site import Site

HEALTH_EVERY_MS = 60_000


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


def lanes(site: Site, reader: StoreReader, now_ms: Callable[[], int]) -> tuple[Lane, ...]:
    """Return the lanes of a site: readings with what follows from them, events, profiles, health."""

    def readings(number: int, limit: int) -> Parcel | None:
        found = reader.readings_after(number, limit)
        return Parcel(found[-1][0], list(_lines(site, reader, [one for _, one in found]))) if found else None

    def events(number: int, limit: int) -> Parcel | None:
        found = reader.events_after(number, limit)
        return Parcel(found[-1][0], [event_line(site, one) for _, one in found]) if found else None

    def health(last_ms: int, _limit: int) -> Parcel | None:
        now = now_ms()
        if now - last_ms < HEALTH_EVERY_MS:
            return None
        facility = facility_line(site, present(site, reader, now).state, now)
        return Parcel(now, [facility, *health_lines(site, reader.loggers(), now)])

    def profiles(last: int, _limit: int) -> Parcel | None:
        lines = list(profile_lines(site))
        surveyed = max((one.valid_from_ms for one in site.profiles), default=0)
        return Parcel(surveyed, lines) if surveyed > last else None

    return (Lane("readings", readings), Lane("events", events), Lane("profiles", profiles), Lane("health", health))


def _lines(site: Site, reader: StoreReader, readings: list[StoredReading]) -> Iterator[bytes]:
    """Yield the lines of some readings: themselves, their water in the section, the buckets that they lie in."""
    yield from (reading_line(site, one) for one in readings)
    for one in readings:
        yield from section_lines(site, one)
    with reader.connected() as connection:
        for measurement, width_ms in WIDTHS_MS.items():
            for summary in summaries(connection, touched(readings, width_ms), width_ms):
                yield summary_line(site, measurement, summary)
