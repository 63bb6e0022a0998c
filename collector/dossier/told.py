"""The events of a dossier: the one that it is about, and what was told of the same quantity since, and to whom."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from collector.notify.book_reader import BookReader
from collector.store import StoredEvent, StoreReader

Told = Mapping[str, Any]
_MOST = 100_000


def event_of(reader: StoreReader, event_id: str) -> StoredEvent | None:
    """Return an event by its id."""
    with reader.connected() as connection:
        row = connection.execute("SELECT * FROM events WHERE id = ?", (event_id,)).fetchone()
    return None if row is None else _event(row)


def events_since(reader: StoreReader, event: StoredEvent) -> list[StoredEvent]:
    """Return the later events on the same quantity of a point, or on the same logger, in their order."""
    sql = (
        "SELECT * FROM events WHERE point = ? AND quantity = ? AND logger = ?"
        " AND number > (SELECT number FROM events WHERE id = ?) ORDER BY number"
    )
    with reader.connected() as connection:
        return [
            _event(row) for row in connection.execute(sql, (event.point, event.quantity, event.logger, event.id))
        ]


def messages_of(book: BookReader, events: Iterable[StoredEvent]) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    """Return the messages of some events, and every try to send them with its receipt or reason."""
    ids = [one.id for one in events]
    messages = (message for one in ids for message in book.messages(0, _MOST, one))
    attempts = (attempt._asdict() for one in ids for attempt in book.attempts(one, _MOST))
    return tuple(messages), tuple(attempts)


def _event(row: sqlite3.Row) -> StoredEvent:
    named = {one.name: row[one.name] for one in fields(StoredEvent)}
    return StoredEvent(**{**named, "late": bool(named["late"])})
