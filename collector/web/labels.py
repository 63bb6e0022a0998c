"""Where labels go in a drawing: near their anchor, and not on top of one another. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

_CHARACTER_WIDTH = 7.6  # of the drawing's 13-unit label text, bold
_LINE_HEIGHT = 16.0
_PADDING = 4.0
_DISTANCES = (14.0, 30.0, 48.0, 72.0, 100.0, 134.0)
_DIRECTIONS = (
    (1.0, 0.0),
    (-1.0, 0.0),
    (1.0, -1.0),
    (-1.0, -1.0),
    (1.0, 1.0),
    (-1.0, 1.0),
    (0.0, -1.0),
    (0.0, 1.0),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in picture units: x to the right, y downwards."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: "Box") -> float:
        """Return the area that both cover."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)


@dataclass(frozen=True, slots=True)
class Label:
    """A placed label of several lines: its box, where its text starts, and its leader's end at the box."""

    lines: tuple[str, ...]
    box: Box
    anchor: tuple[float, float]
    leader: tuple[float, float] | None

    @property
    def rows(self) -> tuple[tuple[float, str], ...]:
        """Return (baseline y, text) of each line."""
        return tuple((round(self.box.top + 13 + n * _LINE_HEIGHT, 1), text) for n, text in enumerate(self.lines))

    @property
    def text_x(self) -> float:
        """Return the x at which each line starts."""
        return round(self.box.left + _PADDING, 1)


def around(x: float, y: float, reach: float) -> Box:
    """Return the box of a mark that reaches `reach` to all sides of (x, y)."""
    return Box(x - reach, y - reach, 2 * reach, 2 * reach)


def _size(lines: tuple[str, ...]) -> tuple[float, float]:
    return max(map(len, lines)) * _CHARACTER_WIDTH + 2 * _PADDING, len(lines) * _LINE_HEIGHT + 2.0


def _candidates(x: float, y: float, size: tuple[float, float]) -> list[Box]:
    width, height = size
    boxes = []
    for distance in _DISTANCES:
        for across, down in _DIRECTIONS:
            centre_x = x + across * (distance + width / 2)
            centre_y = y + down * (distance + height / 2)
            boxes.append(Box(round(centre_x - width / 2, 1), round(centre_y - height / 2, 1), width, height))
    return boxes


def _everywhere(x: float, y: float, size: tuple[float, float], area: Box) -> list[Box]:
    """Return the cells of the whole picture, nearest to (x, y) first: for a crowd that fills its surroundings."""
    width, height = size
    columns, rows = int(area.width // width), int(area.height // height)
    cells = [
        Box(round(area.left + column * width, 1), round(area.top + row * height, 1), width, height)
        for column in range(columns)
        for row in range(rows)
    ]
    return sorted(cells, key=lambda one: hypot(one.left + width / 2 - x, one.top + height / 2 - y))


def _best(boxes: Sequence[Box], taken: Sequence[Box], area: Box) -> Box:
    return min(boxes, key=lambda box: _cost(box, taken, area))  # min keeps the first, so the nearest, of equals


def _cost(box: Box, taken: Sequence[Box], area: Box) -> float:
    outside = box.width * box.height - box.overlap(area)
    return round(4 * outside + sum(box.overlap(other) for other in taken), 3)


def _leader(box: Box, anchor: tuple[float, float]) -> tuple[float, float] | None:
    x, y = anchor
    end = (min(max(x, box.left), box.left + box.width), min(max(y, box.top), box.top + box.height))
    far = abs(end[0] - x) + abs(end[1] - y) > 20
    return (round(end[0], 1), round(end[1], 1)) if far else None


def place(
    wanted: Sequence[tuple[tuple[float, float], tuple[str, ...]]], obstacles: Sequence[Box], area: Box
) -> tuple[Label, ...]:
    """Place (anchor, lines) one after another: the nearest free place, else the one that covers least."""
    taken, labels = list(obstacles), []
    for anchor, lines in wanted:
        near = _candidates(*anchor, _size(lines))
        box = _best(near, taken, area)
        if _cost(box, taken, area) > 0:
            box = _best([box, *_everywhere(*anchor, _size(lines), area)], taken, area)
        taken.append(box)
        labels.append(Label(lines, box, anchor, _leader(box, anchor)))
    return tuple(labels)
