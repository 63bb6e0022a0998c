"""What a set says beyond limits: votes, actions, second quantities, the longest time; and what is wrong there."""

from dataclasses import replace

import pytest

from seepline.acts.roles import OPERATOR
from seepline.alarm.actions import LEVELS, Plan, next_due_ms, overdue, plan_of, ticked, without_actions
from seepline.alarm.inputs import Terms
from seepline.alarm.response import counts_by_repeats, response
from seepline.alarm.standing import Standing
from seepline.alarm.voting import Voice, site_levels
from seepline.behind import driving_source, sources_behind, waits_s
from seepline.site_alarms import Action
from seepline.site_file import SiteError, parse_site
from seepline.site_rules.alarms import people_know_in_time
from seepline.site_rules.draft import Draft
from seepline.site_wiring import ForeignLogger, Station
from seepline.thresholds import Level
from tests.collector.conftest import DAM
from tests.seepline.test_derived_rules import HEAD

TEXT = DAM.read_text(encoding="utf-8")
AT_MS = 1_451_635_200_000
G, Y, O, R = Level  # noqa: E741 - as on the page
RATE = """
[[threshold]]
set = "s1"
point = "P1"
quantity = "pore_pressure"
direction = "rate_up"
yellow = 1.0
orange = 2.0
red = 4.0
deadband = 0.0
delay_count = 2
rate_window_s = 7200
"""
LINKED = TEXT.replace('id = "gw1"\n', 'id = "gw1"\nlink_s = 120\n', 1)


def found(more: str, text: str = TEXT) -> dict[str, str]:
    with pytest.raises(SiteError) as error:
        parse_site(text + more)
    return {one.path: f"{one.found} | {one.expected}" for one in error.value.problems}


def test_a_set_with_everything_is_read():
    site = parse_site(
        LINKED
        + 'latch = "red"\nrealarm_s = 3600\nescalate_after_s = [900, 3600]\nshelve_max_s = 86400\ndelay_s = 0\n'
        + 'off_count = 3\noff_s = 0\nvote = "toe"\nlongest_s = 7800\n'
        + RATE
        + 'only_with = "P1/pore_pressure/above"\nvote = "toe"\nrepeat = false\n'
        + '[[vote]]\nset = "s1"\nid = "toe"\nneeded = 2\n'
        + '[[action]]\nset = "s1"\nid = "look"\nlevel = "yellow"\nwhat = "look"\nrole = "operator"\n'
        + 'within_s = 3600\npage = "OMS 7"\nnotify = ["responsible_engineer"]\npoint = "P1"\n'
        + '[[observation]]\nset = "s1"\nkind = "boil"\nlevel = "red"\n'
    )
    assert site.thresholds[0].escalate_after_s == (900, 3600)
    assert (site.votes[0].needed, site.actions[0].role, site.observations[0].level) == (2, OPERATOR, "red")
    missing = [(rule.direction, level) for rule, level in without_actions(site.actions, site.thresholds)]
    assert missing == [("above", O), ("above", R), ("rate_up", O), ("rate_up", R)]


