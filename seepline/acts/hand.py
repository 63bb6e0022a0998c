"""What people read and see on the dam, as acts: readings by hand, surveys, rounds, and the base of a hole.

Values are kept as they were written down; what is made of them follows the geometry that SITE.toml declares.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS, INSPECTOR, ON_SITE
from seepline.hand.evaluation import declared_at
from seepline.hand.inclinometer_file import MOST_BYTES, Level, parse
from seepline.hand.method import Field, number
from seepline.hand.methods import INCLINOMETER, MARK, METHODS
from seepline.hand.overdue import round_at
from seepline.site import Site
from seepline.site_hand import Hand
from seepline.site_rules.values import shown

ANSWERS = ("as usual", "remark", "not seen")
MOST_PHOTOS = 12
MOST_PHOTO_BYTES = 5_000_000
_MOST_CHARS = 4000
_HASH = re.compile(r"[0-9a-f]{64}")
_YEAR_2200_MS = 7_258_118_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HandReading:
    """One reading of one point; `values` by the fields of its method. `photos` maps a SHA-256 to its bytes.

    `corrects` is the id of the act whose place this one takes, with the reason in `note`.
    """

    point: str
    method: str
    taken_ms: int
    values: Mapping[str, str | float | tuple[float, ...]]
    note: str = ""
    photos: Mapping[str, int] = field(default_factory=dict)
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSurvey:
    """A survey of marks with one instrument: `marks` maps a point to its coordinates in metres."""

    taken_ms: int
    instrument: str
    marks: Mapping[str, Mapping[str, float]]
    note: str = ""
    photos: Mapping[str, int] = field(default_factory=dict)
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclinometerSurvey:
    """A survey of a hole: `file` is the text of seepline.hand.inclinometer_file, `probe` its serial number."""

    point: str
    taken_ms: int
    probe: str
    file: str
    note: str = ""
    photos: Mapping[str, int] = field(default_factory=dict)
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclinometerBase:
    """An engineer's word that a survey (the id of its act) is what later ones of the hole stand against."""

    point: str
    survey: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualRound:
    """A round: `answers` maps every item of the check-list to one of ANSWERS, `notes` an item to what was seen."""

    round: str
    begun_ms: int
    ended_ms: int
    answers: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    photos: Mapping[str, int] = field(default_factory=dict)


def _hand_reading(body: HandReading, site: Site) -> Iterator[str]:
    yield from _time("taken_ms", body.taken_ms)
    yield from _beside(body.note, body.photos, body.corrects)
    if body.method not in METHODS or body.method == MARK:
        known = ", ".join(sorted(set(METHODS) - {MARK}))
        yield f"method: found {shown(body.method)}; expected one of {known}"
    else:
        yield from _values(site, body.point, body.method, body.taken_ms, body.values)


def _mark_survey(body: MarkSurvey, site: Site) -> Iterator[str]:
    yield from _time("taken_ms", body.taken_ms)
    yield from _beside(body.note, body.photos, body.corrects)
    yield from _text("instrument", body.instrument)
    if not body.marks:
        yield "marks: found nothing; expected one mark or more"
    for point, values in body.marks.items():
        for problem in _values(site, point, MARK, body.taken_ms, values):
            yield f"marks.{point[:64]}.{problem}"


def _inclinometer_survey(body: InclinometerSurvey, site: Site) -> Iterator[str]:
    yield from _time("taken_ms", body.taken_ms)
    yield from _beside(body.note, body.photos, body.corrects)
    yield from _text("probe", body.probe)
    hand = declared_at(site, body.point, INCLINOMETER, body.taken_ms)
    if hand is None:
        yield _undeclared(body.point, INCLINOMETER)
    yield from file_problems(body.file, hand)


def file_problems(text: str, hand: Hand | None) -> Iterator[str]:
    """Yield what is wrong with a survey's file, by line, and its depths against what is declared."""
    if len(text.encode()) > MOST_BYTES:
        yield f"file: found {len(text.encode())} bytes; expected at most {MOST_BYTES}"
        return
    levels, faults = parse(text)
    yield from (f"file, {one.key}: found {one.found}; expected {one.expected}" for one in faults)
    if levels and hand is not None:
        yield from _depths(levels, hand)


def _depths(levels: Sequence[Level], hand: Hand) -> Iterator[str]:
    interval_m, bottom_m = number(hand.parameters, "interval_m"), number(hand.parameters, "bottom_depth_m")
    found_m = levels[1].depth_m - levels[0].depth_m
    if abs(found_m - interval_m) > 1e-6:
        yield f"file, depth_m: found an interval of {found_m:g} m; expected {interval_m:g} m, as declared"
    if abs(levels[-1].depth_m - bottom_m) > 1e-6:
        deepest = f"found {levels[-1].depth_m:g} m as the deepest"
        yield f"file, depth_m: {deepest}; expected {bottom_m:g} m, the fixed end as declared"


def _inclinometer_base(body: InclinometerBase, site: Site) -> Iterator[str]:
    if not any(one.method == INCLINOMETER for one in site.hands_by_point.get(body.point, ())):
        yield _undeclared(body.point, INCLINOMETER)
    if not _HASH.fullmatch(body.survey):
        yield f"survey: found {shown(body.survey)}; expected the id of the survey's act"
    yield from _text("reason", body.reason)


