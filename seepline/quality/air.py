"""What an engineer decided of a gauge's answer to the air, put into a site: a health test, a factor if chosen so.

The share was fitted over a quiet period (seepline.quality.barometric). Accepted, it is a `barometric_response`
test from its signature on; chosen as a factor it is a new version of the sheet in force then, whose barometric
term takes off that share and nothing else of which is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from seepline.convert import MAX_AGE_MS, assignment_at, calibration_at, kind_of
from seepline.instruments.terms import barometric_kpa
from seepline.quality.table import TESTS
from seepline.site import Calibration, Site
from seepline.site_quality import QualityRule

TEST = TESTS["barometric_response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AirResponse:
    """An accepted share (kPa per kPa): from when on, by whom, by which act, and of which fit."""

    point: str
    barometer: str
    response_kpa_per_kpa: float
    tolerance_kpa_per_kpa: float
    fitted_from_ms: int
    fitted_to_ms: int
    pairs: int
    use_as_factor: bool
    valid_from_ms: int
    accepted_by: str
    act: str


def pressure_of(site: Site, point: str, time_ms: int) -> str:
    """Return which pressure the gauge at a point measures, '' where none stands there at that time."""
    assignment = assignment_at(site, point, time_ms)
    measured = kind_of(site, assignment).quantities if assignment else ()
    return next((one for one in TEST.quantities if one in measured), "")


def takes_air_off(sheet: Calibration | None) -> bool:
    """Tell whether a sheet has a barometric term whose factor can be another one."""
    return sheet is not None and bool(sheet.barometric)


def with_responses(site: Site, accepted: Iterable[AirResponse]) -> Site:
    """Return the site with what was accepted, each from its own time on.

    Where a later decision is against a factor, the sheet of the site file is in force again from its time on.
    """
    declared = site
    for one in sorted(accepted, key=lambda one: (one.valid_from_ms, one.act)):
        quantity = pressure_of(site, one.point, one.valid_from_ms)
        if quantity:
            site = replace(site, quality_rules=(*site.quality_rules, _rule(one, quantity)))
            site = _with_factor(site, one) if one.use_as_factor else _without_factor(site, one, declared)
    return site


def _rule(one: AirResponse, quantity: str) -> QualityRule:
    return QualityRule(
        point=one.point,
        quantity=quantity,
        test=TEST.name,
        valid_from_ms=one.valid_from_ms,
        neighbour=one.barometer,
        response_kpa_per_kpa=one.response_kpa_per_kpa,
        tolerance_kpa_per_kpa=one.tolerance_kpa_per_kpa,
        period_s=(one.fitted_to_ms - one.fitted_from_ms) // 1000,
        readings=max(2, one.pairs // 2),
        within_s=MAX_AGE_MS // 1000,
        accepted_by=one.accepted_by,
        source=f"act {one.act[:12]}",
    )


def _sheet(site: Site, one: AirResponse) -> Calibration | None:
    assignment = assignment_at(site, one.point, one.valid_from_ms)
    return calibration_at(site, assignment.instrument, one.valid_from_ms) if assignment else None


def can_correct(site: Site, one: AirResponse) -> bool:
    """Tell whether the sheet in force at its time has the term that a factor belongs to."""
    return takes_air_off(_sheet(site, one))


def _with_factor(site: Site, one: AirResponse) -> Site:
    """Return the site with the sheet in force divided in two at this time, the later with another factor."""
    sheet = _sheet(site, one)
    if sheet is None or not takes_air_off(sheet):
        return site
    taken_off = barometric_kpa(sheet.barometric, 0.0) - barometric_kpa(sheet.barometric, 1.0)
    factor = float(sheet.barometric["factor"]) * one.response_kpa_per_kpa / taken_off
    return _divided(site, one, sheet, {**sheet.barometric, "factor": factor})


def _without_factor(site: Site, one: AirResponse, declared: Site) -> Site:
    """Return the site with the barometric term of the declared sheet from this time on, if it is another now."""
    sheet, own = _sheet(site, one), _sheet(declared, one)
    if sheet is None or own is None or sheet.barometric == own.barometric:
        return site
    return _divided(site, one, sheet, own.barometric)


def _divided(site: Site, one: AirResponse, sheet: Calibration, barometric: Mapping[str, str | float]) -> Site:
    """Return the site with a sheet divided in two at a decision's time, the later with another barometric term."""
    earlier = replace(sheet, valid_to_ms=one.valid_from_ms)
    later = replace(
        sheet, id=f"{sheet.id}.air-{one.act[:12]}", valid_from_ms=one.valid_from_ms, barometric=barometric
    )
    return replace(site, calibrations=(*(earlier if kept is sheet else kept for kept in site.calibrations), later))
