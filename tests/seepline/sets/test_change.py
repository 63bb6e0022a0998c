"""What changes between two sets: tighter means no level later or lower, and is proven so."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline import alarm
from seepline.alarm import AlarmState
from seepline.reading import Quality, Reading
from seepline.sets.change import _RULE_ROWS, changes, kind_of
from seepline.site import Threshold
from seepline.site_alarms import Observation, Vote
from tests.sets import LEVELS, RULE, actions_of, limit_set

BASE = limit_set()
SCAN_MS = 900_000
NAMES = {one.name for one in fields(Threshold)}


def kinds(before, after):
    return kind_of(changes(before, after))


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({}, "same"),
        ({"red": 70.0}, "tightens"),
        ({"red": 81.0}, "loosens"),
        ({"delay_count": 1}, "tightens"),
        ({"delay_count": 3}, "loosens"),
        ({"deadband": 2.0}, "tightens"),
        ({"deadband": 0.5}, "loosens"),
        ({"yellow": 30.0, "delay_count": 3}, "loosens"),
        ({"failure_mode": "internal erosion"}, "changes"),
        ({"direction": "below", "yellow": 80.0, "red": 40.0}, "loosens"),  # the upper limit is gone
    ],
)
def test_a_rule_s_change_goes_one_way(rule, kind):
    assert kinds(BASE, limit_set(rules=(RULE | rule,))) == kind


def test_a_lower_limit_is_tighter_when_it_is_higher():
    low = RULE | {"direction": "below", "yellow": 30.0, "orange": 20.0, "red": 10.0}
    before = limit_set(rules=(low,))
    assert kinds(before, limit_set(rules=(low | {"red": 15.0},))) == "tightens"
    assert kinds(before, limit_set(rules=(low | {"red": 5.0},))) == "loosens"


OTHER = RULE | {"direction": "rate_up", "rate_window_s": 7200}
TOLD = tuple({"level": level, "role": "operator"} for level in LEVELS)


@pytest.mark.parametrize(
    ("more", "kind", "back"),
    [
        ({"rules": (RULE, OTHER)}, "tightens", "loosens"),
        ({"critical": ("P1", "BARO")}, "tightens", "loosens"),
        ({"recipients": (*TOLD, {"level": "red", "role": "authority"})}, "tightens", "loosens"),
        ({"recipients": (*TOLD[:2], {"level": "red", "role": "authority"})}, "loosens", "loosens"),
        ({"recipients": (*TOLD[:2], TOLD[2] | {"organisation": "the mine"})}, "loosens", "loosens"),
        ({"actions": actions_of(RULE, within_s=1800)}, "tightens", "loosens"),
        ({"actions": actions_of(RULE, notify=["engineer_of_record", "authority"])}, "tightens", "loosens"),
        ({"actions": actions_of(RULE, notify=["authority"])}, "loosens", "loosens"),
        ({"actions": actions_of(RULE, what="Stop the pumps")}, "changes", "changes"),
        ({"k1": "yellow"}, "changes", "changes"),
        ({"geometry": "crest 1464 m"}, "changes", "changes"),
        ({"reason": "another"}, "same", "same"),
    ],
)
def test_what_else_a_set_holds_goes_one_way(more, kind, back):
    after = limit_set(**more)
    assert (kinds(BASE, after), kinds(after, BASE)) == (kind, back)


def test_votes_and_observations_go_one_way():
    two, three = (replace(BASE, votes=(Vote(id="toe", set="s", needed=needed),)) for needed in (2, 3))
    assert (kinds(three, two), kinds(two, three), kinds(BASE, two)) == ("tightens", "loosens", "changes")
    mild, bad = (
        replace(BASE, observations=(Observation(set="s", kind="boil", level=level),))
        for level in ("yellow", "red")
    )
    assert (kinds(mild, bad), kinds(bad, mild), kinds(BASE, mild)) == ("tightens", "loosens", "tightens")


def test_k1_and_k2_are_compared_as_limits():
    row = (
        '[[criterion]]\npoint = "P1"\nquantity = "pore_pressure"\ndirection = "above"\n'
        'k1 = {}\nk2 = 90.0\nact = "7"\ndate = "2015-01-01"\n'
    )
    mild, strict = (limit_set(more=row.format(k1)) for k1 in (70.0, 65.0))
    assert (kinds(mild, strict), kinds(strict, mild), kinds(mild, BASE)) == ("tightens", "loosens", "loosens")


def test_a_key_of_a_rule_that_has_no_row_needs_every_approval():
    before = BASE.thresholds[0]
    for one in fields(Threshold):
        if one.name not in ("set", "point", "quantity", "direction", *_RULE_ROWS):
            after = replace(BASE, thresholds=(replace(before, **{one.name: "anything else"}),))
            assert kinds(BASE, after) == "changes", one.name


RULES_BEYOND_THE_STEP = {
    "latch": ("", "red", "tightens"),
    "realarm_s": (None, 3600, "tightens"),
    "escalate_after_s": ((900,), (600, 1200), "tightens"),
    "shelve_max_s": (3600, None, "tightens"),
    "missing_s": (None, 3600, "tightens"),
    "only_with": ("P2/pore_pressure/above", "", "tightens"),
    "suppressed_by": ("", "P2/pore_pressure/above", "loosens"),
    "vote": ("", "toe", "loosens"),
    "longest_s": (None, 7200, "tightens"),
    "repeat": (False, True, "tightens"),
}


@pytest.mark.parametrize("key", RULES_BEYOND_THE_STEP)
def test_what_is_done_about_a_level_goes_one_way(key):
    looser, tighter, kind = RULES_BEYOND_THE_STEP[key]
    compare = _RULE_ROWS[key]
    words = {"tighter": "tightens", "looser": "loosens"}
    assert words[compare(looser, tighter, "above")] == kind
    assert words[compare(tighter, looser, "above")] != kind


# What a step of `by` makes of a key so that it is tighter.
TIGHTENED = {
    "deadband": lambda value, by: value + by,
    "delay_count": lambda value, by: max(1, value - by),
    "delay_s": lambda value, by: max(0, value - 900 * by),
    "off_count": lambda value, by: value + by,
    "off_s": lambda value, by: value + 900 * by,
}
DRAWN = {"deadband": (0, 4), "delay_count": (1, 4), "delay_s": (0, 2700), "off_count": (1, 3), "off_s": (0, 2700)}


@st.composite
def pairs(draw):
    """Return a rule, and one that is as tight or tighter in every key."""
    direction = draw(st.sampled_from(("above", "below", "rate_up", "rate_down")))
    limits = sorted(draw(st.lists(st.integers(1, 20), min_size=3, max_size=3, unique=True)))
    first, second, third = limits[::-1] if direction == "below" else limits
    chosen = {key: draw(st.integers(*span)) for key, span in DRAWN.items() if key in NAMES}
    window = {"rate_window_s": 3600} if direction.startswith("rate") else {}
    about = {"set": "s", "point": "P1", "quantity": "pore_pressure", "direction": direction}
    before = Threshold(**about, yellow=first, orange=second, red=third, **window, **chosen)
    by = 1 if direction == "below" else -1
    tighter = {key: getattr(before, key) + by * draw(st.integers(0, 4)) for key in LEVELS}
    tighter |= {key: TIGHTENED[key](value, draw(st.integers(0, 2))) for key, value in chosen.items()}
    return before, replace(before, **tighter)


@settings(max_examples=300, deadline=None)
@given(pairs(), st.lists(st.integers(0, 24), min_size=1, max_size=20))
def test_what_only_tightens_never_alarms_later_or_lower(rules, values):
    before, after = rules
    said = kinds(replace(BASE, thresholds=(before,)), replace(BASE, thresholds=(after,)))
    assert said == ("same" if before == after else "tightens")
    back = kinds(replace(BASE, thresholds=(after,)), replace(BASE, thresholds=(before,)))
    assert back == ("same" if before == after else "loosens")
    old, new = AlarmState(), AlarmState()
    for number, value in enumerate(values):
        reading = Reading(
            point="P1", instrument="I", quantity="pore_pressure", time_ms=number * SCAN_MS, value=float(value),
            quality=Quality.GOOD, calibration="c:1", judged=True, inputs=(f"a:1:{number}",),
        )  # fmt: skip
        old, _ = alarm.step("dam", old, reading, before, reading.time_ms)
        new, _ = alarm.step("dam", new, reading, after, reading.time_ms)
        assert new.present.level >= old.present.level
