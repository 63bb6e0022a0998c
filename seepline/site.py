"""The description of one tailings facility, as data: what stands where, and what is joined to what since when.

Monitoring point, instrument and channel are three things joined by dated assignments. These classes hold a site
that has been checked; seepline.site_file reads SITE.toml and seepline.site_rules finds what is wrong with it.
Times are UTC milliseconds since 1970; `valid_to_ms` None = still valid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from seepline.device import Device
from seepline.site_alarms import Action, Observation, Vote
from seepline.site_alarms import Threshold as Threshold
from seepline.site_commissioning import CommissioningWords
from seepline.site_derived import Derived, begin_ms
from seepline.site_geometry import Profile, Surveys
from seepline.site_hand import SiteHand
from seepline.site_motion import StrongMotion
from seepline.site_phreatic import PhreaticLine
from seepline.site_quality import QualityRule
from seepline.site_wiring import Bus, Channel, ForeignLogger, Gateway, Logger, Source, Station, Wired


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """The facility itself. Grey when more than `grey_above_share` (0 to 1) of its instruments is not valid.

    Latitude and longitude (WGS 84) place it on a map of several facilities; the site's own grid is `datum`.
    """

    id: str
    name: str
    timezone: str
    datum: str
    grey_above_share: float
    demo: bool = False
    mains_hz: Literal[50, 60] = 50  # whose hum lies beside the wires
    latitude_deg: float | None = None
    longitude_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A vertical cut: x runs from the origin along the azimuth (degrees from grid north)."""

    id: str
    name: str
    azimuth_deg: float
    origin_easting_m: float
    origin_northing_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A monitoring point: the place whose state matters. `phreatic` points alone carry the drawn water line.

    A `commissioning` point is stored and shown, and judged only from the day of its accepted [[baseline]] on, and
    not from the day of a [[commissioning]] on.
    `scada` is the place of its values in the plant's register map; without it their order in the file is.
    """

    id: str
    section: str
    kind: str
    easting_m: float
    northing_m: float
    elevation_m: float
    failure_mode: str
    critical: bool
    phreatic: bool = False
    name: str = ""
    commissioning: bool = False
    scada: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A gauge with a serial number. `rising`: declared to rise in frequency with pressure (unlike a diaphragm)."""

    id: str
    kind: str
    maker: str
    serial: str
    rising: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which instrument measures at a point, through which channels, since when.

    `inputs` maps an input name of the instrument kind to 'logger/channel'; `references` maps one to another point
    (a barometer may stand elsewhere).
    """

    point: str
    instrument: str
    inputs: Mapping[str, str]
    valid_from_ms: int
    valid_to_ms: int | None = None
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One version of one calibration sheet. Signs and units have no default: a term that exists states both.

    `form` names the formula in the instrument's module; `coefficients`, `zero`, `thermistor`, `thermal`,
    `barometric` and `full_scale` hold what the form needs, as the sheet prints it.
    """

    id: str
    version: int
    instrument: str
    valid_from_ms: int
    valid_to_ms: int | None
    form: str
    source: str
    input_unit: str
    output_unit: str
    sign: str = ""
    coefficients: Mapping[str, float] = field(default_factory=dict)
    zero: Mapping[str, float] = field(default_factory=dict)
    thermal: Mapping[str, str | float] = field(default_factory=dict)
    barometric: Mapping[str, str | float] = field(default_factory=dict)
    thermistor: Mapping[str, str | float] = field(default_factory=dict)
    full_scale: Mapping[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return 'id:version', stored beside every value made with this sheet."""
        return f"{self.id}:{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSet:
    """A set of limits that came into force together; the newest set whose date has come is in force."""

    id: str
    valid_from_ms: int
    source: str
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Site(Surveys, CommissioningWords, SiteHand):
    """A whole checked site."""

    info: SiteInfo
    sections: tuple[Section, ...] = ()
    profiles: tuple[Profile, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    buses: tuple[Bus, ...] = ()
    loggers: tuple[Logger, ...] = ()
    channels: tuple[Channel, ...] = ()
    devices: tuple[Device, ...] = ()
    points: tuple[Point, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    calibrations: tuple[Calibration, ...] = ()
    threshold_sets: tuple[ThresholdSet, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    votes: tuple[Vote, ...] = ()
    actions: tuple[Action, ...] = ()
    observations: tuple[Observation, ...] = ()
    stations: tuple[Station, ...] = ()
    quality_rules: tuple[QualityRule, ...] = ()
    derived: tuple[Derived, ...] = ()
    foreign: tuple[ForeignLogger, ...] = ()
    strong_motion: tuple[StrongMotion, ...] = ()
    phreatic_lines: tuple[PhreaticLine, ...] = ()

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """What others worked out of this site, each under keys of its own, to be worked out once."""
        return {}

    @cached_property
    def channel_by_name(self) -> dict[str, Channel]:
        """Channels by 'logger/channel'."""
        return {channel.name: channel for channel in self.channels}

    @cached_property
    def channels_of_slot(self) -> dict[tuple[str, int, int], tuple[Channel, ...]]:
        """Channels by the place in a logger's record that they share, such as those of one wire."""
        found: dict[tuple[str, int, int], tuple[Channel, ...]] = {}
        for channel in self.channels:
            found[channel.place] = (*found.get(channel.place, ()), channel)
        return found

    @cached_property
    def logger_by_id(self) -> dict[str, Logger]:
        """Loggers by id."""
        return {logger.id: logger for logger in self.loggers}

    @cached_property
    def wired(self) -> tuple[Wired, ...]:
        """What gateways read: loggers, then third-party stations."""
        return (*self.loggers, *self.stations)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Whatever has channels: loggers, third-party stations, foreign loggers."""
        return (*self.wired, *self.foreign)

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        """Loggers, stations and foreign loggers by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def instrument_by_id(self) -> dict[str, Instrument]:
        """Instruments by id."""
        return {instrument.id: instrument for instrument in self.instruments}

    @cached_property
    def thresholds_by_set(self) -> dict[str, dict[tuple[str, str], tuple[Threshold, ...]]]:
        """Thresholds by set id, then by (point, quantity)."""
        by_set: dict[str, dict[tuple[str, str], tuple[Threshold, ...]]] = {}
        for threshold in self.thresholds:
            rules = by_set.setdefault(threshold.set, {})
            key = (threshold.point, threshold.quantity)
            rules[key] = (*rules.get(key, ()), threshold)
        return by_set

    @cached_property
    def assignments_by_point(self) -> dict[str, tuple[Assignment, ...]]:
        """Assignments of each point, in the order of the file."""
        found: dict[str, tuple[Assignment, ...]] = {}
        for assignment in self.assignments:
            found[assignment.point] = (*found.get(assignment.point, ()), assignment)
        return found

    @cached_property
    def calibrations_by_instrument(self) -> dict[str, tuple[Calibration, ...]]:
        """Calibrations of each instrument, in the order of the file."""
        found: dict[str, tuple[Calibration, ...]] = {}
        for calibration in self.calibrations:
            found[calibration.instrument] = (*found.get(calibration.instrument, ()), calibration)
        return found

    @cached_property
    def quality_rules_by_series(self) -> dict[tuple[str, str], tuple[QualityRule, ...]]:
        """Quality rules by (point, quantity), in the order of the file."""
        found: dict[tuple[str, str], tuple[QualityRule, ...]] = {}
        for rule in self.quality_rules:
            key = (rule.point, rule.quantity)
            found[key] = (*found.get(key, ()), rule)
        return found

    @cached_property
    def derived_by_output(self) -> dict[tuple[str, str], tuple[Derived, ...]]:
        """Declarations of derived quantities by (point, quantity), the newest first."""
        found: dict[tuple[str, str], list[Derived]] = {}
        for one in self.derived:
            found.setdefault((one.point, one.quantity), []).append(one)
        return {key: tuple(sorted(all_of, key=begin_ms, reverse=True)) for key, all_of in found.items()}

    @cached_property
    def point_by_id(self) -> dict[str, Point]:
        """Points by id."""
        return {point.id: point for point in self.points}


def in_commissioning(site: Site, point: str, time_ms: int) -> bool:
    """Tell whether a point is in commissioning, so that its readings raise no level: the newest word counts."""
    words = site.commissioning_words.get(point, ())
    for from_ms, is_open in words:
        if from_ms <= time_ms:
            return is_open
    return site.point_by_id[point].commissioning


def valid_at(valid_from_ms: int, valid_to_ms: int | None, time_ms: int) -> bool:
    """Tell whether a dated thing is valid at a time: from inclusive, to exclusive."""
    return valid_from_ms <= time_ms and (valid_to_ms is None or time_ms < valid_to_ms)
