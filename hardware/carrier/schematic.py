"""The schematic: one page for each sheet of the circuit, in KiCad's symbols, each pin with its number and net.

    python -m hardware.carrier.schematic FOLDER

writes FOLDER/schematic-1.svg ... from the same tables as the netlist. What has two pins stands in ladders, joined
by wires (ladder.py); all else is joined by names: two pins with one name are one net. Every drawn pin carries
data-ref, data-pin and data-net, every wire data-wire; tests hold them to the netlist of SKiDL and to each other.
"""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from hardware import pinmap
from hardware.carrier import catalog, circuit
from hardware.carrier.catalog import Kind
from hardware.carrier.ladder import Figure, Unit, ladders, rungs
from hardware.carrier.part import Part
from hardware.carrier.symbol import Pin, Symbol, symbols

PAGE_MM, EDGE_MM, TOP_MM = (420.0, 297.0), 10.0, 22.0
CHARACTER_MM, TITLE_MM, GAP_MM, TEXT_MM = 1.05, 1.3, 5.0, 1.6
MARK = "GENERATED, NEVER BUILT"


def _label(part: Part, pin: Pin) -> str:
    return part.pins.get(pin.number, "open")


def _alone(part: Part, symbol: Symbol) -> Figure:
    """Return a unit by itself, with the room that it and the names at its pins take."""
    xs, ys = [0.0], [0.0]
    for line in symbol.lines:
        xs += [x for x, _ in line]
        ys += [y for _, y in line]
    ys += [y + radius for _, y, radius in symbol.circles]
    for pin in symbol.pins:
        length = CHARACTER_MM * len(_label(part, pin)) + 2
        dx, dy = math.cos(math.radians(pin.angle)), math.sin(math.radians(pin.angle))
        xs += [pin.x, pin.x - dx * length]
        ys += [pin.y, pin.y - dy * length]
    title = f"{part.ref}  {part.value}"
    right = max(max(xs), min(xs) + TITLE_MM * len(title))
    unit = Unit(part, symbol, 0.0, 0.0, (title,), min(xs), max(ys) + 1, False)
    return Figure((unit,), (), (), (), (min(xs), min(ys), right, max(ys) + 3))


def figures(parts: Sequence[Part], kinds: Mapping[str, Kind]) -> list[Figure]:
    """Return what is drawn of a sheet: in the order of its parts, a ladder where its first part stands."""
    of_two = rungs(parts, kinds)
    in_ladders = {rung.part.ref for rung in of_two}
    found = list(ladders(of_two))
    found += [
        _alone(part, symbol)
        for part in parts
        if part.ref not in in_ladders
        for symbol in symbols(kinds[part.kind])
    ]
    order = {part.ref: number for number, part in enumerate(parts)}
    return sorted(found, key=lambda figure: min(order[unit.part.ref] for unit in figure.units))


def placed(found: Sequence[Figure], width: float) -> Iterator[tuple[Figure, float, float]]:
    """Yield each figure with the x and y (downwards) of its origin, in rows."""
    x = y = tallest = 0.0
    for figure in found:
        left, bottom, right, top = figure.box
        if x and x + right - left > width:
            x, y, tallest = 0.0, y + tallest + GAP_MM, 0.0
        yield figure, x - left, y + top
        x += right - left + GAP_MM
        tallest = max(tallest, top - bottom)


def _figure(figure: Figure, x: float, y: float) -> Iterator[str]:
    alone = not figure.wires
    for unit in figure.units:
        yield from _unit(unit, x, y, named=alone)
    for net, x0, y0, x1, y1 in figure.wires:
        at = f'x1="{x + x0:.2f}" y1="{y - y0:.2f}" x2="{x + x1:.2f}" y2="{y - y1:.2f}"'
        yield f'<line data-wire="{escape(net)}" {at}/>'
    for net, name_x, name_y in figure.names:
        yield f'<text class="n" x="{x + name_x:.2f}" y="{y - name_y:.2f}">{escape(net)}</text>'
    for net, end_x, end_y in figure.ends:
        yield from _end(net, x + end_x, y - end_y, up=end_y > 0)
        yield f'<circle class="d" cx="{x + end_x:.2f}" cy="{y:.2f}" r=".4"/>'


def _end(net: str, x: float, y: float, *, up: bool) -> Iterator[str]:
    """Yield the sign of ground, or the bar and the name of a supply or of earth."""
    for n in range(3 if net == "GND" else 1):
        half, below = 1.5 - 0.5 * n, 0.6 * n
        yield f'<line x1="{x - half:.2f}" y1="{y + below:.2f}" x2="{x + half:.2f}" y2="{y + below:.2f}"/>'
    if net != "GND":
        name_y = y - 0.8 if up else y + 2.2
        yield f'<text class="n" x="{x:.2f}" y="{name_y:.2f}" text-anchor="middle">{escape(net)}</text>'


def _unit(unit: Unit, x: float, y: float, *, named: bool) -> Iterator[str]:
    part, symbol = unit.part, unit.symbol
    yield f'<g data-part="{part.ref}">'
    anchor = ' text-anchor="middle"' if unit.in_row else ""
    for n, line in enumerate(unit.title):
        at = f'x="{x + unit.title_x:.2f}" y="{y - unit.title_y + 2.2 * n:.2f}"'
        yield f'<text class="t" {at}{anchor}>{escape(line)}</text>'
    x, y = x + unit.x, y - unit.y
    for points in symbol.lines:
        at = " ".join(f"{x + px:.2f},{y - py:.2f}" for px, py in points)
        yield f'<polyline points="{at}"/>'
    for cx, cy, radius in symbol.circles:
        yield f'<circle cx="{x + cx:.2f}" cy="{y - cy:.2f}" r="{radius:.2f}"/>'
    for pin in symbol.pins:
        yield from _pin(part, symbol, pin, x, y, named=named)
    yield "</g>"


