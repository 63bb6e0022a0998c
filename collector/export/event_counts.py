"""Events of a UTC day as the store says they stand in the database, beside how many stand there.

Two events of one kind, place and millisecond are one point: the one that was stored later.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator

from collector.export.client import InfluxBucket
from collector.export.lines import event_line
from collector.store import event_from
from seepline.site import Site

_EVENTS = "SELECT * FROM events WHERE time_ms >= ? AND time_ms < ? ORDER BY number"
_Point = tuple[str, bytes, int]  # kind, measurement with tags, time


def event_points(site: Site, connection: sqlite3.Connection, span_ms: tuple[int, int]) -> dict[_Point, bytes]:
    """Return the line of every point that the events of a time come to."""
    found: dict[_Point, bytes] = {}
    for row in connection.execute(_EVENTS, span_ms):
        event = event_from(row)
        line = event_line(site, event)
        found[event.kind, line.partition(b" ")[0], event.time_ms] = line
    return found


def lines_of(kind: str, site: Site, connection: sqlite3.Connection, span_ms: tuple[int, int]) -> Iterator[bytes]:
    """Yield the lines of one kind."""
    points = event_points(site, connection, span_ms)
    yield from (line for (one, _, _), line in points.items() if one == kind)


def count_there(site: Site, bucket: InfluxBucket, span_ms: tuple[int, int]) -> Counter[str]:
    """Return how many events of each kind the database holds. Raises collector.export.client.ExportError."""
    question = (
        f'SELECT COUNT("text") FROM "event" WHERE "site" = \'{site.info.id}\''  # noqa: S608 - an id
        f' AND time >= {span_ms[0]}ms AND time < {span_ms[1]}ms GROUP BY "kind"'
    )
    found: Counter[str] = Counter()
    for tags, rows in bucket.ask(question):
        found[tags["kind"]] += int(rows[0][1])
    return found
