"""Who is too near: for each net class, a map of cells for the middle of its tracks and one for its vias.

A cell holds 0 (free), the number of the one net whose copper is too near, or SEVERAL. Copper is a capsule (a
track, a via) or a box (a pad); pads stay, wires come and go. Lengths in mm.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hardware.carrier.search import WALL, Tolls

GRID_MM = 0.25
EDGE_MM = 0.5
MARGIN_MM = 0.02
HOLE_MM = 0.3  # from a hole's edge to the next, with the rings that are not counted: rather more
FAR_MM = 2.0  # between field wiring or earth and everything else
FIELD = ("LINE", "EARTH")
SEVERAL = -1
Grid = npt.NDArray[np.int16]


class Shape(NamedTuple):
    """A capsule from one point to another, or, with `box`, a rectangle; `half` is half of its width."""

    layers: tuple[int, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    half: float
    box: bool = False


class Maps:
    """The maps of one board."""

    def __init__(self, geometry: Mapping[str, Any]) -> None:
        width, height = geometry["size_mm"]
        self.columns: int = round(width / GRID_MM) + 1
        self.rows: int = round(height / GRID_MM) + 1
        self.classes: Mapping[str, tuple[float, float, float, float]] = {
            name: tuple(row) for name, row in geometry["classes"].items()
        }
        self.class_of: Mapping[str, str] = geometry["class_of"]
        self.nets = ["", *sorted(self.class_of)]
        self.number = {net: number for number, net in enumerate(self.nets)}
        self.fixed: list[tuple[int, Shape]] = []
        self.wires: dict[int, list[Shape]] = {}
        for pad in geometry["pads"]:
            layers = tuple(pad["layers"]) or (0, 1)
            self.fixed.append((self.number.get(pad["net"], SEVERAL) or SEVERAL, _boxed(layers, pad["box"])))
        for keepout in geometry["keepouts"]:
            self.fixed.append((SEVERAL, _boxed((0, 1), keepout)))
        empty = {name: self._framed(name) for name in self.classes}
        self.pads = {name: self._with(maps, name, self.fixed) for name, maps in empty.items()}
        self._cover_pads()
        self.now = {name: (tracks.copy(), vias.copy()) for name, (tracks, vias) in self.pads.items()}

    def _framed(self, name: str) -> tuple[Grid, Grid]:
        track, _, via, _ = self.classes[name]
        made = []
        for half, layers in ((track / 2, 2), (via / 2, 1)):
            grid = np.zeros((layers, self.columns, self.rows), dtype=np.int16)
            edge = int((EDGE_MM + half) / GRID_MM) + 1
            grid[:, :edge], grid[:, -edge:], grid[:, :, :edge], grid[:, :, -edge:] = (SEVERAL,) * 4
            made.append(grid)
        return made[0], made[1]

    def _cover_pads(self) -> None:
        """No via in a pad, whoever's: solder would run away through it."""
        for name, (_, vias) in self.pads.items():
            for _, shape in self.fixed:
                _mark(vias[0], shape, self.classes[name][2] / 2 + 0.05, SEVERAL)

    def clearance(self, name: str, net: int) -> float:
        """Return the distance that a class keeps from a net's copper."""
        other = self.class_of.get(self.nets[net], "Default") if net > 0 else "Default"
        if (name in FIELD) != (other in FIELD):
            return FAR_MM if net != SEVERAL else self.classes[name][1]
        return max(self.classes[name][1], self.classes[other][1])

    def _with(self, maps: tuple[Grid, Grid], name: str, shapes: Sequence[tuple[int, Shape]]) -> tuple[Grid, Grid]:
        tracks, vias = maps
        track, _, via, _ = self.classes[name]
        for net, shape in shapes:
            clearance = self.clearance(name, net) + MARGIN_MM
            for layer in shape.layers:
                _mark(tracks[layer], shape, clearance + track / 2, net)
            _mark(vias[0], shape, clearance + via / 2, net)
            if (
                len(shape.layers) == 2 and not shape.box
            ):  # its own net drills no second hole beside it, but may use it
                _mark(vias[0], shape, HOLE_MM + via / 2 - shape.half, SEVERAL)
                vias[0, round(shape.x0 / GRID_MM), round(shape.y0 / GRID_MM)] = net
        return maps

    def add(self, net: str, shapes: Sequence[Shape]) -> None:
        """Lay copper of a net."""
        number = self.number[net]
        self.wires.setdefault(number, []).extend(shapes)
        for name, maps in self.now.items():
            self._with(maps, name, [(number, shape) for shape in shapes])

    def keep(self) -> None:
        """Make what was laid so far as solid as the pads."""
        self.wires.clear()
        self.pads = {name: (tracks.copy(), vias.copy()) for name, (tracks, vias) in self.now.items()}

    def forget(self, nets: Sequence[str]) -> None:
        """Take up all that was laid for these nets."""
        for net in nets:
            del self.wires[self.number[net]]
        self.now = {name: (tracks.copy(), vias.copy()) for name, (tracks, vias) in self.pads.items()}
        laid = [(number, shape) for number, shapes in self.wires.items() for shape in shapes]
        for name, maps in self.now.items():
            self._with(maps, name, laid)

    def tolls(self, net: str, *, hard: bool, dear: Mapping[str, int]) -> tuple[Tolls, Tolls]:
        """Return the toll of each cell for tracks and for vias; soft: wires of others are passable at a price."""
        name, number = self.class_of[net], self.number[net]
        made = []
        for now, pads in zip(self.now[name], self.pads[name], strict=True):
            wall = (now != 0) & (now != number)
            if hard:
                made.append(np.where(wall, WALL, 0))
            else:
                solid = (pads != 0) & (pads != number)
                price = np.full(len(self.nets) + 1, 60)
                for other, times in dear.items():
                    price[self.number[other]] = min(60 + 40 * times, 250)
                made.append(np.where(solid, WALL, np.where(wall, price[now], 0)))
        return made[0].astype(np.uint8), made[1][0].astype(np.uint8)

    def crossed(self, net: str, path: Sequence[int]) -> list[str]:
        """Return the nets whose wires are too near to a path."""
        mine = list(self.shapes(net, path))
        name, found = self.class_of[net], []
        for number, shapes in self.wires.items():
            if number != self.number[net]:
                least = self.clearance(name, number)
                if any(_near(one, other, least) for one in mine for other in shapes):
                    found.append(self.nets[number])
        return found

    def cells_of(self, pad: Mapping[str, Any]) -> set[int]:
        """Return the cells at which a track may end on a pad: those in its inner half, the nearest at least."""
        x0, y0, x1, y1 = pad["box"]
        x, y = pad["at"]
        columns = {round(x / GRID_MM)} | _inside(x0, x1)
        rows = {round(y / GRID_MM)} | _inside(y0, y1)
        return {self.cell(layer, column, row) for layer in pad["layers"] for column in columns for row in rows}

    def cell(self, layer: int, column: int, row: int) -> int:
        """Return the number of a cell."""
        return (layer * self.columns + column) * self.rows + row

    def place(self, cell: int) -> tuple[int, float, float]:
        """Return the layer and the middle of a cell."""
        rest, row = divmod(cell, self.rows)
        layer, column = divmod(rest, self.columns)
        return layer, column * GRID_MM, row * GRID_MM

    def shapes(self, net: str, cells: Sequence[int]) -> Iterator[Shape]:
        """Yield the straight tracks and the vias of a path."""
        track, _, via, _ = self.classes[self.class_of[net]]
        points = [self.place(cell) for cell in cells]
        first = 0
        for here in range(1, len(points)):
            (layer, x, y), (before, x0, y0) = points[here], points[here - 1]
            if layer != before:
                if first != here - 1:
                    yield Shape((before,), *points[first][1:], x0, y0, track / 2)
                yield Shape((0, 1), x, y, x, y, via / 2)
                first = here
            elif here + 1 == len(points) or _turns(points[here - 1 : here + 2]):
                yield Shape((layer,), *points[first][1:], x, y, track / 2)
                first = here


