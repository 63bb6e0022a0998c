"""What an engineer asks of the readings of one point: one `[[quality]]` table of SITE.toml."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRule:
    """One quality test of one quantity at one point, from a date on.

    seepline.quality.table says which keys a test needs; every other one is None. `suspect` and `fail` are in the
    quantity's unit (`rate`: per hour), the rest as its name says. Of several rules of one test the newest whose
    date has come is in force, so a changed parameter is a new entry and never an edit.
    """

    point: str
    quantity: str
    test: str
    valid_from_ms: int
    suspect: float | None = None
    fail: float | None = None
    suspect_min: float | None = None
    suspect_max: float | None = None
    method: str | None = None
    period_s: int | None = None
    within_s: int | None = None
    readings: int | None = None
    deviations: float | None = None
    floor: float | None = None
    neighbour: str | None = None
    response_kpa_per_kpa: float | None = None
    tolerance_kpa_per_kpa: float | None = None
    suspect_mv: float | None = None
    fail_mv: float | None = None
    min_snr: float | None = None
    min_decay: float | None = None
    max_decay: float | None = None
    suspect_hz: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    edge_hz: float | None = None
    tolerance_hz: float | None = None
    low_factor: float | None = None
    high_factor: float | None = None
    min_ohm: float | None = None
    max_ohm: float | None = None
    accepted_by: str = ""
    source: str = ""
