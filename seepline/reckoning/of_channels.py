"""The accuracy of the values that a site's assignments make: each part through the instrument's own conversion.

How much a hertz, an ohm or a kilopascal of air does to a value is asked of the formula that converts (differences
of a small step), at one place of the sheet's range, so that every form of sheet has its budget.
"""

from collections.abc import Callable, Iterator, Mapping
from math import exp, log
from typing import NamedTuple

from seepline.instruments import current_loop, thermistor, vw_piezometer
from seepline.instruments.vw_signal import full_scale_hz
from seepline.reckoning import accuracy
from seepline.reckoning.accuracy import Part, total, unsaid
from seepline.site import Calibration
from seepline.site_wiring import Channel

Values = Mapping[str, float]
AIR_KPA = 100.0
_OHM = (20.0, 2e6)
_HALF_STEP = {"frequency": 0.5, "barometer": 0.5, "current": 0.05}


class Assumed(NamedTuple):
    """What a site file does not say. `kelvin`: how far the ground along the cable may be from 20 degC."""

    degc: float
    kelvin: float
    shunt_percent: float
    barometer_kpa: float | None = None
    bead_degc: float | None = None
    gauge_percent: float | None = None
    probe_percent: float | None = None
    at_share: float = 0.5  # of the range: where it is reckoned


class Accuracy(NamedTuple):
    """One value of a channel: over which span, and how far it may be off."""

    quantity: str
    unit: str
    span: float
    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        """The parts that have a figure, in squares."""
        return total(self.parts)

    @property
    def unsaid(self) -> list[str]:
        """The parts that nobody has said."""
        return unsaid(self.parts)


def of_sheet(
    kind: str, sheet: Calibration, channels: Mapping[str, Channel], assumed: Assumed
) -> Iterator[Accuracy]:
    """Yield the accuracy of each value of an instrument; nothing for kinds without a budget here."""
    if kind == "vw_piezometer":
        yield from _piezometer(sheet, channels, assumed)
    elif kind == "current_loop":
        yield _loop(sheet, assumed)
    elif kind == "thermistor":
        yield _warmth(sheet.form, sheet.coefficients, channels.get("resistance"), assumed)[0]


def _piezometer(sheet: Calibration, channels: Mapping[str, Channel], assumed: Assumed) -> Iterator[Accuracy]:
    low, high = full_scale_hz(sheet.full_scale)
    values = {"frequency": high - assumed.at_share * (high - low), "barometer": AIR_KPA}
    parts: list[Part] = []
    if sheet.thermistor:
        warm, values["thermistor"], ohm_per_k = _warmth(
            *thermistor.split(sheet.thermistor), channels.get("thermistor"), assumed
        )
        yield warm
    pressure = _pressure_of(sheet)
    parts += accuracy.vibrating_wire(_slope(pressure, values, "frequency"))
    if "thermistor" in vw_piezometer.needs(sheet)["pore_pressure"]:
        per_k = _slope(pressure, values, "thermistor", ohm_per_k / 10) * ohm_per_k
        parts.append(
            Part("temperature", abs(per_k) * warm.total, f"{warm.total:.2f} degC, {abs(per_k):.3g} kPa/K")
        )
        parts += [Part(name, None, source) for name, error, source in warm.parts if error is None]
    if sheet.barometric:
        per_kpa = abs(_slope(pressure, values, "barometer"))
        error = None if assumed.barometer_kpa is None else per_kpa * assumed.barometer_kpa
        parts.append(Part("barometer", error, "barometer_kpa"))
    span = abs(pressure({**values, "frequency": low}) - pressure({**values, "frequency": high}))
    parts.append(accuracy.of_percent("gauge", assumed.gauge_percent, span, "gauge_percent of its sheet"))
    yield Accuracy("pore_pressure", "kPa", span, tuple(parts))


def _pressure_of(sheet: Calibration) -> Callable[[Values], float]:
    made_of = vw_piezometer.prepare(sheet)

    def pressure(values: Values) -> float:
        return made_of(values)["pore_pressure"].value or 0.0

    return pressure


def _warmth(
    form: str, given: Mapping[str, float], channel: Channel | None, assumed: Assumed
) -> tuple[Accuracy, float, float]:
    """Return the accuracy of a temperature, the bead's resistance there and its ohm per kelvin."""
    ohm = _ohm_at(form, given, assumed.degc)
    ohm_per_k = abs(_ohm_at(form, given, assumed.degc + 0.5) - _ohm_at(form, given, assumed.degc - 0.5))
    cable = (channel.cable_m, channel.cable_ohm_per_km) if channel else (0.0, 0.0)
    parts = tuple(accuracy.thermistor(ohm, ohm_per_k, *cable, assumed.kelvin, assumed.bead_degc))
    return Accuracy("temperature", "degC", 0.0, parts), ohm, ohm_per_k


def _ohm_at(form: str, given: Mapping[str, float], degc: float) -> float:
    """Return the resistance of a temperature, by halving: warmer is less."""
    low, high = log(_OHM[0]), log(_OHM[1])
    for _ in range(60):
        middle = (low + high) / 2
        warm = thermistor.temperature(form, given, exp(middle)).value
        if warm is None or warm > degc:
            low = middle
        else:
            high = middle
    return exp(low)


def _loop(sheet: Calibration, assumed: Assumed) -> Accuracy:
    [quantity] = current_loop.needs(sheet)
    milliampere = 4.0 + accuracy.SPAN_MA * assumed.at_share

    def value(values: Values) -> float:
        return current_loop.convert(sheet, values)[quantity].value or 0.0

    per_ma = _slope(value, {"current": milliampere}, "current")
    span = abs(per_ma) * accuracy.SPAN_MA
    parts = (
        *accuracy.current_loop(per_ma, milliampere, assumed.shunt_percent),
        accuracy.of_percent("probe", assumed.probe_percent, span, "probe_percent of its sheet"),
    )
    return Accuracy(quantity, "m" if quantity == "water_level" else "kPa", span, parts)


def _slope(made: Callable[[Values], float], values: Values, name: str, half_step: float = 0.0) -> float:
    """Return what one unit of an input does to a value."""
    half = half_step or _HALF_STEP[name]
    more, less = ({**values, name: values[name] + step} for step in (half, -half))
    return (made(more) - made(less)) / (2 * half)
