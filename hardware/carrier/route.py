"""Join the pads of each net by tracks on two layers: searched on a grid, and what stands in the way is laid anew.

    python -m hardware.carrier.route FOLDER

reads FOLDER/geometry.json, writes FOLDER/tracks.json. Plain Python with numpy: nothing of KiCad is needed, and the
same geometry gives the same tracks (tests hold layout.json to it). Clearances are kept by cells: for each net
class there is a map of who is too near to a track's middle, and one for a via's (maps.py).
"""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hardware.carrier.maps import GRID_MM, Maps, Shape
from hardware.carrier.search import Cell, search

PLANE = "GND"
ROUNDS = 400


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
                path = search(*self.maps.tolls(PLANE, hard=True, dear={}), pad, None)
                if path is None:
                    raise SystemExit(f"route: no room for a via of {PLANE} at {self.maps.place(min(pad))}")
                laid.append(Wire(PLANE, tuple(path)))
                pad |= set(path)
                self.maps.add(PLANE, list(self.maps.shapes(PLANE, path)))
        self.maps.keep()
        return laid

    def nets(self) -> list[str]:
        """Return the nets to join in the order in which they are laid at first: field, earth, small, large."""
        return sorted((net for net in self.pads if len(self.pads[net]) > 1), key=self._order)

    def route(self) -> list[str]:
        """Lay all nets; return those that could not be joined."""
        waiting = self.nets()
        for _ in range(ROUNDS):
            if not waiting:
                break
            net = waiting.pop(0)
            pushed = self.lay(net)
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

    def moved(self) -> list[str]:
        """Return the nets that stood in another's way and were laid again."""
        return sorted(set(self.dear) - {PLANE})

    def lay(self, net: str) -> list[str]:
        """Join the pads of a net, each to the nearest that is joined; return the nets it had to go through."""
        pads = self._in_order(net)
        tree, laid, pushed = set(pads[0]), [], []
        for pad in pads[1:]:
            path = self._search(net, pad, tree, hard=True)
            if path is None:
                path = self._search(net, pad, tree, hard=False)
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

    def _search(self, net: str, pad: set[Cell], tree: set[Cell], *, hard: bool) -> list[Cell] | None:
        return search(*self.maps.tolls(net, hard=hard, dear=self.dear), pad, tree)


def drawn(router: Router) -> dict[str, list[Any]]:
    """Return who moved, tracks [net, layer, width, x0, y0, x1, y1] and vias [net, diameter, drill, x, y] in mm."""
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
    return {"moved": router.moved(), "tracks": tracks, "vias": list(vias.values())}


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
