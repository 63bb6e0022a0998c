"""Sun on a tilted panel, the panel that a consumer needs, and the battery behind it.

Sources: J. A. Duffie and W. A. Beckman, Solar Engineering of Thermal Processes: declination (P. I. Cooper, Solar
Energy 12 (1969)), extraterrestrial radiation, B. Y. H. Liu and R. C. Jordan's sky (Solar Energy 7 (1963)): beam,
isotropic diffuse, reflected; all from memory. The share of diffuse light is 1 less 1.13 clearness, held between
0.15 and 0.95: a plain line through the usual correlations, assumed. No shade of a valley, no snow on the panel.
Clearness of a site belongs to a climatology; 0.25 is a spell of overcast weather, 0.40 a mean December, 0.50
clear.
"""

from math import acos, cos, pi, radians, sin, tan
from typing import NamedTuple

LATITUDES = (37.0, 56.0)
SOLAR_KW_PER_M2 = 1.367
MID_DECEMBER = 349  # day of the year
CLEARNESS = {"overcast spell": 0.25, "mean December": 0.40, "clear": 0.50}
SYSTEM_SHARE = 0.65  # controller, wiring, dirt, battery, assumed
RESERVE = 1.5


class Panel(NamedTuple):
    """What a consumer needs: panel, and battery for the days without sun."""

    wh_per_day: float
    kwh_per_m2: float
    watt: float
    ah: float


def plane_kwh_per_m2(
    latitude: float, tilt: float, clearness: float, day: int = MID_DECEMBER, albedo: float = 0.3
) -> float:
    """Return what falls on a panel that looks south, in kWh per square metre and day.

    >>> [round(plane_kwh_per_m2(latitude, 60, 0.25), 2) for latitude in (39, 41.3, 43.2, 45)]
    [1.35, 1.27, 1.21, 1.14]
    >>> [round(plane_kwh_per_m2(41.3, 60, clearness), 2) for clearness in CLEARNESS.values()]
    [1.27, 2.55, 3.62]
    """
    down, north, lean = _declination(day), radians(latitude), radians(tilt)
    flat = _daily_sun(north, down, _half_day(north, down))
    horizontal = clearness * flat * 24 / pi * SOLAR_KW_PER_M2 * (1 + 0.033 * cos(2 * pi * day / 365))
    diffuse = horizontal * max(0.15, min(0.95, 1.0 - 1.13 * clearness if clearness < 0.75 else 0.15))
    both = min(_half_day(north, down), _half_day(north - lean, down))
    beam = (horizontal - diffuse) * _daily_sun(north - lean, down, both) / flat
    return beam + diffuse * (1 + cos(lean)) / 2 + horizontal * albedo * (1 - cos(lean)) / 2


def panel(wh_per_day: float, kwh_per_m2: float, days: float, battery_v: float, derating: float) -> Panel:
    """Return the panel and the battery of a consumer.

    A logger that always listens (20 mA at 12.8 V), and a Raspberry Pi of 3.5 W, on 1.5 kWh per square metre:

    >>> [round(one) for one in panel(6.4, 1.5, 7, 12.8, 0.6)[2:]], round(panel(84, 1.5, 5, 12.8, 0.6).watt)
    ([10, 6], 129)
    """
    watt = wh_per_day / kwh_per_m2 / SYSTEM_SHARE * RESERVE
    return Panel(wh_per_day, kwh_per_m2, watt, wh_per_day * days / battery_v / derating)


def _declination(day: int) -> float:
    return radians(23.45) * sin(2 * pi * (284 + day) / 365)


def _half_day(north: float, down: float) -> float:
    return acos(max(-1.0, min(1.0, -tan(north) * tan(down))))


def _daily_sun(north: float, down: float, half_day: float) -> float:
    return cos(north) * cos(down) * sin(half_day) + half_day * sin(north) * sin(down)
