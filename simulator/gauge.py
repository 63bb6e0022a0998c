"""From physics back to raw readings: what an instrument of the site would show, by solving its own sheet.

The forward model of every instrument is its conversion in seepline.instruments, solved numerically for the input.
So a simulated gauge shows exactly what its calibration sheet says it would, whatever the form of the sheet.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from seepline.instruments import INSTRUMENT_KINDS
from seepline.instruments.kind import InstrumentKind
from seepline.site import Assignment, Calibration, Site, valid_at
from seepline.site_wiring import Channel
from simulator.input_table import InputError

# Where an input can lie in a working instrument, by its unit.
_RANGES = {"Hz": (400.0, 6500.0), "ohm": (50.0, 1e6), "mA": (4.0, 20.0), "mV": (-10_000.0, 10_000.0)}


@dataclass(frozen=True, slots=True)
class Gauge:
    """The instrument that stands at a point at the start, with its sheet and the channels of its inputs."""

    point: str
    kind: InstrumentKind
    calibration: Calibration
    inputs: Mapping[str, Channel]

    def converted(self, quantity: str, values: Mapping[str, float]) -> float:
        """Return a quantity as the sheet gives it from these inputs.

        Raises
        ------
        InputError
            When the sheet gives none.
        """
        result = self.kind.convert(self.calibration, values).get(quantity)
        if result is None or result.value is None:
            reason = f" ({result.fault})" if result else ""
            raise InputError(
                [f"scenario: sheet {self.calibration.label} of {self.point} gives no {quantity}{reason}"]
            )
        return result.value

    def shown(self, name: str, quantity: str, target: float, known: Mapping[str, float]) -> float:
        """Return the value of input `name` at which the sheet gives `target` of a quantity, the rest being known.

        Raises
        ------
        InputError
            When no value of the input gives it: the physics leaves the gauge's range.
        """

        def missed(value: float) -> float:
            return self.converted(quantity, {**known, name: value}) - target

        low, high = _RANGES[self.kind.inputs[name]]
        if missed(low) * missed(high) > 0:
            raise InputError([f"scenario: {self.point}: no {name} of its gauge gives a {quantity} of {target:g}"])
        return root(missed, low, high)


def gauge_at(site: Site, point: str, logger: str, time_ms: int) -> Gauge:
    """Return the gauge at a point; all its channels must be of the scenario's logger.

    Raises
    ------
    InputError
        When there is none, or another logger reads it.
    """
    assignment = _assignment(site, point, time_ms)
    instrument = site.instrument_by_id[assignment.instrument]
    sheets = [sheet for sheet in site.calibrations if sheet.instrument == instrument.id and _valid(sheet, time_ms)]
    inputs = {name: site.channel_by_name[channel] for name, channel in assignment.inputs.items()}
    foreign = sorted({channel.name for channel in inputs.values() if channel.logger != logger})
    if not sheets or foreign:
        wrong = f"is read through {', '.join(foreign)}" if foreign else "has no calibration then"
        raise InputError([f"scenario: point {point} {wrong}, expected a calibrated gauge on logger {logger}"])
    newest = max(sheets, key=lambda sheet: sheet.version)
    return Gauge(point, INSTRUMENT_KINDS[instrument.kind], newest, inputs)


def _valid(dated: Assignment | Calibration, time_ms: int) -> bool:
    return valid_at(dated.valid_from_ms, dated.valid_to_ms, time_ms)


def _assignment(site: Site, point: str, time_ms: int) -> Assignment:
    for assignment in site.assignments:
        if assignment.point == point and _valid(assignment, time_ms):
            return assignment
    known = ", ".join(sorted(site.point_by_id))
    raise InputError([f"scenario: no instrument at point '{point}' at the start, expected a point of {known}"])


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with opposite signs at both ends is zero, by bisection to the last bits.

    >>> round(root(lambda x: x * x - 2, 0.0, 2.0), 12)
    1.414213562373
    """
    rising = function(low) < 0
    while high - low > 1e-13 * max(abs(low), abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if (function(middle) < 0) == rising else (low, middle)
    return (low + high) / 2
