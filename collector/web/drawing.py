"""One section of the dam, to scale: ground, foundation, pond, and the head at each piezometer. Pure.

Pressure tips are not joined: pressures in a draining dam are not hydrostatic. A line is drawn only through points
that the site declares phreatic, and only between neighbours that both have a valid head; behind a dry one it is an
upper bound. Between wells it runs as [[phreatic_line]] says.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from collector.web.labels import Box, Label, around, place
from collector.web.scales import Scale, Tick, value_ticks
from collector.web.terrain import Line, profile_at, water_line
from seepline.derive.phreatic import Runs, Water, dupuit, lines, monotone, straight
from seepline.site import Section, Site
from seepline.site_phreatic import PhreaticLine
from seepline.thresholds import Level

Shape = Literal["head", "dry", "beyond", "none"]

WIDTH = 1000.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 16.0, 14.0, 46.0
_LOWEST, _TALLEST = 270.0, 520.0
_EXAGGERATIONS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What one piezometer says, in the section: metres along it, elevations, level and how exact it is.

    `head_m` None = missing or withheld. `level` None = not judged, no limit has met a reading here. `valid` False
    with a level = a level kept by an instrument without a valid reading.
    """

    point: str
    x_m: float
    tip_m: float
    head_m: float | None
    level: Level | None
    valid: bool
    bound: str = ""
    phreatic: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pond:
    """A free water surface, measured at x_m: its elevation, level and label."""

    point: str
    x_m: float
    surface_m: float
    level: Level | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A piezometer in the picture: tip, head (`head_y` None = no head to draw) and label."""

    head: Head
    shape: Shape
    x: float
    tip_y: float
    head_y: float | None
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterMark:
    """The pond in the picture: SVG path of the water body, its surface line, and its label."""

    pond: Pond
    body: str
    left: float
    right: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A section ready to be written as SVG; paths and places are in picture units.

    `phreatic` holds the path of each water line, and whether it is an upper bound; `line_by` says how it runs
    between wells and who says so, empty where nobody did and it is straight.
    """

    section: str
    name: str
    width: float
    height: float
    plot: Box
    exaggeration: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    body: str
    ground: str
    foundation: str
    waters: tuple[WaterMark, ...]
    phreatic: tuple[tuple[str, bool], ...]
    line_by: str
    marks: tuple[Mark, ...]
    sources: tuple[str, ...]


def _scales(x_values: Sequence[float], y_values: Sequence[float]) -> tuple[Scale, Scale, float]:
    """Return x and y scale and the vertical exaggeration: 1 where the section is high enough to be read."""
    x_low, x_high = min(x_values), max(x_values)
    x_room = max(0.02 * (x_high - x_low), 0.5)
    x_low, x_high = x_low - x_room, x_high + x_room
    y_low, y_high = min(y_values), max(y_values)
    y_room = max(0.06 * (y_high - y_low), 0.5)
    y_low, y_high = y_low - y_room, y_high + 2 * y_room
    across = WIDTH - _LEFT - _RIGHT
    per_m = min(across / (x_high - x_low), _TALLEST / (y_high - y_low))
    x_slack = (across / per_m - (x_high - x_low)) / 2
    flat = per_m * (y_high - y_low)
    exaggeration = next((one for one in _EXAGGERATIONS if one * flat >= _LOWEST), _EXAGGERATIONS[-1])
    bottom = _TOP + exaggeration * flat
    return (
        Scale(x_low - x_slack, x_high + x_slack, _LEFT, WIDTH - _RIGHT),
        Scale(y_low, y_high, round(bottom, 1), _TOP),
        exaggeration,
    )


def path(points: Iterable[tuple[float, float]], close: bool = False) -> str:
    """Return an SVG path through points given in picture units; '' for none."""
    text = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f"M{text}{'Z' if close else ''}" if text else ""


def _placed(line: Line, x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x(one), y(two)) for one, two in line]


def _body(ground: Line, foundation: Line, x: Scale, y: Scale) -> str:
    """Return the fill between ground and foundation, or down to the picture's edge without a foundation line."""
    if not ground:
        return ""
    under = foundation or ((ground[0][0], y.low), (ground[-1][0], y.low))
    return path([*_placed(ground, x, y), *reversed(_placed(under, x, y))], close=True)


def _phreatic(heads: Sequence[Head], between: Runs, x: Scale, y: Scale) -> Iterator[tuple[str, bool]]:
    """Yield the path of each line, and whether it is an upper bound."""
    waters = [
        Water(
            one.x_m,
            one.head_m if one.valid and one.bound != "at_least" else None,
            one.phreatic,
            dry=one.bound == "at_most",
        )
        for one in heads
    ]
    for line, is_most in lines(waters, between):
        yield path(_placed(line, x, y)), is_most


def _declared(site: Site, section: str, time_ms: int) -> PhreaticLine | None:
    """Return how somebody says that the water line of a section runs between wells at a time."""
    begun = [one for one in site.phreatic_lines if one.section == section and one.valid_from_ms <= time_ms]
    return max(begun, key=lambda one: one.valid_from_ms, default=None)


