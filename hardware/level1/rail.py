"""The two rails as a drawing to scale: what stands where."""

from collections.abc import Iterator
from html import escape

from hardware.level1.table import RAIL_GAP_MM, Build

_UPPER_MM, _LOWER_MM = 90.0, 60.0
_MARGIN, _GAP = 12.0, 26.0
_SCALE = 2.4  # of the drawing, points a millimetre


def svg(build: Build) -> str:
    """Return the drawing."""
    width = (build.rail_mm + 2 * _MARGIN) * _SCALE
    height = (_UPPER_MM + _LOWER_MM + _GAP + 3 * _MARGIN) * _SCALE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="DejaVu Sans, sans-serif">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text x="{_MARGIN * _SCALE:.0f}" y="20" font-size="14" font-weight="bold">{escape(build.title)}: '
        f"rails of {build.rail_mm} mm, 1 : 1 is {1 / _SCALE:.2f} mm a pixel (generated, never built)</text>",
        *_row(build, build.upper, _MARGIN, _UPPER_MM),
        *_row(build, build.lower_widths, _MARGIN + _UPPER_MM + _GAP, _LOWER_MM),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _row(build: Build, row: list[tuple[str, float]], top_mm: float, height_mm: float) -> Iterator[str]:
    rail_y = (top_mm + height_mm / 2 - 17.5) * _SCALE
    yield (
        f'<rect x="{_MARGIN * _SCALE:.1f}" y="{rail_y:.1f}" width="{build.rail_mm * _SCALE:.1f}" '
        f'height="{35 * _SCALE:.1f}" fill="#d7dbe0"/>'
    )
    x = _MARGIN + RAIL_GAP_MM
    for ref, mm in row:
        ground = "#FFF3D6" if build.modules[ref].is_terminal else "#E8F1F8"
        yield (
            f'<rect x="{x * _SCALE:.1f}" y="{top_mm * _SCALE:.1f}" width="{mm * _SCALE:.1f}" '
            f'height="{height_mm * _SCALE:.1f}" fill="{ground}" stroke="#333333"/>'
        )
        yield from _label(build, ref, x, mm, top_mm, height_mm)
        x += mm + RAIL_GAP_MM


def _label(build: Build, ref: str, x: float, mm: float, top_mm: float, height_mm: float) -> Iterator[str]:
    """Yield the reference and, upright, the title; terminals show their ways."""
    middle, foot = (x + mm / 2) * _SCALE, (top_mm + height_mm - 4) * _SCALE
    size = min(11.0, round(1.5 * mm * _SCALE / len(ref), 1))  # a narrow strip has a small label
    yield (
        f'<text x="{middle:.1f}" y="{(top_mm + 7) * _SCALE:.1f}" font-size="{size}" text-anchor="middle">'
        f"{ref}</text>"
    )
    texts = build.modules[ref].pins if ref in build.lower else (build.modules[ref].title,)
    step = mm / len(texts)
    for number, text in enumerate(texts):
        at = (x + step * (number + 0.5)) * _SCALE + 3.5
        yield (
            f'<text transform="translate({at:.1f} {foot:.1f}) rotate(-90)" font-size="9.5">'
            f"{escape(text.removeprefix('Terminals: '))}</text>"
        )
