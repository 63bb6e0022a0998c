"""/exercise, /diary, /commissioning and /recompute: what is there, and the forms by which people change it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.body import MAX_DOCUMENT_BYTES
from collector.commissioning import with_words
from collector.deeds import journal
from collector.deeds.alarm_page import local_input
from collector.deeds.forms import Filled, filled, for_role, plain
from collector.recompute import seen as seen_runs
from collector.store import StoreReader
from collector.web.shell import Shell
from collector.web.tables import EventRow, event_rows
from collector.web.visitor import visitor_of
from collector.web.words import Moment, Translate, moment
from collector.web.works import WorkRow, work_rows
from collector.works.table import Work
from seepline.exercise import Exercise
from seepline.site import Site, in_commissioning
from seepline.site_digest import site_digest

_EVER_MS = (-(2**62), 2**62)


@dataclass(frozen=True, slots=True)
class Things:
    """What these pages need."""

    shell: Shell
    reader: StoreReader
    works: Callable[[], Sequence[Work]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Forms, and the events that are about the same."""

    forms: tuple[Filled, ...]
    events: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisePage(Acting):
    """What runs, with its end and the time of its sirens (None: not released)."""

    runs: Exercise | None
    until: Moment | None
    sirens: tuple[Moment, Moment] | None


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One entry of the diary, and the forms that end it or take it back."""

    row: WorkRow
    forms: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """The diary, the newest entry first."""

    entries: tuple[DiaryEntry, ...]
    forms: tuple[Filled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissioningPage(Acting):
    """The points in commissioning now."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One recompute: who asked why, how far it is, what it changed."""

    asked: Moment
    person: str
    reason: str
    state: str
    percent: int
    changed: int


@dataclass(frozen=True, slots=True)
class RecomputePage:
    """The runs, the newest first, the digest of the site that judges, and its points."""

    runs: tuple[RunRow, ...]
    digest: str
    forms: tuple[Filled, ...]
    points: tuple[str, ...]


def other_routes(things: Things) -> list[BaseRoute]:
    """Return the routes."""
    shell, reader = things.shell, things.reader
    site, zone = shell.site, ZoneInfo(shell.site.info.timezone)

    def events(request: Request, group: str) -> tuple[EventRow, ...]:
        found = journal.events_of(reader, journal.Asked(group=group), shell.now_ms())
        return event_rows(site, found.events, (), zone, shell.renderer(request).translate)

    def exercise(request: Request) -> Response:
        runs = shell.exercise_at(shell.now_ms())
        forms = for_role(exercise_forms(site, runs, shell.now_ms()), visitor_of(request))
        page = exercise_page(runs, zone, forms, events(request, "exercises"))
        return shell.page(request, "exercise.html", page)

    def diary(request: Request) -> Response:
        _, visitor = shell.renderer(request).translate, visitor_of(request)
        entries = diary_entries(things.works(), shell.now_ms(), zone, _)
        entries = tuple(DiaryEntry(one.row, for_role(one.forms, visitor)) for one in entries)
        return shell.page(
            request, "diary.html", DiaryPage(entries, for_role((diary_form(site, shell.now_ms()),), visitor))
        )

    def commissioning(request: Request) -> Response:
        now_ms = shell.now_ms()
        said = with_words(site, reader.words())
        points = tuple(one.id for one in site.points if in_commissioning(said, one.id, now_ms))
        forms = for_role(commissioning_forms(site, points, now_ms), visitor_of(request))
        told = tuple(one for one in events(request, "instruments") if one.kind == "commissioning")
        return shell.page(
            request, "commissioning.html", CommissioningPage(forms=forms, events=told, points=points)
        )

    def recompute(request: Request) -> Response:
        digest = seen_runs.judging_site(reader) or site_digest(site)
        forms = for_role((filled("recompute", {"site": digest}, opened=True),), visitor_of(request))
        page = RecomputePage(run_rows(seen_runs.runs(reader), zone), digest, forms, tuple(site.point_by_id))
        return shell.page(request, "recompute.html", page, most=MAX_DOCUMENT_BYTES)

    return [
        Route("/exercise", exercise),
        Route("/diary", diary),
        Route("/commissioning", commissioning),
        Route("/recompute", recompute),
    ]


def exercise_forms(site: Site, runs: Exercise | None, now_ms: int) -> tuple[Filled, ...]:
    """Return what may be done: begin where none runs, else play, release sirens, end."""
    if runs is None:
        return (filled("exercise_begin", opened=True),)
    about, now = {"exercise": runs.id}, local_input(now_ms, ZoneInfo(site.info.timezone))
    sirens = filled(
        "siren_release", {**about, "from_ms": now}, gateway=plain(tuple(one.id for one in site.gateways))
    )
    played = filled("exercise_event", about, opened=True, point=plain(tuple(site.point_by_id)))
    return (played, *((sirens,) if runs.siren_authority else ()), filled("exercise_end", about))


def exercise_page(
    runs: Exercise | None, zone: ZoneInfo, forms: tuple[Filled, ...], events: tuple[EventRow, ...]
) -> ExercisePage:
    """Return the page of the exercise that runs, or of none."""
    released = runs is not None and runs.siren_until_ms > 0
    return ExercisePage(
        forms=forms,
        events=events,
        runs=runs,
        until=moment(runs.until_ms, zone) if runs else None,
        sirens=(moment(runs.siren_from_ms, zone), moment(runs.siren_until_ms, zone))
        if runs and released
        else None,
    )


def diary_form(site: Site, now_ms: int) -> Filled:
    """Return the form of a new entry."""
    now, sections = local_input(now_ms, ZoneInfo(site.info.timezone)), tuple(one.id for one in site.sections)
    return filled("diary", {"from_ms": now}, section=plain(sections))


def diary_entries(works: Sequence[Work], now_ms: int, zone: ZoneInfo, _: Translate) -> Iterable[DiaryEntry]:
    """Yield the entries, the newest first, each with what may be said of it."""
    rows = work_rows(works, _EVER_MS, zone, _)
    for row, work in zip(rows, reversed(works), strict=True):
        ends = (filled("diary_end", {"entry": work.id, "to_ms": local_input(now_ms, zone)}),)
        yield DiaryEntry(
            row, (*(ends if work.to_ms is None else ()), filled("diary_withdraw", {"entry": work.id}))
        )


def commissioning_forms(site: Site, points: tuple[str, ...], now_ms: int) -> tuple[Filled, ...]:
    """Return the forms: a baseline can be accepted of points in commissioning, every other one taken into it."""
    now = {"from_ms": local_input(now_ms, ZoneInfo(site.info.timezone))}
    others = plain(tuple(one for one in site.point_by_id if one not in points))
    accept = (filled("baseline_accepted", now, opened=True, point=plain(points)),) if points else ()
    return (*accept, filled("commissioning_begun", now, point=others))


def run_rows(runs: Iterable[seen_runs.Seen], zone: ZoneInfo) -> tuple[RunRow, ...]:
    """Return the recomputes as rows."""
    return tuple(
        RunRow(
            moment(one.run.asked_ms, zone),
            one.run.person,
            one.run.reason,
            one.state,
            round(100 * one.share_done),
            sum(count.changed for count in one.counts),
        )
        for one in runs
    )
