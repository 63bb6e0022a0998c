"""Templates at 1:1 and the label, as SVG in millimetres: printed without scaling, checked by the bar of 100 mm."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from hardware.enclosure.box import plate_holes, wall_holes

A3_MM = (420, 297)
_TEXT = 'font-family="DejaVu Sans, sans-serif"'
_LINE = 'fill="none" stroke="#000" stroke-width="0.3"'
_BAR_MM = 100


def plate(box: Mapping[str, Any]) -> str:
    """Return the template of the mounting plate."""
    row = box["plate"]
    return _template("Mounting plate, from the front", row["width"], row["height"], plate_holes(row))


def wall(box: Mapping[str, Any]) -> str:
    """Return the template of the cable wall, seen from below."""
    row = box["wall"]
    return _template(
        "Cable wall: lay it inside the box, lower edge to the back", row["width"], row["depth"], wall_holes(row)
    )


def _template(title: str, width: float, height: float, holes: Sequence[tuple[str, float, float, float]]) -> str:
    left, top = (A3_MM[0] - width) / 2, (A3_MM[1] - height) / 2
    parts = [
        *_sheet(*A3_MM),
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" {_LINE}/>',
        *_bar(left, top),
        *_words(
            left + 130, top + 7, f"{title}. {width:g} x {height:g} mm.", "Print on A3 at 100 %: the bar is 100 mm."
        ),
        *_words(left + 130, top + 17, "Generated, never drilled."),
    ]
    for name, x, y, across in holes:
        parts += _hole(name, left + x, top + height - y, across)
    return "\n".join([*parts, "</svg>\n"])


def _sheet(width: float, height: float) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}">',
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
    ]


def _bar(left: float, top: float) -> Iterator[str]:
    y = top + 8
    yield f'<path d="M{left + 20:g} {y - 2:g}v4M{left + 20:g} {y:g}h{_BAR_MM}m0 -2v4" {_LINE}/>'
    yield f'<text x="{left + 65:g}" y="{y - 1:g}" font-size="3.5" {_TEXT}>100 mm</text>'


def _words(x: float, y: float, *lines: str) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f'<text x="{x:g}" y="{y + 5 * number:g}" font-size="4" {_TEXT}>{escape(line)}</text>'


def _hole(name: str, x: float, y: float, across: float) -> Iterator[str]:
    yield f'<circle cx="{x:g}" cy="{y:g}" r="{across / 2:g}" {_LINE}/>'
    arm = across / 2 + 3
    yield f'<path d="M{x - arm:g} {y:g}h{2 * arm:g}M{x:g} {y - arm:g}v{2 * arm:g}" {_LINE}/>'
    yield (
        f'<text x="{x:g}" y="{y + arm + 3.5:g}" font-size="3.5" text-anchor="middle" {_TEXT}>'
        f"{escape(name)}, {across:g}</text>"
    )


def label(box: Mapping[str, Any]) -> str:
    """Return the label: what it is, whose it is, where its design can be had."""
    row = box["label"]
    lines = [
        row["text"],
        "Logger no.: ______________   Bus address: ______",
        "Site: ______________________________",
    ]
    lines += ["Opened by, date: ______________________", row["licence"], row["source"]]
    parts = [
        *_sheet(row["width"], row["height"]),
        f'<rect x="1" y="1" width="{row["width"] - 2:g}" height="{row["height"] - 2:g}" fill="none" stroke="#000" '
        'stroke-width="0.4"/>',
    ]
    for number, line in enumerate(lines):
        weight = ' font-weight="bold"' if number == 0 else ""
        size = 4 if number == 0 else 3
        parts.append(
            f'<text x="4" y="{8 + 7.5 * number:g}" font-size="{size}"{weight} {_TEXT}>{escape(line)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])