def _boxed(layers: tuple[int, ...], box: Sequence[float]) -> Shape:
    x0, y0, x1, y1 = box
    return Shape(layers, x0, y0, x1, y1, 0.0, True)


def _inside(low: float, high: float) -> set[int]:
    inner = (high - low) / 4
    return {
        n for n in range(int(low / GRID_MM), int(high / GRID_MM) + 2) if low + inner <= n * GRID_MM <= high - inner
    }


def _turns(points: Sequence[tuple[int, float, float]]) -> bool:
    (l0, x0, y0), (l1, x1, y1), (l2, x2, y2) = points
    return l1 == l2 and l0 == l1 and (x1 - x0, y1 - y0) != (x2 - x1, y2 - y1)


def _mark(grid: Grid, shape: Shape, reach: float, net: int) -> None:
    """Enter a net into the cells that are nearer than `reach` to the shape's edge."""
    far = reach + shape.half
    left, right = sorted((shape.x0, shape.x1))
    top, bottom = sorted((shape.y0, shape.y1))
    c0, c1 = max(0, int((left - far) / GRID_MM)), min(grid.shape[0], int((right + far) / GRID_MM) + 2)
    r0, r1 = max(0, int((top - far) / GRID_MM)), min(grid.shape[1], int((bottom + far) / GRID_MM) + 2)
    if c0 >= c1 or r0 >= r1:
        return
    x = np.arange(c0, c1)[:, None] * GRID_MM
    y = np.arange(r0, r1)[None, :] * GRID_MM
    if shape.box or left == right or top == bottom:
        dx = np.maximum(np.maximum(left - x, x - right), 0)
        dy = np.maximum(np.maximum(top - y, y - bottom), 0)
    else:
        ux, uy = shape.x1 - shape.x0, shape.y1 - shape.y0
        t = np.clip(((x - shape.x0) * ux + (y - shape.y0) * uy) / (ux * ux + uy * uy), 0, 1)
        dx, dy = x - shape.x0 - t * ux, y - shape.y0 - t * uy
    near = dx * dx + dy * dy < (far - 1e-9) ** 2
    window = grid[c0:c1, r0:r1]
    window[near & (window != 0) & (window != net)] = SEVERAL
    window[near & (window == 0)] = net


