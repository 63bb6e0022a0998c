"""Cutting an event's dossier out of journal and store."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict

from collector.dossier.document import CutEntry, Dossier, DossierError
from collector.dossier.told import event_of, events_since, messages_of
from collector.journal import Journal
from collector.journal_entries import Kind
from collector.notify.book_reader import BookReader
from collector.store import StoredEvent, StoreReader
from seepline.derive.evaluation import derived_at, inputs_of
from seepline.site import Site

DAY_MS = 86_400_000
_MOST_ACTS = 1_000_000
_LINES = (
    "SELECT id, kind, arrival_ms, writer, logger, block, time_ms, ring, boot, seq, tq FROM lines"
    " WHERE arrival_ms <= ? AND time_ms >= ? AND kind IN (?, ?, ?) ORDER BY id"
)
_VALUES = (
    "SELECT c.name, r.value, r.status FROM readings r JOIN channels c ON c.id = r.channel WHERE r.line = ?"
    " ORDER BY c.name"
)


def cut(
    site: Site, journal: Journal, reader: StoreReader, event_id: str, days: int, book: BookReader | None = None
) -> Dossier:
    """Return the dossier of an event, without the site file's text; `book` is that of messages.

    Raises
    ------
    DossierError
        When there is no such event.
    """
    event = event_of(reader, event_id)
    if event is None:
        raise DossierError(f"there is no event {event_id[:64]!r}")
    channels = channels_behind(site, event)
    from_ms = event.time_ms - days * DAY_MS
    with journal.reading() as connection:
        entries = tuple(_entries(connection, channels, from_ms, event.arrived_ms))
    since = events_since(reader, event)
    messages, receipts = messages_of(book, (event, *since)) if book else ((), ())
    return Dossier(
        event=asdict(event),
        since=tuple(asdict(one) for one in since),
        entries=entries,
        acts=tuple(journal.acts.after(0, _MOST_ACTS)),
        messages=messages,
        receipts=receipts,
    )


def channels_behind(site: Site, event: StoredEvent) -> frozenset[str]:
    """Return the channels from which an event's value is made: 'logger/channel'."""
    if event.logger:
        return frozenset(one.name for one in site.channels if one.logger == event.logger)
    return frozenset(_behind(site, event.point, event.quantity, event.time_ms)) if event.point else frozenset()


def _behind(site: Site, point: str, quantity: str, time_ms: int) -> Iterator[str]:
    declared = derived_at(site, point, quantity, time_ms)
    for key in inputs_of(declared).values() if declared else ():
        yield from _behind(site, *key, time_ms)
    for assignment in () if declared else site.assignments_by_point.get(point, ()):
        yield from assignment.inputs.values()
        for reference in assignment.references.values():
            for other in site.assignments_by_point.get(reference, ()):
                yield from other.inputs.values()


def _entries(
    connection: sqlite3.Connection, channels: frozenset[str], from_ms: int, arrived_ms: int
) -> Iterator[CutEntry]:
    kinds = (Kind.READINGS, Kind.TICK, Kind.START)
    loggers = {channel.partition("/")[0] for channel in channels}
    for line in connection.execute(_LINES, (arrived_ms, from_ms, *kinds)).fetchall():
        kind, logger = line[1], line[4]
        if kind == Kind.READINGS and logger not in loggers:
            continue
        values = [one for one in connection.execute(_VALUES, (line[0],)) if one[0] in channels]
        if kind != Kind.READINGS or values:
            yield _entry(line, values)


def _entry(line: tuple[int, ...], values: list[tuple[str, float | None, int]]) -> CutEntry:
    names = ("line", "kind", "arrival_ms", "writer", "logger", "block", "time_ms", "ring", "boot", "seq", "tq")
    local = tuple((name.partition("/")[2], value, status) for name, value, status in values)
    return CutEntry(**dict(zip(names, line, strict=True)), values=local)  # type: ignore[arg-type]
