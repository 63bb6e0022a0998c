"""Profiles, inverse velocity, intervals and shaking: what the Deformation page asks, of an invented slide."""

import pytest

from dashboards.questions import OF_DAYS
from tests.dashboards import moving
from tests.dashboards.grafana import View, dashboards, panels

CHOSEN = {"site": "(dam)", "section": "(A)", "hole": "IPI1", "detail": "reading"}
VIEW = View(moving.T0_MS, moving.END_MS, moving.DAY_MS, CHOSEN)
PANELS = {one["title"]: one for one in panels(dashboards("en")["deformation"])}


def answered(server, title, ref_id, view=VIEW):
    (target,) = [one for one in PANELS[title]["targets"] if one["refId"] == ref_id]
    return server.ask(view.asked(target["query"]), "moving")


@pytest.mark.parametrize(("ref_id", "day"), [("A", 60), ("B", 59), ("C", 53), ("D", 30), ("E", 0)])
def test_a_profile_stands_as_it_was_at_each_of_five_times(server, moving_slide, ref_id, day):
    found = answered(server, "Inclinometer profile", ref_id)
    by_node = {one["tags"]["node"]: one["values"][0][1:] for one in found}
    assert sorted(by_node) == [f"{number:03d}" for number in range(moving.NODES + 1)]
    assert [by_node[node][1] for node in sorted(by_node)] == [2.0 * number for number in range(moving.NODES + 1)]
    assert (by_node["000"][0], by_node["010"][0]) == (0.0, pytest.approx(moving.moved_mm(day)))


def test_a_time_before_all_that_is_shown_is_no_line(server, moving_slide):
    short = View(moving.END_MS - 2 * moving.DAY_MS, moving.END_MS, moving.DAY_MS, CHOSEN)
    assert answered(server, "Inclinometer profile", "B", short)
    assert answered(server, "Inclinometer profile", "C", short) == []


def test_a_withheld_node_is_not_joined_by_what_stood_there_before(server, moving_slide):
    server.write(
        "moving", f"profile,site=dam,section=A,hole=GONE,node=001 height_m=2.0,quality=9i {moving.END_MS}"
    )
    gone = View(moving.T0_MS, moving.END_MS, chosen={**CHOSEN, "hole": "GONE"})
    assert answered(server, "Inclinometer profile", "A", gone) == []
    (row,) = answered(server, "Nodes of the profile", "A", gone)
    assert row["values"] == [[moving.END_MS, 2.0, None, 9]]


def test_inverse_velocity_runs_straight_to_the_day_of_failure(server, moving_slide):
    (series,) = answered(server, "Inverse velocity", "A")
    for day, (_, inverse) in enumerate(series["values"]):
        assert inverse == pytest.approx((moving.FAILS_D - day) / 40)
    assert answered(server, "Inverse velocity", "B") == []


def test_of_days_inverse_velocity_is_that_of_the_fastest(server, moving_slide):
    bucket = "reading_1d,site=dam,section=A,point=P1,quantity=velocity"
    server.write("moving", f"{bucket} min=-1.0,max=4.0,quality=1i {moving.T0_MS}")
    days = View(moving.T0_MS, moving.END_MS, moving.DAY_MS, {**CHOSEN, "detail": OF_DAYS})
    assert answered(server, "Inverse velocity", "A", days) == []
    (series,) = answered(server, "Inverse velocity", "B", days)
    assert [value for _, value in series["values"]] == [0.25]


def test_a_time_of_failure_stands_with_its_interval(server, moving_slide):
    title = "Days until the line through inverse velocity meets zero"
    (estimate,), (earliest,), (latest,) = (answered(server, title, ref_id) for ref_id in "BEF")
    assert (earliest["values"][0][1], estimate["values"][0][1], latest["values"][0][1]) == (76.0, 80.0, 89.0)


def test_shaking_is_marked_where_it_began(server, moving_slide):
    marks = {one["name"]: one for one in dashboards("en")["piezometers"]["annotations"]["list"]}
    question = marks["Strong motion: earthquake, blast, blow"]["target"]["query"]
    (found,) = server.ask(VIEW.asked(question), "moving")
    assert found["values"] == [[moving.SHAKEN_MS, "Logger a: strong motion, 0.25 g."]]
