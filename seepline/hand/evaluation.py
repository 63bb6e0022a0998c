"""From what a person wrote down to engineering readings, by the geometry in force at the time it was taken.

Pure: a corrected collar in SITE.toml gives other values from the same words, which stay as they were signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from seepline.derive.formula import Made
from seepline.hand import inclinometer
from seepline.hand.inclinometer_file import Level, parse
from seepline.hand.method import Values, number
from seepline.hand.methods import INCLINOMETER, METHODS, QUANTITIES_OF
from seepline.quality.flags import judge
from seepline.quality.span import gross_range
from seepline.reading import Quality, Reading
from seepline.site import Site
from seepline.site_hand import Hand

_BOUND_WORDS = {"at_least": "at least this value", "at_most": "at most this value"}


class Taken(NamedTuple):
    """One reading that a person took: `act` is the id of the signed act that says so."""

    point: str
    method: str
    taken_ms: int
    values: Values
    act: str


@dataclass(frozen=True, slots=True)
class Survey:
    """One inclinometer survey; levels from the top down."""

    point: str
    taken_ms: int
    levels: tuple[Level, ...]
    probe: str
    act: str


def survey_of(point: str, taken_ms: int, file: str, probe: str, act: str) -> Survey:
    """Return the survey in the text of a file; one with a fault has no levels."""
    return Survey(point, taken_ms, parse(file)[0], probe, act)


def declared_at(site: Site, point: str, method: str, time_ms: int) -> Hand | None:
    """Return the declaration of a method at a point that is in force at a time."""
    known = site.hands_by_point.get(point, ())
    return next((one for one in known if one.method == method and one.valid_from_ms <= time_ms), None)


def readings(site: Site, taken: Taken) -> tuple[Reading, ...]:
    """Return one reading for each quantity that can be made of what was written down."""
    hand = declared_at(site, taken.point, taken.method, taken.taken_ms)
    if hand is None:
        return withheld(taken.point, taken.method, taken.taken_ms, _UNDECLARED, (taken.act,))
    made = METHODS[taken.method].compute(hand.parameters, taken.values)
    return tuple(_reading(hand, quantity, taken.taken_ms, one, (taken.act,)) for quantity, one in made.items())


_UNDECLARED = "the site declares no reading by hand of this kind there at this time"


def withheld(
    point: str, method: str, taken_ms: int, reason: str, acts: Iterable[str], quality: Quality = Quality.MISSING
) -> tuple[Reading, ...]:
    """Return a reading without a value for each quantity of a method, with the reason."""
    return tuple(
        Reading(
            point=point,
            instrument="",
            quantity=quantity,
            time_ms=taken_ms,
            value=None,
            quality=quality,
            calibration="",
            judged=False,
            reasons=(reason,),
            inputs=tuple(f"act:{act}" for act in acts),
        )
        for quantity in QUANTITIES_OF[method]
    )


def _reading(hand: Hand, quantity: str, taken_ms: int, made: Made, acts: Sequence[str]) -> Reading:
    words = (made.reason, _BOUND_WORDS.get(made.bound, ""))
    reading = Reading(
        point=hand.point,
        instrument="",
        quantity=quantity,
        time_ms=taken_ms,
        value=made.value,
        quality=made.quality,
        calibration=hand.label,
        judged=made.value is not None,
        reasons=tuple(word for word in words if word),
        inputs=tuple(f"act:{act}" for act in acts),
        bound=made.bound,
    )
    return reading if made.value is None else judge(reading, [gross_range(quantity, made.value)])


def survey_readings(site: Site, survey: Survey, base: Survey | None) -> tuple[Reading, ...]:
    """Return the displacement at the top of a hole, and the greatest over one interval, against its base survey.

    A survey that was turned round or read upside down, or that has other depths than the base, gives no value.
    """
    hand = declared_at(site, survey.point, INCLINOMETER, survey.taken_ms)
    acts = (survey.act,) if base is None or base is survey else (survey.act, base.act)
    fault = _UNDECLARED if hand is None else survey_fault(hand, survey, base)
    if hand is None or base is None or fault:
        quality = Quality.NOT_EVALUATED if hand and base is None else Quality.FAIL if hand else Quality.MISSING
        return withheld(survey.point, INCLINOMETER, survey.taken_ms, fault, acts, quality)
    nodes = nodes_of(site, hand, survey, base)
    doubts = [*_checksum_doubts(hand, survey), *_base_doubts(hand, survey, base)]
    most = inclinometer.greatest_interval(nodes)
    quality = Quality.SUSPECT if doubts else Quality.GOOD
    where = f"over the interval at {most.depth_m:g} m"
    made = {
        "displacement": Made(nodes[-1].along_mm, "; ".join(doubts), quality=quality),
        "interval_displacement": Made(most.along_mm, "; ".join([where, *doubts]), quality=quality),
    }
    return tuple(_reading(hand, quantity, survey.taken_ms, one, acts) for quantity, one in made.items())


def nodes_of(site: Site, hand: Hand, survey: Survey, base: Survey) -> list[inclinometer.Node]:
    """Return the profile of a survey from the bottom up, turned into the section's direction."""
    section = next(one for one in site.sections if one.id == site.point_by_id[survey.point].section)
    angle_deg = number(hand.parameters, "a_plus_azimuth_deg") - section.azimuth_deg
    form, interval_m = str(hand.parameters["form"]), number(hand.parameters, "interval_m")
    return inclinometer.profile(survey.levels, base.levels, form, interval_m, angle_deg)


def survey_fault(hand: Hand, survey: Survey, base: Survey | None) -> str:
    """Return why nothing can be made of a survey, '' when it can be held against its base."""
    if base is None:
        return "the hole has no base survey yet"
    if not survey.levels or [one.depth_m for one in survey.levels] != [one.depth_m for one in base.levels]:
        return "its depths are not those of the base survey"
    misread = inclinometer.misread(survey.levels, base.levels, number(hand.parameters, "repeat_digits"))
    return f"the survey was read {misread}" if misread else ""


def _checksum_doubts(hand: Hand, survey: Survey) -> list[str]:
    most_a, most_b = (number(hand.parameters, f"checksum_std_{axis}_digits") for axis in "ab")
    return inclinometer.checksum_doubts(survey.levels, most_a, most_b)


def _base_doubts(hand: Hand, survey: Survey, base: Survey) -> list[str]:
    doubts = [f"base survey: {doubt}" for doubt in _checksum_doubts(hand, base)] if base is not survey else []
    if survey.probe != base.probe:
        doubts.append(f"read with probe {survey.probe}, the base survey with {base.probe}")
    return doubts