def _visual_round(body: VisualRound, site: Site) -> Iterator[str]:
    yield from _time("begun_ms", body.begun_ms)
    yield from _beside(body.note, body.photos, "")
    if not body.begun_ms <= body.ended_ms < _YEAR_2200_MS:
        yield f"ended_ms: found {body.ended_ms}; expected not before begun_ms"
    known = round_at(site, body.round, body.begun_ms)
    if known is None:
        yield f"round: found {shown(body.round)}; expected the id of a [[round]] that is in force then"
        return
    for item in known.items:
        yield from _answer(item, body.answers.get(item), body.notes.get(item, ""))
    for item in dict.fromkeys((*body.answers, *body.notes)):
        if item not in known.items:
            yield f"answers.{item[:64]}: found an unknown item; expected those of the check-list in force"


def _answer(item: str, answer: str | None, note: str) -> Iterator[str]:
    if answer not in ANSWERS:
        found = "nothing" if answer is None else shown(answer)
        yield f"answers.{item}: found {found}; expected one of {', '.join(ANSWERS)}"
    elif answer != "as usual" and not note.strip():
        yield f"notes.{item}: found nothing; expected a note, for the answer is {answer!r}"
    if len(note) > _MOST_CHARS:
        yield f"notes.{item}: found {len(note)} characters; expected at most {_MOST_CHARS}"


def _time(key: str, value: int) -> Iterator[str]:
    if not 0 < value < _YEAR_2200_MS:
        yield f"{key}: found {value}; expected UTC milliseconds, from 1970 to 2199"


def _text(key: str, text: str) -> Iterator[str]:
    if not 0 < len(text.strip()) <= _MOST_CHARS:
        yield f"{key}: found {len(text)} characters; expected 1 to {_MOST_CHARS}"


def _beside(note: str, photos: Mapping[str, int], corrects: str) -> Iterator[str]:
    """Yield what is wrong with what may stand beside any reading."""
    if len(note) > _MOST_CHARS:
        yield f"note: found {len(note)} characters; expected at most {_MOST_CHARS}"
    if len(photos) > MOST_PHOTOS:
        yield f"photos: found {len(photos)}; expected at most {MOST_PHOTOS}"
    for name, size in photos.items():
        if not _HASH.fullmatch(name):
            yield f"photos: found {shown(name)}; expected the SHA-256 of a photo, 64 hex digits"
        if not 0 < size <= MOST_PHOTO_BYTES:
            yield f"photos.{name[:16]}: found {size} bytes; expected 1 to {MOST_PHOTO_BYTES}"
    if corrects and not _HASH.fullmatch(corrects):
        yield f"corrects: found {shown(corrects)}; expected the id of the act that this one takes the place of"
    if corrects and not note.strip():
        yield "note: found nothing; expected the reason of the correction"


def _values(site: Site, point: str, method: str, taken_ms: int, values: Mapping[str, object]) -> Iterator[str]:
    if declared_at(site, point, method, taken_ms) is None:
        yield _undeclared(point, method)
        return
    fields = {one.name: one for one in METHODS[method].fields}
    for name, value in values.items():
        if name not in fields:
            yield f"values.{name[:64]}: found an unknown field; expected {', '.join(fields)}"
        elif not fields[name].accepts(value):
            yield f"values.{name}: found {shown(value)}; expected {fields[name].expected}"
    yield from _left_out(tuple(fields.values()), values)


def _left_out(fields: Sequence[Field], values: Mapping[str, object]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for one in fields:
        if one.group:
            groups.setdefault(one.group, []).append(one.name)
        elif not one.optional and one.name not in values:
            yield f"values.{one.name}: found nothing; expected {one.expected}"
    for names in groups.values():
        given = [name for name in names if name in values]
        if len(given) != 1:
            yield f"values: found {' and '.join(given) or 'nothing'}; expected one of {' or '.join(names)}"
    if all(one.optional for one in fields) and not values:
        yield f"values: found nothing; expected at least one of {', '.join(one.name for one in fields)}"
    if ("easting_m" in values) != ("northing_m" in values):
        yield "values: found one coordinate; expected easting_m and northing_m together, or neither"


def _undeclared(point: str, method: str) -> str:
    return f"point: found {shown(point)}; expected a point with a [[hand]] of method {method} in force then"


KINDS: Mapping[str, ActKind] = {
    "hand_reading": ActKind("a reading by hand", ON_SITE, HandReading, _hand_reading),
    "survey": ActKind("a survey of marks", ON_SITE, MarkSurvey, _mark_survey),
    "inclinometer_survey": ActKind("an inclinometer survey", ON_SITE, InclinometerSurvey, _inclinometer_survey),
    "inclinometer_base": ActKind(
        "the base survey of an inclinometer", ENGINEERS, InclinometerBase, _inclinometer_base
    ),
    "round": ActKind("a visual round", ON_SITE | {INSPECTOR}, VisualRound, _visual_round),
}
