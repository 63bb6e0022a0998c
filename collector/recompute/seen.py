"""How far recomputes are and what they have changed, from a read-only store.

GET /api/v1/recomputes                                       all runs, the newest first, with their counts
GET /api/v1/points/{id}/versions?quantity=&time=             every version of one reading, the newest first
"""

from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.asked import piece, piece_of_all, whole
from collector.events import utc_text
from collector.recompute.runs import Count, Levels, Run, RunTable
from collector.store import READING_COLUMNS, StoredReading, StoreReader, stored_from
from collector.web.sentence import Sentence
from collector.web.words import noted

_NONE_YET = "SELECT count(*) FROM sqlite_master WHERE name = 'recomputes'"

_RUNS = noted(
    "History is being made again from raw readings, asked for by %(person)s: %(reason)s. %(percent)s %% of the"
    " steps are done; until the end, older readings may be mixed from both."
)
_MIXED = noted(
    "Since %(since)s readings are made by another site file than those before; older ones stay as they were until"
    " an engineer lets history be made again (docs/recompute.md)."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A run and what it has changed until now."""

    run: Run
    counts: tuple[Count, ...]
    levels: tuple[Levels, ...]

    @property
    def state(self) -> str:
        """Return 'waits', 'runs' or 'ended'."""
        return "ended" if self.run.ended_ms is not None else "runs" if self.run.begun_ms is not None else "waits"

    @property
    def share_done(self) -> float:
        """Return how many of its steps are done, 0 to 1; steps differ in length."""
        return self.run.step / self.run.steps if self.run.steps else 0.0


def runs(reader: StoreReader) -> list[Seen]:
    """Return all runs, the newest first; none in the store of a collector that knew no recompute."""
    with reader.connected() as connection:
        if not connection.execute(_NONE_YET).fetchone()[0]:
            return []
        connection.row_factory = None
        table = RunTable(connection)
        return [Seen(run, tuple(table.counts(run.number)), tuple(table.levels(run.number))) for run in table.all()]


def judging_site(reader: StoreReader) -> str:
    """Return the digest of the site by which readings are made now, '' where that is not known.

    It is another one than the site file's once an engineer has accepted an answer to the air.
    """
    with reader.connected() as connection:
        if not connection.execute(_NONE_YET).fetchone()[0]:
            return ""
        connection.row_factory = None
        return RunTable(connection).judging_site()


def run_json(seen: Seen) -> dict[str, object]:
    """Return a run as JSON; times are UTC milliseconds, differences in the quantity's unit."""
    return {
        **asdict(seen.run),
        "points": seen.run.points.split(),
        "state": seen.state,
        "share_done": seen.share_done,
        "series": [asdict(one) for one in seen.counts],
        "levels": [asdict(one) for one in seen.levels],
    }


def sentences(reader: StoreReader) -> list[str]:
    """Return what everybody who looks at readings must know: that old and new ones are made in different ways."""
    return [
        *_mixed(reader),
        *(
            Sentence(_RUNS, person=one.run.person, reason=one.run.reason, percent=round(100 * one.share_done))
            for one in runs(reader)
            if one.state != "ended"
        ),
    ]


def _mixed(reader: StoreReader) -> list[str]:
    with reader.connected() as connection:
        known = connection.execute(_NONE_YET).fetchone()[0]
        since_ms = RunTable(connection).mixed_since_ms() if known else None
    if since_ms is None:
        return []
    return [Sentence(_MIXED, since=utc_text(since_ms))]


def versions(reader: StoreReader, point: str, quantity: str, time_ms: int) -> list[StoredReading]:
    """Return every version of a reading, the newest first; only the first of them can be current."""
    where = "WHERE point = ? AND quantity = ? AND time_ms = ? ORDER BY version DESC"
    with reader.connected() as connection:
        sql = f"SELECT {READING_COLUMNS} FROM readings {where}"  # noqa: S608
        return [stored_from(row) for row in connection.execute(sql, (point, quantity, time_ms))]


def routes(reader: StoreReader) -> list[Route]:
    """Return the routes."""

    def recomputes(request: Request) -> Response:
        try:
            asked = piece(request)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        return piece_of_all(request, asked, [run_json(one) for one in runs(reader)])

    def of_reading(request: Request) -> Response:
        try:
            time_ms = whole(request, "time", None)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        about = (request.path_params["point"], request.query_params.get("quantity", ""), time_ms)
        return JSONResponse([asdict(one) for one in versions(reader, *about)])

    return [
        Route("/api/v1/recomputes", recomputes),
        Route("/api/v1/points/{point}/versions", of_reading),
    ]
