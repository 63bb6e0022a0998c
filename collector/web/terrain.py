"""The dam as a section sees it: places along it, surveyed lines, heads and water surfaces. Pure.

head (m) = tip elevation (m) + pore pressure (kPa) / 9.80665 kN/m3      fresh water, standard gravity
"""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, radians, sin

from seepline.site import Section, Site
from seepline.site_geometry import Profile

WATER_KN_PER_M3 = 9.80665

Line = Sequence[tuple[float, float]]


def along(section: Section, easting_m: float, northing_m: float) -> float:
    """Return x in the section (m): the horizontal offset from its origin, projected on its azimuth."""
    azimuth = radians(section.azimuth_deg)
    east, north = easting_m - section.origin_easting_m, northing_m - section.origin_northing_m
    return east * sin(azimuth) + north * cos(azimuth)


def head_m(tip_m: float, pore_pressure_kpa: float) -> float:
    """Return the elevation (m) to which water stands above a tip.

    >>> head_m(100.0, 19.6133)
    102.0
    """
    return tip_m + pore_pressure_kpa / WATER_KN_PER_M3


def profile_at(site: Site, section: str, name: str, time_ms: int) -> Profile | None:
    """Return the newest surveyed line of that name whose date has come, or None."""
    known = [
        one
        for one in site.profiles
        if one.section == section and one.name == name and one.valid_from_ms <= time_ms
    ]
    return max(known, key=lambda one: one.valid_from_ms, default=None)


def water_line(ground: Line, x_m: float, surface_m: float) -> Line:
    """Return the ground below a water surface, from shore to shore (or to the profile's end), around `x_m`.

    Of several hollows below the surface the one that holds or is nearest to `x_m` is taken; () without any.
    """
    hollows: list[list[tuple[float, float]]] = []
    for (x0, y0), (x1, y1) in pairwise(ground):
        piece = _below(x0, y0, x1, y1, surface_m)
        if piece and hollows and hollows[-1][-1] == piece[0]:
            hollows[-1].append(piece[1])
        elif piece:
            hollows.append(list(piece))
    return min(hollows, key=lambda one: max(one[0][0] - x_m, x_m - one[-1][0], 0.0), default=())


def _below(x0: float, y0: float, x1: float, y1: float, surface_m: float) -> Line:
    if min(y0, y1) >= surface_m:
        return ()
    if max(y0, y1) <= surface_m:
        return (x0, y0), (x1, y1)
    shore = (x0 + (surface_m - y0) / (y1 - y0) * (x1 - x0), surface_m)
    return ((x0, y0), shore) if y0 < surface_m else (shore, (x1, y1))
