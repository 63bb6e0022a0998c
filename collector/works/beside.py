"""Which works may explain what a point shows: those at its place that go on, or the last that ended before. Pure.

An explanation is offered to people and changes nothing: no alarm, level or flag knows of the diary.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collector.events import utc_text
from collector.works.table import Work
from seepline.site import Site


class Beside(NamedTuple):
    """A work beside an event; `ended_before_s` is None while it went on."""

    work: Work
    ended_before_s: float | None


def concerns(site: Site, work: Work, point: str) -> bool:
    """Tell whether works are at the place of a point."""
    if work.points:
        return point in work.points.split()
    return not work.section or (point in site.point_by_id and site.point_by_id[point].section == work.section)


def works_of(site: Site, works: Iterable[Work], point: str) -> list[Work]:
    """Return the works at the place of a point."""
    return [work for work in works if concerns(site, work, point)]


def beside(site: Site, works: Iterable[Work], point: str, time_ms: int) -> Sequence[Beside]:
    """Return the works at a point's place that went on at a time, then the last one that had ended before."""
    begun = [work for work in works_of(site, works, point) if work.from_ms <= time_ms]
    going_on = [Beside(work, None) for work in begun if work.to_ms is None or time_ms < work.to_ms]
    ended = [(work.to_ms, work) for work in begun if work.to_ms is not None and work.to_ms <= time_ms]
    last = max(ended, key=lambda one: one[0], default=None)
    return [*going_on, *([Beside(last[1], (time_ms - last[0]) / 1000)] if last else [])]


def work_words(work: Work) -> str:
    """Return the kind of some works as people say it.

    >>> work_words(Work(id="", work="fill_lift", from_ms=0, to_ms=None, section="", points="", text="", person=""))
    'fill lift'
    """
    return "works" if work.work == "other" else work.work.replace("_", " ")


def place_words(work: Work) -> str:
    """Return where works are."""
    if work.points:
        return ", ".join(work.points.split())
    return f"section {work.section}" if work.section else "the whole dam"


def span_words(work: Work) -> str:
    """Return from when to when works went on, in UTC."""
    begin = utc_text(work.from_ms)
    return f"since {begin}" if work.to_ms is None else f"{begin} to {utc_text(work.to_ms)}"
