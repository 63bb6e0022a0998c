"""Makers' sheets: the points of a sound one fit, and each way of typing one wrong is found and named."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seepline.cli import app
from seepline.instruments.vw_signal import linear
from seepline.sheets.residuals import computed, verdict
from seepline.sheets.sheet_file import Point, parse_sheet
from seepline.site_file import read_site
from seepline.toml_file import Faulty

DAM = Path(__file__).parents[1] / "collector" / "dam.toml"

# Geokon 4500 manual, Appendix C: G = -0.1795 kPa/digit, regression zero 9082; at 420 kPa the reading was 6749
# and the linear formula gives 418.8 kPa. The other points are made with the same coefficients.
SHEET = """
[calibration]
id = "vw"
version = 2
instrument = "vw"
valid_from = 2016-01-01T12:00:00Z
form = "linear"
sign = "R1-R0"
input_unit = "digits"
output_unit = "kPa"
coefficients = { G = -0.1795 }
zero = { R0 = 9082.0 }
full_scale = { min_digits = 5000.0, max_digits = 9200.0 }
source = "Geokon 4500 manual, Appendix C"

[sheet]
maker = "test"
serial = "1"
full_scale_output = 700.0
stated_percent_fs = 0.2
calculated_within = 0.1

[[point]]
applied = 0.0
readings = [9083.0, 9085.0]

[[point]]
applied = 140.0
readings = [8300.0]

[[point]]
applied = 420.0
readings = [6749.0]
calculated = 418.8

