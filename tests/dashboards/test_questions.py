"""Every panel's question goes to a real InfluxDB with the demo's data, as Grafana's backend would send it."""

import json

import pytest

from dashboards.pages import PAGES
from dashboards.parts import Trend
from dashboards.questions import AS_READ, AT_HEAD, AT_PIEZOMETER, AT_POINT, BY_TIME, LONG_DAYS, OF_DAYS, OF_HOURS
from tests.dashboards.demo_data import END_MS, START_MS
from tests.dashboards.grafana import DAY_MS, View, dashboards, panels

CHOSEN = {
    "site": "(mukilteo-demo)",
    "section": "(A)",
    "point": "TOE-P1",
    "hole": "none",
    "wire": "(pond:toe_frequency)",
    "page": "0",
    "piezometer": "TOE-P1",
    "head": "TOE-P1",
    "beside": "water_level",
}
QUESTIONS = [
    (f"{name}/{panel['title']}/{target['refId']}", target)
    for name, dashboard in dashboards("en").items()
    for panel in panels(dashboard)
    for target in panel["targets"]
]


@pytest.fixture(scope="module")
def measured(server) -> set[str]:
    """What the demo has readings of, in its section."""
    found = server.ask('SHOW TAG VALUES FROM "reading" WITH KEY = "quantity"', "dam")
    return {value for _, value in found[0]["values"]}


@pytest.mark.parametrize("detail", [AS_READ, OF_HOURS, OF_DAYS, BY_TIME])
def test_every_question_is_answered_and_with_something_where_the_demo_measures_it(server, measured, detail):
    view = View(START_MS, END_MS, chosen={**CHOSEN, "detail": detail})
    answered = {name: server.ask(view.asked(target["query"]), "dam") for name, target in QUESTIONS}
    silent = {name for name, series in answered.items() if not series}
    drawn = {
        f"{page.name}/{part.title}/{ref_id}"
        for page in PAGES
        for part in page.panels
        if isinstance(part, Trend)
        and part.where not in (AT_POINT, AT_PIEZOMETER, AT_HEAD)
        and measured & set(part.quantities)
        for ref_id in ("IJ" if detail == OF_DAYS else "AB")
    }
    assert len(drawn) >= 14
    assert not drawn & silent
    assert not {
        name for name in silent if name.startswith(("portfolio", "alarms/Levels", "health/Age", "facility/Sec"))
    }


def test_every_question_of_an_empty_database_is_answered_with_nothing(server):
    view = View(START_MS, END_MS, chosen={**CHOSEN, "detail": "reading"})
    assert [name for name, target in QUESTIONS if server.ask(view.asked(target["query"]), "empty")] == []


@pytest.mark.parametrize("kind", ["variables", "annotations"])
def test_variables_and_annotations_are_answered(server, kind):
    view = View(START_MS, END_MS, chosen=CHOSEN)
    for dashboard in dashboards("en").values():
        listed = dashboard["templating" if kind == "variables" else "annotations"]["list"]
        asked = [one.get("target", one)["query"] for one in listed if one.get("datasource")]
        answers = [server.ask(view.asked(question), "dam") for question in asked]
        assert any(answers), json.dumps(asked)


def test_the_limits_of_a_point_are_those_that_were_in_force(server):
    (panel,) = [one for one in panels(dashboards("en")["piezometers"]) if one["title"].startswith("Chosen point")]
    view = View(START_MS, END_MS, chosen={**CHOSEN, "detail": "reading"})
    by_alias = {one["alias"].rpartition(" ")[2]: one["query"] for one in panel["targets"]}
    drawn = {level: server.ask(view.asked(by_alias[level]), "dam") for level in ("yellow", "orange", "red")}
    newest = {level: series[0]["values"][-1][1] for level, series in drawn.items()}
    assert newest["yellow"] < newest["orange"] < newest["red"]


def test_a_peak_between_two_points_of_a_chart_is_drawn(server):
    (panel,) = [one for one in panels(dashboards("en")["piezometers"]) if one["title"].startswith("Chosen point")]
    highest = {}
    for interval_ms in (900_000, 43_200_000):
        view = View(START_MS, END_MS, interval_ms, {**CHOSEN, "detail": "reading"})
        (series,) = server.ask(view.asked(panel["targets"][1]["query"]), "dam")
        highest[interval_ms] = max(value for _, value in series["values"] if value is not None)
    assert len(set(highest.values())) == 1


def test_a_long_time_is_shown_of_days_day_by_day_and_a_short_one_as_read(server):
    """What `detail` is when a page is opened: no question of a year reads its readings."""
    (panel,) = [one for one in panels(dashboards("en")["piezometers"]) if one["title"].startswith("Chosen point")]
    largest = {one["refId"]: one["query"] for one in panel["targets"] if "SELECT max" in one["query"]}
    found = {}
    for days in (LONG_DAYS - 1, LONG_DAYS):
        view = View(END_MS - days * DAY_MS, END_MS, chosen={**CHOSEN, "detail": BY_TIME})
        found[days] = {ref: server.ask(view.asked(query), "dam") for ref, query in largest.items()}
    assert [series["name"] for series in found[LONG_DAYS - 1]["B"]] == ["reading"]
    assert [series["name"] for series in found[LONG_DAYS]["J"]] == ["reading_1d"]
    assert found[LONG_DAYS - 1]["J"] == found[LONG_DAYS]["B"] == []
    peaks = {
        days: max(max(v for _, v in s["values"] if v is not None) for r in one.values() for s in r)
        for days, one in found.items()
    }
    assert len(set(peaks.values())) == 1
