"""docs/decisions/0008: which of Waterton A's two sheets belongs to which gauge. Its numbers are held here."""

from dataclasses import replace
from pathlib import Path

import pytest

from seepline.instruments import barometer, vw_piezometer
from seepline.site import Calibration
from seepline.site_file import read_site

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "tests" / "data" / "usgs-mukilteo" / "station-waterton-a.tsv"
VACUUM_KPA = -101.3  # gauge pressure where no water is left under tension, at the sheets' own atmosphere
FIRST_GAUGE, SECOND_GAUGE = (18, 19), (20, 21)  # columns of frequency (Hz) and thermistor (ohm)
BAROMETER = 5  # column, mV


@pytest.fixture(scope="module")
def sheets() -> dict[str, Calibration]:
    site = read_site(ROOT / "simulator" / "demo" / "site.toml")
    return {one.id: one for one in site.calibrations}


@pytest.fixture(scope="module")
def scans() -> list[list[str]]:
    return [line.split("\t") for line in RECORD.read_text(encoding="ascii").splitlines()]


def pressures_kpa(sheet: Calibration, scans, columns) -> list[float]:
    found = []
    for scan in scans:
        inputs = dict(zip(("frequency", "thermistor"), (float(scan[column]) for column in columns), strict=True))
        air_kpa = barometer.pressure_kpa(float(scan[BAROMETER]), 0.240, 500.0, "hPa")
        found.append(vw_piezometer.convert(sheet, {**inputs, "barometer": air_kpa})["pore_pressure"].value)
    return found


def span(values: list[float]) -> tuple[float, float]:
    return round(min(values), 1), round(max(values), 1)


@pytest.mark.parametrize(
    ("columns", "sheet", "uncorrected", "corrected"),
    [
        (FIRST_GAUGE, "vw-10-1784", (115.6, 249.8), (117.5, 251.5)),
        (SECOND_GAUGE, "vw-10-1786", (-107.1, -61.8), (-108.9, -60.4)),
        (FIRST_GAUGE, "vw-10-1786", (4.5, 128.1), (6.4, 129.9)),
        (SECOND_GAUGE, "vw-10-1784", (-5.9, 44.1), (-7.7, 45.5)),
    ],
)
def test_the_ranges_that_the_decision_quotes(sheets, scans, columns, sheet, uncorrected, corrected):
    without_air = replace(sheets[sheet], barometric={})
    assert span(pressures_kpa(without_air, scans, columns)) == uncorrected
    assert span(pressures_kpa(sheets[sheet], scans, columns)) == corrected


def test_as_listed_the_second_gauge_is_below_vacuum_for_a_fifth_of_the_record(sheets, scans):
    listed = pressures_kpa(replace(sheets["vw-10-1786"], barometric={}), scans, SECOND_GAUGE)
    assert (sum(kpa < VACUUM_KPA for kpa in listed), len(listed)) == (289, 1344)


def test_exchanged_neither_gauge_reads_what_a_shallow_tip_cannot(sheets, scans):
    for columns, sheet in ((FIRST_GAUGE, "vw-10-1786"), (SECOND_GAUGE, "vw-10-1784")):
        assert all(-10 < kpa < 150 for kpa in pressures_kpa(sheets[sheet], scans, columns))


def test_the_demo_uses_the_exchanged_sheets():
    site = read_site(ROOT / "simulator" / "demo" / "site.toml")
    used = {one.point: one.instrument for one in site.assignments}
    assert (used["WA-P1"], used["WA-P2"]) == ("vw-10-1786", "vw-10-1784")
