"""The dam's physics, as pure functions: what pond, ground, slope and sky do. Equations with their source.

These are the simplest models that move the instruments in the right direction, at the right time and by a
plausible amount. They are for exercises and tests, never for the design or the assessment of a dam.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

GRAVITY_M_PER_S2 = 9.80665
WATER_KPA_PER_M = 9.80665  # 1000 kg/m3 times standard gravity


def area_m2(stage_area: Sequence[tuple[float, float]], level_m: float) -> float:
    """Return the pond's surface from its stage-area curve [(elevation m, m2), ...], level beyond the ends.

    >>> area_m2([(100.0, 1000.0), (110.0, 3000.0)], 105.0)
    2000.0
    """
    if level_m <= stage_area[0][0]:
        return stage_area[0][1]
    for (low_m, low_m2), (high_m, high_m2) in pairwise(stage_area):
        if level_m <= high_m:
            return low_m2 + (high_m2 - low_m2) * (level_m - low_m) / (high_m - low_m)
    return stage_area[-1][1]


def runoff_m3_per_s(intensity_mm_per_h: float, catchment_m2: float, runoff_share: float) -> float:
    """Return the rain's inflow by the rational method, Q = C i A (Kuichling 1889).

    >>> round(runoff_m3_per_s(36.0, 100_000.0, 0.5), 6)
    0.5
    """
    return runoff_share * intensity_mm_per_h / 3.6e6 * catchment_m2


def risen_m(inflow_m3_per_s: float, surface_m2: float, time_s: float) -> float:
    """Return by how much a level pool rises: continuity, dh/dt = Q / A(h) (Chow, Maidment and Mays 1988, 8.1)."""
    return inflow_m3_per_s * time_s / surface_m2


def lagged(value: float, target: float, time_s: float, lag_s: float) -> float:
    """Return a pore pressure that follows its surroundings with the basic time lag T of Hvorslev (1951).

    du/dt = (target - u) / T, solved exactly for a target that holds during the step: 63 % of a change after T.

    >>> round(lagged(0.0, 100.0, 3600.0, 3600.0), 2)
    63.21
    """
    return value + (target - value) * -math.expm1(-time_s / lag_s)


def slip_m(pga_g: float, pgv_m_per_s: float, yield_g: float) -> float:
    """Return how far a slope slips in an earthquake: rigid block, one rectangular pulse (Newmark 1965).

    D = V^2 / (2 g N) (1 - N/A) with peak velocity V, peak acceleration A g and yield acceleration N g; the slope
    stays where it is as long as A is at most N.

    >>> round(slip_m(0.3, 0.25, 0.1), 5), slip_m(0.1, 0.25, 0.1)
    (0.02124, 0.0)
    """
    if pga_g <= yield_g:
        return 0.0
    return pgv_m_per_s**2 / (2 * GRAVITY_M_PER_S2 * yield_g) * (1 - yield_g / pga_g)


def leaning_deg(base_deg: float, displacement_m: float, length_m: float) -> float:
    """Return the tilt of an inclinometer segment whose upper end moved.

    D = L (sin t1 - sin t0), Geokon 6180, Eq. 1.

    >>> round(leaning_deg(0.0, 0.0087262, 0.5), 3)
    1.0
    """
    sine = math.sin(math.radians(base_deg)) + displacement_m / length_m
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def station_pressure_kpa(time_s: float, mean_kpa: float, swing_kpa: float) -> float:
    """Return station pressure: a four-day weather wave and the twelve-hour atmospheric tide.

    The solar semidiurnal tide S2 (Chapman and Lindzen 1970) is about 0.1 kPa at middle latitudes, greatest near
    ten o'clock; local time is not regarded here, and the weather wave's period is a plain choice.
    """
    weather = swing_kpa * math.sin(2 * math.pi * time_s / (4 * 86400))
    tide = 0.1 * math.cos(2 * math.pi * (time_s - 10 * 3600) / 43200)
    return mean_kpa + weather + tide


def tips(fallen_mm: float, mm_per_tip: float) -> int:
    """Return how often a tipping bucket has tipped since it was empty.

    >>> tips(1.0, 0.25), tips(0.9, 0.25)
    (4, 3)
    """
    return int(fallen_mm / mm_per_tip + 1e-9)
