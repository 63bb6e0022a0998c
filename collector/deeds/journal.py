"""The journal of events as people look it up: by point, group of kinds, level and days, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass

from collector.deeds.words import GROUPS
from collector.store import StoredEvent, StoreReader, event_from
from collector.web.words import LEVEL_WORDS
from seepline.site import Site

A_PAGE = 50
DAYS = (1, 7, 30, 365)
_DAY_MS = 86_400_000
_LEVEL_NAMES = tuple(level.name.lower() for level in LEVEL_WORDS if level)
_ONE = "SELECT * FROM events WHERE id = ?"
_OF_A_RULE = "SELECT * FROM events WHERE point = ? AND quantity = ? AND direction = ? ORDER BY number DESC LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked up; '' is everything. `before` is the number of an event: older ones only.

    With `each` every late reading is a row of its own.
    """

    point: str = ""
    group: str = ""
    level: str = ""
    days: int = DAYS[-1]
    before: int | None = None
    each: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of events, the newest first, and the number that the next older page is asked by (None: no more)."""

    events: tuple[StoredEvent, ...]
    older: int | None


def read_asked(query: Mapping[str, str], site: Site) -> Asked:
    """Return what a query asks for. Raises ValueError with a sentence."""
    sources = (one.id for one in site.sources)
    points = {*site.point_by_id, *(one.id for one in site.sections), *sources}
    days = _one_of(query, "days", tuple(map(str, DAYS))) or str(DAYS[-1])
    before = query.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 16):
        raise ValueError(f"The parameter before is {before[:20]!r}; expected a whole number.")
    return Asked(
        point=_one_of(query, "point", tuple(sorted(points))),
        group=_one_of(query, "group", tuple(GROUPS)),
        level=_one_of(query, "level", _LEVEL_NAMES),
        days=int(days),
        before=int(before) if before else None,
        each=bool(_one_of(query, "each", ("yes",))),
    )


def _one_of(query: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = query.get(name, "")
    if text and text not in allowed:
        raise ValueError(f"The parameter {name} is {text[:40]!r}; expected one of {', '.join(allowed)}.")
    return text


def events_of(reader: StoreReader, asked: Asked, now_ms: int) -> Found:
    """Return one page of what is asked for."""
    where, values = ["arrived_ms >= ?"], list[object]([now_ms - asked.days * _DAY_MS])
    if asked.point:
        where.append("(point = ? OR logger = ?)")
        values += [asked.point, asked.point]
    if asked.group:
        kinds = GROUPS[asked.group][1]
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values += kinds
    if asked.level:
        where.append("max(coalesce(level_from, 0), coalesce(level_to, 0)) >= ?")
        values.append(_LEVEL_NAMES.index(asked.level) + 1)
    if asked.before is not None:
        where.append("number < ?")
        values.append(asked.before)
    sql = f"SELECT * FROM events WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT {A_PAGE + 1}"  # noqa: S608
    with reader.connected() as connection:
        rows = connection.execute(sql, values).fetchall()
    more = len(rows) > A_PAGE
    return Found(tuple(event_from(row) for row in rows[:A_PAGE]), rows[A_PAGE - 1]["number"] if more else None)


def event_of(reader: StoreReader, event_id: str) -> StoredEvent | None:
    """Return the event of an id."""
    with reader.connected() as connection:
        row = connection.execute(_ONE, (event_id,)).fetchone()
    return None if row is None else event_from(row)


def history_of(reader: StoreReader, event: StoredEvent, most: int = 100) -> list[StoredEvent]:
    """Return what happened to the alarm of an event, the newest first; nothing for an event that has none."""
    if not event.direction:
        return []
    with reader.connected() as connection:
        rows = connection.execute(_OF_A_RULE, (event.point, event.quantity, event.direction, most)).fetchall()
    return [event_from(row) for row in rows]