def _between(declared: PhreaticLine | None) -> Runs:
    if declared is None:
        return straight
    return monotone if declared.base_elevation_m is None else dupuit(declared.base_elevation_m)


def _shape(head: Head) -> Shape:
    if head.head_m is None or not head.valid:
        return "none"
    return {"": "head", "at_most": "dry", "at_least": "beyond"}[head.bound]  # type: ignore[return-value]


def side_by_side(places: Sequence[float], apart: float = 20.0) -> list[float]:
    """Return places moved apart where gauges share a borehole: in their order, as little as needed.

    >>> side_by_side([100.0, 300.0, 104.0])
    [92.0, 300.0, 112.0]
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    blocks: list[list[float]] = []  # the least movement in the mean square: pool adjacent violators
    for rank, n in enumerate(order):
        blocks.append([places[n] - rank * apart])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    level = [fmean(block) for block in blocks for _one in block]
    moved = dict(zip(order, (round(one + rank * apart, 1) for rank, one in enumerate(level)), strict=True))
    return [moved[n] for n in range(len(places))]


def _marks(heads: Sequence[Head], places: Sequence[float], labels: Sequence[Label], y: Scale) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            head=one,
            shape=_shape(one),
            x=place_x,
            tip_y=y(one.tip_m),
            head_y=None if one.head_m is None else y(one.head_m),
            label=label,
        )
        for one, place_x, label in zip(heads, places, labels, strict=True)
    )


def _water(pond: Pond, ground: Line, label: Label, x: Scale, y: Scale) -> WaterMark:
    bed = _placed(water_line(ground, pond.x_m, pond.surface_m), x, y)
    left, right = (bed[0][0], bed[-1][0]) if bed else (x(pond.x_m) - 30, x(pond.x_m) + 30)
    surface = y(pond.surface_m)
    body = path([*bed, (right, surface), (left, surface)], close=True) if bed else ""
    return WaterMark(pond=pond, body=body, left=left, right=right, y=surface, label=label)


def _labels(
    heads: Sequence[Head], places_x: Sequence[float], ponds: Sequence[Pond], scales: tuple[Scale, Scale], plot: Box
) -> tuple[Label, ...]:
    x, y = scales
    tips = [(place_x, y(one.tip_m)) for one, place_x in zip(heads, places_x, strict=True)]
    places = [
        (place_x, tip_y if one.head_m is None else y(one.head_m))
        for one, (place_x, tip_y) in zip(heads, tips, strict=True)
    ]
    surfaces = [(x(one.x_m), y(one.surface_m)) for one in ponds]
    obstacles = [around(*one, reach=9.0) for one in (*places, *surfaces, *tips)]
    texts = [*((one.point, one.text) for one in heads), *((one.point, one.text) for one in ponds)]
    return place(list(zip((*places, *surfaces), texts, strict=True)), obstacles, plot)


def draw(site: Site, section: Section, heads: Sequence[Head], ponds: Sequence[Pond], time_ms: int) -> Drawing:
    """Return the drawing of one section with the profiles valid at `time_ms`; needs at least one head or pond."""
    profiles = [profile_at(site, section.id, name, time_ms) for name in ("ground", "foundation")]
    ground, foundation = (one.line if one else () for one in profiles)
    x, y, exaggeration = _scales(
        [one for one, _ in (*ground, *foundation)] + [*(one.x_m for one in heads), *(one.x_m for one in ponds)],
        [two for _, two in (*ground, *foundation)]
        + [one.tip_m for one in heads]
        + [one.head_m for one in heads if one.head_m is not None]
        + [one.surface_m for one in ponds],
    )
    plot = Box(_LEFT, _TOP, WIDTH - _LEFT - _RIGHT, y.at_low - _TOP)
    places = side_by_side([x(one.x_m) for one in heads])
    labels = _labels(heads, places, ponds, (x, y), plot)
    pond_labels, declared = labels[len(heads) :], _declared(site, section.id, time_ms)
    return Drawing(
        section=section.id,
        name=section.name,
        width=WIDTH,
        height=round(y.at_low + _BOTTOM, 1),
        plot=plot,
        exaggeration=exaggeration,
        x_ticks=value_ticks(x, 10),
        y_ticks=value_ticks(y, 7),
        body=_body(ground, foundation, x, y),
        ground=path(_placed(ground, x, y)),
        foundation=path(_placed(foundation, x, y)),
        waters=tuple(_water(one, ground, label, x, y) for one, label in zip(ponds, pond_labels, strict=True)),
        phreatic=tuple(_phreatic(heads, _between(declared), x, y)),
        line_by=f"{declared.method}, {declared.source}" if declared else "",
        marks=_marks(heads, places, labels[: len(heads)], y),
        sources=tuple(one.source for one in profiles if one),
    )