[[point]]
applied = 700.0
readings = [5184.0, 5186.0]
"""


@pytest.fixture(scope="module")
def site():
    return read_site(DAM)


def test_the_published_point_is_recomputed_and_its_error_is_in_percent_of_full_scale(site):
    found = verdict(parse_sheet(SHEET, site))
    assert found.agrees
    assert linear(6749.0, -0.1795, 9082.0, "R1-R0") == pytest.approx(418.77, abs=0.005)
    point = found.residuals[2]
    assert point.made == pytest.approx(418.7735)
    assert point.off == pytest.approx(-1.2265)  # the manual: an error of 1.2 kPa
    assert point.percent_fs == pytest.approx(-0.1752, abs=1e-4)
    assert found.worst_percent_fs == point.percent_fs


def test_cycles_are_taken_together(site):
    assert verdict(parse_sheet(SHEET, site)).residuals[0].made == pytest.approx(-0.1795 * 2)


# what was typed wrong -> (old, new, a part of the reasons, a part of the hints)
WRONG = {
    "a digit of the factor": ("G = -0.1795", "G = -0.1759", "point[3] at 420 kPa: recomputed 410.375 kPa", ""),
    "a digit of a reading": ("readings = [8300.0]", "readings = [8030.0]", "point[2] at 140 kPa", ""),
    "a sheet of another gauge of the type": ("R0 = 9082.0", "R0 = 8944.0", "point[1] at 0 kPa", ""),
    "the factor of another unit": ("G = -0.1795", "G = -0.02603", "point[4] at 700 kPa", ""),
    "readings in another unit": (
        'input_unit = "digits"', 'input_unit = "digits/1000"', "outside full_scale, the range of the sheet",
        'input_unit = "digits" would fit',
    ),
    "a digit of the calculated value": ("calculated = 418.8", "calculated = 481.8", "a digit may be wrong", ""),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason", "hint"), WRONG.values(), ids=WRONG)
def test_a_sheet_that_was_typed_wrong_disagrees_with_itself(site, old, new, reason, hint):
    text = SHEET.replace(old, new)
    if "digits/1000" in new:
        text = text.replace("min_digits = 5000.0, max_digits = 9200.0", "min_hz = 2236.0, max_hz = 3033.0")
    found = verdict(parse_sheet(text, site))
    assert not found.agrees
    assert any(reason in one for one in found.reasons), found.reasons
    assert any(hint in one for one in found.hints) or not hint


def test_the_other_order_of_the_difference_is_refused_by_the_slope_and_by_the_points(site):
    with pytest.raises(Faulty, match="pressure does not rise when frequency falls"):
        parse_sheet(SHEET.replace('"R1-R0"', '"R0-R1"'), site)
    sheet = parse_sheet(SHEET, site)  # a gauge declared rising passes the slope, so only its points can tell
    found = verdict(replace(sheet, calibration=replace(sheet.calibration, sign="R0-R1")))
    assert 'sign = "R1-R0" would fit every point: look at the order of the difference on the paper' in found.hints


LOOP_MA = {"fault_low_ma": 3.6, "range_low_ma": 3.8, "range_high_ma": 20.5, "fault_high_ma": 21.0}
ZERO = {"zero_elevation_m": 5.0}
# kind, form, units, coefficients, a reading and what it is in output_unit
OTHERS = [
    ("current_loop", "water_pressure", ("mA", "psi"), {"lo": 0.0, "hi": 50.0, **LOOP_MA}, 12.0, 25.0),
    ("current_loop", "water_level", ("mA", "m"), {"lo": 0.0, "hi": 9.6, **ZERO, **LOOP_MA}, 8.0, 7.4),
    ("rain_gauge", "tips", ("count", "in"), {"resolution": 0.01}, 3.0, 0.03),
    ("in_place_inclinometer", "segments", ("deg", "mm"), {"base1_deg": 0.0, "length1_m": 1.0}, 0.1, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "form", "units", "coefficients", "reading", "made"), OTHERS)
def test_the_form_s_own_quantity_is_recomputed_in_the_sheet_s_unit(
    site, kind, form, units, coefficients, reading, made
):
    sheet = replace(
        site.calibrations[1], form=form, input_unit=units[0], output_unit=units[1], coefficients=coefficients
    )
    found = computed(kind, sheet, Point(applied=1.0, readings=(reading,)))
    assert found == (None if made is None else pytest.approx(made))


# what is wrong -> (old, new, place, a part of what is said)
FAULTS = {
    "another gauge's serial": ('serial = "1"', 'serial = "2"', "sheet.serial", "is this another gauge's sheet?"),
    "another maker": ('maker = "test"', 'maker = "RST"', "sheet.maker", "'test', as instrument[vw]"),
    "an unknown instrument": (
        'instrument = "vw"', 'instrument = "vw1"', "calibration.instrument", "did you mean vw?",
    ),
    "no points": (SHEET[SHEET.index("[[point]]") :], "", "point", "0 different applied values"),
    "as many points as coefficients": (
        SHEET[SHEET.index("[[point]]\napplied = 420") :], "", "point", "so fewer points prove nothing",
    ),
    "no full scale": ("full_scale_output = 700.0\n", "", "sheet.full_scale_output", "a number"),
    "a full scale of nothing": (
        "full_scale_output = 700.0", "full_scale_output = 0.0", "sheet.full_scale_output", "more",
    ),
    "no stated error": ("stated_percent_fs = 0.2\n", "", "sheet.stated_percent_fs", "a number"),
    "any error will do": ("stated_percent_fs = 0.2", "stated_percent_fs = 100.0", "sheet.stated_percent_fs", ""),
    "no rounding for calculated values": ("calculated_within = 0.1\n", "", "sheet.calculated_within", "how far"),
    "no sign": ('sign = "R1-R0"\n', "", "calibration.sign", "one of 'R1-R0', 'R0-R1'"),
    "a misspelt key": ("readings = [8300.0]", "reading = 8300.0", "point[2].reading", "an unknown key"),
    "no reading": ("readings = [8300.0]", "readings = []", "point[2].readings", "one reading for each cycle"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "said"), FAULTS.values(), ids=FAULTS)
def test_each_fault_of_the_file_is_named_with_its_place(site, old, new, place, said):
    with pytest.raises(Faulty) as caught:
        parse_sheet(SHEET.replace(old, new, 1), site)
    found = {one.path: str(one) for one in caught.value.problems}
    assert place in found, found
    assert said in found[place], found


def command(*words: object):
    return CliRunner().invoke(app, ["sheet", *map(str, words)])


@pytest.fixture
def files(tmp_path):
    dam, sheet = tmp_path / "site.toml", tmp_path / "sheet.toml"
    dam.write_text(DAM.read_text(encoding="utf-8"), encoding="utf-8")
    sheet.write_text(SHEET, encoding="utf-8")
    return sheet, dam


def test_an_accepted_sheet_stands_in_the_site_file_with_its_residuals(files):
    result = command("accept", *files, "--by", "N. Nazarov")
    assert result.exit_code == 0, result.output
    before, added = read_site(files[1]).calibrations_by_instrument["vw"]
    assert (before.label, added.label) == ("vw:1", "vw:2")
    assert before.valid_to_ms == added.valid_from_ms
    assert "4 calibration points recomputed, at most 0.18 % FS off; accepted by N. Nazarov, " in added.source


def test_a_sheet_that_disagrees_with_itself_is_shown_and_never_written(files):
    files[0].write_text(SHEET.replace("G = -0.1795", "G = -0.1759"), encoding="utf-8")
    before = files[1].read_bytes()
    result = command("accept", *files, "--by", "N. Nazarov")
    assert result.exit_code == 2
    assert "is not accepted" in result.output
    assert "-1.375" in result.output  # the residual at 420 kPa, in % FS
    assert files[1].read_bytes() == before


def test_nobody_accepts_nothing(files):
    before = files[1].read_bytes()
    result = command("accept", *files, "--by", " ")
    assert (result.exit_code, "expected who accepts the sheet" in result.output) == (2, True)
    assert files[1].read_bytes() == before


def test_a_sheet_that_does_not_fit_into_the_site_is_never_written(files):
    files[0].write_text(SHEET.replace("version = 2", "version = 1"), encoding="utf-8")
    before = files[1].read_bytes()
    result = command("accept", *files, "--by", "N. Nazarov")
    assert result.exit_code == 2
    assert "nothing was written" in result.output
    assert files[1].read_bytes() == before


def test_the_check_alone_writes_nothing(files):
    before = files[1].read_bytes()
    result = command("check", *files)
    assert result.exit_code == 0
    assert "All 4 points within the 0.2 % FS that the maker states." in result.output
    assert files[1].read_bytes() == before
