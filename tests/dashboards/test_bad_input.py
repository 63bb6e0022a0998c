"""Sites that the dashboards were not drawn for: no limits, renamed instruments, ten thousand of them."""

import pytest

from tests.dashboards.demo_data import END_MS, START_MS
from tests.dashboards.grafana import View, dashboards, panels

T0_MS = 1_450_224_000_000
SCAN_MS = 900_000
MANY = 10_000


def line(point: str, scan: int, more: str = "") -> str:
    tags = f"site=s,section=A,point={point},quantity=pore_pressure"
    return f"reading,{tags} value={10 + scan}.0,quality=1i,level=0i{more} {T0_MS + scan * SCAN_MS}"


@pytest.fixture(scope="module")
def database(server) -> str:
    server.ask("CREATE DATABASE strange")
    server.write("strange", *(line("BARE", scan) for scan in range(8)))
    limits = ",limit_yellow=20.0,limit_orange=25.0,limit_red=30.0"
    server.write("strange", *(line("OLD" if scan < 4 else "NEW", scan, limits) for scan in range(8)))
    return "strange"


def answers(server, database, title, point):
    (panel,) = [one for one in panels(dashboards("en")["piezometers"]) if one["title"] == title]
    chosen = {"site": "(s)", "section": "(A)", "point": point, "detail": "reading"}
    view = View(T0_MS, T0_MS + 8 * SCAN_MS, chosen=chosen)
    found = {one["alias"]: {} for one in panel["targets"]}
    for one in panel["targets"]:
        for series in server.ask(view.asked(one["query"]), database):
            values = [value for _, value in series["values"] if value is not None]
            found[one["alias"]][series["tags"]["point"]] = values
    return found


def test_a_point_without_limits_is_drawn_without_limits(server, database):
    found = answers(server, database, "Chosen point: pore pressure and its limits", "BARE")
    assert found["$tag_point"] == {"BARE": [10.0 + scan for scan in range(8)]}
    assert [series for alias, series in found.items() if "limit" in alias] == [{}, {}, {}]


def test_a_renamed_instrument_keeps_its_history_under_its_old_name(server, database):
    found = answers(server, database, "Pore pressure of the section", "NEW")["$tag_point"]
    assert found["OLD"] == [10.0, 11.0, 12.0, 13.0]
    assert found["NEW"] == [14.0, 15.0, 16.0, 17.0]


@pytest.fixture(scope="module")
def many(server) -> str:
    server.ask("CREATE DATABASE many")
    server.write("many", *(line(f"P{number:05d}", 0) for number in range(MANY)))
    return "many"


def test_ten_thousand_instruments_are_all_found_and_one_of_them_is_drawn(server, many):
    variables = {one["name"]: one for one in dashboards("en")["piezometers"]["templating"]["list"]}
    view = View(T0_MS, T0_MS + SCAN_MS, chosen={"site": "(s)", "section": "(A)"})
    (offered,) = server.ask(view.asked(variables["point"]["query"]), many)
    assert len(offered["values"]) == MANY
    found = answers(server, many, "Chosen point: pore pressure and its limits", "P09999")
    assert found["$tag_point"] == {"P09999": [10.0]}


def test_of_ten_thousand_piezometers_a_page_of_panels_is_asked_for_at_once(server, many):
    (variable,) = [
        one for one in dashboards("en")["piezometers"]["templating"]["list"] if one["name"] == "piezometer"
    ]
    pages = []
    for page in ("0", "12"):
        view = View(T0_MS, T0_MS + SCAN_MS, chosen={"site": "(s)", "section": "(A)", "page": page})
        (offered,) = server.ask(view.asked(variable["query"]), many)
        pages.append([value for _, value in offered["values"]])
    assert pages == [[f"P{number:05d}" for number in range(first, first + 12)] for first in (0, 12)]


def test_the_newest_of_ten_thousand_is_a_table_of_ten_thousand(server, many):
    (panel,) = [one for one in panels(dashboards("en")["authority"]) if one["title"].startswith("Limits in force")]
    view = View(T0_MS, T0_MS + SCAN_MS, chosen={"site": "(s)"})
    assert len(server.ask(view.asked(panel["targets"][0]["query"]), many)) == MANY


def test_the_times_are_the_browser_s_and_the_site_s_zone_is_named(server):
    assert {one["timezone"] for one in dashboards("en").values()} == {"browser"}
    (panel,) = [one for one in panels(dashboards("en")["portfolio"]) if one["title"] == "Facilities"]
    assert "Times are your browser's." in panel["description"]
    view = View(START_MS, END_MS, chosen={"site": "(mukilteo-demo)"})
    (facility,) = server.ask(view.asked(panel["targets"][0]["query"]), "dam")
    assert dict(zip(facility["columns"], facility["values"][0], strict=True))["timezone"] == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("name", "variable", "said"),
    [
        ("piezometers", "point", "What was renamed keeps its history under its old name"),
        ("piezometers", "section", "Type to search where there are many"),
        ("piezometers", "detail", "Hours and days are UTC wherever the site lies"),
    ],
)
def test_a_choice_says_what_is_to_be_known_of_it(name, variable, said):
    (found,) = [one for one in dashboards("en")[name]["templating"]["list"] if one["name"] == variable]
    assert said in found["description"]


def test_a_panel_says_what_no_limit_and_no_data_look_like():
    (chosen,) = [one for one in panels(dashboards("en")["piezometers"]) if one["title"].startswith("Chosen point")]
    assert "No dashed line: no limit was in force." in chosen["description"]
    assert "what was renamed has an old name" in chosen["fieldConfig"]["defaults"]["noValue"]
