"""GET /after-storm?storm=2026-05-01T17:30&baseline_days=14: what lightning and water did, channel by channel."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.store import StoreReader
from collector.storm.bus_table import BusTable
from collector.storm.found import Times, storm_check
from collector.storm.raw import raw_stretches
from collector.storm.view import storm_page
from collector.web.shell import Shell

BASELINE_DAYS = (3, 7, 14, 30)
_BASELINE_DAYS = 14
_DAY_MS = 86_400_000
_MOST_DAYS_AGO = 400


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the check reads."""

    journal: Path
    store: StoreReader
    counts: BusTable


def routes(shell: Shell, sources: Sources) -> list[Route]:
    """Return the route of the page."""
    zone = ZoneInfo(shell.site.info.timezone)

    def page(request: Request) -> Response:  # a plain function: it runs in Starlette's thread pool
        now_ms = shell.now_ms()
        try:
            storm_ms = _storm_ms(request.query_params.get("storm", ""), zone, now_ms)
            days = _days(request.query_params.get("baseline_days", ""))
        except ValueError as error:
            return shell.refused(str(error))
        times = Times(from_ms=storm_ms - days * _DAY_MS, storm_ms=storm_ms, to_ms=now_ms)
        with raw_stretches(sources.journal) as raw:
            found = storm_check(shell.site, sources.store.loggers(), raw, sources.counts, times)
        shown = storm_page(found, days, zone, shell.renderer(request).translate)
        return shell.page(request, "storm.html", shown, choices=BASELINE_DAYS)

    return [Route("/after-storm", page)]


def _storm_ms(text: str, zone: ZoneInfo, now_ms: int) -> int:
    """Return the time of a <datetime-local> in the site's zone; the last day when none was given."""
    if not text:
        return now_ms - _DAY_MS
    try:
        local = datetime.fromisoformat(text[:40])
    except ValueError as error:
        raise ValueError(f"storm is {text[:40]!r}: expected a time of the site, as 2026-05-01T17:30") from error
    at_ms = round((local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC).timestamp() * 1000)
    if not now_ms - _MOST_DAYS_AGO * _DAY_MS <= at_ms < now_ms:
        raise ValueError(f"storm is {text[:40]!r}: expected a time of the last {_MOST_DAYS_AGO} days")
    return at_ms


def _days(text: str) -> int:
    if not text:
        return _BASELINE_DAYS
    if text not in map(str, BASELINE_DAYS):
        raise ValueError(f"baseline_days is {text[:20]!r}: expected one of {', '.join(map(str, BASELINE_DAYS))}")
    return int(text)
