"""A chart of curves over time, drawn for paper: two inks, round numbers at the axis, UTC dates below."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import ceil, floor, log10
from typing import Any, NamedTuple

from seepline.paper.blocks import Chart

_HEIGHT = 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 6.0, 24.0, 16.0
_INKS = ("#1B6CA8", "#C2571A", "#444444")
_WIDTHS = (2.0, 0.7, 0.7)  # a second curve on a first leaves an edge of that to be seen
_GRID = "#DDDDDD"
_BAND = "#B23A48"
_DATES = 6
_DAY_MS = 86_400_000


class _Frame(NamedTuple):
    """Where a time and a value stand on the paper."""

    begin_ms: int
    end_ms: int
    low: float
    high: float
    width: float

    def place(self, time_ms: int, value: float) -> tuple[float, float]:
        across = (time_ms - self.begin_ms) / max(1, self.end_ms - self.begin_ms)
        up = (value - self.low) / (self.high - self.low)
        return _LEFT + across * (self.width - _LEFT - _RIGHT), _BOTTOM + up * (_HEIGHT - _TOP - _BOTTOM)


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers that span low to high.

    >>> steps(0.13, 0.87)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    span = (high - low) or max(abs(high), 1.0)
    rough = span / most
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = floor(low / step), ceil(high / step)
    return [round(number * step, 12) for number in range(first, max(last, first + 1) + 1)]


def drawn(chart: Chart, width: float) -> Any:
    """Return a chart as reportlab draws it."""
    from reportlab.graphics.shapes import Drawing, PolyLine, String

    drawing = Drawing(width, _HEIGHT)
    values = [value for curve in chart.curves for _, value in curve.points] + [*(chart.band or ())]
    times = [time_ms for curve in chart.curves for time_ms, _ in curve.points]
    drawing.add(String(_LEFT, _HEIGHT - 9, f"{chart.title}, {chart.unit}", fontName="Roboto", fontSize=8))
    if not times:
        return drawing
    marks = steps(min(values), max(values))
    frame = _Frame(min(times), max(times), marks[0], marks[-1], width)
    for shape in (*_grid(frame, marks), *_dates(frame), *_band(frame, chart.band), *_names(chart, width)):
        drawing.add(shape)
    for number, (ink, curve) in enumerate(zip(_INKS, chart.curves, strict=False)):
        line = [part for time_ms, value in curve.points for part in frame.place(time_ms, value)]
        drawing.add(PolyLine(line, strokeColor=_colour(ink), strokeWidth=_WIDTHS[number]))
    return drawing


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(text)


def _grid(frame: _Frame, marks: Sequence[float]) -> Iterator[Any]:
    from reportlab.graphics.shapes import Line, String

    for mark in marks:
        x, y = frame.place(frame.begin_ms, mark)
        yield Line(x, y, frame.width - _RIGHT, y, strokeColor=_colour(_GRID), strokeWidth=0.4)
        yield String(x - 4, y - 2.5, f"{mark:g}", fontName="Roboto", fontSize=7, textAnchor="end")


def _dates(frame: _Frame) -> Iterator[Any]:
    from reportlab.graphics.shapes import String

    days = range(-(-frame.begin_ms // _DAY_MS), frame.end_ms // _DAY_MS + 1)
    every = max(1, -(-len(days) // _DATES))
    for day in days[::every]:
        x, _ = frame.place(day * _DAY_MS, frame.low)
        text = f"{datetime.fromtimestamp(day * _DAY_MS // 1000, UTC):%Y-%m-%d}"
        if x < frame.width - 24:
            yield String(x, 3, text, fontName="Roboto", fontSize=7, textAnchor="start")


def _band(frame: _Frame, band: tuple[float, float] | None) -> Iterator[Any]:
    from reportlab.graphics.shapes import Line

    for value in band or ():
        x, y = frame.place(frame.begin_ms, value)
        yield Line(
            x, y, frame.width - _RIGHT, y, strokeColor=_colour(_BAND), strokeWidth=0.6, strokeDashArray=(3, 2)
        )


def _names(chart: Chart, width: float) -> Iterator[Any]:
    from reportlab.graphics.shapes import String

    x = width - _RIGHT
    for ink, curve in reversed([*zip(_INKS, chart.curves, strict=False)]):
        yield String(
            x,
            _HEIGHT - 9,
            curve.name,
            fontName="Roboto-Bold",
            fontSize=7,
            fillColor=_colour(ink),
            textAnchor="end",
        )
        x -= 5.0 * len(curve.name) + 10
