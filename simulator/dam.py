"""The state of the dam at every scan of a scenario: pond, rain, shaking, air. No instrument here."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from simulator import physics
from simulator.scenario import PondRise, Rainfall, Scenario, Weather


@dataclass(frozen=True, slots=True)
class Moment:
    """The dam at one scan. `hour` counts from the start of the site clock; rain is summed from the first scan."""

    utc_s: int
    hour: float
    level_m: float
    rain_mm: float
    excess_kpa: float  # pore pressure left over from earthquakes
    air_kpa: float  # NaN without weather


def moments(scenario: Scenario, scan_s: int, start_s: int) -> Iterator[Moment]:
    """Yield the dam's state on every whole multiple of the scan interval, from history to the end."""
    settings, level_m, rain_mm, excess_kpa = scenario.settings, _first_level_m(scenario), 0.0, 0.0
    first_s = math.ceil((start_s - settings.history_hours * 3600) / scan_s) * scan_s
    for utc_s in range(first_s, int(start_s + settings.live_hours * 3600) + 1, scan_s):
        hour = (utc_s - start_s) / 3600
        before_h = hour if utc_s == first_s else hour - scan_s / 3600
        level_m += _rise_m(scenario, level_m, before_h, hour)
        rain_mm += _rain_mm(scenario, before_h, hour)
        excess_kpa = _excess_kpa(scenario, excess_kpa, before_h, hour)
        yield Moment(utc_s, hour, level_m, rain_mm, excess_kpa, _air_kpa(scenario.weather, utc_s))


def _first_level_m(scenario: Scenario) -> float:
    return scenario.pond.level_m if scenario.pond else 0.0


def _overlap_h(part: PondRise | Rainfall, from_h: float, to_h: float) -> float:
    return max(0.0, min(to_h, part.to_h) - max(from_h, part.from_h))


def _rain_mm(scenario: Scenario, from_h: float, to_h: float) -> float:
    return sum(part.intensity_mm_per_h * _overlap_h(part, from_h, to_h) for part in scenario.rainfall)


def _rise_m(scenario: Scenario, level_m: float, from_h: float, to_h: float) -> float:
    pond, span_h = scenario.pond, to_h - from_h
    if pond is None or not span_h:
        return 0.0
    given_m = sum(part.rise_m_per_h * _overlap_h(part, from_h, to_h) for part in scenario.pond_rise)
    inflow = sum(part.inflow_m3_per_s * _overlap_h(part, from_h, to_h) for part in scenario.pond_rise) / span_h
    intensity_mm_per_h = _rain_mm(scenario, from_h, to_h) / span_h
    inflow += physics.runoff_m3_per_s(intensity_mm_per_h, pond.catchment_m2, pond.runoff_share)
    return given_m + physics.risen_m(inflow, physics.area_m2(pond.stage_area, level_m), span_h * 3600)


def _excess_kpa(scenario: Scenario, excess_kpa: float, from_h: float, to_h: float) -> float:
    for shake in scenario.earthquake:
        if from_h < shake.at_h <= to_h:
            excess_kpa += shake.excess_kpa
        elif shake.at_h <= from_h:
            excess_kpa = physics.lagged(excess_kpa, 0.0, to_h - from_h, shake.dissipation_h)
    return excess_kpa


def _air_kpa(weather: Weather | None, utc_s: int) -> float:
    return physics.station_pressure_kpa(utc_s, weather.mean_kpa, weather.swing_kpa) if weather else math.nan
