"""Immersion to two known depths: proof of factor, sign and unit from the sensor to the engineering value. Pure.

Procedure: Geokon 4500AL manual 3.3 (15 to 20 minutes at each depth, compare the change with the measured one).
The change proves the factor, the shallower reading the zero; what does not fit is tried against the other sheets
of the site, against other units and the other sign, so that a failure says which of them it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldtool import limits, water
from fieldtool.gauge import Gauge, LiveReading
from fieldtool.stability import LIMITS as STABLE
from fieldtool.stability import Stability, stability
from fieldtool.verdicts import Cause, Outcome, judged
from seepline.instruments.units import PRESSURE_KPA

_LEAST_CHANGE_M = 20  # times the depth's own error: less proves nothing
_ROUGH = 0.05  # of a unit's ratio: units are further apart than this
_CREEP = 0.3  # a share of the change that trapped air may still swallow


@dataclass(frozen=True, slots=True)
class Depth:
    """What was read at one depth, below the water's surface, with the station pressure of the same minutes."""

    depth_m: float
    readings: Sequence[LiveReading]
    pressure_kpa: float | None


def immersion(gauge: Gauge, first: Depth, second: Depth, density_kg_m3: float | None = None) -> Outcome:
    """Compare the change between two depths, and the level at the shallower, with those of the water."""
    shallow, deep = sorted((first, second), key=lambda one: one.depth_m)
    rests = [stability(gauge, one.readings) for one in (shallow, deep)]
    used = limits.used("depth_m", "factor_share", "no_answer_share", *STABLE)
    if not all(rest.window for rest in rests):
        return judged({}, [Cause("no_signal")], used)
    density = density_kg_m3 or _fresh(gauge, rests[1])
    at = [_mean(gauge, rest, depth) for rest, depth in zip(rests, (shallow, deep), strict=True)]
    expected = _expected(gauge, deep.depth_m - shallow.depth_m, density)
    tolerance = _tolerance(gauge, expected, density)
    found: dict[str, float | str | None] = {
        "depth_shallow_m": shallow.depth_m,
        "depth_deep_m": deep.depth_m,
        "density_kg_m3": density,
        "quantity": gauge.quantity,
        "value_shallow": at[0],
        "value_deep": at[1],
        "change_expected": expected,
        "tolerance": tolerance,
        "station_pressure_kpa": deep.pressure_kpa,
    }
    if at[0] is None or at[1] is None:
        return judged(found, [Cause("no_pressure") if gauge.needs_barometer else Cause("no_signal")], used)
    change = at[1] - at[0]
    found |= {"change": change, "ratio": change / expected if expected else None}
    if deep.depth_m - shallow.depth_m < _LEAST_CHANGE_M * limits.value("depth_m"):
        return judged(found, [Cause("depths")], used)
    case = _Case(gauge, (shallow, deep), rests, expected, tolerance, density)
    return judged(found, list(_causes(case, change, at[0])), used)


@dataclass(frozen=True, slots=True)
class _Case:
    """One immersion, for the causes."""

    gauge: Gauge
    depths: tuple[Depth, Depth]
    rests: Sequence[Stability]
    expected: float
    tolerance: float
    density: float


def _fresh(gauge: Gauge, rest: Stability) -> float:
    degc = gauge.temperature_degc(rest.window[-1].values)
    return water.density_kg_m3(degc if degc is not None else 10.0)


def _expected(gauge: Gauge, change_m: float, density: float) -> float:
    """Return the change of the gauge's quantity for a change of depth: m for levels, else kPa."""
    return change_m if _is_length(gauge) else water.pressure_kpa(change_m, density)


def _is_length(gauge: Gauge) -> bool:
    return gauge.quantity in ("water_level", "water_depth")


def _tolerance(gauge: Gauge, expected: float, density: float) -> float:
    depths = _expected(gauge, 2 * limits.value("depth_m"), density)
    return depths + limits.value("factor_share") * abs(expected)


