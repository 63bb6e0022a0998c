"""What is wrong with a form that a person sent: every fault at once, with its field. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from seepline.hand.evaluation import declared_at
from seepline.hand.inclinometer_file import MOST_BYTES, Level, parse
from seepline.hand.method import Field, number
from seepline.hand.methods import INCLINOMETER, METHODS
from seepline.hand.overdue import round_at
from seepline.instruments.kind import Fault
from seepline.site import Site
from seepline.site_hand import Hand, Round

Body = Mapping[str, object]
ANSWERS = ("as usual", "remark", "not seen")
MOST_PHOTOS = 12
MOST_PHOTO_BYTES = 5_000_000
_MOST_TEXT = 4000
_HASH = re.compile(r"[0-9a-f]{64}")


def hand_reading(site: Site, body: Body) -> Iterator[Fault]:
    """Yield what is wrong with a reading of one point; `values` by the fields of its method."""
    yield from _shared(body)
    method = body.get("method")
    if method not in METHODS or method == "survey_mark":
        known = sorted(set(METHODS) - {"survey_mark"})
        yield Fault("method", _shown(method), "one of " + ", ".join(known))
    elif _is_time(body.get("taken_ms")):
        yield from _values(
            site, str(body.get("point")), str(method), int(str(body["taken_ms"])), body.get("values")
        )


def survey(site: Site, body: Body) -> Iterator[Fault]:
    """Yield what is wrong with a survey of marks: `marks` maps a point to its coordinates."""
    yield from _shared(body)
    yield from _text(body, "instrument")
    marks = body.get("marks")
    if not isinstance(marks, Mapping) or not marks:
        yield Fault("marks", _shown(marks), "one mark or more: { point = { elevation_m, ... } }")
        return
    for point, values in marks.items():
        if _is_time(body.get("taken_ms")):
            for fault in _values(site, str(point), "survey_mark", int(str(body["taken_ms"])), values):
                yield Fault(f"marks.{point}.{fault.key}", fault.found, fault.expected)


def inclinometer_survey(site: Site, body: Body) -> Iterator[Fault]:
    """Yield what is wrong with a survey of a hole: its file by line, and its depths against what is declared."""
    yield from _shared(body)
    yield from _text(body, "probe")
    if not isinstance(body.get("base"), bool):
        yield Fault(
            "base", _shown(body.get("base")), "true for the survey that later ones stand against, else false"
        )
    text, taken_ms = body.get("file"), body.get("taken_ms")
    if not isinstance(text, str) or len(text.encode()) > MOST_BYTES:
        yield Fault("file", "no text, or too long a one", f"the survey's file, at most {MOST_BYTES} bytes")
        return
    levels, faults = parse(text)
    yield from (Fault(f"file, {one.key}", one.found, one.expected) for one in faults)
    if _is_time(taken_ms):
        hand = declared_at(site, str(body.get("point")), INCLINOMETER, int(str(taken_ms)))
        if hand is None:
            yield _undeclared(body.get("point"), INCLINOMETER)
        elif levels:
            yield from _depths(levels, hand)


def _depths(levels: Sequence[Level], hand: Hand) -> Iterator[Fault]:
    interval_m, bottom_m = number(hand.parameters, "interval_m"), number(hand.parameters, "bottom_depth_m")
    if abs(levels[1].depth_m - levels[0].depth_m - interval_m) > 1e-6:
        found = f"an interval of {levels[1].depth_m - levels[0].depth_m:g} m"
        yield Fault("file, depth_m", found, f"{interval_m:g} m, as declared")
    if abs(levels[-1].depth_m - bottom_m) > 1e-6:
        found = f"{levels[-1].depth_m:g} m as the deepest"
        yield Fault("file, depth_m", found, f"{bottom_m:g} m, the fixed end as declared")


def visual_round(site: Site, body: Body) -> Iterator[Fault]:
    """Yield what is wrong with a visual round: an answer to every item, a note to every remark."""
    yield from _photos(body.get("photos", ()))
    yield from _text(body, "note", needed=False)
    begun_ms, ended_ms = body.get("begun_ms"), body.get("ended_ms")
    for key in ("begun_ms", "ended_ms"):
        if not _is_time(body.get(key)):
            yield Fault(key, _shown(body.get(key)), "UTC milliseconds since 1970, a whole number")
    if not _is_time(begun_ms) or not _is_time(ended_ms):
        return
    if int(str(ended_ms)) < int(str(begun_ms)):
        yield Fault("ended_ms", _shown(ended_ms), "not before begun_ms")
    known = round_at(site, str(body.get("round")), int(str(begun_ms)))
    if known is None:
        yield Fault("round", _shown(body.get("round")), "the id of a [[round]] that is in force then")
        return
    yield from _answers(known, body.get("answers"))


def _answers(known: Round, answers: object) -> Iterator[Fault]:
    given = answers if isinstance(answers, Mapping) else {}
    for item in known.items:
        said = given.get(item)
        if not isinstance(said, Mapping) or said.get("answer") not in ANSWERS:
            found = _shown(said.get("answer")) if isinstance(said, Mapping) else "nothing"
            yield Fault(f"answers.{item}.answer", found, "one of " + ", ".join(ANSWERS))
        elif said["answer"] != "as usual" and not str(said.get("note") or "").strip():
            yield Fault(f"answers.{item}.note", "nothing", f"a note, for it is {said['answer']}")
        elif len(str(said.get("note") or "")) > _MOST_TEXT:
            yield Fault(f"answers.{item}.note", "a longer text", f"at most {_MOST_TEXT} characters")
    for item in given:
        if item not in known.items:
            yield Fault(f"answers.{_shown(item)}", "an unknown item", "items of the check-list in force")


CHECKS: Mapping[str, Callable[[Site, Body], Iterator[Fault]]] = {
    "hand_reading": hand_reading,
    "survey": survey,
    "inclinometer_survey": inclinometer_survey,
    "round": visual_round,
}


def taken_until_ms(kind: str, body: Body) -> int:
    """Return the latest time that a checked form speaks of; no form can be signed before it."""
    return int(str(body["ended_ms" if kind == "round" else "taken_ms"]))


def _shared(body: Body) -> Iterator[Fault]:
    if not _is_time(body.get("taken_ms")):
        yield Fault("taken_ms", _shown(body.get("taken_ms")), "UTC milliseconds since 1970, a whole number")
    yield from _photos(body.get("photos", ()))
    yield from _text(body, "note", needed=False)
    corrects = body.get("corrects", "")
    if corrects and not (isinstance(corrects, str) and _HASH.fullmatch(corrects)):
        yield Fault("corrects", _shown(corrects), "the id of the act that this one takes the place of")
    if corrects and not str(body.get("note") or "").strip():
        yield Fault("note", "nothing", "the reason of the correction")


def _text(body: Body, key: str, *, needed: bool = True) -> Iterator[Fault]:
    text = body.get(key, "")
    if not isinstance(text, str) or len(text) > _MOST_TEXT or (needed and not text.strip()):
        yield Fault(key, _shown(text), f"a text of at most {_MOST_TEXT} characters")


def _photos(photos: object) -> Iterator[Fault]:
    if not isinstance(photos, Sequence) or isinstance(photos, str) or len(photos) > MOST_PHOTOS:
        yield Fault("photos", _shown(photos), f"a list of at most {MOST_PHOTOS} photos")
        return
    for place, photo in enumerate(photos, 1):
        said = photo if isinstance(photo, Mapping) else {}
        if not _HASH.fullmatch(str(said.get("sha256"))):
            yield Fault(
                f"photos[{place}].sha256", _shown(said.get("sha256")), "the SHA-256 of the file, 64 hex digits"
            )
        size = said.get("bytes")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MOST_PHOTO_BYTES:
            yield Fault(f"photos[{place}].bytes", _shown(size), f"its size, at most {MOST_PHOTO_BYTES} bytes")


def _values(site: Site, point: str, method: str, taken_ms: int, values: object) -> Iterator[Fault]:
    if declared_at(site, point, method, taken_ms) is None:
        yield _undeclared(point, method)
        return
    if not isinstance(values, Mapping):
        yield Fault("values", _shown(values), "what was read: { field = value }")
        return
    fields = METHODS[method].fields
    for name in values:
        if name not in {field.name for field in fields}:
            known = ", ".join(field.name for field in fields)
            yield Fault(f"values.{name}", "an unknown field", f"fields of {method}: {known}")
    for field in fields:
        if field.name in values and not field.accepts(values[field.name]):
            yield Fault(f"values.{field.name}", _shown(values[field.name]), field.expected)
    yield from _left_out(fields, values)


def _left_out(fields: Sequence[Field], values: Mapping[str, object]) -> Iterator[Fault]:
    groups: dict[str, list[str]] = {}
    for field in fields:
        groups.setdefault(field.group or field.name, []).append(field.name)
        if not field.optional and not field.group and field.name not in values:
            yield Fault(f"values.{field.name}", "nothing", field.expected)
    for names in groups.values():
        if len(names) > 1 and sum(name in values for name in names) != 1:
            found = "both" if all(name in values for name in names) else "nothing"
            yield Fault(f"values.{names[0]}", found, "one of " + " or ".join(names))
    if all(field.optional for field in fields):
        if not values:
            yield Fault("values", "nothing", "at least one of " + ", ".join(field.name for field in fields))
        if ("easting_m" in values) != ("northing_m" in values):
            yield Fault("values.easting_m", "one coordinate", "easting and northing together, or neither")


def _undeclared(point: object, method: str) -> Fault:
    return Fault("point", _shown(point), f"a point with a [[hand]] of method {method} in force then")


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "..."
