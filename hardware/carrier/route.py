"""Join the pads of each net by tracks on two layers: A* on a grid, and what stands in the way is laid anew.

    python -m hardware.carrier.route FOLDER

reads FOLDER/geometry.json, writes FOLDER/tracks.json. Plain Python with numpy: nothing of KiCad is needed, and the
same geometry gives the same tracks. Clearances are kept by cells: for each net class there is a map of who is too
near to a track's middle, and one for a via's (maps.py).
"""

import heapq
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hardware.carrier.maps import GRID_MM, Maps, Shape

PLANE = "GND"
STRAIGHT, AGAINST, DIAGONAL, VIA = 10, 14, 15, 70
ROUNDS = 400
Cell = int
Path_ = list[Cell]


class Wire(NamedTuple):
    """One path of a net, from cell to cell; layer changes are vias."""

    net: str
    cells: tuple[Cell, ...]


class Router:
    """The nets still to join, and the wires laid so far."""

    def __init__(self, geometry: Mapping[str, Any]) -> None:
        self.maps = Maps(geometry)
        self.pads: dict[str, list[set[Cell]]] = {}
        for pad in geometry["pads"]:
            if pad["net"]:
                self.pads.setdefault(pad["net"], []).append(self.maps.cells_of(pad))
        self.wires: dict[str, list[Wire]] = {}
        self.dear: dict[str, int] = {}
        self.ground = self._fan_out()

    def _fan_out(self) -> list[Wire]:
        """Lead each pad of the plane's net on one layer down to the plane by a via of its own, before all else.

        What tracks cut out of the plane is no island then: the vias are joined by tracks as well, last of all.
        """
        laid = []
        self.dear[PLANE] = 4
        for pad in self.pads[PLANE]:
            if len({self.maps.place(cell)[0] for cell in pad}) == 1:
                tracks, vias = self.maps.costs(PLANE, hard=True, dear={})
                path = search(self.maps, tracks, vias, pad, None)
                if path is None:
                    raise SystemExit(f"route: no room for a via of {PLANE} at {self.maps.place(min(pad))}")
                laid.append(Wire(PLANE, tuple(path)))
                pad |= set(path)
                self.maps.add(PLANE, list(self.maps.shapes(PLANE, path)))
        self.maps.keep()
        return laid

    def route(self) -> list[str]:
        """Lay all nets; return those that could not be joined."""
        waiting = sorted((net for net in self.pads if len(self.pads[net]) > 1), key=self._order)
        for _ in range(ROUNDS):
            if not waiting:
                break
            net = waiting.pop(0)
            pushed = self._lay(net)
            self._lift(pushed)
            for other in pushed:
                self.dear[other] = self.dear.get(other, 0) + 1
            waiting = [other for other in pushed if other not in waiting] + waiting
        return waiting

    def _order(self, net: str) -> tuple[int, int, str]:
        cells = [min(cells) for cells in self.pads[net]]
        xs, ys = (
            [cell // self.maps.rows % self.maps.columns for cell in cells],
            [c % self.maps.rows for c in cells],
        )
        size = max(xs) - min(xs) + max(ys) - min(ys)
        rank = 3 if net == PLANE else {"LINE": 0, "EARTH": 1}.get(self.maps.class_of[net], 2)
        return rank, size, net

    def _lay(self, net: str) -> list[str]:
        """Join the pads of a net, each to the nearest that is joined; return the nets it had to go through."""
        pads = self._in_order(net)
        tree, laid, pushed = set(pads[0]), [], []
        for pad in pads[1:]:
            path = self._search(net, pad, tree, hard=True) or self._search(net, pad, tree, hard=False)
            if path is None:
                raise SystemExit(f"route: no way for {net}, not even through other wires")
            crossed = self.maps.crossed(net, path)
            pushed += [other for other in crossed if other not in pushed]
            self._lift(crossed)
            laid.append(Wire(net, tuple(path)))
            self.maps.add(net, list(self.maps.shapes(net, path)))
            tree |= pad | set(path)
        self.wires[net] = laid
        return pushed

    def _in_order(self, net: str) -> list[set[Cell]]:
        """Return the pads so that each is the nearest to one before it."""
        rest = sorted(self.pads[net], key=min)
        places = [self.maps.place(min(pad))[1:] for pad in rest]
        order, left = [0], set(range(1, len(rest)))
        far = {pad: math.dist(places[0], places[pad]) for pad in left}
        while left:
            nearest = min(left, key=lambda pad: (far[pad], pad))
            left.remove(nearest)
            order.append(nearest)
            for pad in left:
                far[pad] = min(far[pad], math.dist(places[nearest], places[pad]))
        return [rest[pad] for pad in order]

    def _lift(self, nets: Sequence[str]) -> None:
        laid = [net for net in nets if self.wires.pop(net, None) is not None]
        if laid:
            self.maps.forget(laid)

    def _search(self, net: str, pad: set[Cell], tree: set[Cell], *, hard: bool) -> Path_ | None:
        tracks, vias = self.maps.costs(net, hard=hard, dear=self.dear)
        return search(self.maps, tracks, vias, pad, tree)


def search(  # noqa: C901 - one loop: a call for each of a million cells would take as long again
    maps: Maps, tracks: bytes, vias: bytes, start: set[Cell], goals: set[Cell] | None
) -> Path_ | None:
    """Return a cheap path from the start to a goal (None: to any via), or None; 255 is a wall, else a toll."""
    rows, layer_cells = maps.rows, maps.rows * maps.columns
    left, right, top, bottom = _around(goals, rows, layer_cells)
    diagonal = tuple((step, DIAGONAL) for step in (rows + 1, rows - 1, 1 - rows, -1 - rows))
    across = ((rows, STRAIGHT), (-rows, STRAIGHT), (1, AGAINST), (-1, AGAINST), *diagonal)
    along = ((rows, AGAINST), (-rows, AGAINST), (1, STRAIGHT), (-1, STRAIGHT), *diagonal)

    def left_to_go(cell: Cell) -> int:
        x, y = cell % layer_cells // rows, cell % rows
        dx = left - x if x < left else x - right if x > right else 0
        dy = top - y if y < top else y - bottom if y > bottom else 0
        return 12 * dx + 5 * dy if dx > dy else 12 * dy + 5 * dx  # a fifth too much: sooner there, hardly dearer

    best = dict.fromkeys(start, 0)
    came: dict[Cell, Cell] = {}
    done: set[Cell] = set()
    heap = [(left_to_go(cell), cell) for cell in sorted(start)]
    heapq.heapify(heap)
    while heap:
        _, cell = heapq.heappop(heap)
        if cell in done:
            continue
        done.add(cell)
        if goals is not None and cell in goals:
            return _back(came, cell)
        spent = best[cell]
        back = cell >= layer_cells
        for step, price in along if back else across:  # the front runs from side to side, the back up and down
            there = cell + step
            toll = tracks[there]
            if toll == 255 or (price == DIAGONAL and _corner(tracks, cell, step, rows)):
                continue
            cost = spent + price + toll
            if cost < best.get(there, 1 << 60):
                best[there] = cost
                came[there] = cell
                heapq.heappush(heap, (cost + left_to_go(there), there))
        there = cell - layer_cells if back else cell + layer_cells
        toll = vias[cell % layer_cells]
        if toll != 255 and tracks[there] != 255:
            if goals is None:
                return [*_back(came, cell), there]
            cost = spent + VIA + toll
            if cost < best.get(there, 1 << 60):
                best[there] = cost
                came[there] = cell
                heapq.heappush(heap, (cost + left_to_go(there), there))
    return None


def _corner(tracks: bytes, cell: Cell, step: int, rows: int) -> bool:
    """Tell whether a diagonal step would cut the corner of a wall."""
    column = rows if step > 1 else -rows
    return tracks[cell + column] == 255 or tracks[cell + step - column] == 255


def _around(goals: set[Cell] | None, rows: int, layer_cells: int) -> tuple[int, int, int, int]:
    if goals is None:
        return 0, layer_cells, 0, layer_cells
    xs = [goal % layer_cells // rows for goal in goals]
    ys = [goal % rows for goal in goals]
    return min(xs), max(xs), min(ys), max(ys)


def _back(came: Mapping[Cell, Cell], cell: Cell) -> Path_:
    path = [cell]
    while cell in came:
        cell = came[cell]
        path.append(cell)
    return path[::-1]


def drawn(router: Router) -> dict[str, list[list[Any]]]:
    """Return the tracks [net, layer, width, x0, y0, x1, y1] and vias [net, diameter, drill, x, y], in mm."""
    tracks: list[list[Any]] = []
    vias: dict[tuple[str, float, float], list[Any]] = {}
    wires = {**router.wires, PLANE: [*router.ground, *router.wires.get(PLANE, [])]}
    for net in sorted(wires):
        shapes = [shape for wire in wires[net] for shape in router.maps.shapes(net, wire.cells)]
        ends = {(layer, x, y) for one in shapes for layer in one.layers for x, y in (one[1:3], one[3:5])}
        for shape in shapes:
            if len(shape.layers) == 2:
                _, _, via, drill = router.maps.classes[router.maps.class_of[net]]
                vias[net, shape.x0, shape.y0] = [net, via, drill, shape.x0, shape.y0]
            else:
                tracks += [[net, shape.layers[0], 2 * shape.half, *piece] for piece in _pieces(shape, ends)]
    return {"tracks": tracks, "vias": list(vias.values())}


def _pieces(shape: Shape, ends: set[tuple[int, float, float]]) -> Iterator[tuple[float, float, float, float]]:
    """Yield a track cut where another of its net ends on it: KiCad calls such an end dangling otherwise."""
    steps = round(max(abs(shape.x1 - shape.x0), abs(shape.y1 - shape.y0)) / GRID_MM)
    x, y = shape.x0, shape.y0
    for step in range(1, steps + 1):
        x1 = shape.x0 + (shape.x1 - shape.x0) * step / steps
        y1 = shape.y0 + (shape.y1 - shape.y0) * step / steps
        if step == steps or (shape.layers[0], x1, y1) in ends:
            yield x, y, x1, y1
            x, y = x1, y1


def main(arguments: Sequence[str]) -> int:
    """Route what the folder holds."""
    folder = Path(arguments[0])
    router = Router(json.loads((folder / "geometry.json").read_text(encoding="utf-8")))
    left = router.route()
    (folder / "tracks.json").write_text(json.dumps(drawn(router)), encoding="utf-8")
    if left:
        sys.stderr.write(f"route: not joined after {ROUNDS} rounds: {', '.join(left)}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
