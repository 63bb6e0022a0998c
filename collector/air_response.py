"""How a gauge answered the air over a quiet period, from the store's own values; it writes nothing.

store -> pressure of the gauge and of the air, paired -> slope of what is left -> plus what the sheet took off

ResponseError    it cannot be told: one sentence that says why and what to do
"""

from dataclasses import dataclass

from collector.store import StoreReader
from seepline.convert import MAX_AGE_MS, assignment_at, kind_of
from seepline.quality.barometric import Response, fit, paired
from seepline.quality.given import taken_off_between
from seepline.quality.looks import Sample
from seepline.quality.table import TESTS
from seepline.reading import Quality
from seepline.site import Site

_TEST = TESTS["barometric_response"]
_EVERY_ONE = 2**62
WITHIN_S = MAX_AGE_MS // 1000  # as near as a conversion takes the air's pressure


class ResponseError(Exception):
    """The response cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which gauge, against which barometer ('' = the one that its assignment names), over which quiet period."""

    point: str
    barometer: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The gauge's own response in kPa per kPa, and what the sheet in force takes off."""

    quantity: str
    barometer: str
    response: Response
    taken_off: float


def answer(site: Site, store: StoreReader, asked: Question) -> Answer:
    """Return how a gauge answered the air.

    Raises
    ------
    ResponseError
        When point or barometer are not such, the sheet changed in the period, or the readings do not tell it.
    """
    if asked.from_ms >= asked.to_ms:
        raise ResponseError("--from is not before --to: name the quiet period by its beginning and end.")
    quantity, barometer = _pressure_of(site, asked), _barometer_of(site, asked)
    taken_off = taken_off_between(site, asked.point, asked.from_ms, asked.to_ms)
    if taken_off is None:
        raise ResponseError(
            f"{asked.point} has no one sheet for the whole period: choose one within a sheet's time."
        )
    gauge = _samples(store, asked.point, quantity, asked)
    air = _samples(store, barometer, _TEST.neighbour_quantity, asked)
    pairs = paired(gauge, air, WITHIN_S * 1000)
    left = fit(pairs)
    if left is None:
        raise ResponseError(
            f"{len(pairs)} pairs of {asked.point} and {barometer} do not tell a response: choose a longer period, "
            "in which the air's pressure changed."
        )
    return Answer(
        quantity=quantity,
        barometer=barometer,
        response=left._replace(slope=left.slope + taken_off),
        taken_off=taken_off,
    )


def _pressure_of(site: Site, asked: Question) -> str:
    assignment = assignment_at(site, asked.point, asked.from_ms)
    measured = kind_of(site, assignment).quantities if assignment else ()
    for quantity in _TEST.quantities:
        if quantity in measured:
            return quantity
    raise ResponseError(f"{asked.point} is no point where a gauge measured water pressure at that time.")


def _barometer_of(site: Site, asked: Question) -> str:
    assignment = assignment_at(site, asked.point, asked.from_ms)
    named = asked.barometer or (assignment.references.get("barometer", "") if assignment else "")
    beside = assignment_at(site, named, asked.from_ms) if named else None
    if beside is None or _TEST.neighbour_quantity not in kind_of(site, beside).quantities:
        raise ResponseError(
            f"{named or 'nothing'} is no point with a barometer at that time: name one by --barometer."
        )
    return named


def _samples(store: StoreReader, point: str, quantity: str, asked: Question) -> list[Sample]:
    """Return the values of the period; those that cannot be right are left out."""
    series = store.series(point, quantity, asked.from_ms, asked.to_ms, _EVERY_ONE)
    return [
        Sample(one.time_ms, one.value) for one in series if one.value is not None and one.quality != Quality.FAIL
    ]