def _pin(part: Part, symbol: Symbol, pin: Pin, x: float, y: float, *, named: bool) -> Iterator[str]:
    dx, dy = math.cos(math.radians(pin.angle)), math.sin(math.radians(pin.angle))
    px, py = x + pin.x, y - pin.y
    inner_x, inner_y = px + dx * pin.length, py - dy * pin.length
    net = part.pins.get(pin.number, "")
    data = f'data-ref="{part.ref}" data-pin="{pin.number}" data-net="{escape(net)}"'
    yield f'<g {data}><line x1="{px:.2f}" y1="{py:.2f}" x2="{inner_x:.2f}" y2="{inner_y:.2f}"/>'
    if named and pin.shown and net == "GND" and dy > 0.5:
        yield from _end(net, px, py, up=False)
    elif named and pin.shown:
        yield _text("n" if net else "o", net or "open", px - dx, py + dy, dx, dy, outward=True)
    elif net:
        yield f"<title>{escape(net)}</title>"
    if pin.shown and len(part.pins) > 2:
        yield _text("p", pin.number, (px + inner_x) / 2 + 0.5 * dy, (py + inner_y) / 2 - 0.5 * abs(dx), 0, 0)
        if symbol.names and pin.name != "~":
            yield _text("p", _plain(pin.name), inner_x + dx, inner_y - dy, dx, dy, outward=False)
    yield "</g>"


def _plain(name: str) -> str:
    return name.replace("~{", "/").replace("}", "")


def _text(style: str, text: str, x: float, y: float, dx: float, dy: float, *, outward: bool = True) -> str:
    turned = f' transform="rotate(-90 {x:.2f} {y:.2f})"' if abs(dy) > 0.5 else ""
    forward = dx + dy > 0.5
    anchor = "middle" if not (dx or dy) else "end" if forward == outward else "start"
    middle = ' dominant-baseline="central"' if dx or dy else ""
    at = f'x="{x:.2f}" y="{y:.2f}"'
    return f'<text class="{style}" {at} text-anchor="{anchor}"{middle}{turned}>{escape(text)}</text>'


_STYLE = f"""
text {{ font-family: 'DejaVu Sans', sans-serif; font-size: {TEXT_MM}px; fill: #222 }}
.t {{ font-weight: bold; font-size: 1.9px }} .n {{ fill: #0a5a2a }} .o {{ fill: #999 }}
.p {{ fill: #7a3b00; font-size: 1.2px }} .h {{ font-size: 5px; font-weight: bold }}
.w {{ font-size: 5px; fill: #b00020 }}
.s {{ font-size: 3px }} polyline, line, circle, rect {{ fill: none; stroke: #222; stroke-width: .18 }}
line[data-wire] {{ stroke: #0a5a2a }} circle.d {{ fill: #0a5a2a; stroke: none }}
"""


def page(number: int, name: str, parts: Sequence[Part], kinds: Mapping[str, Kind], of: int) -> str:
    """Return one page as SVG."""
    width, height = PAGE_MM[0] - 2 * EDGE_MM, PAGE_MM[1] - EDGE_MM - TOP_MM
    found, scale = figures(parts, kinds), 2.4
    laid = list(placed(found, width / scale))
    while max(y - figure.box[1] for figure, _, y in laid) * scale > height:  # as large as fits the page
        scale *= 0.95
        laid = list(placed(found, width / scale))
    body = "\n".join(line for figure, x, y in laid for line in _figure(figure, x, y))
    title = f"Seepline carrier rev {circuit.REVISION}, sheet {number} of {of}: {name}"
    note = "Wires and pins with one name are joined. Source: hardware/carrier, CERN-OHL-S-2.0. Parts: bom.csv."
    size = f'width="{PAGE_MM[0]}mm" height="{PAGE_MM[1]}mm" viewBox="0 0 {PAGE_MM[0]} {PAGE_MM[1]}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size}>
<style>{_STYLE}</style><rect x="0" y="0" width="100%" height="100%" style="fill:#fff;stroke:none"/>
<text class="h" x="{EDGE_MM}" y="12">{escape(title)}</text>
<text class="w" x="{PAGE_MM[0] - EDGE_MM}" y="12" text-anchor="end">{MARK}</text>
<text class="s" x="{EDGE_MM}" y="17">{escape(note)}</text>
<g transform="translate({EDGE_MM} {TOP_MM}) scale({scale:.4f})">
{body}
</g></svg>
"""


def pages() -> dict[str, str]:
    """Return the text of each page by its file's name; raises seepline.toml_file.Faulty."""
    kinds, sheets = catalog.read(), circuit.sheets(pinmap.read())
    return {
        f"schematic-{number}.svg": page(number, name, parts, kinds, len(sheets))
        for number, (name, parts) in enumerate(sheets.items(), start=1)
    }


def main(arguments: Sequence[str]) -> int:
    """Write the pages."""
    for name, text in pages().items():
        (Path(arguments[0]) / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