def _mean(gauge: Gauge, rest: Stability, depth: Depth) -> float | None:
    made = [gauge.value(one.values, depth.pressure_kpa) for one in rest.window]
    known = [value for value in made if value is not None]
    return sum(known) / len(known) if known else None


def _causes(case: _Case, change: float, shallow: float) -> Iterator[Cause]:
    """Yield the likely causes, the best first; none when all fits."""
    restless = next((rest.why for rest in case.rests if rest.why), None)
    if restless:
        yield Cause("air_in_filter") if _creeps(case) else restless
        return
    if abs(change - case.expected) <= case.tolerance:
        if not _level_fits(case, shallow):
            yield from [*_fitting_sheets(case), Cause("wrong_zero")]
        return
    yield from _factor_causes(case, change / case.expected)


def _factor_causes(case: _Case, ratio: float) -> Iterator[Cause]:
    if abs(ratio) < limits.value("no_answer_share"):
        yield Cause("no_answer")
        return
    fitting = list(_fitting_sheets(case))
    if abs(ratio + 1) <= _ROUGH:
        yield Cause("wrong_sign")
    yield from fitting
    unit = _fitting_unit(case.gauge, ratio)
    if unit and not fitting:
        yield Cause("wrong_unit", unit)
    elif not fitting and abs(ratio + 1) > _ROUGH:
        yield Cause("wrong_factor")
        if _CREEP < ratio < 1:
            yield Cause("air_in_filter")


def _creeps(case: _Case) -> bool:
    """Tell whether a reading still moves as trapped air does: one way, by more than the depths' error explains."""
    slowest = [abs(_value_of(case, rest.drift, rest)) for rest in case.rests if rest.window]
    return any(moved > case.tolerance for moved in slowest)


def _value_of(case: _Case, drift: float, rest: Stability) -> float:
    """Return a drift of the gauge's signal in the unit of its value, by the sheet's own slope there."""
    gauge, last = case.gauge, rest.window[-1]
    raw, name = last.values[gauge.kind.primary], gauge.kind.primary
    if raw is None or not drift:
        return 0.0
    moved = raw + (1000 * drift / (2 * raw) if gauge.is_wire else drift)
    pressure = case.depths[1].pressure_kpa
    before, after = gauge.value(last.values, pressure), gauge.value({**last.values, name: moved}, pressure)
    return 0.0 if before is None or after is None else after - before


def _level_fits(case: _Case, shallow: float) -> bool:
    """Tell whether the shallower reading itself is that of its depth; an elevation cannot be known here."""
    if case.gauge.quantity == "water_level":
        return True
    expected = _expected(case.gauge, case.depths[0].depth_m, case.density)
    slack = _zero_slack(case)
    return abs(shallow - expected) <= case.tolerance + slack


def _zero_slack(case: _Case) -> float:
    """Return what the zero's own limit (50 digits) is worth in the gauge's unit; 0 for a gauge without a wire."""
    if not case.gauge.is_wire:
        return 0.0
    return abs(_value_of(case, limits.value("zero_digits"), case.rests[0]))


def _fitting_sheets(case: _Case) -> Iterator[Cause]:
    """Yield the instruments whose sheets make of these readings what the water is."""
    for sheet in case.gauge.other_sheets():
        made = [
            case.gauge.value(rest.window[-1].values, depth.pressure_kpa, sheet)
            for rest, depth in zip(case.rests, case.depths, strict=True)
        ]
        if made[0] is None or made[1] is None:
            continue
        change_fits = abs(made[1] - made[0] - case.expected) <= case.tolerance
        if change_fits and _level_fits(case, made[0]):
            yield Cause("other_sheet", sheet.instrument)


def _fitting_unit(gauge: Gauge, ratio: float) -> str:
    """Return the unit in which the sheet's factor would give the right change, '' when none would."""
    units: Mapping[str, float] = PRESSURE_KPA
    declared = units.get(gauge.calibration.output_unit)
    if declared is None or ratio <= 0:
        return ""
    for unit, kpa in units.items():
        if unit != gauge.calibration.output_unit and abs(ratio * kpa / declared - 1) <= _ROUGH:
            return unit
    return ""
