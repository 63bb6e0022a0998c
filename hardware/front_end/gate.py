"""Holds figures to expected.json: what must hold of the circuit, with the reason; every fault at once.

"figure": {"is": 85.4, "within": 2.6, "why": "..."}    or    {"at_most": 3.0, "why": "..."}, {"at_least": ...}
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path

PATH = Path(__file__).with_name("expected.json")


def expected(path: Path = PATH) -> dict[str, dict[str, float | str]]:
    """Return the limits by figure; a limit named with * stands for every figure that fits, its cable or case."""
    read: dict[str, dict[str, float | str]] = json.loads(path.read_text(encoding="utf-8"))
    return read


def limits_of(figure: str, limits: Mapping[str, dict[str, float | str]]) -> dict[str, float | str] | None:
    """Return a figure's own limit, or that of its kind.

    >>> limits_of("drive_10m.mean_ma", {"*.mean_ma": {"at_most": 1.0}})
    {'at_most': 1.0}
    """
    return limits.get(figure) or limits.get(f"*.{figure.split('.')[1]}")


def faults(figures: Mapping[str, float], limits: Mapping[str, dict[str, float | str]]) -> list[str]:
    """Return a sentence for each figure beyond its limit or without one.

    >>> faults({"a.x": 3.0, "b.x": 1.0, "b.y": 0.0}, {"*.x": {"at_most": 2.0, "why": "it must"}})
    ['a.x is 3, expected at most 2: it must', 'b.y is 0 and has no limit in expected.json']
    """
    found = []
    for name, value in figures.items():
        limit = limits_of(name, limits)
        if limit is None:
            found.append(f"{name} is {value:.4g} and has no limit in expected.json")
        elif said := _beyond(value, limit):
            found.append(f"{name} is {value:.4g}, expected {said}: {limit['why']}")
    return found


def _beyond(value: float, limit: Mapping[str, float | str]) -> str:
    """Return what was expected, or '' when it holds; a value that is no number never holds."""
    if "is" in limit:
        middle, within = float(limit["is"]), float(limit["within"])
        return "" if abs(value - middle) <= within else f"{middle:g} within {within:g}"
    if "at_least" in limit:
        return "" if value >= float(limit["at_least"]) else f"at least {limit['at_least']:g}"
    return "" if math.isfinite(value) and value <= float(limit["at_most"]) else f"at most {limit['at_most']:g}"
