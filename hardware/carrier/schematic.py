"""The schematic: one page for each sheet of the circuit, in KiCad's symbols, each pin with its number and net.

    python -m hardware.carrier.schematic FOLDER

writes FOLDER/schematic-1.svg ... from the same tables as the netlist. Wires are names: two pins with one name are
joined. Every drawn pin carries data-ref, data-pin and data-net, which a test holds to the netlist of SKiDL.
"""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from hardware import pinmap
from hardware.carrier import catalog, circuit
from hardware.carrier.catalog import Kind
from hardware.carrier.part import Part
from hardware.carrier.symbol import Pin, Symbol, symbols

PAGE_MM, EDGE_MM, TOP_MM = (420.0, 297.0), 10.0, 22.0
CHARACTER_MM, GAP_MM, TEXT_MM = 1.05, 4.0, 1.6
MARK = "GENERATED, NEVER BUILT"


class Drawn(NamedTuple):
    """A unit of a part with the room that it takes: left, bottom, right, top around its origin (y upwards)."""

    part: Part
    symbol: Symbol
    box: tuple[float, float, float, float]


def _label(part: Part, pin: Pin) -> str:
    return part.pins.get(pin.number, "open")


def _room(part: Part, symbol: Symbol) -> Drawn:
    xs, ys = [0.0], [0.0]
    for line in symbol.lines:
        xs += [x for x, _ in line]
        ys += [y for _, y in line]
    for pin in symbol.pins:
        length = CHARACTER_MM * len(_label(part, pin)) + 2
        dx, dy = math.cos(math.radians(pin.angle)), math.sin(math.radians(pin.angle))
        xs += [pin.x, pin.x - dx * length]
        ys += [pin.y, pin.y - dy * length]
    title = CHARACTER_MM * (len(part.ref) + len(part.value) + 3)
    right = max(max(xs), min(xs) + title)
    return Drawn(part, symbol, (min(xs), min(ys), right, max(ys) + 3))


def placed(parts: Sequence[Part], kinds: Mapping[str, Kind], width: float) -> Iterator[tuple[Drawn, float, float]]:
    """Yield each unit with the x and y (downwards) of its origin: in rows, in the order of the sheet."""
    x = y = tallest = 0.0
    for part in parts:
        for symbol in symbols(kinds[part.kind]):
            drawn = _room(part, symbol)
            left, bottom, right, top = drawn.box
            if x and x + right - left > width:
                x, y, tallest = 0.0, y + tallest + GAP_MM, 0.0
            yield drawn, x - left, y + top
            x += right - left + GAP_MM
            tallest = max(tallest, top - bottom)


def _unit(drawn: Drawn, x: float, y: float) -> Iterator[str]:
    part, symbol, (left, _, _, top) = drawn
    title = f"{part.ref}  {part.value}"
    yield f'<g data-part="{part.ref}">'
    yield f'<text class="t" x="{x + left:.2f}" y="{y - top + 2:.2f}">{escape(title)}</text>'
    for line in symbol.lines:
        points = " ".join(f"{x + px:.2f},{y - py:.2f}" for px, py in line)
        yield f'<polyline points="{points}"/>'
    for cx, cy, radius in symbol.circles:
        yield f'<circle cx="{x + cx:.2f}" cy="{y - cy:.2f}" r="{radius:.2f}"/>'
    for pin in symbol.pins:
        yield from _pin(part, symbol, pin, x, y)
    yield "</g>"


def _pin(part: Part, symbol: Symbol, pin: Pin, x: float, y: float) -> Iterator[str]:
    dx, dy = math.cos(math.radians(pin.angle)), math.sin(math.radians(pin.angle))
    px, py = x + pin.x, y - pin.y
    inner_x, inner_y = px + dx * pin.length, py - dy * pin.length
    net = part.pins.get(pin.number, "")
    data = f'data-ref="{part.ref}" data-pin="{pin.number}" data-net="{escape(net)}"'
    yield f'<g {data}><line x1="{px:.2f}" y1="{py:.2f}" x2="{inner_x:.2f}" y2="{inner_y:.2f}"/>'
    if pin.shown:
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
"""


def page(number: int, name: str, parts: Sequence[Part], kinds: Mapping[str, Kind], of: int) -> str:
    """Return one page as SVG."""
    width, height = PAGE_MM[0] - 2 * EDGE_MM, PAGE_MM[1] - EDGE_MM - TOP_MM
    scale, laid = 2.4, list(placed(parts, kinds, width / 2.4))
    for _ in range(24):  # as large as fits the page
        depth = max(y - drawn.box[1] for drawn, _, y in laid)
        if depth * scale <= height:
            break
        scale *= 0.93
        laid = list(placed(parts, kinds, width / scale))
    body = "\n".join(line for drawn, x, y in laid for line in _unit(drawn, x, y))
    title = f"Seepline carrier rev {circuit.REVISION}, sheet {number} of {of}: {name}"
    note = "Pins with one name are joined. Source: hardware/carrier, CERN-OHL-S-2.0. Values and parts: bom.csv."
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
