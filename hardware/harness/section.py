"""A borehole as a section, from the channel table: which tip at which elevation, what stands at the collar.

Differences of elevation are to scale; the collar is drawn above the highest tip, for its elevation is surveyed on
the day and written on the sheet.
"""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from hardware.channels import Channel, Channels
from hardware.harness.plan import earthing, is_far

_WIDTH, _HEIGHT = 720, 560
_COLLAR_Y, _TOP_Y, _FOOT_Y = 130, 210, 520
_HOLE_X, _HOLE_WIDTH = 170, 44
_TEXT = 'font-family="DejaVu Sans, sans-serif" font-size="12"'
_LINE = 'fill="none" stroke="#333" stroke-width="1.5"'
_BLUE, _GREEN = 'fill="none" stroke="#1B6CA8"', 'fill="none" stroke="#558B2F"'


class _Tip(NamedTuple):
    """A gauge in the hole and where it is drawn."""

    channel: Channel
    y: float


def boreholes(table: Channels) -> list[str]:
    """Return the places with gauges at an elevation."""
    return list(dict.fromkeys(one.place for one in table.channels if one.elevation_m is not None))


def svg(table: Channels, place: str) -> str:
    """Return the section of a borehole."""
    rules = earthing()
    tips = _tips([one for one in table.channels if one.place == place and one.elevation_m is not None])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        _words(20, 28, f"{table.logger.id}, {place}: section (generated, never drilled)", bold=True),
        *_hole(),
        *_collar(any(is_far(tip.channel, rules[table.sensors[tip.channel.sensor].kind]) for tip in tips)),
    ]
    for number, tip in enumerate(tips):
        parts += _gauge(tip, number)
    parts += [_words(300, 100, f"to {table.logger.id}: {_cables(tips)}")]
    return "\n".join([*parts, "</svg>\n"])


def _tips(channels: list[Channel]) -> list[_Tip]:
    """Return the gauges from the top down, their distances to scale."""
    ordered = sorted(channels, key=lambda one: -(one.elevation_m or 0.0))
    highest, lowest = ordered[0].elevation_m or 0.0, ordered[-1].elevation_m or 0.0
    scale = (_FOOT_Y - 40 - _TOP_Y) / ((highest - lowest) or 1.0)
    return [_Tip(one, _TOP_Y + scale * (highest - (one.elevation_m or 0.0))) for one in ordered]


def _cables(tips: list[_Tip]) -> str:
    return ", ".join(f"{tip.channel.id} {tip.channel.cable_m:g} m" for tip in tips)


def _words(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" {_TEXT}{weight}>{escape(text)}</text>'


def _hole() -> Iterator[str]:
    left, right = _HOLE_X - _HOLE_WIDTH / 2, _HOLE_X + _HOLE_WIDTH / 2
    yield f'<path d="M20 {_COLLAR_Y}H{left:g}V{_FOOT_Y}H{right:g}V{_COLLAR_Y}H{_WIDTH - 20}" {_LINE}/>'
    depth = _FOOT_Y - _COLLAR_Y
    yield f'<rect x="{left:g}" y="{_COLLAR_Y}" width="{_HOLE_WIDTH}" height="{depth}" fill="#EDE6DA"/>'
    yield _words(300, _COLLAR_Y + 22, "Collar: survey easting, northing, elevation, inclination.")
    yield _words(300, _FOOT_Y, "Seal and mix: the engineer's decision, on the sheet.")


def _collar(with_arresters: bool) -> Iterator[str]:
    """Yield pipe, box, conduit and, for long cables, the arresters with their rod."""
    yield f'<rect x="{_HOLE_X - 30}" y="{_COLLAR_Y - 62}" width="60" height="62" fill="#E8F1F8" stroke="#333"/>'
    yield f'<path d="M{_HOLE_X + 30} {_COLLAR_Y - 24}H{_WIDTH - 20}" {_BLUE} stroke-width="4"/>'
    yield _words(300, _COLLAR_Y - 52, "Pipe with lid, lock and label; slack of each cable inside.")
    if with_arresters:
        x = _HOLE_X - 90
        foot = _COLLAR_Y + 46
        yield f'<path d="M{_HOLE_X - 30} {_COLLAR_Y - 40}H{x}V{foot}" {_GREEN} stroke-width="3"/>'
        yield f'<path d="M{x - 14} {foot}h28m-22 6h16m-11 6h6" {_GREEN} stroke-width="2"/>'
        yield _words(20, _COLLAR_Y - 70, "arresters in the box,")
        yield _words(20, _COLLAR_Y - 55, "their own rod")


def _gauge(tip: _Tip, number: int) -> Iterator[str]:
    """Yield the cable with its slack, the gauge with its filter up, and what it is."""
    x = _HOLE_X - 8 + 8 * (number % 3)
    bend = f"q8 12 0 24q-8 12 0 24V{tip.y - 14:g}"
    yield f'<path d="M{x} {_COLLAR_Y - 24}V{_COLLAR_Y + 10}{bend}" {_BLUE} stroke-width="1.5"/>'
    yield f'<rect x="{x - 5}" y="{tip.y - 14:g}" width="10" height="22" fill="#C2571A"/>'
    yield f'<rect x="{x - 5}" y="{tip.y - 14:g}" width="10" height="6" fill="#777"/>'
    yield f'<path d="M{_HOLE_X + _HOLE_WIDTH / 2 + 4:g} {tip.y:g}H290" stroke="#999"/>'
    one = tip.channel
    yield _words(300, tip.y + 4, f"{one.id} at {one.elevation_m:.1f} m, input {one.input}; filter upwards")
