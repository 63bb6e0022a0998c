"""A physical scenario for one logger, as INPUTS.toml states it: pond, piezometers, inclinometers, weather, faults.

Hours count from the start of the site clock; before it lies a quiet history. Each part is a table of INPUTS.toml.
Noise comes from one seeded generator, so the same scenario always gives the same readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`[scenario]`: whose channels it drives, and for how long before and after the start."""

    logger: str
    seed: int
    history_hours: float
    live_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pond:
    """`[scenario.pond]`: the pond and the level probe in it."""

    point: str
    level_m: float
    stage_area: tuple[tuple[float, float], ...]
    catchment_m2: float
    runoff_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piezometer:
    """`[[scenario.piezometer]]`: follows the pond by so many kPa per metre, with a time lag."""

    point: str
    start_kpa: float
    kpa_per_m: float
    lag_h: float
    temperature_degc: float
    noise_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclinometer:
    """`[[scenario.inclinometer]]`: leans with the pond and slips in an earthquake.

    `share` gives each input of the instrument its share of the slope's movement. Lengths and tilts at rest are
    those of the instrument's sheet.
    """

    point: str
    share: Mapping[str, float]
    mm_per_m: float
    yield_g: float
    noise_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """`[scenario.weather]`: the barometer and the rain gauge."""

    barometer: str
    rain_gauge: str
    mean_kpa: float
    swing_kpa: float
    noise_kpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PondRise:
    """`[[scenario.pond_rise]]`: a given rate of rise, or an inflow spread over the stage-area curve."""

    from_h: float
    to_h: float
    rise_m_per_h: float = 0.0
    inflow_m3_per_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rainfall:
    """`[[scenario.rainfall]]`: rain of one intensity; its runoff fills the pond."""

    from_h: float
    to_h: float
    intensity_mm_per_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Earthquake:
    """`[[scenario.earthquake]]`: a shake; its excess pore pressure then dissipates with its own time lag."""

    at_h: float
    pga_g: float
    pgv_m_per_s: float
    excess_kpa: float
    dissipation_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFault:
    """`[[scenario.sensor_fault]]`: what happens to one channel's sensor or cable."""

    channel: str
    fault: Literal["no_signal", "loop_fault", "stuck", "cut"]
    from_h: float
    to_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One whole scenario."""

    settings: Settings
    pond: Pond | None = None
    weather: Weather | None = None
    piezometer: tuple[Piezometer, ...] = ()
    inclinometer: tuple[Inclinometer, ...] = ()
    pond_rise: tuple[PondRise, ...] = ()
    rainfall: tuple[Rainfall, ...] = ()
    earthquake: tuple[Earthquake, ...] = ()
    sensor_fault: tuple[SensorFault, ...] = ()
