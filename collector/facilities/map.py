"""A map without tiles: facilities at their longitude and latitude, with a graticule. Pure.

Equirectangular with the middle latitude true to scale: over a river basin (some 5 degrees) its shapes are right to
a few percent, and it needs nothing from the internet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians

from collector.web.scales import Scale, number
from collector.web.words import noted

WIDTH, HEIGHT = 720, 420
_EDGE = 46
_LEAST_SPAN_DEG = 0.5
_NORTH, _SOUTH, _EAST, _WEST = noted("N"), noted("S"), noted("E"), noted("W")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a facility lies, by its id, in degrees."""

    id: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A facility in picture units."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the graticule: its place in picture units, its degrees, and N, S, E, W, or '' at zero."""

    at: float
    degrees: str
    side: str


@dataclass(frozen=True, slots=True)
class Map:
    """The picture: facilities, meridians (x) and parallels (y)."""

    placed: tuple[Placed, ...]
    meridians: tuple[Line, ...]
    parallels: tuple[Line, ...]


def drawn(spots: Sequence[Spot]) -> Map | None:
    """Return the map of all spots, None without any."""
    if not spots:
        return None
    lats = [one.latitude_deg for one in spots]
    lons = [one.longitude_deg for one in spots]
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    shrink = max(0.05, cos(radians(middle[0])))
    height_deg = 1.25 * max(_LEAST_SPAN_DEG, max(lats) - min(lats))
    width_deg = 1.25 * max(_LEAST_SPAN_DEG, max(lons) - min(lons))
    per_deg = min((HEIGHT - 2 * _EDGE) / height_deg, (WIDTH - 2 * _EDGE) / (width_deg * shrink))
    half_lat, half_lon = HEIGHT / 2 / per_deg, WIDTH / 2 / per_deg / shrink
    x = Scale(middle[1] - half_lon, middle[1] + half_lon, 0.0, float(WIDTH))
    y = Scale(middle[0] - half_lat, middle[0] + half_lat, float(HEIGHT), 0.0)
    placed = (Placed(one.id, round(x(one.longitude_deg), 1), round(y(one.latitude_deg), 1)) for one in spots)
    return Map(
        placed=tuple(placed),
        meridians=tuple(_lines(x, middle[1] - half_lon, middle[1] + half_lon, (_EAST, _WEST))),
        parallels=tuple(_lines(y, middle[0] - half_lat, middle[0] + half_lat, (_NORTH, _SOUTH))),
    )


def _lines(scale: Scale, low: float, high: float, sides: tuple[str, str]) -> Iterator[Line]:
    power = 10.0 ** floor(log10((high - low) / 4))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= (high - low) / 5)
    mark = (floor(low / step) + 1) * step
    while mark < high:
        text = number(abs(mark), 2).rstrip("0").rstrip(".")
        yield Line(round(scale(mark), 1), text or "0", sides[mark < 0] if round(mark, 6) else "")
        mark += step
