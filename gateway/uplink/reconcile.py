"""Whether a database still holds what it acknowledged: points counted on both sides, what is missing sent again.

    ReconcileError              the database cannot be asked: one sentence

A 204 of InfluxDB is no proof for years (a torn file can lose what was acknowledged), so sent rows stay 30 days.
Points are counted per logger and UTC day; same series and time are one point, on both sides. Sending again is
harmless: the same point overwrites itself.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from gateway.outbox.backlog import Row
from gateway.uplink.batch import long
from gateway.uplink.connection import Answer, Connection
from gateway.uplink.lines import SiteNames, UnknownLogger
from gateway.uplink.long_form import NoTime, point_of

DAY_MS = 86_400_000
_ROWS_AT_ONCE = 500


class ReconcileError(Exception):
    """The database cannot be asked, or does not take what it lacks: one sentence."""


class Day(NamedTuple):
    """One logger's UTC day."""

    logger: str
    start_ms: int


class Difference(NamedTuple):
    """A day of which the database holds another number of points than were sent."""

    day: Day
    here: int
    there: int


async def reconciled(
    connection: Connection, rows: Callable[[], Iterable[Row]], names: SiteNames, days: int, only_look: bool
) -> tuple[list[Difference], list[Difference], int]:
    """Return (days that differed, days that differ in the end, points sent again), of the last days of `rows`.

    Raises
    ------
    ReconcileError
        When the database cannot be asked or does not take what it lacks.
    """
    newest_ms = max((row.received_ms for row in rows()), default=0)
    since_ms = newest_ms - newest_ms % DAY_MS - (days - 1) * DAY_MS
    here = count_here(rows(), names, since_ms)
    until_ms = max((day.start_ms for day in here), default=since_ms) + DAY_MS
    before = differences(here, await count_there(connection, names.site, since_ms, until_ms))
    lacking = {one.day for one in before if one.there < one.here}
    if only_look or not lacking:
        return before, before, 0
    sent = await send_again(connection, rows(), names, lacking)
    return before, differences(here, await count_there(connection, names.site, since_ms, until_ms)), sent


def count_here(rows: Iterable[Row], names: SiteNames, since_ms: int) -> dict[Day, int]:
    """Return how many points were sent of each day since then."""
    points: dict[Day, set[int]] = {}
    for _, lines in _with_lines(rows, names):
        for line in lines:
            series, time_ms = point_of(line)
            if time_ms >= since_ms:
                points.setdefault(_day(series, time_ms), set()).add(hash((series, time_ms)))
    return {day: len(found) for day, found in points.items()}


def _with_lines(rows: Iterable[Row], names: SiteNames) -> Iterator[tuple[Row, list[str]]]:
    for row in rows:
        try:
            yield row, long(row, names)
        except (UnknownLogger, NoTime):  # told as dead letters when they should have been sent
            continue


def _day(series: str, time_ms: int) -> Day:
    tags = dict(part.split("=", 1) for part in series.split(",")[1:])
    return Day(tags["logger"], time_ms - time_ms % DAY_MS)


async def count_there(connection: Connection, site: str, since_ms: int, until_ms: int) -> dict[Day, int]:
    """Return how many points the database holds of each day; raises ReconcileError.

    InfluxQL, which InfluxDB 1.x, 2.x (through the bucket's own mapping) and 3.x all speak.
    """
    database, _, policy = connection.destination.bucket.partition("/")
    question = (
        f'SELECT COUNT("seq") FROM "raw" WHERE "site" = \'{site}\''  # noqa: S608 - ids hold no quote
        f' AND time >= {since_ms}ms AND time < {until_ms}ms GROUP BY time(1d), "logger" fill(none)'
    )
    parameters = {"db": database, "epoch": "ms", "q": question} | ({"rp": policy} if policy else {})
    return _counts(await connection.get("/query", parameters))


def _counts(answer: Answer) -> dict[Day, int]:
    try:
        (result,) = json.loads(answer.body)["results"]
        if answer.status != 200 or "error" in result:
            raise ReconcileError(f"the database answers {answer.status}: {result.get('error', '')}")
        return {
            Day(series["tags"]["logger"], int(start_ms)): int(count)
            for series in result.get("series", ())
            for start_ms, count in series["values"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ReconcileError(
            f"the database answers {answer.status} to a question by InfluxQL: check token and bucket, and on 2.x"
            " that the bucket is mapped to a database"
        ) from error


def differences(here: Mapping[Day, int], there: Mapping[Day, int]) -> list[Difference]:
    """Return the days with another number of points, in order; days that are only there are not ours to judge.

    >>> differences({Day("a", 0): 5, Day("b", 0): 1}, {Day("a", 0): 3, Day("b", 0): 1, Day("c", 0): 7})
    [Difference(day=Day(logger='a', start_ms=0), here=5, there=3)]
    """
    return [
        Difference(day, here[day], there.get(day, 0)) for day in sorted(here) if here[day] != there.get(day, 0)
    ]


async def send_again(connection: Connection, rows: Iterable[Row], names: SiteNames, days: set[Day]) -> int:
    """Send every point of some days once more; return how many. Raises ReconcileError when one is not taken."""
    lines = (line for _, found in _with_lines(rows, names) for line in found if _day(*point_of(line)) in days)
    sent = 0
    while chunk := list(islice(lines, _ROWS_AT_ONCE)):
        await _write(connection, chunk)
        sent += len(chunk)
    return sent


async def _write(connection: Connection, lines: list[str]) -> None:
    target = connection.destination
    parameters = {"bucket": target.bucket, "org": target.org, "precision": "ms"}
    body = gzip.compress("\n".join(lines).encode(), 6)
    answer = await connection.post("/api/v2/write", parameters, body, {"Content-Encoding": "gzip"})
    if answer.status != 204:
        said = answer.body[:200].decode(errors="replace")
        raise ReconcileError(f"the database answers {answer.status} to points that it took before ({said})")
