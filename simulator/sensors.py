"""What each instrument of a scenario shows, scan by scan: one function per kind of instrument.

Each takes its part of the scenario, its gauge, the dam's states and a seeded generator, and yields one `Shown`
per state: values by channel id in the channel's unit, and integers on the wire by (block, slot).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from seepline.convert import lead_ohm
from simulator import physics
from simulator.dam import Moment
from simulator.gauge import Gauge
from simulator.scenario import Earthquake, Inclinometer, Piezometer, Weather

Shown = tuple[Mapping[str, float], Mapping[tuple[int, int], Mapping[str, int]]]

# A healthy wire: 0.9 mV rms, 200 times the next candidate, 40 % left at the end, 50 Hz hum as disturbance.
_WIRE = {"amplitude_uv": 900, "snr_tenth": 2000, "decay_e4": 4000, "noise_tenth_hz": 500}
_LEVEL_NOISE_MA = 0.001


def pond_level(gauge: Gauge, moments: Sequence[Moment], noise: Random) -> Iterator[Shown]:
    """Yield the loop current of a level probe."""
    for moment in moments:
        current = gauge.shown("current", "water_level", moment.level_m, {})
        yield {gauge.inputs["current"].id: current + noise.gauss(0, _LEVEL_NOISE_MA)}, {}


def piezometer(part: Piezometer, gauge: Gauge, moments: Sequence[Moment], noise: Random) -> Iterator[Shown]:
    """Yield frequency and thermistor of a vibrating-wire piezometer that follows the pond with a time lag."""
    frequency, thermistor = gauge.inputs["frequency"], gauge.inputs["thermistor"]
    ohm = gauge.shown("thermistor", "temperature", part.temperature_degc, {})
    for moment, pressure_kpa in zip(moments, pore_pressures_kpa(part, moments), strict=True):
        known = {"thermistor": ohm} | ({} if math.isnan(moment.air_kpa) else {"barometer": moment.air_kpa})
        hertz = gauge.shown("frequency", "pore_pressure", pressure_kpa, known)
        first, second = noise.gauss(0, part.noise_hz), noise.gauss(0, part.noise_hz)
        values = {frequency.id: hertz + first, thermistor.id: ohm + lead_ohm(thermistor)}
        wire = {**_WIRE, "agreement_mhz": round(1000 * abs(first - second))}
        yield values, {(frequency.block, frequency.slot): wire}


def pore_pressures_kpa(part: Piezometer, moments: Sequence[Moment]) -> Iterator[float]:
    """Yield the pore pressure at the tip: lagged answer to the pond, plus what earthquakes left."""
    first = moments[0]
    lagged_kpa, before = part.start_kpa, first
    for moment in moments:
        target_kpa = part.start_kpa + part.kpa_per_m * (moment.level_m - first.level_m)
        lagged_kpa = physics.lagged(lagged_kpa, target_kpa, moment.utc_s - before.utc_s, part.lag_h * 3600)
        before = moment
        yield lagged_kpa + moment.excess_kpa


def inclinometer(
    part: Inclinometer, gauge: Gauge, moments: Sequence[Moment], noise: Random, shakes: Sequence[Earthquake]
) -> Iterator[Shown]:
    """Yield the tilts of an in-place inclinometer: elastic lean with the pond, then each earthquake's slip."""
    lengths_m, rest_deg = gauge.calibration.coefficients, gauge.calibration.zero
    for moment in moments:
        slips = [physics.slip_m(s.pga_g, s.pgv_m_per_s, part.yield_g) for s in shakes if s.at_h <= moment.hour]
        moved_m = part.mm_per_m / 1000 * (moment.level_m - moments[0].level_m) + sum(slips)
        yield (
            {
                channel.id: noise.gauss(0, part.noise_deg)
                + physics.leaning_deg(
                    rest_deg[name], part.share[name] * moved_m, lengths_m[name.replace("tilt", "length") + "_m"]
                )
                for name, channel in gauge.inputs.items()
            },
            {},
        )


def barometer(part: Weather, gauge: Gauge, moments: Sequence[Moment], noise: Random) -> Iterator[Shown]:
    """Yield the voltage of a barometer."""
    for moment in moments:
        pressure_kpa = moment.air_kpa + noise.gauss(0, part.noise_kpa)
        yield {gauge.inputs["voltage"].id: gauge.shown("voltage", "barometric_pressure", pressure_kpa, {})}, {}


def rain_gauge(gauge: Gauge, moments: Sequence[Moment]) -> Iterator[Shown]:
    """Yield the tips of a bucket since the scan before; what is left in the bucket stays there."""
    mm_per_tip, before = gauge.converted("rain", {"tips": 1.0}), 0
    for moment in moments:
        tips = physics.tips(moment.rain_mm, mm_per_tip)
        yield {gauge.inputs["tips"].id: float(tips - before)}, {}
        before = tips
