"""Inclinometers as profiles: displacement of each node over its elevation, from the fixed end on. Pure.

Nodes are the points with an `inclinometer_node` in force whose chain begins with the same segment. A node that
holds a dead segment has a ring; at one that knows nothing the line ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.present import Present
from collector.store import StoredReading
from collector.web.scales import Scale, Tick, value_ticks
from collector.web.state import level_of
from seepline.derive.evaluation import Key, derived_at
from seepline.reading import Quality
from seepline.site import Site
from seepline.site_derived import Derived
from seepline.thresholds import Level

WIDTH, HEIGHT = 420.0, 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 20.0, 14.0, 46.0
_FORMULA = "inclinometer_node"
_LEAST_MM = 1.0  # of the axis to either side: noise is not to look like a slide


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMark:
    """A node in the picture; `is_held`: a segment below it has no reading of its own."""

    point: str
    x: float
    y: float
    level: Level | None
    is_held: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One chain ready to be written as SVG, in picture units; `fixed` is the place of its fixed end."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    zero_x: float
    fixed: tuple[float, float]
    path: str
    nodes: tuple[NodeMark, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def profiles(site: Site, present: Present) -> tuple[Profile, ...]:
    """Return the profile of every chain of which a node has a value."""
    return tuple(
        made for nodes in chains(site, present.time_ms).values() for made in _profile(site, present, nodes)
    )


def chains(site: Site, time_ms: int) -> Mapping[str, Sequence[Derived]]:
    """Return the nodes in force of each chain, by its first segment, from the fixed end on."""
    found: dict[str, list[Derived]] = {}
    for key in site.derived_by_output:
        one = derived_at(site, *key, time_ms)
        if one is not None and one.formula == _FORMULA:
            found.setdefault(next(iter(one.inputs.values())), []).append(one)
    return {first: sorted(nodes, key=lambda one: len(one.inputs)) for first, nodes in found.items()}


def _profile(site: Site, present: Present, nodes: Sequence[Derived]) -> Iterator[Profile]:
    heights = [site.point_by_id[one.point].elevation_m for one in nodes]
    readings = [present.latest.get((one.point, one.quantity)) for one in nodes]
    values = [one.value for one in readings if one is not None and one.value is not None]
    if not values:
        return
    fixed = fixed_m(nodes[0], heights)
    reach = max(_LEAST_MM, *(abs(value) for value in values)) * 1.1
    x = Scale(-reach, reach, _LEFT, WIDTH - _RIGHT)
    room = 0.04 * (max(*heights, fixed) - min(*heights, fixed)) + 0.1
    y = Scale(min(*heights, fixed) - room, max(*heights, fixed) + room, HEIGHT - _BOTTOM, _TOP)
    marks = tuple(_marks(present, readings, heights, x, y))
    known = [(x(0.0), y(fixed)), *((one.x, one.y) for one in marks)]
    yield Profile(
        name=" to ".join(dict.fromkeys((nodes[0].point, nodes[-1].point))),
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        top=_TOP,
        bottom=HEIGHT - _BOTTOM,
        zero_x=x(0.0),
        fixed=known[0],
        path="M" + "L".join(f"{one:g} {two:g}" for one, two in known),
        nodes=marks,
        x_ticks=value_ticks(x, 6),
        y_ticks=value_ticks(y, 7),
    )


def fixed_m(first: Derived, heights: Sequence[float]) -> float:
    """Return the elevation of the fixed end: below the first node, or above it where the chain hangs."""
    lengths = first.parameters["lengths_m"]
    assert isinstance(lengths, tuple)  # noqa: S101 - the rules of SITE.toml have seen to it
    return heights[0] - (-1 if heights[-1] < heights[0] else 1) * sum(lengths)


def _marks(
    present: Present, readings: Sequence[StoredReading | None], heights: Sequence[float], x: Scale, y: Scale
) -> Iterator[NodeMark]:
    for reading, height_m in zip(readings, heights, strict=True):
        if reading is None or reading.value is None:
            return
        key: Key = (reading.point, reading.quantity)
        yield NodeMark(
            point=reading.point,
            x=x(reading.value),
            y=y(height_m),
            level=level_of(present, *key),
            is_held=reading.quality in (Quality.SUSPECT, Quality.FAIL),
            text=f"{reading.point}: {reading.value:.2f} mm",
        )
