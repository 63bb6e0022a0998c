"""A manual inclinometer survey against its base survey: displacement from the fixed end at the bottom.

Source: Geokon GK-604D manual, Appendix E: SA = ((A0 - A180) / 2 now) - (the same at the base); displacement of
an interval = M x interval x SA, M in mm per digit and metre: 0.05 (digits 20 000 sin), 0.04 (Sinco, 25 000 sin).
Turned into the section by its angle to A+: DA = CA cos Z - CB sin Z, B+ being a quarter turn clockwise from A+.

Checksum = A0 + A180, about twice the face error. Its size does no harm, its change along the hole does (same
page): so its standard deviation is held against what the site declares; no number for it is assumed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, radians, sin, sqrt
from statistics import fmean, median, pstdev

from seepline.derive.formula import Kind, choice, within
from seepline.hand.inclinometer_file import Level

MM_PER_DIGIT_M = {"geokon": 0.05, "sinco": 0.04}

QUANTITIES = ("displacement", "interval_displacement")
PARAMETERS: dict[str, Kind] = {
    "form": choice(*MM_PER_DIGIT_M),
    "interval_m": within(0.1, 3.0, "m"),
    "bottom_depth_m": within(1.0, 1000.0, "m"),
    "a_plus_azimuth_deg": within(0, 360, "degrees from grid north"),
    "checksum_std_a_digits": within(0.1, 10_000, "digits"),
    "checksum_std_b_digits": within(0.1, 10_000, "digits"),
    "repeat_digits": within(0.1, 10_000, "digits"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """Displacement in the section's direction, and across it, at one depth; mm against the base survey."""

    depth_m: float
    along_mm: float
    across_mm: float


def half_difference(level: Level) -> tuple[float, float]:
    """Return (A0 - A180) / 2 and the same of B, in digits: what is free of the face error."""
    return (level.a0 - level.a180) / 2, (level.b0 - level.b180) / 2


def interval_mm(now: float, base: float, form: str, interval_m: float) -> float:
    """Return the displacement over one interval from two half differences in digits.

    >>> interval_mm((1210 + 1190) / 2, (1100 + 1080) / 2, "geokon", 0.5)
    2.75
    """
    return MM_PER_DIGIT_M[form] * interval_m * (now - base)


def turned(a_mm: float, b_mm: float, angle_deg: float) -> tuple[float, float]:
    """Return displacements along and across a section; the angle is the azimuth of A+ less the section's.

    >>> [round(one, 9) for one in turned(10.0, 0.0, 90.0)], [round(one, 9) for one in turned(0.0, 5.0, 90.0)]
    ([0.0, 10.0], [-5.0, 0.0])
    """
    z = radians(angle_deg)
    return a_mm * cos(z) - b_mm * sin(z), a_mm * sin(z) + b_mm * cos(z)


def profile(
    now: Sequence[Level], base: Sequence[Level], form: str, interval_m: float, angle_deg: float
) -> list[Node]:
    """Return the nodes from the bottom up; both surveys have the same depths, from the top down."""
    steps = []
    for level, first in zip(reversed(now), reversed(base), strict=True):
        (a_now, b_now), (a_base, b_base) = half_difference(level), half_difference(first)
        a_mm = interval_mm(a_now, a_base, form, interval_m)
        steps.append(turned(a_mm, interval_mm(b_now, b_base, form, interval_m), angle_deg))
    along, across = accumulate(one[0] for one in steps), accumulate(one[1] for one in steps)
    return [Node(level.depth_m, *both) for level, both in zip(reversed(now), zip(along, across), strict=True)]  # noqa: B905


def greatest_interval(nodes: Sequence[Node]) -> Node:
    """Return the interval that moved most along the section: where a shear zone shows first."""
    before = [0.0, *(node.along_mm for node in nodes)]
    steps = [Node(node.depth_m, node.along_mm - last, 0.0) for node, last in zip(nodes, before[:-1], strict=True)]
    return max(steps, key=lambda one: abs(one.along_mm))


def checksum_doubts(levels: Sequence[Level], most_a_digits: float, most_b_digits: float) -> list[str]:
    """Return what the checksums say against a survey, with the level that stands out most.

    >>> rows = [Level(2 + n, 0.5 * n, 100.0, -90.0 + (60 if n == 3 else 0), 5.0, -3.0) for n in range(8)]
    >>> checksum_doubts(rows, 10.0, 20.0)
    ['checksum A: standard deviation 19.8 digits, more than 10; farthest off at 1.5 m (line 5)']
    """
    axes = (
        ("A", [one.a0 + one.a180 for one in levels], most_a_digits),
        ("B", [one.b0 + one.b180 for one in levels], most_b_digits),
    )
    doubts = []
    for axis, sums, most in axes:
        spread = pstdev(sums)
        if spread > most:
            middle = median(sums)
            worst = max(zip(levels, sums, strict=True), key=lambda one: abs(one[1] - middle))[0]
            where = f"farthest off at {worst.depth_m:g} m (line {worst.line})"
            doubts.append(f"checksum {axis}: standard deviation {spread:.3g} digits, more than {most:g}; {where}")
    return doubts


def _misfit(now: Sequence[float], base: Sequence[float]) -> float:
    return sqrt(fmean((one - other) ** 2 for one, other in zip(now, base, strict=True)))


def misread(now: Sequence[Level], base: Sequence[Level], repeat_digits: float) -> str:
    """Return how a survey was read when it repeats the base survey only so, '' when it is read rightly.

    A hole keeps its shape: a survey that does not repeat it within `repeat_digits` (declared, root mean square of
    the half differences), but does when turned round or upside down, was read so. Real movement does neither.

    >>> base = [Level(n + 2, 0.5 * n, 100.0 + 40 * n, -100.0 - 40 * n, 0.0, 0.0) for n in range(6)]
    >>> faces = [one._replace(a0=one.a180, a180=one.a0) for one in base]
    >>> misread(faces, base, 5.0), misread(base, base, 5.0)
    ('turned round: A0 and A180 are exchanged against the base survey', '')
    """
    this, first = [half_difference(one)[0] for one in now], [half_difference(one)[0] for one in base]
    if _misfit(this, first) <= repeat_digits:
        return ""
    if _misfit([-one for one in this], first) <= repeat_digits:
        return "turned round: A0 and A180 are exchanged against the base survey"
    if _misfit(this[::-1], first) <= repeat_digits:
        return "upside down: its depths run the other way than the base survey's"
    return ""
