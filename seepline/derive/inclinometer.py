"""An inclinometer's profile from its fixed end, with a rule for segments that have no reading.

Source: Geokon 6180 manual, Eq. 1 and 2: D = sum of L sin(theta), here against a base reading (the sum itself
stands in seepline.instruments.in_place_inclinometer). The rule for a missing segment is this project's: it is
never 0 deg; its last displacement is held, and every node from there on, counted from the fixed end, is suspect.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from seepline.instruments.in_place_inclinometer import profile_mm


@dataclass(frozen=True, slots=True)
class Node:
    """Displacement at the far end of a segment; None where a segment before it was never read."""

    displacement_mm: float | None
    suspect: bool


def profile(
    lengths_m: Sequence[float],
    base_deg: Sequence[float],
    now_deg: Sequence[float | None],
    last_deg: Sequence[float | None],
) -> list[Node]:
    """Return the nodes from the fixed end up; `last_deg` holds each segment's last good reading.

    >>> base, now = [0.10, 0.12, 0.15, 0.11, 0.09], [0.10, 0.13, None, 0.31, 0.10]
    >>> nodes = profile([0.5] * 5, base, now, [None, None, 0.35, None, None])
    >>> [round(node.displacement_mm, 4) for node in nodes]
    [0.0, 0.0873, 1.8326, 3.5779, 3.6652]
    >>> [node.suspect for node in nodes]
    [False, False, True, True, True]
    """
    used = [last if now is None else now for now, last in zip(now_deg, last_deg, strict=True)]
    known = next((place for place, deg in enumerate(used) if deg is None), len(used))
    held = next((place for place, deg in enumerate(now_deg) if deg is None), len(used))
    made = profile_mm(lengths_m[:known], base_deg[:known], [deg for deg in used[:known] if deg is not None])
    above = [None] * (len(used) - known)
    return [Node(one, place >= held) for place, one in enumerate([*made, *above])]
