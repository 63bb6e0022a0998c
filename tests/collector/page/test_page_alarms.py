"""The page's list of alarms, and the same for machines: state, what it needs, actions with who has done them."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from collector.api import alarm_json
from collector.present import present
from collector.web.alarms import STATE_WORDS, alarm_rows
from collector.web.render import Renderer
from seepline.alarm.actions import Plan, Task
from seepline.alarm.machine import State
from seepline.alarm.standing import Shelf, Standing
from seepline.thresholds import Level
from tests.collector.page.conftest import NOW_MS, World

NAME = "TOE-P1/pore_pressure/above"
HOSTILE = "<script>alert(1)</script>"
DONE = Task("read", "read by hand", "operator", (), "OMS 7", NOW_MS, done_by=HOSTILE, done_ms=NOW_MS)
LATE = Task("lower", "lower the pond", "operator", ("authority",), "OMS 8", NOW_MS - 1, overdue=True)
RED = Standing(
    level=Level.RED, reached=Level.GREEN, state=State.LATCHED, since_ms=NOW_MS, raised="e1", kept="no wire signal"
)


def rows(world: World):
    return alarm_rows(present(world.site, world, NOW_MS), ZoneInfo(world.site.info.timezone), Renderer().translate)


def test_every_state_has_its_words():
    assert STATE_WORDS.keys() == set(State)


def test_alarms_are_listed_the_worst_first_and_those_at_rest_not(world):
    shelved = Standing(shelf=Shelf(NOW_MS + 60_000, False, Level.YELLOW, "Olga"))
    world.alarms = {NAME: RED, "A/boil/observed": Standing(level=Level.ORANGE), "X/rain/above": shelved,
                    "Y/rain/above": Standing()}  # fmt: skip
    first, second, third = rows(world)
    assert (first.name, second.name, third.name) == (NAME, "A/boil/observed", "X/rain/above")
    assert first.state == "readings are back, acknowledged"
    assert first.lacking == ("an engineer's assessment", "an engineer's release (no wire signal)")
    assert second.quantity == "boil (observed)"
    assert (third.state, third.until is not None) == ("shelved", True)


def test_what_nobody_has_seen_stands_first_of_its_level_and_stands_out(world):
    new = Standing(level=Level.RED, state=State.UNACKNOWLEDGED, since_ms=NOW_MS + 1)
    world.alarms = {NAME: RED, "MV-P1/pore_pressure/above": new}
    assert [(one.point, one.unseen) for one in rows(world)] == [("MV-P1", True), ("TOE-P1", False)]
    html = world.html()
    assert "<strong>not acknowledged</strong>" in html
    assert "<strong>readings are back, acknowledged</strong>" not in html


def test_the_page_shows_actions_with_who_did_them_and_escapes_names(world):
    world.alarms, world.planned = {NAME: RED}, {NAME: Plan("e1", Level.RED, (DONE, LATE))}
    html = world.html()
    assert "lower the pond" in html
    assert "overdue" in html
    assert "authority" in html
    assert HOSTILE not in html
    world.planned = {NAME: Plan("e0", Level.RED, (LATE,))}
    assert "no action is stated for this level" in world.html()


def test_a_level_of_an_observation_is_the_site_s(world):
    world.alarms = {"A/boil/observed": Standing(level=Level.RED)}
    assert present(world.site, world, NOW_MS).state.level is Level.RED
    out = replace(RED, out_until_ms=NOW_MS + 1)
    world.alarms = {NAME: out}
    assert present(world.site, world, NOW_MS).valid["TOE-P1"] is False


def test_machines_read_the_same_list(world):
    world.alarms, world.planned = (
        {NAME: RED, "Y/rain/above": Standing()},
        {NAME: Plan("e1", Level.RED, (DONE, LATE))},
    )
    now = present(world.site, world, NOW_MS)
    told = alarm_json(NAME, now)
    assert (told["alarm"], told["event"], told["level"], told["state"]) == (
        NAME,
        "e1",
        "red",
        "latched_acknowledged",
    )
    assert [one["action"] for one in told["actions"]] == ["read", "lower"]
    assert alarm_json("Y/rain/above", now)["actions"] == []
