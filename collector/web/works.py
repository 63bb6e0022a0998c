"""The works diary on the page: bands behind every trend, a list, and what is offered beside an alarm. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.store import StoredEvent
from collector.web.chart import LEFT, RIGHT, WIDTH
from collector.web.scales import Scale
from collector.web.words import Moment, Translate, duration, moment, noted
from collector.works.beside import beside, place_words, works_of
from collector.works.table import Work
from seepline.site import Site

_EXPLAINED = frozenset(("level", "late", "fault"))

# Kind of work -> the letter at its band, and its word.
WORK_WORDS = {
    "fill_lift": ("F", noted("fill lift")),
    "drilling": ("D", noted("drilling")),
    "blasting": ("B", noted("blasting")),
    "pumping": ("P", noted("pumping")),
    "pond_move": ("M", noted("pond moved")),
    "other": ("W", noted("works")),
}


@dataclass(frozen=True, slots=True)
class WorkMark:
    """A band of a chart while works went on, in picture units; `text` says which."""

    left: float
    width: float
    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One entry of the list. `end` None: the works go on."""

    letter: str
    work: str
    place: str
    begin: Moment
    end: Moment | None
    text: str
    person: str


def work_marks(
    site: Site, works: Iterable[Work], point: str, span_ms: tuple[int, int], _: Translate
) -> tuple[WorkMark, ...]:
    """Return the bands of the works at a point's place within a span of time."""
    x = Scale(*span_ms, LEFT, WIDTH - RIGHT)
    return tuple(_mark(work, span_ms, x, _) for work in works_of(site, works, point) if _is_within(work, span_ms))


def _mark(work: Work, span_ms: tuple[int, int], x: Scale, _: Translate) -> WorkMark:
    begin_ms = max(work.from_ms, span_ms[0])
    end_ms = span_ms[1] if work.to_ms is None else min(work.to_ms, span_ms[1])
    letter, word = WORK_WORDS[work.work]
    return WorkMark(x(begin_ms), round(max(x(end_ms) - x(begin_ms), 1.0), 1), letter, f"{_(word)}: {work.text}")


def _is_within(work: Work, span_ms: tuple[int, int]) -> bool:
    return work.from_ms < span_ms[1] and (work.to_ms is None or work.to_ms > span_ms[0])


def work_rows(
    works: Iterable[Work], span_ms: tuple[int, int], zone: ZoneInfo, _: Translate
) -> tuple[WorkRow, ...]:
    """Return the works within a span of time, the newest first."""
    return tuple(_row(work, zone, _) for work in reversed(list(works)) if _is_within(work, span_ms))


def _row(work: Work, zone: ZoneInfo, _: Translate) -> WorkRow:
    letter, word = WORK_WORDS[work.work]
    end = None if work.to_ms is None else moment(work.to_ms, zone)
    begin = moment(work.from_ms, zone)
    return WorkRow(letter, _(word), _(place_words(work)), begin, end, work.text, work.person)


def offered(site: Site, works: Sequence[Work], event: StoredEvent, _: Translate) -> tuple[str, ...]:
    """Return what the diary offers beside an alarm: it may explain it, and nobody has said that it does."""
    if event.kind not in _EXPLAINED or not event.point:
        return ()
    return tuple(
        f"{_(WORK_WORDS[work.work][1])}, {_(place_words(work))}, "
        + (_("going on then") if ended_s is None else _("ended %s before") % duration(ended_s, _))
        + f": {work.text}"
        for work, ended_s in beside(site, works, event.point, event.time_ms)
    )
