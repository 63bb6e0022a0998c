"""A symbol of KiCad's libraries as lines and pins; what has none is a box. Lengths in mm, y upwards."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hardware.carrier.catalog import Kind

LIBRARIES = Path("/usr/share/kicad/symbols")
PITCH_MM, BOX_MM, LEAD_MM = 2.54, 17.78, 2.54
Node = Any  # a text, or a list of nodes


class Pin(NamedTuple):
    """Where a wire meets the pin, the direction from there into the symbol in degrees, its length."""

    number: str
    name: str
    x: float
    y: float
    angle: int
    length: float
    shown: bool


class Symbol(NamedTuple):
    """One unit: polygons of (x, y), circles of (x, y, radius), pins."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    circles: tuple[tuple[float, float, float], ...]
    pins: tuple[Pin, ...]
    names: bool


def _words(text: str) -> Iterator[str]:
    yield from re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()]+', text)


def parsed(text: str) -> Node:
    """Return an s-expression as lists of texts."""
    stack: list[list[Node]] = [[]]
    for word in _words(text):
        if word == "(":
            stack.append([])
        elif word == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(word[1:-1] if word.startswith('"') else word)
    return stack[0][0]


@cache
def _library(name: str) -> str:
    return (LIBRARIES / f"{name}.kicad_sym").read_text(encoding="utf-8")


@cache
def _symbol(library: str, name: str) -> Node:
    """Return one symbol's tree: the libraries are too long to be parsed whole, and each symbol begins a line."""
    text = _library(library)
    start = text.index(f'\n  (symbol "{name}"')
    end = text.find('\n  (symbol "', start + 1)
    return parsed(text[start : end if end > 0 else text.rindex(")")])


def _of(node: Node, name: str) -> list[Node]:
    return [part for part in node if isinstance(part, list) and part and part[0] == name]


def _numbers(node: Node, name: str) -> tuple[float, ...]:
    found = _of(node, name)
    return tuple(float(value) for value in found[0][1:]) if found else ()


def symbols(kind: Kind) -> tuple[Symbol, ...]:
    """Return the units of a kind of part; a unit of the libraries that belongs to all is drawn with each."""
    if not kind.symbol:
        return (_box(kind.pins),)
    library, name = kind.symbol.split(":")
    node = _symbol(library, name)
    base = _symbol(library, _of(node, "extends")[0][1]) if _of(node, "extends") else node
    names = not (_of(base, "pin_names") and "hide" in _of(base, "pin_names")[0])
    units: dict[int, list[Node]] = {}
    for unit in _of(base, "symbol"):
        number, style = (int(part) for part in unit[1].rsplit("_", 2)[1:])
        if style <= 1:
            units.setdefault(number, []).append(unit)
    shared = units.pop(0, [])
    return tuple(_unit([*shared, *own], names) for own in units.values()) or (_unit(shared, names),)


def _unit(nodes: Sequence[Node], names: bool) -> Symbol:
    lines: list[tuple[tuple[float, float], ...]] = []
    circles, pins = [], []
    for node in nodes:
        for shape in _of(node, "rectangle"):
            (x0, y0), (x1, y1) = _numbers(shape, "start"), _numbers(shape, "end")
            lines.append(((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)))
        for shape in _of(node, "polyline"):
            points = _of(shape, "pts")[0]
            lines.append(tuple((float(point[1]), float(point[2])) for point in points[1:]))
        for shape in _of(node, "arc"):
            ends = tuple(_numbers(shape, key)[:2] for key in ("start", "mid", "end") if _of(shape, key))
            lines.append(tuple((float(one[0]), float(one[1])) for one in ends))
        for shape in _of(node, "circle"):
            x, y = _numbers(shape, "center")
            circles.append((x, y, _numbers(shape, "radius")[0]))
        pins += [_pin(pin) for pin in _of(node, "pin")]
    return Symbol(tuple(lines), tuple(circles), tuple(pins), names)


def _pin(node: Node) -> Pin:
    x, y, angle = _numbers(node, "at")
    name, number = _of(node, "name")[0][1], _of(node, "number")[0][1]
    return Pin(number, name, x, y, int(angle), _numbers(node, "length")[0], "hide" not in node)


def _box(rows: Sequence[str]) -> Symbol:
    """Return a box with its pins as on the chip: down the left side, up the right one."""
    half = (len(rows) + 1) // 2
    height = PITCH_MM * (half + 1)
    right = BOX_MM
    pins = []
    for index, row in enumerate(rows):
        number, name, _ = row.split()
        left = index < half
        line = index if left else 2 * half - 1 - index
        x, angle = (-LEAD_MM, 0) if left else (right + LEAD_MM, 180)
        pins.append(Pin(number, name, x, -PITCH_MM * (line + 1), angle, LEAD_MM, True))
    frame = ((0.0, 0.0), (right, 0.0), (right, -height), (0.0, -height), (0.0, 0.0))
    return Symbol((frame,), (), tuple(pins), True)


def turned(symbol: Symbol, quarters: int) -> Symbol:
    """Return the symbol turned to the left by so many quarters.

    >>> turned(Symbol((((1.0, 0.0),),), (), (Pin("1", "~", 3.0, 0.0, 180, 1.0, True),), True), 1).pins[0][2:5]
    (-0.0, 3.0, 270)
    """
    for _ in range(quarters):
        lines = tuple(tuple((-y, x) for x, y in line) for line in symbol.lines)
        circles = tuple((-y, x, radius) for x, y, radius in symbol.circles)
        pins = tuple(pin._replace(x=-pin.y, y=pin.x, angle=(pin.angle + 90) % 360) for pin in symbol.pins)
        symbol = Symbol(lines, circles, pins, symbol.names)
    return symbol
