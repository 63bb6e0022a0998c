"""[[derived]] in SITE.toml: a right one is read, and every fault of wrong ones is named at once with its place."""

from pathlib import Path
from textwrap import dedent

import pytest

from seepline.derive.formulas import FORMULAS
from seepline.quantities import QUANTITIES
from seepline.site_file import SiteError, parse_site

DAM = (Path(__file__).parents[1] / "collector" / "dam.toml").read_text(encoding="utf-8")
HEAD = """
[[derived]]
point = "P1"
quantity = "piezometric_elevation"
formula = "piezometric_elevation"
version = 1
inputs = { pressure = "P1/pore_pressure" }
parameters = { tip_elevation_m = 10.0, density_kg_m3 = 1000.0 }
"""
SURFACE = """
[[profile]]
section = "A"
name = "ground"
valid_from = 2015-01-01T00:00:00Z
line = [[0.0, 10.0], [100.0, 30.0]]
source = "survey"
[[derived]]
point = "P1"
quantity = "factor_of_safety"
formula = "factor_of_safety"
version = 1
inputs = { u = "P1/pore_pressure" }

[derived.parameters]
axis_u = [0.0, 50.0, 100.0]
values = [1.8, 1.5, 1.2]
condition = "undrained_peak"
material = "contractive"
method = "Spencer"
analysed_on = "2015-11-01"
signed_by = "N. Nazarov"
signature = "report 12, page 4"
geometry_from = "2015-01-01T00:00:00Z"
"""


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(SiteError) as caught:
        parse_site(DAM + text)
    return {problem.path: f"{problem.found} | {problem.expected}" for problem in caught.value.problems}


def test_right_declarations_are_read():
    later = HEAD.replace("version = 1", "version = 2\nvalid_from = 2016-01-01T00:00:00Z")
    site = parse_site(DAM + HEAD + later + SURFACE)
    assert [one.label for one in site.derived] == [
        "piezometric_elevation:1", "piezometric_elevation:2", "factor_of_safety:1",
    ]  # fmt: skip
    assert (site.derived[0].valid_from_ms, site.derived[1].valid_from_ms) == (None, 1_451_606_400_000)
    assert site.derived[2].parameters["axis_u"] == (0.0, 50.0, 100.0)


def test_limits_may_stand_on_a_derived_quantity_and_not_on_a_day_of_failure():
    limits = """
[[threshold]]
set = "s1"
point = "P1"
quantity = "piezometric_elevation"
direction = "above"
yellow = 15.0
orange = 18.0
red = 20.0
deadband = 0.1
delay_count = 1
"""
    parse_site(DAM + HEAD + limits)
    assert "measured or derived" in problems_of(limits)["threshold[2].quantity"]
    day = limits.replace("piezometric_elevation", "days_to_failure")
    assert "velocity" in problems_of(HEAD + day)["threshold[2].only_with"]


DUPUIT = """
[[derived]]
point = "P1"
quantity = "piezometric_elevation"
formula = "dupuit_elevation"
version = 1
inputs = { upstream = "P1/water_level", downstream = "BARO/piezometric_elevation" }
parameters = { base_elevation_m = 0.0, x_m = 1.0, length_m = 9.0, assumed_by = "N. Nazarov" }
"""


def test_no_phreatic_surface_goes_through_a_pressure_tip():
    found = problems_of(DUPUIT)
    assert "a point declared phreatic" in found["derived[1].inputs.downstream"]
    line = """
[[phreatic_line]]
section = "A"
method = "dupuit"
valid_from = 2015-01-01T00:00:00Z
source = "assumed by N. Nazarov"
"""
    assert "nothing" in problems_of(line)["phreatic_line[1].base_elevation_m"]
    parse_site(DAM + line + "base_elevation_m = 1.0\n")
    smooth = line.replace("dupuit", "monotone") + "base_elevation_m = 1.0\n"
    assert "no such key" in problems_of(smooth)["phreatic_line[1].base_elevation_m"]
    assert "[[section]]" in problems_of(line.replace('"A"', '"Z"'))["phreatic_line[1].section"]
    twice = (line + "base_elevation_m = 1.0\n") * 2
    assert "of its own" in problems_of(twice)["phreatic_line[2].valid_from"]