@pytest.mark.parametrize(
    ("more", "path", "says"),
    [
        ('suppressed_by = "P1/pore_pressure/above"\n', "threshold[1].suppressed_by", "another rule of s1"),
        ('only_with = "P1/rain/above"\n', "threshold[1].only_with", "another rule of s1"),
        ('only_with = "P1/pore_pressure/rate_up"\n' + RATE + 'only_with = "P1/pore_pressure/above"\n',
         "threshold[2].only_with", "does not lead back"),
        ('suppressed_by = "P1/pore_pressure/rate_up"\n' + RATE + 'suppressed_by = "P1/pore_pressure/above"\n',
         "threshold[1].suppressed_by", "does not lead back"),
        ('vote = "toe"\n', "threshold[1].vote", "a [[vote]] of its set"),
        ('vote = "toe"\n[[vote]]\nset = "s1"\nid = "toe"\nneeded = 2\n', "vote[toe].needed", "vote in it, 1"),
        ('vote = "toe"\n[[vote]]\nset = "s1"\nid = "toe"\nneeded = 0\n', "vote[toe].needed", "1 or more"),
        ('[[vote]]\nset = "s9"\nid = "toe"\nneeded = 1\n', "vote[toe].set", "'s9'"),
        ("escalate_after_s = [900, 600]\n", "threshold[1].escalate_after_s", "seconds that rise"),
        ('escalate_after_s = ["x"]\n', "threshold[1].escalate_after_s[1]", "whole number"),
        ("longest_s = 7200\n", "threshold[1].longest_s", "link_s of gateway gw1"),
        ("off_count = 0\n", "threshold[1].off_count", "1 or more"),
        ("delay_s = -1\n", "threshold[1].delay_s", "0 or more"),
        ('latch = "green"\n', "threshold[1].latch", "one of"),
        ('[[observation]]\nset = "s1"\nkind = "boil"\nlevel = "red"\n' * 2, "observation[2].kind", "one row"),
        ('[[observation]]\nset = "s1"\nkind = "ghost"\nlevel = "red"\n', "observation[1].kind", "one of"),
        ('[[action]]\nset = "s1"\nid = "x"\nlevel = "red"\nwhat = " "\nrole = "boss"\nwithin_s = 0\npage = ""\n',
         "action[x].role", "one of accountable_executive"),
        ('[[action]]\nset = "s1"\nid = "x"\nlevel = "red"\nwhat = "x"\nrole = "operator"\nwithin_s = 9\n'
         'page = "1"\npoint = "BARO"\n', "action[x]", "that a rule of the set has"),
        (RATE.replace("pore_pressure", "days_to_failure"), "threshold[2].only_with", "a measured quantity"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(more, path, says):
    assert says in found(more)[path]


def test_a_longest_time_that_cannot_be_kept_is_refused_with_its_parts():
    more = "escalate_after_s = [600, 3600]\nlongest_s = 6869\n"
    told = found(more, LINKED)["threshold[1].longest_s"]
    assert told == "6869 | 6870 or more: scan 900 s, poll 450 s, wait 1800 s, link 120 s, escalation 3600 s"
    assert parse_site(LINKED + more.replace("6869", "6870")).thresholds[0].longest_s == 6870


def test_the_longest_time_has_its_parts():
    site = parse_site(LINKED)
    rule = replace(site.thresholds[0], delay_count=3, escalate_after_s=(60, 300))
    parts = response(site, rule, AT_MS)
    assert tuple(parts) == (900, 1800, 450.0, 1800, 120, 300)
    assert (parts.message_s, parts.longest_s, parts.with_repeats_s()) == (5070, 5370, 3460)
    assert response(site, replace(rule, delay_s=2000), AT_MS).delay_s == 2700
    assert counts_by_repeats(site, rule, AT_MS)
    for other in ({"delay_count": 1}, {"delay_count": 5}, {"delay_s": 60}, {"repeat": False}):
        assert not counts_by_repeats(site, replace(rule, **other), AT_MS)
    unlinked = response(parse_site(TEXT), rule, AT_MS)
    assert (unlinked.message_s, unlinked.longest_s, unlinked.with_repeats_s()) == (None, None, None)
    assert response(site, replace(rule, point="NOWHERE"), AT_MS) is None


def test_a_sleeping_logger_is_read_in_its_window_and_a_lone_gauge_waits_for_nobody():
    site = parse_site(LINKED)
    asleep = replace(site, loggers=tuple(replace(one, mode="window") for one in site.loggers))
    assert response(asleep, site.thresholds[0], AT_MS).poll_s == 5
    assert waits_s(site, "BARO", "barometric_pressure", AT_MS, 2) == 0
    assert sources_behind(site, "NOWHERE", "rain", AT_MS) == frozenset()
    assert waits_s(site, "NOWHERE", "rain", AT_MS, 2) == 0
    assert driving_source(site, "NOWHERE", "rain", AT_MS) == ""


def test_what_is_derived_has_the_loggers_of_its_inputs():
    site = parse_site(LINKED + HEAD)
    (one,) = site.derived
    assert driving_source(site, one.point, one.quantity, AT_MS) == "a"
    assert "a" in sources_behind(site, one.point, one.quantity, AT_MS)
    assert waits_s(site, one.point, one.quantity, AT_MS, 2) >= 1800


def test_a_station_is_read_at_its_scan():
    site = parse_site(LINKED)
    station = Station(id="a", profile="p", address=9, scan_s=900, silence_s=3600, tcp="h:502", gateway="gw1")
    site = replace(site, loggers=tuple(one for one in site.loggers if one.id != "a"), stations=(station,))
    parts = response(site, site.thresholds[0], AT_MS)
    assert (parts.poll_s, parts.link_s) == (0, 120)
    assert not counts_by_repeats(site, replace(site.thresholds[0], delay_count=2), AT_MS)


def test_of_another_system_s_logger_no_longest_time_is_known():
    site = parse_site(LINKED)
    foreign = ForeignLogger(id="a", scan_s=900, silence_s=3600)
    site = replace(site, loggers=tuple(one for one in site.loggers if one.id != "a"), foreign=(foreign,))
    assert response(site, site.thresholds[0], AT_MS).longest_s is None
    rule = replace(site.thresholds[0], longest_s=9000)
    draft = Draft(replace(site, thresholds=(rule,)), {}, {id(rule): "threshold[1]"})
    (problem,) = people_know_in_time(draft)
    assert problem.expected == "no such key: nobody can say when the files of a come"


YES, NO, MUTE = Voice(R, True, "toe"), Voice(G, True, "toe"), Voice(G, False, "toe")


@pytest.mark.parametrize(
    ("voices", "needed", "level"),
    [
        ((YES, NO, NO), 2, G), ((YES, YES, NO), 2, R), ((YES, NO, MUTE), 2, R), ((YES, MUTE, MUTE), 2, R),
        ((NO, NO, MUTE), 2, G), ((MUTE, MUTE, MUTE), 2, G), ((YES, Voice(Y, True, "toe"), NO), 2, Y),
        ((Voice(R, False, "toe"), NO, NO), 1, R), ((Voice(O, False, "toe"), YES, NO), 2, O), ((YES, NO), None, R),
    ],
)  # fmt: skip
def test_a_silent_voter_leaves_the_group_and_never_counts_as_no(voices, needed, level):
    assert site_levels(voices, {} if needed is None else {"toe": needed}) == [level]


def test_what_is_in_no_group_counts_itself():
    assert site_levels((Voice(Y, True), YES, NO, NO), {"toe": 3}) == [Y, G]


ACTIONS = tuple(
    Action(id=name, set="s1", level="red", what=name, role="operator", within_s=within_s, page="1", point=point)
    for name, within_s, point in (("a", 60, ""), ("b", 30, "P1"), ("c", 10, "P2"))
)
ALARM = Standing(level=R, raised="e1", counted_ms=1000, terms=Terms(set="s1"))


def test_a_plan_has_the_actions_that_fit_and_says_once_what_is_overdue():
    plan = plan_of(ACTIONS, "P1/rain/above", ALARM)
    assert [(one.action, one.due_ms) for one in plan.tasks] == [("a", 61_000), ("b", 31_000)]
    assert next_due_ms(plan) == 31_000
    plan, late = overdue(plan, 31_000)
    assert [one.action for one in late] == ["b"]
    assert overdue(plan, 31_000)[1] == ()
    done = ticked(plan, "a", "Olga (operator)", 40_000)
    assert [(one.done_by, one.done_ms) for one in done.tasks] == [("Olga (operator)", 40_000), ("", None)]
    assert ticked(done, "a", "x", 0) is None
    assert next_due_ms(done) is None
    assert next_due_ms(Plan()) is None
    assert LEVELS == (Y, O, R)
