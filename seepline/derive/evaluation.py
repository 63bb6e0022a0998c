"""One derived reading: from a declaration and the readings before and around a time, to value, quality and bound.

    driving reading at t -> other inputs at t, else the nearest; windows up to t -> formula -> one Reading

Pure: what is known of readings comes through a `History`, so the result is the same for every order of arrival.
A statistical flag of an input is carried on and takes nothing out; an input without a value withholds the result.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, Protocol

from seepline.convert import MAX_AGE_MS
from seepline.derive.dated import surveyed
from seepline.derive.formula import Formula, Given, Made
from seepline.derive.formulas import FORMULAS
from seepline.derive.training import Trained
from seepline.quality import Flag, aggregate
from seepline.quantities import QUANTITIES
from seepline.reading import Quality, Reading
from seepline.site import Site
from seepline.site_derived import Derived, begin_ms

Key = tuple[str, str]  # (point, quantity)

_WAYS = {"at_least": +1, "at_most": -1}
_BOUND_WORDS = {"at_least": "at least this value", "at_most": "at most this value"}


class Sample(NamedTuple):
    """What is asked of a reading here; `value` is None when it was withheld."""

    time_ms: int
    value: float | None
    quality: Quality
    bound: str


class Beside(NamedTuple):
    """What is known of a declaration beside readings: its training, and who signed it ('' while nobody has)."""

    trained: Callable[[Derived], Trained | None] = lambda derived: None
    signed_by: Callable[[Derived], str] = lambda derived: ""


class History(Protocol):
    """Readings by point, quantity and time."""

    def nearest(self, key: Key, time_ms: int, max_age_ms: int) -> Sample | None:
        """Return the one at the time, else the nearest with a value; without any the one at the time."""

    def window(self, key: Key, after_ms: int, to_ms: int) -> Sequence[Sample]:
        """Return those with after_ms < time <= to_ms, oldest first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One input as it was taken: its samples (one, unless it is a series), what names them, why it is absent."""

    name: str
    samples: tuple[Sample, ...]
    identity: str
    absence: str = ""


def inputs_of(derived: Derived) -> Mapping[str, Key]:
    """Return the inputs of a declaration by name, the driving one first."""
    formula = FORMULAS[derived.formula]
    names = derived.inputs if formula.free_inputs else formula.inputs
    return {name: _key(derived.inputs[name]) for name in names}


def _key(source: str) -> Key:
    point, _, quantity = source.partition("/")
    return point, quantity


def derived_at(site: Site, point: str, quantity: str, time_ms: int) -> Derived | None:
    """Return the declaration of a derived quantity that is in force at a time."""
    declared = site.derived_by_output.get((point, quantity), ())
    if len(declared) == 1 and declared[0].valid_from_ms is None:
        return declared[0]
    return next((one for one in declared if begin_ms(one) <= time_ms), None)


def evaluate(
    site: Site,
    derived: Derived,
    time_ms: int,
    history: History,
    max_age_ms: int = MAX_AGE_MS,
    beside: Beside = Beside(),  # noqa: B008 - nothing in it changes
) -> Reading:
    """Return the derived reading at the time of a reading of its driving input."""
    declared, (derived, surveys, lacking) = derived, surveyed(site, derived, time_ms)
    formula = FORMULAS[derived.formula]
    taken = list(_taken(derived, formula, time_ms, history, max_age_ms))
    trained = beside.trained(declared) if formula.trained else None
    about = (_geometry_ms(site, derived.point, time_ms), trained, beside.signed_by(declared))
    made = _not_surveyed(lacking) if lacking else _made(derived, time_ms, formula, taken, about)
    flags, bound = _flags(derived.quantity, made, taken), _bound(derived, formula, made, taken)
    if bound is None:
        flags.append(Flag(Quality.SUSPECT, "made of bounds, and nobody can say which way"))
    reasons = (*(flag.reason for flag in flags if flag.reason), *([_BOUND_WORDS[bound]] if bound else []))
    known = made.value is not None
    return Reading(
        point=derived.point,
        instrument="",
        quantity=derived.quantity,
        time_ms=time_ms,
        value=made.value,
        quality=aggregate(flags) if known else made.quality,
        calibration=derived.label,
        judged=known,
        reasons=tuple(dict.fromkeys(reasons)) if known else (made.reason,),
        inputs=tuple(name for name in (*(one.identity for one in taken), _fit_name(trained), *surveys) if name),
        bound=(bound or "") if known else "",
    )


def _not_surveyed(lacking: Sequence[str]) -> Made:
    return Made(None, "; ".join(lacking), quality=Quality.FAIL)


def _fit_name(trained: Trained | None) -> str:
    return trained.identity if trained else ""


def _taken(derived: Derived, formula: Formula, time_ms: int, history: History, max_age_ms: int) -> Iterator[Taken]:
    window_ms = formula.window_ms(derived.quantity, derived.parameters)
    for place, (name, key) in enumerate(inputs_of(derived).items()):
        if formula.is_series(name):
            samples = history.window(key, time_ms - window_ms, time_ms)
            yield _series(name, key, _from_last_value(samples) if formula.all_series else samples)
        else:
            yield _single(name, key, history.nearest(key, time_ms, max_age_ms if place else 0))


def _from_last_value(samples: Sequence[Sample]) -> Sequence[Sample]:
    known = [place for place, one in enumerate(samples) if one.value is not None]
    return samples[known[-1] if known else -1 :]


def _series(name: str, key: Key, samples: Sequence[Sample]) -> Taken:
    source = "/".join(key)
    known = [one for one in samples if one.value is not None]
    if not known:
        return Taken(name, tuple(samples), "", f"{name} {source} has no value in the window")
    identity = f"{source}@{known[0].time_ms}..{known[-1].time_ms} ({len(known)})"
    return Taken(name, tuple(samples), identity)


def _single(name: str, key: Key, sample: Sample | None) -> Taken:
    source = "/".join(key)
    if sample is None:
        return Taken(name, (), "", f"{name} {source} has no reading at this time")
    absence = f"{name} {source} has no value" if sample.value is None else ""
    return Taken(name, (sample,), f"{source}@{sample.time_ms}", absence)


def _made(
    derived: Derived,
    time_ms: int,
    formula: Formula,
    taken: Sequence[Taken],
    about: tuple[int | None, Trained | None, str],
) -> Made:
    absent = [one for one in taken if one.absence and formula.needs(one.name)]
    if absent:
        failed = any(sample.quality is Quality.FAIL for one in absent for sample in one.samples)
        reason = "; ".join(one.absence for one in absent)
        return Made(None, reason, quality=Quality.FAIL if failed else Quality.MISSING)
    given = Given(
        time_ms=time_ms,
        quantity=derived.quantity,
        parameters=derived.parameters,
        inputs={name: key[1] for name, key in inputs_of(derived).items()},
        values={one.name: _value(one) for one in taken if not formula.is_series(one.name)},
        series={
            one.name: [(sample.time_ms, sample.value) for sample in one.samples]
            for one in taken
            if formula.is_series(one.name)
        },
        geometry_ms=about[0],
        trained=about[1],
        signed_by=about[2],
    )
    made = formula.compute(given)
    if made.value is not None and not isfinite(made.value):
        return Made(None, "the formula gives no finite number", quality=Quality.FAIL)
    return made


def _value(one: Taken) -> float:
    value = one.samples[0].value
    assert value is not None  # noqa: S101 - an absent input has ended the matter
    return value


def _geometry_ms(site: Site, point: str, time_ms: int) -> int | None:
    section = site.point_by_id[point].section
    begun = [
        one.valid_from_ms
        for one in site.profiles
        if one.section == section and one.name == "ground" and one.valid_from_ms <= time_ms
    ]
    crest = site.geometry.elevation("crest", section, time_ms)
    return max([*begun, *([crest.valid_from_ms] if crest else [])], default=None)


def _flags(quantity: str, made: Made, taken: Sequence[Taken]) -> list[Flag]:
    """Return the flags of a value: the formula's own word, its plausible range, the worst of each input."""
    flags = [Flag(made.quality, made.reason)]
    row = QUANTITIES[quantity]
    if made.value is not None and not row.is_plausible(made.value):
        limits = f"{row.plausible_min:g} to {row.plausible_max:g} {row.unit}"
        flags.append(Flag(Quality.FAIL, f"{made.value:g} {row.unit} is outside the plausible range, {limits}"))
    for one in taken:
        known = [Flag(sample.quality) for sample in one.samples if sample.value is not None]
        worst = aggregate(known) if known else Quality.NOT_EVALUATED
        bad = worst in (Quality.SUSPECT, Quality.FAIL)
        words = worst.name.lower()
        flags.append(Flag(worst, f"{one.name} {one.identity.partition('@')[0]} is {words}" if bad else ""))
    return flags


def _bound(derived: Derived, formula: Formula, made: Made, taken: Sequence[Taken]) -> str | None:
    """Return the bound that the result is, '' when exact, None when its bounds point in different directions."""
    ways = {_WAYS[made.bound]} if made.bound else set()
    bounds = {(one.name, sample.bound) for one in taken for sample in one.samples if sample.value is not None}
    bounds = {(name, bound) for name, bound in bounds if bound}
    if not ways and not bounds:
        return ""
    rising = formula.rising_of(derived.parameters, {name: key[1] for name, key in inputs_of(derived).items()})
    ways |= {rising.get(name, 0) * _WAYS[bound] for name, bound in bounds}
    return "at_least" if ways == {1} else "at_most" if ways == {-1} else None
