"""The factor of safety as the engineer of record's response surface: a table, read between its points.

Source: the table is the engineer's, from his own analyses of the section; here it is only interpolated
(multilinear) and never outside its box. A factor of safety is a statement of one analysis with its geometry, never
a measurement. For contractive material a drained analysis is unsafe as a basis and is refused. `infinite_slope`
checks a table's corner by hand: FS = [c' + (gamma z cos2 b - u) tan phi'] / (gamma z sin b cos b).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import cos, prod, radians, sin, tan

CONDITIONS = ("drained", "undrained_peak", "undrained_residual")
MATERIALS = ("dilative", "contractive")


@dataclass(frozen=True, slots=True)
class Surface:
    """A grid of analyses: `axes` by input name, each rising; `values` by the axes' order, the last one fastest."""

    axes: Mapping[str, Sequence[float]]
    values: Sequence[float]


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
