"""Strong motion as the logger computed it, taken over: one event record becomes readings of a point.

Source: the record is firmware/strong_motion.py's (seepline/logger_words.py names its values): peak acceleration
(largest |a| of an axis), Arias intensity (Arias 1970; here the sum of the three axes), CAV (EPRI NP-5930, 1988,
not the standardised one; here the largest axis), bracketed (Bolt 1973) and significant duration (Trifunac and
Brady 1975). Nothing is computed from waveforms here, for none is kept.

A record that was clipped, cut short or lost samples shows less than there was: its values are "at least". So is
the largest of axes of which one is missing.
"""

from collections.abc import Iterator, Mapping

from seepline.quantities import QUANTITIES
from seepline.reading import Quality, Reading
from seepline.site import Site, valid_at
from seepline.wire.event import EPOCH_2020_S
from seepline.wire.record import MISSING_I32

NAME = "strong_motion"
LABEL = "logger:1"  # stands where a calibration would: computed in the logger, taken over as it is
_M_S2_IN_UG = 9.80665e-6
_LOST = ("clipped", "cut short", "samples lost")  # bits 1, 2, 4 of the detail
_AXES = ("x", "y", "z")
_LARGEST_OF = {"peak_acceleration": "pga_{}_ug", "cumulative_absolute_velocity": "cav_{}_um_per_s"}
_BOUND_WORDS = "the record shows a part only: at least this value"

Numbers = Mapping[str, float]


def values(numbers: Numbers) -> Mapping[str, float]:
    """Return values by quantity, of an event's numbers by their names (ug, um/s, ms); what is missing is left out.

    >>> made = values({"pga_x_ug": 100000, "pga_y_ug": 250000, "pga_z_ug": 50000, "duration_ms": 4200})
    >>> {name: round(value, 4) for name, value in made.items()}
    {'peak_acceleration': 2.4517, 'peak_acceleration_z': 0.4903, 'shaking_duration': 4.2}
    """
    peaks, arias, cavs = (
        [numbers[f"{name}_{axis}_{unit}"] for axis in _AXES if f"{name}_{axis}_{unit}" in numbers]
        for name, unit in (("pga", "ug"), ("arias", "um_per_s"), ("cav", "um_per_s"))
    )
    made = {
        "peak_acceleration": _M_S2_IN_UG * max(peaks) if peaks else None,
        "peak_acceleration_z": _M_S2_IN_UG * numbers["pga_z_ug"] if "pga_z_ug" in numbers else None,
        "arias_intensity": sum(arias) / 1e6 if len(arias) == len(_AXES) else None,
        "cumulative_absolute_velocity": max(cavs) / 1e6 if cavs else None,
        "shaking_duration": numbers["duration_ms"] / 1000 if "duration_ms" in numbers else None,
        "significant_duration": _seconds(numbers, "significant_duration_ms"),
    }
    return {name: value for name, value in made.items() if value is not None}


def _seconds(numbers: Numbers, name: str) -> float | None:
    return numbers[name] / 1000 if name in numbers else None


def begin_ms(numbers: Numbers, recorded_ms: int) -> int:
    """Return when the shaking began, by the logger's clock; the record's own time where that cannot be.

    It cannot be without a set clock, nor behind the record: the clock was set back meanwhile.

    >>> begin_ms({"start_s2020": 100, "start_ms": 250}, 1577836910000), begin_ms({}, 7)
    (1577836900250, 7)
    >>> begin_ms({"start_s2020": 100, "start_ms": 250}, 1577836900249)
    1577836900249
    """
    start_s, start_ms = (numbers.get(name, MISSING_I32) for name in ("start_s2020", "start_ms"))
    if MISSING_I32 in (start_s, start_ms):
        return recorded_ms
    began_ms = round(1000 * (EPOCH_2020_S + start_s) + start_ms)
    return min(began_ms, recorded_ms)


def readings(
    site: Site, logger: str, recorded_ms: int, identity: str, numbers: Mapping[str, float]
) -> Iterator[Reading]:
    """Yield the readings that one strong-motion record is, at each point it stands for at that time."""
    known = {name: value for name, value in numbers.items() if value != MISSING_I32}
    time_ms, made = begin_ms(known, recorded_ms), values(known)
    lost = [words for bit, words in enumerate(_LOST) if int(known.get("detail", 0)) & 1 << bit]
    for one in site.strong_motion:
        if one.logger == logger and valid_at(one.valid_from_ms, one.valid_to_ms, time_ms):
            for quantity, value in made.items():
                shown = [*lost, *(["without an axis"] if _lacks_an_axis(known, quantity) else [])]
                yield _reading(one.point, quantity, (time_ms, value), shown, identity)


def _lacks_an_axis(numbers: Numbers, quantity: str) -> bool:
    name = _LARGEST_OF.get(quantity, "")
    return bool(name) and any(name.format(axis) not in numbers for axis in _AXES)


def _reading(point: str, quantity: str, sample: tuple[int, float], lost: list[str], identity: str) -> Reading:
    time_ms, value = sample
    row = QUANTITIES[quantity]
    implausible = not row.is_plausible(value)
    bound = "at_least" if lost and quantity != "significant_duration" else ""
    reasons = (
        *(["the record was " + ", ".join(lost)] if lost else []),
        *([f"{value:g} {row.unit} is outside the plausible range"] if implausible else []),
        *([_BOUND_WORDS] if bound else []),
    )
    return Reading(
        point=point,
        instrument="",
        quantity=quantity,
        time_ms=time_ms,
        value=value,
        quality=Quality.FAIL if implausible else Quality.SUSPECT if lost else Quality.GOOD,
        calibration=LABEL,
        judged=True,
        reasons=reasons,
        inputs=(identity,) if identity else (),
        bound=bound,
    )
