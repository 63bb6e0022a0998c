"""The page of readings by hand as data: what is due, what was written down, and the profile of each hole. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.hand import hand_words
from collector.hand.duties import DutyState
from collector.hand.table import Row
from collector.web.scales import Scale, Tick, value_ticks
from collector.web.words import Moment, Translate, moment
from seepline.hand.evaluation import declared_at, nodes_of, survey_fault, survey_of
from seepline.hand.inclinometer import Node
from seepline.hand.methods import INCLINOMETER
from seepline.hand.overdue import duties, round_at
from seepline.site import Site

_MOST_PROFILES = 6
_WIDTH, _HEIGHT, _MARGIN = 460.0, 420.0, 52.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that people do again and again; `every_h` as declared; `point` is '' for a round."""

    point: str
    words: str
    every_h: str
    last: Moment | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an act says of one thing, in the words it was written in; `corrected` when another took its place."""

    point: str
    about: str
    when: Moment
    person: str
    said: tuple[str, ...]
    photos: tuple[str, ...]
    act: str
    corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One survey of a hole: the path of its displacement, the newest one drawn strong."""

    path: str
    when: Moment
    newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Displacement over depth of a hole's newest surveys, along the section."""

    point: str
    width: float
    height: float
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandPage:
    """Everything that the page shows."""

    due: tuple[Due, ...]
    written: tuple[Written, ...]
    profiles: tuple[Profile, ...]


def due_rows(
    site: Site, states: Mapping[str, DutyState], now_ms: int, zone: ZoneInfo, _: Translate = str
) -> tuple[Due, ...]:
    """Return what has to be done, what is overdue first."""
    rows = []
    for duty in duties(site, now_ms):
        state = states.get(duty.name, DutyState(now_ms))
        last = None if state.last_ms is None else moment(state.last_ms, zone)
        point, words = _about(site, duty.name, now_ms, _)
        hours = f"{duty.overdue_ms / 3_600_000:g}"
        rows.append(Due(point=point, words=words, every_h=hours, last=last, overdue=state.overdue))
    return tuple(sorted(rows, key=lambda one: not one.overdue))


def written_rows(
    site: Site, found: Iterable[tuple[Row, Sequence[str]]], zone: ZoneInfo, _: Translate = str
) -> tuple[Written, ...]:
    """Return what was written down, in the order given."""
    rows = [(row, photos) for row, photos in found]
    corrected = {row.corrects for row, _photos in rows if row.corrects}
    return tuple(_written(site, row, photos, zone, row.act in corrected, _) for row, photos in rows)


def _written(
    site: Site, row: Row, photos: Sequence[str], zone: ZoneInfo, corrected: bool, _: Translate
) -> Written:
    point, about = _about(site, row.name, row.time_ms, _)
    return Written(
        point=point,
        about=about,
        when=moment(row.time_ms, zone),
        person=row.person,
        said=tuple(_said(site, row, _)),
        photos=tuple(photos),
        act=row.act,
        corrected=corrected,
    )


def _about(site: Site, name: str, time_ms: int, _: Translate) -> tuple[str, str]:
    """Return the point, '' for a round, and what is done there; a round has the site's own name."""
    if name.startswith("round "):
        found = round_at(site, name.partition(" ")[2], time_ms)
        return "", found.name if found else name
    point, _slash, method = name.partition("/")
    return point, hand_words.method_word(method, _)


def _said(site: Site, row: Row, _: Translate) -> Iterable[str]:
    if row.name.startswith("round "):
        found = round_at(site, row.name.partition(" ")[2], row.time_ms)
        questions = found.items if found else dict.fromkeys(row.body["answers"], "")
        yield from hand_words.answers(questions.items(), row.body["answers"], row.body["notes"], _)
    elif row.name.endswith(f"/{INCLINOMETER}"):
        yield hand_words.survey_words(row.body["probe"], row.body["file"], _)
    else:
        for name, value in row.body.items():
            yield hand_words.value_words(row.name.partition("/")[2], name, value, _)


def profile(site: Site, point: str, surveys: Sequence[tuple[Row, Row | None]], zone: ZoneInfo) -> Profile | None:
    """Return the drawing of a hole, None where no survey can be held against a base."""
    newest = [made for row, base in surveys if (made := _nodes(site, point, row, base))][-_MOST_PROFILES:]
    if not newest:
        return None
    reach = max([1.0, *(abs(node.along_mm) for _, nodes in newest for node in nodes)])
    deepest = max(node.depth_m for _, nodes in newest for node in nodes)
    across = Scale(-reach, reach, _MARGIN, _WIDTH - 12)
    down = Scale(0.0, deepest, 12.0, _HEIGHT - _MARGIN)
    lines = tuple(
        Line(path=_path(nodes, across, down), when=moment(row.time_ms, zone), newest=row is newest[-1][0])
        for row, nodes in newest
    )
    return Profile(
        point=point,
        width=_WIDTH,
        height=_HEIGHT,
        lines=lines,
        x_ticks=value_ticks(across, 6),
        y_ticks=value_ticks(down, 8),
    )


def _nodes(site: Site, point: str, row: Row, base: Row | None) -> tuple[Row, list[Node]] | None:
    hand = declared_at(site, point, INCLINOMETER, row.time_ms)
    if hand is None or base is None:
        return None
    now, first = (
        survey_of(point, one.time_ms, one.body["file"], one.body["probe"], one.act) for one in (row, base)
    )
    if survey_fault(hand, now, first):
        return None
    return row, nodes_of(site, hand, now, first)


def _path(nodes: Sequence[Node], across: Scale, down: Scale) -> str:
    places = (f"{across(node.along_mm):.1f} {down(node.depth_m):.1f}" for node in nodes)
    return "M" + "L".join(places)
