"""Every panel drawn by Grafana's own libraries on the demo's data: compared by what was drawn, not by pixels."""

import re
import subprocess

import pytest

from tests.dashboards import drawing, moving
from tests.dashboards.demo_data import END_MS, START_MS
from tests.dashboards.grafana import View, dashboards, panels
from tests.dashboards.repeats import Offer, expanded

pytestmark = pytest.mark.timeout(900)  # the first run installs the libraries
CHOSEN = {
    "site": "(mukilteo-demo)",
    "section": "(A)",
    "point": "TOE-P1",
    "hole": "none",
    "wire": "(pond:toe_frequency)",
    "detail": "reading",
    "page": "0",
    "beside": "water_level",
}
VIEW = View(START_MS, END_MS, chosen=CHOSEN)
BESIDE = "suffix:m"  # of the pond, which stands beside each piezometer
UNITS = {"pressurekpa": "kPa", "celsius": "°C", "degree": "°", "none": "", "s": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    drawing.bundle(folder)
    return folder


def drawn(folder, server, language, width, database):
    """Return (what each panel is asked to be, what was drawn of it) by key, and the whole of what was drawn."""
    offer = Offer(server, VIEW, database)
    every = {name: expanded(one, offer) for name, one in dashboards(language).items()}
    frames = drawing.answers(server, VIEW, every, database)
    page = drawing.page(folder / "draw.js", every, VIEW, frames, width=width)
    found = drawing.probe(page, folder / "chromium", (width, drawing.height_px(every, width)))
    by_key = {one["key"]: one for one in found["panels"]}
    asked = {f"{one['uid']}/{panel['id']}": panel for one in every.values() for panel in panels(one)}
    assert found["errors"] == []
    assert by_key.keys() == asked.keys()
    return [(panel, by_key[key], frames[key]) for key, panel in asked.items()], found


@pytest.fixture(scope="module")
def on_a_desk(folder, server):
    return drawn(folder, server, "en", drawing.DESK, "dam")


def test_the_schema_is_that_of_the_types(folder):
    node = ["node", "schema.mjs", str(folder / "schema")]
    subprocess.run(node, cwd=drawing.PLACE, check=True, capture_output=True, timeout=250)
    made = {path.name: path.read_text() for path in (folder / "schema").iterdir()}
    assert made == {path.name: path.read_text() for path in (drawing.CHECK / "schema").iterdir()}


def test_every_panel_is_drawn_with_its_series_units_and_legend(on_a_desk):
    for panel, one, frames in on_a_desk[0]:
        if not frames:
            assert panel["fieldConfig"]["defaults"]["noValue"] in one["text"]
            continue
        assert one["type"] == panel["type"]
        assert not one.get("failure"), one
        series = {field["config"]["displayNameFromDS"] for frame in frames for field in frame["fields"][1:]}
        if panel["type"] in ("timeseries", "stat", "state-timeline"):
            assert {field["name"] for field in one["fields"]} == series
            written = {line.removesuffix(" (right y-axis)") for line in one["text"].split("\n")}
            assert {field["name"] for field in one["fields"] if field["named"]} <= written
        if panel["type"] in ("timeseries", "xychart"):
            assert one["drawn"], panel["title"]


def test_every_value_stands_with_its_unit_and_no_panel_has_a_limit_of_its_own(on_a_desk):
    for panel, one, _ in on_a_desk[0]:
        defaults = panel["fieldConfig"]["defaults"]
        for field in one.get("fields", ()):
            assert field["unit"] == (BESIDE if field["refId"] in "HK" else defaults["unit"])
            assert field["thresholds"] == len(defaults["thresholds"]["steps"])
            if (
                panel["type"] == "timeseries"
                and field["refId"] not in "HK"
                and field["values"]
                and defaults["unit"] not in ("none", "s")
            ):
                unit = UNITS.get(defaults["unit"], defaults["unit"].removeprefix("suffix:").strip())
                assert re.fullmatch(rf"-?[\d.]+ ?{re.escape(unit)}", field["shown"]), (panel["title"], field)


def test_every_unit_is_grafana_s_own_or_a_suffix(on_a_desk):
    asked, found = on_a_desk
    used = {panel["fieldConfig"]["defaults"]["unit"] for panel, _, _ in asked}
    assert {unit for unit in used if not unit.startswith("suffix:")} <= set(found["units"])


def test_limits_are_dashed_and_of_their_level_s_colour(on_a_desk):
    (chosen,) = [one for panel, one, _ in on_a_desk[0] if panel["title"].startswith("Chosen point")]
    limits = {field["name"].rpartition(" ")[2]: field for field in chosen["fields"] if " limit " in field["name"]}
    assert {level: field["color"] for level, field in limits.items()} == {
        "yellow": "#F0E442",
        "orange": "#E69F00",
        "red": "#D55E00",
    }
    assert {field["style"] for field in limits.values()} == {"dash"}


def test_each_piezometer_has_a_panel_with_its_own_limits_and_the_pond_on_another_axis(on_a_desk):
    of_each = {panel["title"]: (panel, one) for panel, one, _ in on_a_desk[0] if panel.get("repeat")}
    assert sum(title.endswith(": pore pressure") for title in of_each) == 7
    assert sum(title.endswith(": piezometric elevation") for title in of_each) == 1
    highest = {}
    for title, (panel, one) in of_each.items():
        point, _, quantity = title.partition(": ")
        named = {field["name"]: field for field in one.get("fields", ())}
        if point in named and quantity == "pore pressure":
            assert {name for name in named if " limit " in name} <= {
                f"{point} limit {level}" for level in ("yellow", "orange", "red")
            }
            assert {field["unit"] for name, field in named.items() if "water_level" in name} == {"suffix:m"}
            assert panel["gridPos"]["w"] == 12
            highest[point] = named.get(f"{point} limit red", {}).get("shown")
    assert len({shown for shown in highest.values() if shown}) >= 2, highest


def test_a_quantity_without_limits_says_so(on_a_desk):
    (table,) = [one for panel, one, _ in on_a_desk[0] if panel["title"] == "Limits in force and newest readings"]
    assert "no limit" in table["text"]


def test_a_slide_is_drawn_as_profiles_of_five_times_and_an_interval(folder, server, moving_slide):
    chosen = {"site": "(dam)", "section": "(A)", "hole": "IPI1", "detail": "reading"}
    view = View(moving.T0_MS, moving.END_MS, moving.DAY_MS, chosen)
    page = {"deformation": dashboards("en")["deformation"]}
    frames = drawing.answers(server, view, page, moving_slide)
    size = (drawing.DESK, drawing.height_px(page, drawing.DESK))
    found = drawing.probe(drawing.page(folder / "draw.js", page, view, frames), folder / "chromium", size)
    assert found["errors"] == []
    by_key = {one["key"]: one for one in found["panels"]}
    drawn_of = {
        panel["title"]: by_key[f"seepline-deformation-en/{panel['id']}"] for panel in panels(page["deformation"])
    }
    profile = {field["name"]: field for field in drawn_of["Inclinometer profile"]["fields"]}
    times = (
        "end of the shown time",
        "a day before its end",
        "a week before its end",
        "beginning of the shown time",
    )
    assert {profile[name]["values"] for name in times} == {moving.NODES + 1}
    assert (profile[times[0]]["unit"], profile["displacement_mm"]["unit"]) == ("suffix: m", "suffix: mm")
    assert "height, m" in drawn_of["Nodes of the profile"]["text"]
    failure = drawn_of["Days until the line through inverse velocity meets zero"]
    assert {field["name"]: field["style"] for field in failure["fields"] if field["named"]} == {
        "P1": "solid",
        "P1 earliest": "dash",
        "P1 latest": "dash",
    }


def test_an_empty_database_is_told_in_words_on_a_phone_in_russian(folder, server):
    asked, _ = drawn(folder, server, "ru", drawing.PHONE, "empty")
    for panel, one, _ in asked:
        assert panel["fieldConfig"]["defaults"]["noValue"] in one["text"], panel["title"]
        assert one["left"] >= 0
        assert one["left"] + one["width"] <= drawing.PHONE
