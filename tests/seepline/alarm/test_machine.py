"""The table of states, and the standing alarm: every move by name, and what must hold for every order of moves."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline.alarm.event import Event
from seepline.alarm.follow import follow
from seepline.alarm.inputs import (
    About,
    Acknowledge,
    Around,
    Assess,
    Cause,
    Invalid,
    Missed,
    Passed,
    PutBack,
    Reached,
    Release,
    Shelve,
    TakeOut,
    Terms,
    Unshelve,
    terms_of,
)
from seepline.alarm.machine import HIDDEN, TRANSITIONS, Move, State, moved
from seepline.alarm.standing import Standing, concerns_people, lacking, shown
from seepline.alarm.timers import covers, deadline_ms
from seepline.site import Threshold
from seepline.thresholds import Level

G, Y, O, R = Level  # noqa: E741 - as on the page
ABOUT = About("dam", "P1", "pore_pressure", "above")
TERMS = Terms(
    set="s1", limits=(40.0, 60.0, 80.0), realarm_s=600, escalate_after_s=(60, 300), shelve_max_s=3600
)  # fmt: skip
MINUTE_MS = 60_000


class Desk:
    """One alarm and its clock; every call is one input and returns the kinds of event that it makes."""

    def __init__(self, terms: Terms = TERMS) -> None:
        self.alarm, self.terms, self.now_ms, self.events = Standing(terms=terms), terms, 0, []

    def cause(self, text: str = "") -> Cause:
        self.now_ms += 1000
        return Cause(f"#{self.now_ms}", self.now_ms, self.now_ms, text)

    def put(self, news) -> list[str]:
        self.alarm, new = follow(self.alarm, news, ABOUT)
        self.events += new
        return [event.kind for event in new]

    def reach(self, level: Level, **more) -> list[str]:
        return self.put(Reached(level, self.terms, self.cause(), **more))

    def ack(self) -> list[str]:
        return self.put(Acknowledge(self.alarm.raised, self.cause("seen by anna")))

    def assess(self, decision="follow_readings", finding="real") -> list[str]:
        return self.put(Assess(self.alarm.raised, finding, decision, self.cause("assessed by bek")))

    def release(self) -> list[str]:
        return self.put(Release(self.alarm.raised, self.cause("released by bek")))

    def shelve(self, up_to: Level, minutes: int = 10, one_shot: bool = False) -> list[str]:
        cause = self.cause("shelved by anna")
        return self.put(Shelve(cause.arrived_ms + minutes * MINUTE_MS, one_shot, up_to, cause))

    def wait(self, minutes: float) -> list[str]:
        self.now_ms += int(minutes * MINUTE_MS)
        return self.put(Passed(self.now_ms))

    @property
    def state(self) -> str:
        return shown(self.alarm).value


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("begin", "move", "end"),
    [  # ISA-18.2, letter by letter
        ("A", Move.RAISE, "B"), ("B", Move.ACKNOWLEDGE, "C"), ("B", Move.CLEAR, "D"), ("B", Move.HOLD, "E"),
        ("C", Move.CLEAR, "A"), ("C", Move.HOLD, "F"), ("C", Move.RAISE, "B"), ("C", Move.REALARM, "B"),
        ("D", Move.ACKNOWLEDGE, "A"), ("D", Move.RAISE, "B"), ("E", Move.ACKNOWLEDGE, "F"), ("E", Move.RAISE, "B"),
        ("F", Move.RAISE, "B"), ("F", Move.RESET, "A"), ("A", Move.MISSED, "D"), ("F", Move.REALARM, "E"),
    ],
)  # fmt: skip
def test_the_table_is_the_standard_s(begin, move, end):
    letters = dict(zip("ABCDEFGHI", State, strict=True))
    assert moved(letters[begin], move) is letters[end]


def test_what_is_not_in_the_table_changes_nothing():
    for state in State:
        for move in Move:
            assert moved(state, move) is TRANSITIONS.get((state, move), state)


def test_yellow_returns_by_itself_and_wants_to_be_seen(desk):
    assert desk.reach(Y) == ["level"]
    assert (desk.state, desk.alarm.level) == ("unacknowledged", Y)
    assert desk.reach(G) == ["level"]
    assert (desk.state, desk.alarm.level) == ("returned_unacknowledged", G)
    assert desk.ack() == ["acknowledged"]
    assert desk.state == "normal"
    desk.reach(Y), desk.ack()
    assert desk.reach(G) == ["level"]
    assert desk.state == "normal"


@pytest.mark.parametrize("level", [O, R])
def test_orange_and_red_go_down_only_after_an_assessment(desk, level):
    desk.reach(level)
    assert desk.reach(G) == ["returned"]
    assert desk.reach(G) == []
    assert (desk.state, desk.alarm.level) == ("latched_unacknowledged", level)
    assert desk.ack() == ["acknowledged"]
    assert (desk.state, desk.alarm.level) == ("latched_acknowledged", level)
    assert desk.assess("keep_level", "unclear") == ["assessed"]
    assert desk.alarm.level == level
    assert desk.assess() == ["assessed", "level"]
    assert (desk.state, desk.alarm.level) == ("normal", G)


def test_an_assessment_while_it_stands_lets_it_go_down_with_the_readings(desk):
    desk.reach(R)
    assert desk.assess() == ["assessed"]
    assert desk.state == "acknowledged"
    assert desk.reach(O) == ["level"]
    assert desk.reach(Y) == ["level"]
    assert desk.reach(R) == ["level"]  # a new rise asks for a new assessment
    assert desk.reach(Y) == []
    assert (desk.state, desk.alarm.level) == ("unacknowledged", R)


def test_an_act_about_what_was_raised_again_since_has_no_effect(desk):
    desk.reach(Y)
    seen = desk.alarm.raised
    desk.reach(R)
    for news in (
        Acknowledge(seen, desk.cause("seen by anna")),
        Assess(seen, "real", "follow_readings", desk.cause()),
        Release(seen, desk.cause()),
    ):
        assert desk.put(news) == ["no_effect"]
    assert (desk.state, desk.alarm.level) == ("unacknowledged", R)
    assert desk.events[-1].text.endswith("without effect, the alarm has been raised by another event since")
    desk.ack()
    assert desk.ack() == ["no_effect"]


def test_a_condition_that_is_true_again_is_announced_again(desk):
    desk.reach(R), desk.reach(G), desk.ack()
    assert desk.reach(Y) == ["realarm"]
    assert (desk.state, desk.alarm.level) == ("unacknowledged", R)


def test_a_latched_level_needs_assessment_and_release(desk):
    desk = Desk(replace(TERMS, latch=R))
    desk.reach(R)
    assert desk.release() == ["no_effect"]
    assert desk.events[-1].text.endswith("readings still say red")
    assert desk.reach(G) == ["returned"]
    assert desk.events[-1].text.endswith("there is an engineer's assessment and an engineer's release")
    assert desk.assess() == ["assessed"]
    assert lacking(desk.alarm) == ("an engineer's release",)
    assert desk.release() == ["released", "level"]
    assert (desk.state, desk.alarm.level) == ("normal", G)
    assert desk.release() == ["no_effect"]


def test_a_latch_that_a_new_set_does_not_have_ends_with_the_next_reading(desk):
    desk = Desk(replace(TERMS, latch=Y))
    desk.reach(Y)
    assert desk.reach(G) == ["returned"]
    desk.terms = TERMS
    assert desk.reach(G) == ["level"]
    assert desk.state == "returned_unacknowledged"


@pytest.mark.parametrize("level", [Y, R])
def test_a_level_is_kept_when_the_instrument_fails_until_it_is_released(desk, level):
    desk.put(Invalid("no wire signal", desk.now_ms))
    assert desk.alarm.kept == ""
    desk.reach(level)
    assert desk.put(Invalid("no wire signal", desk.now_ms)) == []
    if level == R:
        assert desk.assess() == ["assessed"]
    assert desk.alarm.level == level
    assert "engineer's release (no wire signal)" in lacking(desk.alarm)[-1]
    assert desk.release() == ["released", "level"]
    assert desk.alarm.level == G
    assert desk.reach(level) == ["level"]  # its next valid reading says so again


def test_valid_readings_do_not_take_back_what_a_failed_instrument_keeps(desk):
    desk.reach(Y), desk.put(Invalid("silent", desk.now_ms))
    assert desk.reach(G) == ["returned"]
    assert desk.alarm.level == Y
    assert desk.release() == ["released", "level"]


def test_an_observation_is_taken_back_by_persons_only():
    desk = Desk(Terms(latch=Y))
    assert desk.reach(O, valid=False) == ["level"]
    assert desk.events[-1].limit is None
    assert desk.assess() == ["assessed"]
    assert desk.release() == ["released", "level"]
    assert desk.alarm.level == G


def test_a_shelved_alarm_is_judged_on_and_a_worse_level_announced(desk):
    desk.reach(Y)
    assert desk.shelve(Y) == ["shelved"]
    assert desk.state == "shelved"
    assert desk.reach(G) == ["unannounced"]
    assert desk.reach(Y) == ["unannounced"]
    assert desk.reach(R) == ["unshelved", "level"]
    assert desk.state == "unacknowledged"


def test_a_shelf_ends_by_its_time_or_a_person(desk):
    desk.reach(Y), desk.ack(), desk.shelve(O)
    assert desk.wait(5) == []
    assert desk.wait(5) == ["unshelved"]
    assert desk.state == "unacknowledged"
    desk.shelve(O), desk.reach(G)
    assert desk.put(Unshelve(desk.cause("by anna"))) == ["unshelved"]
    assert desk.state == "normal"
    assert desk.put(Unshelve(desk.cause("by anna"))) == ["no_effect"]


def test_one_shot_holds_for_one_excursion(desk):
    desk.shelve(Y, one_shot=True)
    assert desk.reach(Y) == ["unannounced"]
    assert desk.reach(G) == ["unannounced", "unshelved"]
    assert desk.reach(Y) == ["level"]


def test_what_cannot_be_shelved_says_why(desk):
    assert desk.shelve(Y, minutes=61) == ["no_effect"]
    assert desk.events[-1].text.endswith("it may be shelved for at most 3600 s from now")
    desk.reach(O)
    assert desk.shelve(Y) == ["no_effect"]
    assert desk.events[-1].text.endswith("it stands at orange, a worse level than yellow")
    desk = Desk(replace(TERMS, shelve_max_s=None))
    assert desk.shelve(Y) == ["no_effect"]
    assert "states no shelve_max_s" in desk.events[-1].text


def test_a_held_level_comes_off_the_shelf_as_held(desk):
    desk.reach(O), desk.ack(), desk.shelve(O), desk.reach(G)
    assert desk.wait(11) == ["unshelved"]
    assert desk.state == "latched_unacknowledged"


def test_out_of_service_has_an_end_and_keeps_the_level(desk):
    desk.reach(Y)
    cause = desk.cause("by anna, permit 12")
    assert desk.put(TakeOut(cause.arrived_ms, cause)) == ["no_effect"]
    assert desk.put(TakeOut(cause.arrived_ms + 5 * MINUTE_MS, cause)) == ["out_of_service"]
    assert (desk.state, covers(desk.alarm)) == ("out_of_service", True)
    assert desk.reach(R) == ["unannounced"]
    assert desk.reach(G) == ["returned"]
    assert desk.wait(6) == ["in_service"]
    assert (desk.state, desk.alarm.level) == ("latched_unacknowledged", R)
    assert desk.put(PutBack(desk.cause())) == ["no_effect"]


def test_a_dead_instrument_out_of_service_is_released_to_green(desk):
    desk.reach(Y)
    desk.put(TakeOut(10 * MINUTE_MS, desk.cause()))
    assert desk.release() == ["released", "unannounced"]
    assert desk.alarm.level == G
    assert desk.put(PutBack(desk.cause("by anna"))) == ["in_service"]
    assert desk.state == "normal"
    desk.put(TakeOut(10 * MINUTE_MS, desk.cause()))
    assert desk.alarm.kept == ""


def test_what_lies_below_another_cover_stays_covered(desk):
    desk.reach(Y), desk.shelve(Y, minutes=30)
    desk.put(TakeOut(desk.now_ms + 5 * MINUTE_MS, desk.cause()))
    assert desk.wait(6) == ["in_service"]
    assert desk.state == "shelved"


def test_a_rule_that_another_one_has_told_is_suppressed_up_to_that_level(desk):
    desk.reach(Y)
    assert desk.put(Around(True, O, desk.cause())) == ["suppressed"]
    assert desk.reach(O) == ["unannounced"]
    assert desk.state == "suppressed"
    assert desk.reach(R) == ["level"]
    assert desk.state == "unacknowledged"
    assert desk.put(Around(True, R, desk.cause())) == ["suppressed"]
    assert desk.put(Around(True, G, desk.cause())) == ["unsuppressed"]
    assert desk.state == "unacknowledged"


def test_a_hidden_condition_that_is_true_again_is_not_announced(desk):
    desk.reach(O), desk.reach(G), desk.put(Around(True, R, desk.cause()))
    assert desk.reach(Y) == []
    assert desk.reach(G) == ["returned"]


def test_a_rule_with_a_second_quantity_raises_only_with_it(desk):
    desk.put(Around(False, G, desk.cause()))
    assert desk.reach(R) == []
    assert desk.alarm.level == G
    assert desk.put(Around(True, G, desk.cause())) == ["level"]
    assert desk.alarm.level == R
    assert desk.put(Around(False, G, desk.cause())) == []
    assert desk.alarm.level == R


def late(level: Level, number: int = 1) -> Missed:
    return Missed(Event(id=f"late{number}", kind="late", time_ms=0, arrived_ms=5000, to_level=level))


def test_a_late_orange_wants_to_be_seen_and_a_late_yellow_is_told(desk):
    assert desk.put(late(Y)) == ["late"]
    assert desk.state == "normal"
    assert desk.put(late(O)) == ["late"]
    assert (desk.state, desk.alarm.level, desk.alarm.raised) == ("returned_unacknowledged", G, "late1")
    assert desk.assess() == ["assessed"]
    assert desk.state == "normal"
    desk.shelve(R)
    assert desk.put(late(R, 2)) == ["late"]
    assert desk.state == "shelved"


def test_re_alarm_and_escalation_count_from_the_last_announcement(desk):
    assert deadline_ms(desk.alarm) is None
    desk.reach(Y)
    assert desk.wait(0.5) == []
    assert desk.wait(5) == ["escalated", "escalated"]
    assert desk.wait(60) == []
    desk.ack()
    assert desk.wait(10) == ["realarm"]
    assert desk.state == "unacknowledged"
    assert desk.wait(1) == ["escalated"]
    assert desk.events[-1].text == "nobody has acknowledged it for 60 s: step 1"
    desk.reach(R), desk.ack(), desk.reach(G)
    assert desk.wait(10) == ["realarm"]
    assert desk.state == "latched_unacknowledged"


def test_no_valid_reading_for_too_long_is_told_once(desk):
    desk = Desk(replace(TERMS, missing_s=600))
    desk.reach(G), desk.put(Invalid("no wire signal", desk.now_ms))
    assert desk.wait(5) == []
    desk.put(Invalid("silent", desk.now_ms))
    assert desk.wait(5) == ["missing"]
    assert desk.wait(50) == []
    desk.reach(G), desk.put(Invalid("no wire signal", desk.now_ms))
    desk.put(TakeOut(desk.now_ms + 20 * MINUTE_MS, desk.cause()))
    assert desk.wait(15) == []
    assert desk.wait(6) == ["in_service", "missing"]


def test_terms_are_the_rule_s():
    rule = Threshold(
        set="s1", point="P1", quantity="pore_pressure", direction="above", yellow=1, orange=2, red=3,
        deadband=0, delay_count=1,
    )  # fmt: skip
    assert terms_of(rule) == Terms(set="s1", limits=(1, 2, 3))
    assert terms_of(replace(rule, latch="red")).latch is R


LEVELS = st.sampled_from(list(Level))
STEPS = st.one_of(
    st.tuples(st.just("reach"), LEVELS), st.tuples(st.just("reach"), LEVELS), st.tuples(st.just("ack")),
    st.tuples(st.just("assess"), st.sampled_from(["follow_readings", "keep_level"])),
    st.tuples(st.just("release")),
    st.tuples(st.just("shelve"), st.sampled_from([Y, O, R]), st.integers(1, 60), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("late"), LEVELS), st.tuples(st.just("invalid")), st.tuples(st.just("unshelve")),
    st.tuples(st.just("around"), st.booleans(), LEVELS), st.tuples(st.just("out"), st.integers(1, 30)),
    st.tuples(st.just("back")),
)  # fmt: skip


def play(desk: Desk, step: tuple) -> None:
    name, *values = step
    match name:
        case "late":
            desk.put(late(values[0], desk.now_ms))
        case "invalid":
            desk.put(Invalid("no signal", desk.now_ms))
        case "unshelve":
            desk.put(Unshelve(desk.cause()))
        case "around":
            desk.put(Around(*values, desk.cause()))
        case "out":
            cause = desk.cause()
            desk.put(TakeOut(cause.arrived_ms + values[0] * MINUTE_MS, cause))
        case "back":
            desk.put(PutBack(desk.cause()))
        case _:
            getattr(desk, name)(*values)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=40), st.sampled_from([G, Y, O, R]))
def test_what_holds_for_every_order_of_inputs(steps, latch):
    desk = Desk(replace(TERMS, latch=latch))
    for step in steps:
        before, told_before = desk.alarm, len(desk.events)
        play(desk, step)
        after, new = desk.alarm, desk.events[told_before:]
        changes = [one for one in new if one.kind in ("level", "unannounced")]
        assert after.level >= after.reached or not after.open  # nothing is missed
        if after.level < before.level:  # nothing goes down that somebody has to let go
            assert before.level < O or after.assessed >= after.level or before.assessed >= before.level
            assert step[0] in ("assess", "release", "reach", "around")
            assert not after.kept
        if after.level > before.level:
            assert after.assessed is G
            assert (changes[-1].kind == "level") == (shown(after) not in HIDDEN)
        assert [(one.from_level, one.to_level) for one in changes] == (
            [(before.level, after.level)] if before.level != after.level else []
        )  # no level is skipped silently, none is told without a change
        if shown(after) is State.SHELVED:
            assert after.shelf is not None
            assert after.level <= after.shelf.up_to
        due_ms = deadline_ms(after)
        assert step[0] != "wait" or due_ms is None or due_ms > desk.now_ms
    ids = [one.id for one in desk.events if one.kind != "late"]
    assert len(set(ids)) == len(ids)  # no event is repeated


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_the_same_inputs_give_the_same_alarm_and_events(steps):
    one, other = Desk(), Desk()
    for step in steps:
        play(one, step), play(other, step)
    assert (one.alarm, one.events) == (other.alarm, other.events)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=30), LEVELS)
def test_a_level_that_is_said_twice_says_nothing_the_second_time(steps, level):
    """What lets the collector pass over the readings that say nothing new."""
    desk = Desk()
    for step in steps:
        play(desk, step)
    desk.reach(level)
    before = desk.alarm
    assert desk.reach(level) == []
    assert desk.alarm == before


def test_an_alarm_concerns_people_while_it_stands_is_unseen_or_covered(desk):
    assert not concerns_people(desk.alarm)
    desk.reach(Y), desk.reach(G)
    assert concerns_people(desk.alarm)
    desk.ack()
    assert not concerns_people(desk.alarm)
    desk.shelve(Y)
    assert concerns_people(desk.alarm)


def test_a_late_level_worse_than_what_was_shelved_wants_to_be_seen(desk):
    desk.shelve(Y)
    assert desk.put(late(Y)) == ["late"]
    assert desk.state == "shelved"
    assert desk.put(late(R, 2)) == ["unshelved", "late"]
    assert (desk.state, desk.alarm.raised) == ("returned_unacknowledged", "late2")
