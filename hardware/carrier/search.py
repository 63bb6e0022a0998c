"""The cheapest way from copper to copper on two layers: A* over cells, in plain Python made to be quick.

Which steps are open is worked out for all cells at once, as nine bits a cell; each pattern of bits has its row of
steps ready, with price and place of the toll. So the one inner loop asks for no wall and for no layer.

A cell's number is (layer * columns + column) * rows + row. The front runs from side to side, the back up and down:
the other direction costs more.
"""

import heapq
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WALL = 255
STRAIGHT, AGAINST, DIAGONAL, VIA = 10, 14, 15, 70
MARGIN = 40  # cells around what is to be joined, in which a way is looked for first: most are short
NEVER = 1 << 40
CELL = (1 << 32) - 1
Cell = int
Tolls = npt.NDArray[np.uint8]


class Step(NamedTuple):
    """To the cell `way` further; its toll lies `toll` further in the tolls of both layers and then of the vias."""

    way: int
    price: int
    toll: int


def search(tracks: Tolls, vias: Tolls, start: set[Cell], goals: set[Cell] | None) -> list[Cell] | None:
    """Return the cheapest path from the start to a goal (None: to the other layer), or None; 255 is a wall.

    `tracks` is (2, columns, rows) and `vias` (columns, rows), walls at the edge of both. The surroundings are
    searched first; the cheapest path there is taken, though one through far country might be cheaper.
    """
    _, columns, rows = tracks.shape
    _, xs, ys = np.unravel_index(sorted(start | (goals or set())), tracks.shape)
    near = (
        slice(max(0, xs.min() - MARGIN), xs.max() + MARGIN),
        slice(max(0, ys.min() - MARGIN), ys.max() + MARGIN),
    )
    for window in (near, (slice(0, columns), slice(0, rows))):
        path = _in_window(tracks, vias, start, goals, window)
        if path:
            return path
    return None


def _in_window(
    tracks: Tolls, vias: Tolls, start: set[Cell], goals: set[Cell] | None, window: tuple[slice, slice]
) -> list[Cell] | None:
    """Look for the path on a piece of the board, as a board of its own with a wall around it."""
    whole, (across, down) = tracks.shape, window
    tracks, vias = tracks[:, across, down].copy(), vias[across, down]
    tracks[:, (0, -1)] = tracks[:, :, (0, -1)] = WALL

    def cells(numbers: Iterable[Cell]) -> list[Cell]:
        layers, xs, ys = np.unravel_index(sorted(numbers), whole)
        found: list[Cell] = np.ravel_multi_index(
            (layers, xs - across.start, ys - down.start), tracks.shape
        ).tolist()
        return found

    piece = Piece(tracks, vias)
    begin = cells(start)
    path = piece.search(begin, set(cells(goals)) if goals else piece.other_layer(begin[0]))
    layers, xs, ys = np.unravel_index(np.array(path, dtype=np.int64), tracks.shape)
    back: list[Cell] = np.ravel_multi_index((layers, xs + across.start, ys + down.start), whole).tolist()
    return back


class Piece:
    """A piece of the board with its tolls; its edge is wall."""

    def __init__(self, tracks: Tolls, vias: Tolls) -> None:
        _, self.columns, self.rows = tracks.shape
        self.layer = self.columns * self.rows
        self.steps = (
            (*self._within(STRAIGHT, AGAINST), Step(self.layer, VIA, 2 * self.layer)),
            (*self._within(AGAINST, STRAIGHT), Step(-self.layer, VIA, self.layer)),
        )
        self.open = self._open(tracks, vias)
        self.toll = tracks.tobytes() + vias.tobytes()

    def _within(self, across: int, along: int) -> tuple[Step, ...]:
        """Return the steps within a layer: four straight, then four diagonal."""
        rows = self.rows
        straight = ((rows, across), (-rows, across), (1, along), (-1, along))
        diagonal = ((way, DIAGONAL) for way in (rows + 1, rows - 1, 1 - rows, -1 - rows))
        return tuple(Step(way, price, way) for way, price in (*straight, *diagonal))

    def _open(self, tracks: Tolls, vias: Tolls) -> list[int]:
        """Return the open steps of each cell, a bit for each; a diagonal cuts no corner."""
        free = tracks.ravel() != WALL
        beside = {step.way: np.roll(free, -step.way) for step in self.steps[0][:8]}
        bits = np.zeros(free.size, dtype=np.uint16)
        for number, way in enumerate(beside):
            found = beside[way]
            if number > 3:
                column = self.rows if way > 1 else -self.rows
                found = found & beside[column] & beside[way - column]
            bits |= found.astype(np.uint16) << number
        holes = np.tile(vias.ravel() != WALL, 2) & np.roll(free, self.layer)
        made: list[int] = (bits | holes.astype(np.uint16) << 8).tolist()
        return made

    def other_layer(self, cell: Cell) -> range:
        """Return all cells of the layer that a cell is not on."""
        return range(self.layer, 2 * self.layer) if cell < self.layer else range(self.layer)

    def _left_to_go(self, goals: Iterable[Cell]) -> list[int]:
        """Return for each cell the least price of a way to the box around the goals."""
        cells = np.fromiter(goals, dtype=np.int64) % self.layer
        x, y = np.arange(self.columns)[:, None], np.arange(self.rows)[None, :]
        xs, ys = cells // self.rows, cells % self.rows
        dx = np.maximum(np.maximum(xs.min() - x, x - xs.max()), 0)
        dy = np.maximum(np.maximum(ys.min() - y, y - ys.max()), 0)
        far = STRAIGHT * np.maximum(dx, dy) + (DIAGONAL - STRAIGHT) * np.minimum(dx, dy)
        once: list[int] = far.ravel().tolist()
        return once * 2

    def search(self, start: Sequence[Cell], goals: set[Cell] | range) -> list[Cell]:
        """Return the cheapest path from the start to a goal; empty where there is none."""
        bits, toll, far, layer = self.open, self.toll, self._left_to_go(goals), self.layer
        front, back = ([_picked(steps, pattern) for pattern in range(512)] for steps in self.steps)
        best, done = [NEVER] * (2 * layer), bytearray(2 * layer)
        heap = [far[cell] << 32 | cell for cell in start]
        heapq.heapify(heap)
        for cell in start:
            best[cell] = 0
        while heap:
            cell = heapq.heappop(heap) & CELL
            if done[cell]:
                continue
            done[cell] = 1
            if cell in goals:
                return self._back(best, cell)
            spent = best[cell]
            for way, price, look in (back if cell >= layer else front)[bits[cell]]:
                there = cell + way
                cost = spent + price + toll[cell + look]
                if cost < best[there]:
                    best[there] = cost
                    heapq.heappush(heap, (cost + far[there]) << 32 | there)
        return []

    def _back(self, best: Sequence[int], cell: Cell) -> list[Cell]:
        """Return the path to a cell; of ways that cost the same, the one that goes straight on."""
        path, way = [cell], 0
        while best[cell]:
            ways = [
                step.way
                for side, steps in enumerate(self.steps)
                for number, step in enumerate(steps)
                if (came := cell - step.way) // self.layer == side
                and self.open[came] >> number & 1
                and best[came] + step.price + self.toll[came + step.toll] == best[cell]
            ]
            way = way if way in ways else ways[0]
            cell -= way
            path.append(cell)
        return path[::-1]


def _picked(steps: Sequence[Step], pattern: int) -> tuple[Step, ...]:
    return tuple(step for number, step in enumerate(steps) if pattern >> number & 1)