def _near(one: Shape, other: Shape, least: float) -> bool:
    if not set(one.layers) & set(other.layers):
        return False
    far = least + one.half + other.half
    if min(one.x0, one.x1) - far > max(other.x0, other.x1) or min(other.x0, other.x1) - far > max(one.x0, one.x1):
        return False
    if min(one.y0, one.y1) - far > max(other.y0, other.y1) or min(other.y0, other.y1) - far > max(one.y0, one.y1):
        return False
    steps = max(1, int(max(abs(one.x1 - one.x0), abs(one.y1 - one.y0)) / GRID_MM))
    for step in range(steps + 1):
        x = one.x0 + (one.x1 - one.x0) * step / steps
        y = one.y0 + (one.y1 - one.y0) * step / steps
        if _distance(x, y, other) < far - 1e-6:
            return True
    return False


def _distance(x: float, y: float, shape: Shape) -> float:
    ux, uy = shape.x1 - shape.x0, shape.y1 - shape.y0
    length = ux * ux + uy * uy
    t = 0.0 if length == 0 else min(1.0, max(0.0, ((x - shape.x0) * ux + (y - shape.y0) * uy) / length))
    return float(((x - shape.x0 - t * ux) ** 2 + (y - shape.y0 - t * uy) ** 2) ** 0.5)