@pytest.mark.parametrize(
    ("text", "old", "new", "place", "words"),
    [
        (HEAD, 'formula = "piezo', 'formula = "pieso', "formula", "did you mean piezometric_elevation?"),
        (HEAD, 'quantity = "piezometric_elevation"', 'quantity = "freeboard"', "quantity", "what piezometric"),
        (HEAD, 'point = "P1"', 'point = "P9"', "point", "[[point]]"),
        (HEAD, 'pressure = "P1/', 'head = "P1/', "inputs.pressure", "'point/quantity' of pore_pressure"),
        (HEAD, 'pressure = "P1/', 'head = "P1/', "inputs.head", "an unknown input"),
        (HEAD, "P1/pore_pressure", "P1/temperature", "inputs.pressure", "that it takes: pore_pressure"),
        (HEAD, "P1/pore_pressure", "P1/pore_presure", "inputs.pressure", "did you mean pore_pressure?"),
        (HEAD, "P1/pore_pressure", "BARO/pore_pressure", "inputs.pressure", "at 'BARO': barometric_pressure"),
        (HEAD, "P1/pore_pressure", "P7/pore_pressure", "inputs.pressure", "at 'P7': nothing"),
        (HEAD, "tip_elevation_m = 10.0, ", "", "parameters.tip_elevation_m", "nothing | a number"),
        (HEAD, "tip_elevation_m", "tip_m", "parameters.tip_m", "an unknown parameter"),
        (HEAD, "1000.0", "1.0", "parameters.density_kg_m3", "950 to 1300"),
        (HEAD, "1000.0", '"water"', "parameters.density_kg_m3", "950 to 1300"),
        (HEAD, "version = 1", "version = 0", "version", "1 or more"),
        (SURFACE, "[1.8, 1.5, 1.2]", "[1.8, 1.5]", "parameters.values", "3, one for each corner"),
        (SURFACE, "[0.0, 50.0, 100.0]", "[0.0, 50.0, 40.0]", "parameters.axis_u", "that rise"),
        (SURFACE, "axis_u", "axis_w", "parameters.axis_u", "nothing"),
        (SURFACE, '"undrained_peak"', '"drained"', "parameters.condition", "unsafe"),
        (SURFACE, '"undrained_peak"', '"total"', "parameters.condition", "one of drained"),
        (SURFACE, 'signature = "report 12, page 4"\n', "", "parameters.signature", "nothing"),
        (SURFACE, '"2015-01-01T00:00:00Z"', '"spring"', "parameters.geometry_from", "with offset"),
        (SURFACE, '"2015-01-01T00:00:00Z"', '"2015-06-01T00:00:00Z"', "parameters.geometry_from", "2015-01-01T0"),
        (SURFACE, "2015-11-01", "November", "parameters.analysed_on", "a day in quotes"),
    ],
)
def test_each_fault_is_named_at_its_place(text, old, new, place, words):
    assert old in text
    found = problems_of(text.replace(old, new, 1))
    assert words in found[f"derived[1].{place}"]


def test_every_fault_is_named_at_once():
    wrong = (
        HEAD.replace("P1/pore_pressure", "P1/temperature")
        .replace("tip_elevation_m", "tip")
        .replace("1000.0", "1.0")
    )
    assert sorted(problems_of(wrong)) == [
        "derived[1].inputs.pressure",
        "derived[1].parameters.density_kg_m3",
        "derived[1].parameters.tip",
        "derived[1].parameters.tip_elevation_m",
    ]


