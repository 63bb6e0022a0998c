"""GET /facilities: every facility by level and coverage; the same as JSON at GET /api/v1/facilities."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.etag import tagged
from collector.exercises import running
from collector.facilities.ask import Told
from collector.facilities.map import HEIGHT, WIDTH, Map, Spot, drawn
from collector.facilities.settings import Facility
from collector.facilities.watch import EVERY_S, Word
from collector.present import Present, present
from collector.store import StoreReader
from collector.web.shell import Shell
from collector.web.words import Moment, Translate, duration, moment
from seepline.thresholds import Level

OLD_S = 5 * EVERY_S  # five questions without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityRow:
    """One facility as the page shows it. `old`: its word is older than OLD_S, or there is none."""

    id: str
    name: str
    link: str
    told: Told | None
    colour: str
    heard: Moment | None
    age: str
    old: bool
    error: str
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilitiesPage:
    """The whole page, the worst first; `map` None where no facility has a place."""

    rows: tuple[FacilityRow, ...]
    map: Map | None
    width: int = WIDTH
    height: int = HEIGHT


def routes(shell: Shell, store: StoreReader, words: Callable[[], Mapping[str, Word]]) -> list[Route]:
    """Return the routes; plain functions run in Starlette's thread pool."""

    def everyone() -> list[Word]:
        now_ms = shell.now_ms()
        own = own_word(shell, present(shell.site, store, now_ms), running(store, now_ms) is not None)
        return [own, *words().values()]

    def page(request: Request) -> Response:
        zone = ZoneInfo(shell.site.info.timezone)
        found = facilities_page(
            everyone(), shell.site.info.id, shell.now_ms(), zone, shell.renderer(request).translate
        )
        return shell.page(request, "facilities.html", found)

    def listed(request: Request) -> Response:
        found = [word_json(one, shell.now_ms()) for one in everyone()]
        return tagged(request, found, [_without_times(one) for one in found])

    return [Route("/facilities", page), Route("/api/v1/facilities", listed)]


def own_word(shell: Shell, now: Present, exercise: bool) -> Word:
    """Return what this collector itself says of its site."""
    info = shell.site.info
    facility = Facility(
        id=info.id, name=info.name, url="", latitude_deg=info.latitude_deg, longitude_deg=info.longitude_deg
    )
    told = Told(
        level=now.state.level,
        valid=now.state.valid,
        total=now.state.total,
        grey=now.state.grey,
        at_ms=now.time_ms,
        silent=sum(one.silent_since_ms is not None for one in now.loggers),
        loggers=len(now.loggers),
        limits=now.limits.set_id,
        provisional=now.limits.provisional,
        exercise=exercise,
    )
    return Word(facility, told, now.time_ms)


def facilities_page(
    words: list[Word], own: str, now_ms: int, zone: ZoneInfo, _: Translate = str
) -> FacilitiesPage:
    """Return the page: unknown beside the worst, never behind what is known to be calm."""
    picture = drawn(list(_spots(words)))
    places = {one.id: one for one in picture.placed} if picture else {}
    rows = []
    for word in words:
        place = places.get(word.facility.id)
        where = {"x": place.x, "y": place.y} if place else {}
        rows.append(_row(word, own, now_ms, zone, where, _))
    rows.sort(key=_rank)
    return FacilitiesPage(rows=tuple(rows), map=picture)


def _spots(words: list[Word]) -> Iterator[Spot]:
    for one in (word.facility for word in words):
        if one.latitude_deg is not None and one.longitude_deg is not None:
            yield Spot(one.id, one.latitude_deg, one.longitude_deg)


def _row(
    word: Word, own: str, now_ms: int, zone: ZoneInfo, where: Mapping[str, float], _: Translate
) -> FacilityRow:
    old = _is_old(word, now_ms)
    return FacilityRow(
        id=word.facility.id,
        name=word.facility.name,
        link="./" if word.facility.id == own else word.facility.url,
        told=word.told,
        colour=colour_of(word, now_ms),
        heard=None if word.heard_ms is None else moment(word.heard_ms, zone),
        age="" if word.heard_ms is None else duration((now_ms - word.heard_ms) / 1000, _),
        old=old,
        error=word.error,
        **where,
    )


def _is_old(word: Word, now_ms: int) -> bool:
    return word.heard_ms is None or now_ms - word.heard_ms > 1000 * OLD_S


def colour_of(word: Word, now_ms: int) -> str:
    """Return a facility's colour: a raised level is never hidden; calm that is old or uncovered is grey."""
    if word.told is None:
        return "grey"
    if word.told.level is Level.GREEN and (word.told.grey or _is_old(word, now_ms)):
        return "grey"
    return word.told.level.name.lower()


def _rank(row: FacilityRow) -> tuple[int, bool, float, str]:
    order = ("red", "orange", "grey", "yellow", "green")
    share = row.told.valid / row.told.total if row.told and row.told.total else 0.0
    return order.index(row.colour), not row.old, share, row.id


def word_json(word: Word, now_ms: int) -> dict[str, object]:
    """Return a facility's word as JSON."""
    told = None if word.told is None else {**word.told._asdict(), "level": word.told.level.name.lower()}
    about = asdict(word.facility)
    place = {key: about[key] for key in ("id", "name", "url", "latitude_deg", "longitude_deg")}
    state = {"state": told, "heard_ms": word.heard_ms, "old": _is_old(word, now_ms), "error": word.error}
    return {**place, "colour": colour_of(word, now_ms), **state}


def _without_times(word: Mapping[str, Any]) -> dict[str, object]:
    """Return a word without when it was said: `old` says when that matters."""
    return {**word, "heard_ms": None, "state": word["state"] and {**word["state"], "at_ms": None}}
