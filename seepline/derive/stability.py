"""The factor of safety as the engineer of record's response surface: a table, read between its points.

Source: the table is the engineer's, from his own analyses of the section; here it is only interpolated
(multilinear) and never outside its box. A factor of safety is a statement of one analysis with its geometry, never
a measurement. For contractive material a drained analysis is unsafe as a basis and is refused. `infinite_slope`
checks a table's corner by hand: FS = [c' + (gamma z cos2 b - u) tan phi'] / (gamma z sin b cos b).
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, product
from math import cos, prod, radians, sin, tan
from typing import NamedTuple

from seepline.site_derived import Derived

_MOST_TURNS = 200  # a handful suffice

CONDITIONS = ("drained", "undrained_peak", "undrained_residual")
MATERIALS = ("dilative", "contractive")


@dataclass(frozen=True, slots=True)
class Surface:
    """A grid of analyses: `axes` by input name, each rising; `values` by the axes' order, the last one fastest."""

    axes: Mapping[str, Sequence[float]]
    values: Sequence[float]


def digest(site: str, derived: Derived) -> str:
    """Return the SHA-256 of all that a declaration says: who signs that signs every number of it."""
    said = {**asdict(derived), "site": site}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def outside(surface: Surface, at: Mapping[str, float]) -> str:
    """Return which input leaves the valid box, '' when none does.

    >>> outside(Surface({"pond": [50.0, 57.0]}, [1.8, 1.5]), {"pond": 57.2})
    'pond = 57.2 is outside the analysed 50 to 57'
    """
    for name, axis in surface.axes.items():
        if not axis[0] <= at[name] <= axis[-1]:
            return f"{name} = {at[name]:g} is outside the analysed {axis[0]:g} to {axis[-1]:g}"
    return ""


def factor_of_safety(surface: Surface, at: Mapping[str, float]) -> float:
    """Return the table's value between its points; raises ValueError outside of its box.

    >>> surface = Surface({"p1": [40.0, 50.0], "pond": [50.0, 57.0]}, [1.9, 1.7, 1.6, 1.3])
    >>> [round(factor_of_safety(surface, {"p1": p1, "pond": pond}), 3) for p1, pond in ((40, 50), (50, 57))]
    [1.9, 1.3]
    >>> round(factor_of_safety(surface, {"p1": 45.0, "pond": 53.5}), 3)
    1.625
    """
    if reason := outside(surface, at):
        raise ValueError(reason)
    cells = [_cell(axis, at[name]) for name, axis in surface.axes.items()]
    widths = [len(axis) for axis in surface.axes.values()]
    made = 0.0
    for corner in product((0, 1), repeat=len(cells)):
        weight = prod(share if side else 1 - share for side, (_, share) in zip(corner, cells, strict=True))
        if weight:
            indices = [left + side for side, (left, _) in zip(corner, cells, strict=True)]
            made += weight * surface.values[_place(indices, widths)]
    return made


def _cell(axis: Sequence[float], value: float) -> tuple[int, float]:
    """Return the cell's left edge and how far into it the value lies, 0 to 1."""
    left = min(bisect_right(axis, value), len(axis) - 1) - 1
    return left, (value - axis[left]) / (axis[left + 1] - axis[left])


def _place(corner: Sequence[int], widths: Sequence[int]) -> int:
    place = 0
    for index, width in zip(corner, widths, strict=True):
        place = place * width + index
    return place


def slopes(surface: Surface) -> Mapping[str, int]:
    """Return +1 or -1 for an input of which more never means less or more safety anywhere in the table, else 0.

    >>> slopes(Surface({"p1": [40.0, 50.0], "pond": [50.0, 57.0]}, [1.9, 1.7, 1.6, 1.8]))
    {'p1': 0, 'pond': 0}
    >>> slopes(Surface({"p1": [40.0, 50.0], "pond": [50.0, 57.0]}, [1.9, 1.7, 1.6, 1.3]))
    {'p1': -1, 'pond': -1}
    """
    widths = [len(axis) for axis in surface.axes.values()]
    return {name: _slope(surface.values, widths, place) for place, name in enumerate(surface.axes)}


