"""A small chart as SVG, by hand: no plotting library for a few lines. Linear or logarithmic axes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

INKS = ("#1B6CA8", "#C2571A", "#3B7A3B", "#7A3B7A", "#444444", "#B8860B")
WIDTH, HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 22, 46, 40


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and its points."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """What it shows with its unit, where it begins and ends, where it is marked."""

    title: str
    low: float
    high: float
    marks: Sequence[float]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where a value stands, 0 to 1."""
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def chart(title: str, x: Axis, y: Axis, curves: Sequence[Curve]) -> str:
    """Return a chart as SVG text."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" '
        f'font-family="DejaVu Sans, sans-serif" font-size="11" role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="16" font-size="13" font-weight="bold" fill="#222222">{escape(title)}</text>',
        *_grid(x, y),
        *_curves(x, y, curves),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def write(path: Path, text: str) -> None:
    """Write a chart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _place(x: Axis, y: Axis, point: tuple[float, float]) -> tuple[float, float]:
    across, up = x.share(point[0]), y.share(point[1])
    return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    for mark in y.marks:
        _, at = _place(x, y, (x.low, mark))
        yield f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" stroke="#dddddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end" fill="#222222">{mark:g}</text>'
    for mark in x.marks:
        at, _ = _place(x, y, (mark, y.low))
        yield f'<line x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{bottom}" stroke="#eeeeee"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 15}" text-anchor="middle" fill="#222222">{mark:g}</text>'
    middle = (_LEFT + right) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle" fill="#222222">{escape(x.title)}</text>'
    yield (
        f'<text x="13" y="{(_TOP + bottom) / 2}" text-anchor="middle" fill="#222222" '
        f'transform="rotate(-90 13 {(_TOP + bottom) / 2})">{escape(y.title)}</text>'
    )


def _curves(x: Axis, y: Axis, curves: Sequence[Curve]) -> Iterator[str]:
    at = float(_LEFT)
    for ink, curve in zip(INKS, curves, strict=False):
        points = " ".join(f"{across:.1f},{up:.1f}" for across, up in (_place(x, y, one) for one in curve.points))
        yield f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="1.6"/>'
        yield f'<text x="{at:.0f}" y="34" fill="{ink}" font-weight="bold">{escape(curve.name)}</text>'
        at += 7.2 * len(curve.name) + 18
