"""What SITE.toml says of a dam's shape, dated, from survey; and what of it was in force at a time. Pure.

    [[elevation]]  crest of a section (the lowest surveyed), fill of a section, collar and ground of a point, in m
    [[curve]]      of a section, by elevation: stored volume (m3), width of the beach (m)
    [[casing]]     of an inclinometer point: azimuth of A+ (deg from grid north), the end that stands still

A parameter in m of [[derived]] may name one: "@crest/A" is the number in force at each reading's time, and
"@beach_width/A/elevations_m" and "@beach_width/A/values" the columns of a curve. A raised crest is one new entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

ElevationKind = Literal["crest", "fill", "collar", "ground"]
CurveKind = Literal["stage_volume", "beach_width"]
OF_SECTIONS = ("crest", "fill")

MARK = "@"
_COLUMNS = ("elevations_m", "values")

Value = str | float | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A dated line in a section, from survey: [(x m, elevation m), ...]."""

    section: str
    name: Literal["ground", "foundation"]
    valid_from_ms: int
    line: tuple[tuple[float, float], ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elevation:
    """A surveyed elevation in m of the site's datum; `of` is the section of a crest or fill, else the point."""

    kind: ElevationKind
    of: str
    elevation_m: float
    valid_from_ms: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A surveyed curve of a section: at each elevation (m, rising) a volume in m3 or a width in m."""

    kind: CurveKind
    of: str
    elevations_m: tuple[float, ...]
    values: tuple[float, ...]
    valid_from_ms: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Casing:
    """How an inclinometer's casing stands: where A+ points to, and which end is taken as fixed."""

    point: str
    a_plus_azimuth_deg: float
    fixed_end: Literal["bottom", "top"]
    valid_from_ms: int
    source: str


Dated = TypeVar("Dated", Elevation, Curve, Casing)


def in_force(entries: Iterable[Dated], time_ms: int) -> Dated | None:
    """Return the newest of some entries whose date has come, None before the first."""
    begun = (one for one in entries if one.valid_from_ms <= time_ms)
    return max(begun, key=lambda one: one.valid_from_ms, default=None)


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """What was surveyed, to be asked for by time."""

    elevations: tuple[Elevation, ...] = ()
    curves: tuple[Curve, ...] = ()
    casings: tuple[Casing, ...] = ()

    def elevation(self, kind: str, of: str, time_ms: int) -> Elevation | None:
        """Return the elevation of a kind, of a section or point, in force at a time."""
        return in_force((one for one in self.elevations if (one.kind, one.of) == (kind, of)), time_ms)

    def curve(self, kind: str, of: str, time_ms: int) -> Curve | None:
        """Return the curve of a kind, of a section, in force at a time."""
        return in_force((one for one in self.curves if (one.kind, one.of) == (kind, of)), time_ms)

    def casing(self, point: str, time_ms: int) -> Casing | None:
        """Return how the casing of a point stands at a time."""
        return in_force((one for one in self.casings if one.point == point), time_ms)

    def names(self) -> frozenset[str]:
        """Return everything that a parameter may name, without its mark."""
        numbers = (f"{one.kind}/{one.of}" for one in self.elevations)
        columns = (f"{one.kind}/{one.of}/{column}" for one in self.curves for column in _COLUMNS)
        return frozenset((*numbers, *columns))

    def value(self, name: str, time_ms: int) -> tuple[Value, int] | None:
        """Return what a parameter names, and since when it is in force; None where nothing is."""
        kind, of, *column = name.split("/")
        if column:
            curve = self.curve(kind, of, time_ms)
            return None if curve is None else (getattr(curve, column[0]), curve.valid_from_ms)
        elevation = self.elevation(kind, of, time_ms)
        return None if elevation is None else (elevation.elevation_m, elevation.valid_from_ms)


@dataclass(frozen=True, kw_only=True)
class Surveys:
    """The part of a site that was surveyed."""

    elevations: tuple[Elevation, ...] = ()
    curves: tuple[Curve, ...] = ()
    casings: tuple[Casing, ...] = ()

    @cached_property
    def geometry(self) -> Geometry:
        """The dated geometry."""
        return Geometry(elevations=self.elevations, curves=self.curves, casings=self.casings)


def named(parameters: Mapping[str, Value]) -> dict[str, str]:
    """Return the parameters in m that name geometry, with what they name, without its mark."""
    return {
        key: value.removeprefix(MARK)
        for key, value in parameters.items()
        if key.endswith("_m") and isinstance(value, str) and value.startswith(MARK)
    }
