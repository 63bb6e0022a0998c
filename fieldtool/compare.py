"""A hand readout against the logger at the same moment: difference, tolerance, pass or fail. Pure.

What may be typed, and what it is compared with: frequency or digits and a thermistor's ohms of a vibrating
wire, milliampere of a loop, or the raw value of any other channel in that channel's own unit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fieldtool import limits
from fieldtool.gauge import Gauge, LiveReading, digits, hz_from_hand
from fieldtool.verdicts import Cause, Outcome, judged
from seepline.wire import status


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the hand readout shows; None = not looked at. `tolerance` replaces ours, in the unit of the value."""

    frequency_hz: float | None = None
    digits: float | None = None
    thermistor_ohm: float | None = None
    current_ma: float | None = None
    other: float | None = None
    tolerance: float | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        values = (self.frequency_hz, self.digits, self.thermistor_ohm, self.current_ma, self.other)
        return all(value is None for value in values)


@dataclass(frozen=True, slots=True)
class Pair:
    """One value, by hand and by the logger. `tolerance` in the same unit, by which limit."""

    what: str
    by_hand: float
    by_logger: float | None
    unit: str
    tolerance: float
    limit: str

    @property
    def difference(self) -> float | None:
        """Logger minus hand readout."""
        return None if self.by_logger is None else self.by_logger - self.by_hand

    @property
    def passes(self) -> bool:
        """Tell whether both agree."""
        return self.difference is not None and abs(self.difference) <= self.tolerance

    def as_dict(self) -> dict[str, object]:
        """Return the pair as records keep it."""
        return {
            "what": self.what,
            "by_hand": self.by_hand,
            "by_logger": self.by_logger,
            "unit": self.unit,
            "difference": self.difference,
            "tolerance": self.tolerance,
            "passes": self.passes,
        }


def pairs(gauge: Gauge, typed: Typed, reading: LiveReading) -> list[Pair]:
    """Return every value that was typed beside the logger's."""
    return [
        *_wire(typed, reading.values),
        *_thermistor(typed, reading.values),
        *_others(gauge, typed, reading.values),
    ]


def compare(gauge: Gauge, typed: Typed, reading: LiveReading) -> Outcome:
    """Return the verdict on everything that was typed.

    A status remark does not fail a comparison whose numbers agree; it is named beside them.
    """
    made = pairs(gauge, typed, reading)
    values = {"pairs": [one.as_dict() for one in made]}
    stated = {} if typed.tolerance is None else {made[0].limit: typed.tolerance}
    used = limits.used(*dict.fromkeys(one.limit for one in made), **stated)
    remarks = ", ".join(sorted({status.describe(bits) for bits in reading.status.values() if bits}))
    if any(one.by_logger is None for one in made):
        return judged(values, [Cause("no_signal"), *([Cause("status", remarks)] if remarks else [])], used)
    if not all(one.passes for one in made):
        return judged(values, [Cause("differs"), *([Cause("status", remarks)] if remarks else [])], used)
    return judged(values, (), used)


Values = Mapping[str, float | None]


def _wire(typed: Typed, values: Values) -> Iterator[Pair]:
    by_hand = hz_from_hand(typed.frequency_hz, typed.digits)
    if by_hand is None:
        return
    by_logger = values.get("frequency")
    tolerance = limits.value("compare_hz") if typed.tolerance is None else typed.tolerance
    if typed.frequency_hz is not None:
        yield Pair("frequency", by_hand, by_logger, "Hz", tolerance, "compare_hz")
        return
    slope = 2 * by_hand / 1000  # digits per Hz
    assert typed.digits is not None  # noqa: S101 - the other way to a frequency by hand
    shown = None if by_logger is None else digits(by_logger)
    stated = slope * tolerance if typed.tolerance is None else tolerance
    yield Pair("digits", typed.digits, shown, "digits", stated, "compare_hz")


def _thermistor(typed: Typed, values: Values) -> Iterator[Pair]:
    if typed.thermistor_ohm is None:
        return
    per_degc = limits.value("compare_thermistor_share_per_degc") * typed.thermistor_ohm
    tolerance = limits.value("compare_degc") * per_degc
    yield Pair(
        "thermistor",
        typed.thermistor_ohm,
        values.get("thermistor"),
        "ohm",
        tolerance,
        "compare_thermistor_share_per_degc",
    )


def _others(gauge: Gauge, typed: Typed, values: Values) -> Iterator[Pair]:
    if typed.current_ma is not None:
        tolerance = limits.value("compare_ma") if typed.tolerance is None else typed.tolerance
        yield Pair("current", typed.current_ma, values.get("current"), "mA", tolerance, "compare_ma")
    if typed.other is not None:
        own = limits.value("compare_share") * abs(typed.other)
        tolerance = own if typed.tolerance is None else typed.tolerance
        name, unit = gauge.kind.primary, gauge.primary.unit
        yield Pair(name, typed.other, values.get(name), unit, tolerance, "compare_share")
