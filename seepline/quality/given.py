"""What a test is given beside the parameters of its entry, because the site says it already."""

from collections.abc import Mapping
from typing import Any

from seepline.convert import assignment_at, calibration_at
from seepline.instruments.terms import barometric_kpa
from seepline.instruments.vw_signal import full_scale_hz
from seepline.quality.barometric import DAY_MS
from seepline.site import Calibration, Site
from seepline.site_quality import QualityRule


def nothing(site: Site, rule: QualityRule, time_ms: int) -> Mapping[str, Any]:
    """Return nothing."""
    return {}


def mains(site: Site, rule: QualityRule, time_ms: int) -> Mapping[str, Any]:
    """Return the frequency of the mains whose hum lies beside the wires."""
    return {"mains_hz": site.info.mains_hz}


def factory_span(site: Site, rule: QualityRule, time_ms: int) -> Mapping[str, Any]:
    """Return the range of the sheet that is valid at a time, in Hz; None without one."""
    sheet = sheet_at(site, rule.point, time_ms)
    return {"span_hz": full_scale_hz(sheet.full_scale) if sheet else None}


def taken_off(site: Site, rule: QualityRule, time_ms: int) -> Mapping[str, Any]:
    """Return what the sheet takes off per kPa of air, None where it changed within the test's period."""
    end_ms = time_ms // DAY_MS * DAY_MS
    begin_ms = end_ms - (rule.period_s or 0) * 1000
    return {"taken_off": taken_off_between(site, rule.point, begin_ms, end_ms - 1)}


def taken_off_between(site: Site, point: str, from_ms: int, to_ms: int) -> float | None:
    """Return what a point's sheet takes off per kPa of air; None unless one sheet is valid all along."""
    first, last = sheet_at(site, point, from_ms), sheet_at(site, point, to_ms)
    if first is None or first is not last:
        return None
    term = first.barometric
    return barometric_kpa(term, 0.0) - barometric_kpa(term, 1.0) if term else 0.0


def sheet_at(site: Site, point: str, time_ms: int) -> Calibration | None:
    """Return the calibration of the instrument that stands at a point at a time."""
    assignment = assignment_at(site, point, time_ms)
    return calibration_at(site, assignment.instrument, time_ms) if assignment else None