def test_a_circle_is_found_however_far_around():
    ring = "".join(
        f'\n[[derived]]\npoint = "P1"\nquantity = "{made}"\nformula = "expression"\nversion = 1\n'
        f'inputs = {{ x = "P1/{of}" }}\nparameters = {{ text = "x" }}\n'
        for made, of in (("settlement", "displacement"), ("displacement", "rain"), ("rain", "settlement"))
    )
    found = problems_of(ring)
    assert sorted(found) == [f"derived[{number}].inputs" for number in (1, 2, 3)]
    assert "made of itself" in found["derived[1].inputs"]


def test_an_expression_is_checked_with_its_units_and_its_column():
    text = HEAD.replace('formula = "piezometric_elevation"', 'formula = "expression"')
    wrong = text.replace("{ tip_elevation_m = 10.0, density_kg_m3 = 1000.0 }", '{ text = "10 [m] + pressure" }')
    found = problems_of(wrong)["derived[1].parameters.text"]
    assert found.startswith("column 8: m and m-1 kg s-2 cannot be added")


def test_one_quantity_has_one_source_and_one_declaration_at_a_time():
    measured = (
        HEAD.replace('_elevation"', '_elevation" #')
        .replace('quantity = "piezometric_elevation" #', 'quantity = "temperature"')
        .replace('formula = "piezometric_elevation" #', 'formula = "expression"')
    )
    assert "which is measured at P1" in problems_of(measured)["derived[1].quantity"]
    assert (
        "a beginning of its own"
        in problems_of(HEAD + HEAD.replace("version = 1", "version = 2"))["derived[2].valid_from"]
    )
    later = HEAD.replace("version = 1", "version = 1\nvalid_from = 2016-01-01T00:00:00Z")
    assert "a version of its own" in problems_of(HEAD + later)["derived[2].version"]


def test_the_example_of_the_page_is_read_beside_the_demo_site():
    page = (Path(__file__).parents[2] / "docs" / "derived-quantities.md").read_text(encoding="utf-8")
    parts = page[page.index("## The factor of safety") :].split("\n\n")
    block = next(part for part in parts if "[[derived]]" in part)
    demo = (Path(__file__).parents[2] / "simulator" / "demo" / "site.toml").read_text(encoding="utf-8")
    site = parse_site(f"{demo}\n{dedent(block)}\n")
    assert [one.formula for one in site.derived] == [
        "piezometric_elevation", "freeboard", "rise_rate", "factor_of_safety",
    ]  # fmt: skip


def test_the_other_examples_of_the_page_are_read_too():
    page = (Path(__file__).parents[2] / "docs" / "derived-quantities.md").read_text(encoding="utf-8")
    headings = ("## What a reading should be", "## Along a section", "## Strong motion")
    parts = (page[page.index(one) :].split("\n\n    ", 1)[1].split("\n\n", 1)[0] for one in headings)
    blocks = [dedent("    " + part) for part in parts]
    rain = """
[[derived]]
point = "PD-RAIN"
quantity = "antecedent_rain"
formula = "antecedent_rain"
version = 1
inputs = { rain = "PD-RAIN/rain" }
parameters = { interval_s = 900, keeps_per_day = 0.9, window_s = 1209600 }
"""
    demo = (Path(__file__).parents[2] / "simulator" / "demo" / "site.toml").read_text(encoding="utf-8")
    begin, rest = demo.split("[[phreatic_line]]")
    demo = begin + rest[rest.index("# --- The wiring") :]
    site = parse_site("\n".join([demo, rain, *blocks]))
    assert [one.formula for one in site.derived][-1] == "hst_sigmas"
    assert [one.method for one in site.phreatic_lines] == ["dupuit"]
    assert [one.logger for one in site.strong_motion] == ["pond"]


def test_the_table_of_formulas_speaks_only_of_what_exists():
    for row in FORMULAS.values():
        assert set(row.quantities) <= set(QUANTITIES)
        assert {quantity for kinds in row.inputs.values() for quantity in kinds} <= set(QUANTITIES)
        assert set(row.series) <= set(row.inputs)
        assert set(row.rising) <= set(row.inputs)
        assert not row.series or row.windows_s or "window_s" in row.parameters
