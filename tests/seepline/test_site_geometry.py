"""Dated geometry: what was surveyed counts from its date on, for formulas that name it and what expires by it."""

from dataclasses import replace
from pathlib import Path

import pytest

from seepline.derive.evaluation import Sample, evaluate
from seepline.reading import Quality
from seepline.site_derived import Derived
from seepline.site_file import SiteError, parse_site
from seepline.site_geometry import named

SITE = (Path(__file__).parents[2] / "simulator" / "demo" / "site.toml").read_text(encoding="utf-8")
SURVEYED = SITE[SITE.index("[[elevation]]") :].split("\n\n")[0]
DEMO = SITE.replace(SURVEYED, "").replace('"@crest/A"', "60.0")  # without geometry of its own
RAISED_MS = 1_451_606_400_000  # 2016-01-01T00:00:00Z


def entry(table, **values):
    lines = (f"{key} = {value!r}".replace("'", '"') for key, value in values.items() if key != "valid_from")
    date = [f"valid_from = {values['valid_from']}"] if "valid_from" in values else []
    return f"\n[[{table}]]\n" + "\n".join([*lines, *date]) + "\n"


def crest(elevation_m, valid_from, **more):
    about = {"kind": "crest", "of": "A", "source": "survey"} | more
    return entry("elevation", elevation_m=elevation_m, valid_from=valid_from, **about)


SURVEYS = crest(60.0, "2015-01-01T00:00:00Z") + crest(62.5, "2016-01-01T00:00:00Z")
CURVE = entry(
    "curve", kind="beach_width", of="A", elevations_m=[50.0, 58.0], values=[120.0, 20.0], source="survey",
    valid_from="2015-01-01T00:00:00Z",
)  # fmt: skip
CASING = entry(
    "casing", point="TILT", a_plus_azimuth_deg=90.0, fixed_end="bottom", source="report 3",
    valid_from="2015-01-01T00:00:00Z",
)  # fmt: skip


class Pond:
    """A pond that stands at 54 m for ever."""

    def nearest(self, key, time_ms, max_age_ms):
        return Sample(time_ms, 54.0, Quality.GOOD, "")

    def window(self, key, after_ms, to_ms):
        return []


def demo(more):
    return parse_site(DEMO + more)


def freeboard(parameter="@crest/A"):
    return Derived(
        point="POND",
        quantity="freeboard",
        formula="freeboard",
        version=7,
        inputs={"pond": "POND/water_level"},
        parameters={"crest_min_elevation_m": parameter, "allowance_m": 1.0},
    )


def test_a_parameter_that_names_the_crest_follows_its_surveys_and_names_them():
    site = demo(SURVEYS)
    before = evaluate(site, freeboard(), RAISED_MS - 1, Pond())
    after = evaluate(site, freeboard(), RAISED_MS, Pond())
    assert (before.value, after.value) == (5.0, 7.5)
    assert after.inputs == (f"POND/water_level@{RAISED_MS}", f"@crest/A@{RAISED_MS}")
    assert (after.calibration, after.quality) == ("freeboard:7", Quality.GOOD)


def test_before_the_first_survey_there_is_no_number():
    made = evaluate(demo(SURVEYS), freeboard(), 0, Pond())
    assert (made.value, made.judged, made.quality) == (None, False, Quality.FAIL)
    assert made.reasons == ("no crest/A was surveyed at this time",)


def test_a_curve_is_named_by_its_columns():
    derived = replace(
        freeboard(),
        quantity="beach_width",
        formula="beach_width",
        parameters={"elevations_m": "@beach_width/A/elevations_m", "widths_m": "@beach_width/A/values"},
    )
    assert evaluate(demo(CURVE), derived, RAISED_MS, Pond()).value == 70.0


def test_only_parameters_in_metres_name_geometry():
    assert named({"window_s": "@crest/A", "method": "@x", "limit_m": "@crest/A", "most_m": 2.0}) == {
        "limit_m": "crest/A"
    }


def test_a_newer_crest_ends_what_was_made_for_an_older_one():
    from seepline.derive.evaluation import _geometry_ms

    assert _geometry_ms(demo(SURVEYS), "POND", RAISED_MS) == RAISED_MS
    assert _geometry_ms(demo(SURVEYS), "POND", RAISED_MS - 1) == 1_420_070_400_000


def test_what_is_in_force_is_the_newest_whose_date_has_come():
    geometry = demo(SURVEYS + CURVE + casing_of_demo()).geometry
    assert geometry.elevation("crest", "A", RAISED_MS).elevation_m == 62.5
    assert geometry.elevation("collar", "A", RAISED_MS) is None
    assert geometry.curve("beach_width", "A", RAISED_MS).values == (120.0, 20.0)
    assert geometry.casing(inclinometer(), RAISED_MS).a_plus_azimuth_deg == 90.0
    assert geometry.casing(inclinometer(), 0) is None


def inclinometer():
    return next(one.id for one in parse_site(DEMO).points if "inclinometer" in one.kind or "tilt" in one.kind)


def casing_of_demo(**changed):
    return CASING.replace('"TILT"', f'"{changed.get("point", inclinometer())}"')


BAD = [
    (
        crest(60.0, "2015-01-01T00:00:00Z", of="B"),
        "elevation[1].of",
        "'B'",
        "the id of a [[section]], for a crest",
    ),
    (
        crest(60.0, "2015-01-01T00:00:00Z", kind="collar", of="X"),
        "elevation[1].of",
        "'X'",
        "the id of a [[point]]",
    ),
    (crest(60.0, "2015-01-01T00:00:00Z", kind="top"), "elevation[1].kind", "'top'", 'one of "crest"'),
    (
        SURVEYS + crest(61.0, "2016-01-01T00:00:00Z"),
        "elevation[3].valid_from",
        "when elevation[2] begins",
        "its own",
    ),
    (CURVE.replace("[50.0, 58.0]", "[58.0, 50.0]"), "curve[1].elevations_m", "a list", "two or more numbers that"),
    (CURVE.replace("[120.0, 20.0]", "[120.0]"), "curve[1].values", "1 numbers", "2, one for each elevation"),
    (CURVE.replace("beach_width", "stage_volume"), "curve[1].values", "a volume that falls", "never fall"),
    (CASING.replace("90.0", "400.0"), "casing[1].a_plus_azimuth_deg", "400.0", "0 to 360 degrees"),
    (CASING, "casing[1].point", "'TILT'", "the id of a [[point]]"),
]


@pytest.mark.parametrize(("text", "place", "found", "expected"), BAD)
def test_wrong_geometry_is_named(text, place, found, expected):
    with pytest.raises(SiteError) as error:
        demo(text)
    problems = {one.path: one for one in error.value.problems}
    assert found in problems[place].found
    assert expected in problems[place].expected


DECLARED = """
[[derived]]
point = "POND"
quantity = "hours_to_limit"
formula = "hours_to_limit"
version = 9
inputs = { level = "POND/water_level" }
parameters = { window_s = 3600, limit_m = "@crest/A", most_h = 100.0 }
"""


def test_a_declaration_may_name_what_was_surveyed_and_nothing_else():
    assert demo(SURVEYS + DECLARED).derived[-1].parameters["limit_m"] == "@crest/A"
    with pytest.raises(SiteError) as error:
        demo(SURVEYS + DECLARED.replace("@crest/A", "@crest/B"))
    (problem,) = [one for one in error.value.problems if "limit_m" in one.path]
    assert (problem.found, problem.expected) == (
        "'@crest/B'",
        "an [[elevation]] or [[curve]]; did you mean @crest/A?",
    )
