"""Parts with two pins as ladders: in a row what is in series, hanging from it what goes to ground or a supply.

A ladder's row runs from net to net; a net is a wire with its name on it. What has more pins, and every terminal,
is no part of a ladder. Lengths in mm, y upwards, the row at 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hardware.carrier.catalog import Kind
from hardware.carrier.part import Part
from hardware.carrier.symbol import Pin, Symbol, symbols, turned

GROUNDS = ("GND", "EARTH", "EARTH_2")
SUPPLIES = ("+12V", "+5V", "+3V3", "+3V3A", "+3V3C", "+12S0", "+12S1", *GROUNDS)
OF_TWO = ("R", "C", "D", "F", "L")
LONGEST = 6  # parts in a row, then the next row begins
NAME_MM, TITLE_MM, END_MM = 1.05, 1.3, 4.0  # of a letter of a net's name, of a part's title; of a ground's sign
PART_MM = 7.62  # from pin to pin


class Unit(NamedTuple):
    """A part's symbol at a place, and where the lines of its title begin (or, in a row, have their middle)."""

    part: Part
    symbol: Symbol
    x: float
    y: float
    title: tuple[str, ...]
    title_x: float
    title_y: float
    in_row: bool


class Figure(NamedTuple):
    """What is drawn together: wires and names of nets by (net, x, y, ...), box as left, bottom, right, top."""

    units: tuple[Unit, ...]
    wires: tuple[tuple[str, float, float, float, float], ...]
    names: tuple[tuple[str, float, float], ...]
    ends: tuple[tuple[str, float, float], ...]
    box: tuple[float, float, float, float]


class Rung(NamedTuple):
    """A part between two nets; `hot` is the one that the ladder has as a node."""

    part: Part
    symbol: Symbol
    hot: str
    cold: str


def rungs(parts: Sequence[Part], kinds: Mapping[str, Kind]) -> list[Rung]:
    """Return the parts that are drawn in ladders."""
    made = []
    for part in parts:
        units = symbols(kinds[part.kind])
        if part.ref.startswith(OF_TWO) and len(part.pins) == len(units[0].pins) == 2:
            nets = [part.pins[pin.number] for pin in units[0].pins]
            nets.sort(key=lambda net: (net in GROUNDS, net in SUPPLIES))
            made.append(Rung(part, units[0], *nets))
    return made


def ladders(of_two: Sequence[Rung]) -> Iterator[Figure]:
    """Yield the ladders of a sheet, each with the longest row that is left."""
    series = [rung for rung in of_two if rung.cold not in SUPPLIES]
    hanging = [rung for rung in of_two if rung.cold in SUPPLIES]
    while series:
        start, row = max((_longest(net, series) for net in _nets(series)), key=lambda found: len(found[1]))
        series = [rung for rung in series if rung not in row]
        nets = [start]
        for rung in row:
            nets.append(rung.cold if rung.hot == nets[-1] else rung.hot)
        yield _figure(nets, row, [rung for rung in hanging if rung.hot in nets])
        hanging = [rung for rung in hanging if rung.hot not in nets]
    for net in dict.fromkeys(rung.hot for rung in hanging):
        yield _figure([net], [], [rung for rung in hanging if rung.hot == net])


def _nets(series: Sequence[Rung]) -> dict[str, None]:
    return dict.fromkeys(net for rung in series for net in (rung.hot, rung.cold))


def _longest(start: str, series: Sequence[Rung]) -> tuple[str, list[Rung]]:
    """Return the longest row from a net that passes no net twice."""
    best: list[Rung] = []

    def walk(net: str, passed: frozenset[str], row: list[Rung]) -> None:
        nonlocal best
        best = row if len(row) > len(best) else best
        if len(row) < LONGEST:
            for rung in series:
                other = rung.cold if rung.hot == net else rung.hot if rung.cold == net else net
                if other not in passed:
                    walk(other, passed | {other}, [*row, rung])

    walk(start, frozenset({start}), [])
    return start, best


def _figure(nets: Sequence[str], row: Sequence[Rung], hanging: Sequence[Rung]) -> Figure:
    units: list[Unit] = []
    wires, names, ends = [], [], []
    x, top, bottom = 0.0, 3.0, -2.0
    for number, net in enumerate(nets):
        down = up = 1.5
        up += NAME_MM * len(net)
        for rung in (rung for rung in hanging if rung.hot == net):
            below = rung.cold in GROUNDS
            at = x + (down if below else up) + 1.5
            unit, end = _hung(rung, at, below)
            units.append(unit)
            ends.append((rung.cold, at, end))
            room = 5.5 + TITLE_MM * max(len(line) for line in unit.title)
            down, up = (down + room, up) if below else (down, up + room)
            top, bottom = max(top, end + END_MM), min(bottom, end - END_MM)
        last = x + max(down, up, _room_for_titles(row[max(0, number - 1) : number + 1]))
        wires.append((net, x, 0.0, last, 0.0))
        names.append((net, x + 0.5, 0.6))
        x = last
        if number < len(row):
            unit, x = _in_row(row[number], net, x)
            units.append(unit)
            top = max(top, unit.title_y + 2)
    return Figure(tuple(units), tuple(wires), tuple(names), tuple(ends), (0.0, bottom, x, top))


def _room_for_titles(neighbours: Sequence[Rung]) -> float:
    """Return how long the wire between parts of a row must be for the titles above them."""
    longest = max((len(f"{rung.part.ref} {rung.part.value}") for rung in neighbours), default=0)
    return TITLE_MM * longest + 2 - PART_MM


def _facing(symbol: Symbol, first: str, angle: int) -> Symbol:
    """Return the symbol turned so that the pin `first` looks into it in the direction of the angle."""
    pin = next(pin for pin in symbol.pins if pin.number == first)
    return turned(symbol, (angle - pin.angle) // 90 % 4)


def _pins(rung: Rung, net: str, symbol: Symbol) -> tuple[Pin, Pin]:
    """Return the symbol's pin on a net, and the other."""
    one, other = symbol.pins
    return (one, other) if rung.part.pins[one.number] == net else (other, one)


def _hung(rung: Rung, x: float, below: bool) -> tuple[Unit, float]:
    """Return a part that hangs from the row, or stands on it, and the y of its far end."""
    first, _ = _pins(rung, rung.hot, rung.symbol)
    symbol = _facing(rung.symbol, first.number, 270 if below else 90)
    near, far = _pins(rung, rung.hot, symbol)
    y = -near.y
    middle = y + (near.y + far.y) / 2
    title = (rung.part.ref, rung.part.value)
    return Unit(rung.part, symbol, x - near.x, y, title, x + 2.7, middle + 0.6, False), y + far.y


def _in_row(rung: Rung, net: str, x: float) -> tuple[Unit, float]:
    """Return a part in the row, its pin on a net at x, and the x of its other pin."""
    first, _ = _pins(rung, net, rung.symbol)
    symbol = _facing(rung.symbol, first.number, 0)
    near, far = _pins(rung, net, symbol)
    title = (f"{rung.part.ref} {rung.part.value}",)
    return Unit(
        rung.part, symbol, x - near.x, -near.y, title, x + (far.x - near.x) / 2, 3.4, True
    ), x + far.x - near.x