def _slope(values: Sequence[float], widths: Sequence[int], axis: int) -> int:
    stride, width = prod(widths[axis + 1 :]), widths[axis]
    inner = (place for place in range(len(values)) if place // stride % width < width - 1)
    steps = [values[place + stride] - values[place] for place in inner]
    return -1 if all(step <= 0 for step in steps) else +1 if all(step >= 0 for step in steps) else 0


def input_at(surface: Surface, name: str, at: Mapping[str, float], wanted: float) -> float | None:
    """Return the least value of an input at which the table reads `wanted`, the others as they are; None: nowhere.

    What an engineer asks for a piezometer's limits: the head at which the factor of safety is 1.5, 1.3 or 1.1.

    >>> surface = Surface({"p1": [40.0, 50.0, 60.0], "pond": [50.0, 57.0]}, [1.9, 1.7, 1.6, 1.3, 1.2, 1.0])
    >>> round(input_at(surface, "p1", {"pond": 50.0}, 1.3), 2), input_at(surface, "p1", {"pond": 50.0}, 1.1)
    (57.5, None)
    """
    axis = surface.axes[name]
    made = [factor_of_safety(surface, {**at, name: place}) for place in axis]
    for (left, right), (begin, end) in zip(pairwise(axis), pairwise(made), strict=True):
        if min(begin, end) <= wanted <= max(begin, end):
            return left if begin == end else left + (wanted - begin) / (end - begin) * (right - left)
    return None


def infinite_slope(
    cohesion_kpa: float, friction_deg: float, slope_deg: float, weight_kn_m3: float, depth_m: float, u_kpa: float
) -> float:
    """Return the factor of safety of a plane parallel to the slope; `depth_m` is vertical.

    >>> [round(infinite_slope(0.0, 33.0, 18.43494882, 19.0, 5.0, u), 4) for u in (0.0, 8.829, 26.487, 44.145)]
    [1.9482, 1.747, 1.3447, 0.9423]
    >>> [round(infinite_slope(5.0, 33.0, 18.43494882, 19.0, 5.0, u), 4) for u in (0.0, 17.658, 35.316)]
    [2.1237, 1.7213, 1.3189]
    """
    beta, phi = radians(slope_deg), radians(friction_deg)
    normal_kpa = weight_kn_m3 * depth_m * cos(beta) ** 2 - u_kpa
    return (cohesion_kpa + normal_kpa * tan(phi)) / (weight_kn_m3 * depth_m * sin(beta) * cos(beta))


class Slice(NamedTuple):
    """One slice of a slip circle: weight per m, inclination of its base, width, pore pressure on it."""

    weight_kn: float
    base_deg: float
    width_m: float
    u_kpa: float


def bishop(slices: Sequence[Slice], cohesion_kpa: float, friction_deg: float) -> float:
    """Return the factor of safety of a slip circle by Bishop's simplified method (1955), form from memory.

    It checks a table's corner by hand, as `infinite_slope` does. The numbers below were computed once by another
    program; compare the form with the paper before a decision stands on it.

    >>> slices = [Slice(150, -10, 3, 20), Slice(320, 10, 3, 30), Slice(260, 32, 3, 15)]
    >>> wet = [[one._replace(u_kpa=one.u_kpa * times) for one in slices] for times in (0, 0.5, 1, 1.5, 2)]
    >>> [round(bishop(one, 5.0, 30.0), 4) for one in wet]
    [2.8428, 2.4828, 2.1209, 1.7562, 1.3864]
    """
    driving = sum(one.weight_kn * sin(radians(one.base_deg)) for one in slices)
    factor = 1.0
    for _ in range(_MOST_TURNS):
        before, factor = factor, _resisting(slices, cohesion_kpa, friction_deg, factor) / driving
        if abs(factor - before) < 1e-10:
            break
    return factor


def _resisting(slices: Sequence[Slice], cohesion_kpa: float, friction_deg: float, factor: float) -> float:
    slope, made = tan(radians(friction_deg)), 0.0
    for one in slices:
        alpha = radians(one.base_deg)
        m_alpha = cos(alpha) * (1 + tan(alpha) * slope / factor)
        made += (cohesion_kpa * one.width_m + (one.weight_kn - one.u_kpa * one.width_m) * slope) / m_alpha
    return made
