"""Alarms and persons in the collector: acts, timers, actions, repeats; the same after restarts and in a replay."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.acts.alarms import AlarmActs
from collector.engine import Engine
from collector.present import _voices, present
from collector.raw_lines import RawValue
from collector.store_writing import StoreWriter
from collector.wishes import WishBook
from seepline.acts.check import checked
from seepline.acts.document import AcceptedAct, accepted_text, act_id
from seepline.acts.errors import BadBody, NotEntitled
from seepline.alarm.standing import shown
from seepline.alarm.voting import site_levels
from seepline.site import Threshold
from seepline.site_alarms import Action, Observation, Vote
from seepline.thresholds import Level
from seepline.wire import status as bits
from tests.acts import Persons
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain

PERSONS = Persons()
RULE = "P1/pore_pressure/above"
RATE = "P1/pore_pressure/rate_up"


def changed(dam, **rule):
    """The dam with its one rule changed, an action for its red level, and a declared observation."""
    threshold = replace(dam.thresholds[0], **rule)
    action = Action(
        id="lower", set="s1", level="red", what="lower the pond", role="operator", within_s=3600, page="OMS 7",
        notify=("authority",),
    )  # fmt: skip
    boil = Observation(set="s1", kind="boil", level="red")
    return replace(dam, thresholds=(threshold,), actions=(action,), observations=(boil,))


class Day:
    """A chain of the dam, its scans, and what persons do."""

    def __init__(self, chain: Chain, rows) -> None:
        self.chain, self.rows, self.scan = chain, rows, -1

    def read(self, *hertz: float) -> list[str]:
        """Take one scan for each frequency; return the kinds of new events."""
        before = len(self.chain.kinds())
        for one in hertz:
            self.scan += 1
            at_ms = T0_MS + self.scan * SCAN_MS
            self.chain.take(self.rows.barometer(self.scan), self.rows.piezometer(self.scan, one), at_ms=at_ms)
        return self.chain.kinds()[before:]

    def act(self, person: str, kind: str, **body) -> list[str]:
        before = len(self.chain.kinds())
        if kind in ("acknowledge", "assess", "release", "action_done"):
            name = body.get("alarm", RULE)
            body = {"alarm": name, "event": self.alarm(name).raised or "none", **body}
        signed = PERSONS.act(person, kind, body, self.chain.now_ms)
        accepted = checked(signed, PERSONS.policy(), self.chain.site, self.chain.now_ms)
        self.chain.journal.append_act(accepted.id, accepted_text(accepted), self.chain.now_ms)
        self.chain.judge()
        return self.chain.kinds()[before:]

    def wait(self, minutes: float) -> list[str]:
        before = len(self.chain.kinds())
        self.chain.pass_time(self.chain.now_ms + int(minutes * 60_000))
        return self.chain.kinds()[before:]

    def alarm(self, name: str = RULE):
        return self.chain.reader.standings()[name]

    def state(self, name: str = RULE) -> tuple[str, str]:
        alarm = self.alarm(name)
        return alarm.level.name, shown(alarm).value

    def texts(self) -> list[str]:
        return [event.text for event in self.chain.reader.events()]


@pytest.fixture
def begin(dam, rows, tmp_path):
    """Return what begins a day with the dam's rule changed."""
    days: list[Day] = []

    def made(site=None, **rule) -> Day:
        folder = tmp_path / str(len(days))
        folder.mkdir()
        days.append(Day(Chain(site or changed(dam, **rule), folder), rows))
        return days[-1]

    yield made
    for day in days:
        day.chain.close()


ASSESSED = {"finding": "real", "decision": "follow_readings", "reason": "seen on three gauges"}


def story(day: Day) -> None:
    """An alarm day: crossing, seen, back, assessed, down; shelved, worse, out of service, observed."""
    day.read(CALM, YELLOW, RED)
    day.act("operator", "acknowledge", reason="on my way")
    day.act("operator", "action_done", action="lower")
    day.read(CALM)
    day.act("engineer_of_record", "assess", **ASSESSED)
    day.act(
        "operator", "shelve", alarm=RULE, up_to="yellow", until_ms=day.chain.now_ms + 3_600_000, reason="pumping"
    )
    day.read(YELLOW, RED)
    until_ms = day.chain.now_ms + 7_200_000
    day.act("operator", "out_of_service", point="P1", until_ms=until_ms, permit="12", reason="new cable")
    day.act(
        "observer", "observe", place="A", what="boil", level="yellow", seen_ms=day.chain.now_ms, text="at the toe"
    )
    day.wait(121)


def test_an_alarm_day_by_its_events(begin):
    day = begin(shelve_max_s=86_400, escalate_after_s=(600,))
    story(day)
    assert [kind for kind in day.chain.kinds() if kind not in ("silence", "escalated")] == [
        "level", "level", "acknowledged", "action_done", "returned", "assessed", "level", "shelved", "unannounced",
        "unshelved", "level", "out_of_service", "observed", "level", "action_overdue", "in_service",
        "action_overdue",
    ]  # fmt: skip
    assert day.state() == ("RED", "unacknowledged")
    assert day.state("A/boil/observed") == ("RED", "unacknowledged")
    told = " | ".join(day.texts())
    assert "acknowledged, The operator (operator): on my way; level red (above)" in told
    assert "red to green, The engineer_of_record (engineer of record): seen on three gauges (above)" in told
    assert "The observer (observer): at the toe (boil at A)" in told
    assert "lower the pond (operator) is overdue; to be told: authority" in told


def test_a_restart_at_any_entry_and_a_replay_give_the_same_events(begin, rows):
    day = begin(shelve_max_s=86_400, escalate_after_s=(600,), realarm_s=1200)
    story(day)
    once, alarms = day.chain.reader.events(), day.chain.reader.standings()
    day.chain.close()
    (day.chain.folder / "store.sqlite").unlink()
    day.chain.store = StoreWriter(day.chain.folder / "store.sqlite")
    day.chain.open()
    while day.chain.engine.judge(1):
        day.chain.engine = Engine(day.chain.site, day.chain.journal, day.chain.store)
    assert (day.chain.reader.events(), day.chain.reader.standings()) == (once, alarms)


def test_orange_and_red_stay_until_they_are_assessed_by_an_engineer(begin):
    day = begin()
    assert day.read(RED, CALM, CALM) == ["level", "returned"]
    assert day.state() == ("RED", "latched_unacknowledged")
    with pytest.raises(NotEntitled):
        day.act("operator", "assess", **ASSESSED)
    assert day.act("responsible_engineer", "assess", **ASSESSED) == ["assessed", "level"]
    assert day.state() == ("GREEN", "normal")


def test_an_act_about_an_event_that_is_not_the_last_says_so(begin):
    day = begin()
    day.read(YELLOW)
    seen = day.alarm().raised
    day.read(RED)
    assert day.act("operator", "acknowledge", event=seen) == ["no_effect"]
    assert day.act("operator", "action_done", action="nothing") == ["no_effect"]
    assert day.state() == ("RED", "unacknowledged")


def test_a_red_gauge_that_dies_stays_red_until_it_is_released(begin, rows):
    day = begin()
    day.read(RED)
    dead = (RawValue("f", None, bits.NO_SIGNAL), RawValue("t", 3000.0, 0))
    day.chain.take(rows.barometer(1), rows.row("a", 1, dead, 2))
    assert day.act("engineer_of_record", "assess", **ASSESSED | {"finding": "instrument_fault"}) == ["assessed"]
    assert day.state() == ("RED", "acknowledged")
    assert day.act("engineer_of_record", "release", reason="cable cut by the excavator") == ["released", "level"]
    assert day.state() == ("GREEN", "normal")
    day.scan = 1
    assert day.read(RED) == ["level", "fault_end"]


def test_a_yellow_gauge_whose_logger_is_silent_keeps_its_level(begin):
    day = begin()
    day.read(YELLOW)
    day.wait(90)
    day.scan += 5
    assert day.read(CALM) == ["returned", "silence_end", "silence_end"] or "returned" in day.chain.kinds()
    assert day.state()[0] == "YELLOW"
    assert day.act("engineer_of_record", "release", reason="read by hand") == ["released", "level"]


def test_a_late_red_wants_to_be_seen(begin, rows):
    day = begin()
    day.chain.take(rows.barometer(5), rows.piezometer(5, CALM))
    day.chain.take(rows.barometer(3), rows.piezometer(3, RED))
    assert day.state() == ("GREEN", "returned_unacknowledged")
    assert day.act("operator", "acknowledge") == ["acknowledged"]
    assert day.state() == ("GREEN", "normal")


def test_time_alone_escalates_and_announces_again_once_each(begin):
    day = begin(escalate_after_s=(600, 1200), realarm_s=1800)
    day.read(YELLOW)
    assert [day.wait(5), day.wait(5), day.wait(10)] == [[], ["escalated"], ["escalated"]]
    day.act("operator", "acknowledge")
    assert day.wait(30) == ["realarm"]


def test_a_rule_without_valid_readings_for_too_long_is_told(begin):
    day = begin(missing_s=7200)
    day.read(CALM)
    assert "missing" not in day.wait(70)  # silent after an hour
    assert day.wait(121) == ["missing"]


def test_what_is_out_of_service_is_listed_and_not_valid(begin):
    day = begin()
    day.read(CALM)
    until_ms = day.chain.now_ms + 1_800_000
    about = {"point": "P1", "until_ms": until_ms, "permit": "12", "reason": "new cable"}
    assert day.act("operator", "out_of_service", **about) == ["out_of_service"]
    now = present(day.chain.site, day.chain.reader, day.chain.now_ms)
    assert (now.valid["P1"], now.state.grey) == (False, True)
    assert day.act("operator", "in_service", point="P1", reason="done") == ["in_service"]
    assert present(day.chain.site, day.chain.reader, day.chain.now_ms).valid["P1"]
    assert day.act("operator", "in_service", point="P1", quantity="rain", reason="x") == ["no_effect"]
    assert day.act("operator", "unshelve", alarm=RULE) == ["no_effect"]


def test_an_observation_sets_a_level_and_is_taken_back_by_an_engineer(begin):
    day = begin()
    about = {"place": "P1", "what": "crack", "seen_ms": T0_MS, "text": "30 m long"}
    assert day.act("observer", "observe", level="orange", photos=["ab" * 32], **about) == ["observed", "level"]
    assert day.act("observer", "observe", level="yellow", **about) == ["observed"]
    crack = "P1/crack/observed"
    assert day.state(crack)[0] == "ORANGE"
    assert day.act("engineer_of_record", "assess", alarm=crack, **ASSESSED) == ["assessed"]
    released = day.act("engineer_of_record", "release", alarm=crack, reason="drying of the crust")
    assert released == ["released", "level"]
    assert day.act("inspector", "observe", level="red", **about) == ["observed", "level"]


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        ("unshelve", {"alarm": "P1"}, "alarm: found 'P1'"),
        ("unshelve", {"alarm": "P9/rain/above"}, "alarm: found 'P9'"),
        ("acknowledge", {"event": "x y"}, "event: found 'x y'"),
        ("acknowledge", {"reason": "x" * 2001}, "reason: found 2001 characters"),
        ("shelve", {"alarm": RULE, "up_to": "green", "until_ms": 1, "reason": "x"}, "up_to"),
        ("shelve", {"alarm": RULE, "up_to": "red", "until_ms": 1, "reason": " "}, "reason: found 0 characters"),
        ("out_of_service", {"point": "P9", "until_ms": 1, "permit": "", "reason": ""}, "point: found 'P9'"),
        ("observe", {"place": "Z", "what": "boil", "level": "red", "seen_ms": 1, "text": "x"}, "place: found 'Z'"),
        (
            "observe",
            {"place": "A", "what": "boil", "level": "red", "seen_ms": 1, "text": "x", "photos": ["zz"]},
            "photos: found 'zz'",
        ),
        (
            "observe",
            {"place": "A", "what": "boil", "level": "red", "seen_ms": 1, "text": "x", "photos": ["ab" * 32] * 21},
            "photos: found 21",
        ),
    ],
)
def test_a_body_that_says_nothing_is_refused_with_what_is_wrong(begin, kind, body, problem):
    day = begin()
    day.read(YELLOW)
    with pytest.raises(BadBody, match=problem):
        day.act("operator", kind, **body)


def rate(dam, **more) -> Threshold:
    return replace(
        dam.thresholds[0], direction="rate_up", yellow=20.0, orange=40.0, red=60.0, rate_window_s=1800, **more
    )


def test_a_rule_with_a_second_quantity_waits_for_it(begin, dam):
    day = begin(replace(dam, thresholds=(dam.thresholds[0], rate(dam, only_with=RULE))))
    day.read(2990.0, CALM)
    assert day.state(RATE)[0] == "GREEN"
    day.read(YELLOW)
    assert [day.state(name)[0] for name in (RULE, RATE)] == ["YELLOW", "RED"]


def test_a_second_quantity_that_is_out_of_service_holds_nothing_back(begin, dam):
    """The rule waits for another point's; as long as nobody measures there, it waits for nobody."""
    day = begin(replace(dam, thresholds=(dam.thresholds[0], rate(dam, only_with=RULE))))
    day.read(2990.0, CALM)
    assert day.state(RATE)[0] == "GREEN"
    assert day.chain.engine._alarms.standings.invalid(RULE, "cable cut", day.chain.now_ms) != []
    assert day.chain.engine._alarms.standings.get(RATE).level is not Level.GREEN


def test_a_rule_that_another_one_has_told_is_not_announced_up_to_that_level(begin, dam):
    day = begin(replace(dam, thresholds=(rate(dam), replace(dam.thresholds[0], suppressed_by=RATE))))
    assert day.read(2990.0, YELLOW) == ["level", "unannounced"]
    assert day.state() == ("YELLOW", "suppressed")
    day.act("engineer_of_record", "assess", alarm=RATE, **ASSESSED)
    assert day.read(YELLOW, YELLOW, YELLOW) == ["level", "unsuppressed"]
    assert day.state() == ("YELLOW", "unacknowledged")


def test_a_vote_decides_the_site_s_level_and_no_alarm(begin, dam):
    rules = (replace(dam.thresholds[0], vote="toe"), rate(dam, vote="toe"))
    site = replace(dam, thresholds=rules, votes=(Vote(id="toe", set="s1", needed=2),))
    day = begin(site)
    day.read(YELLOW)
    assert day.state()[0] == "YELLOW"
    now = present(site, day.chain.reader, day.chain.now_ms)
    assert now.levels["P1", "pore_pressure"] is Level.YELLOW
    assert now.state.level is Level.GREEN
    alone = replace(site, votes=(Vote(id="toe", set="s1", needed=1),))
    assert present(alone, day.chain.reader, day.chain.now_ms).state.level is Level.YELLOW


def test_a_vote_counts_alarms_of_the_set_before_beside_those_of_the_new_one(begin, dam):
    """The one gauge died at red before the new set came; the other stands at red by the new set."""
    site = replace(dam, thresholds=(replace(dam.thresholds[0], vote="toe"), rate(dam, vote="toe")))
    site = replace(site, votes=(Vote(id="toe", set="s1", needed=2),))
    day = begin(site)
    day.read(2990.0, RED)
    assert [day.state(name)[0] for name in (RULE, RATE)] == ["RED", "RED"]
    later = replace(site.threshold_sets[0], id="s2", valid_from_ms=day.chain.now_ms)
    both = tuple(replace(one, set=name) for name in ("s1", "s2") for one in site.thresholds)
    votes = (*site.votes, replace(site.votes[0], set="s2"))
    after = replace(site, threshold_sets=(*site.threshold_sets, later), thresholds=both, votes=votes)
    alarms = dict(day.chain.reader.standings())
    alarms[RATE] = replace(alarms[RATE], terms=replace(alarms[RATE].terms, set="s2"))
    said = [*_voices(after, alarms, {"P1": True}, day.chain.now_ms)]
    assert site_levels(said, {"s1/toe": 2, "s2/toe": 2}) == [Level.RED]


def test_a_time_in_microseconds_is_refused_and_one_that_was_journalled_stops_nobody(begin):
    day = begin()
    day.read(YELLOW)
    about = {"place": "P1", "what": "crack", "level": "red", "text": "30 m long"}
    with pytest.raises(BadBody, match="seen_ms: found 1400000000000000; expected UTC milliseconds"):
        day.act("observer", "observe", seen_ms=1_400_000_000_000_000, **about)
    signed = PERSONS.act("observer", "observe", about | {"seen_ms": 10**18}, day.chain.now_ms)
    kept = AcceptedAct(id=act_id(signed), act=signed, role="observer", name="The observer")
    day.chain.journal.append_act(kept.id, accepted_text(kept), day.chain.now_ms)
    day.chain.judge()
    assert day.chain.kinds()[-1] == "act_unfit"
    assert day.read(RED) == ["level"]


def test_a_first_reading_beyond_a_limit_asks_for_repeats_once(begin, tmp_path):
    day = begin(delay_count=3)
    day.read(CALM)
    assert day.chain.engine.wishes() == []
    assert day.read(YELLOW) == []
    (wish,) = day.chain.engine.wishes()
    assert (wish.logger, wish.kind, wish.amount) == ("a", "repeat", 3)
    assert wish.expires_at_ms == day.chain.now_ms + 2 * SCAN_MS
    day.read(YELLOW)
    assert day.chain.engine.wishes() == [wish]
    day.chain.close()
    day.chain.open()
    assert day.chain.engine.wishes() == [wish]
    book = WishBook(tmp_path / "wishes.sqlite")
    assert [book.ask(wish, "alarm", T0_MS) for _ in range(2)] == [True, False]
    assert day.read(YELLOW) == ["level"]
    day.read(CALM, RED)
    (wish,) = day.chain.engine.wishes()
    day.wait(31)
    day.read(CALM, RED)
    assert wish not in day.chain.engine.wishes()


def test_nobody_is_asked_for_repeats_of_what_came_late_or_was_switched_off(begin, rows):
    day = begin()
    day.chain.take(rows.barometer(0), rows.piezometer(0, RED), at_ms=T0_MS + 5 * SCAN_MS)
    assert day.chain.engine.wishes() == []
    day = begin(repeat=False)
    day.read(RED)
    assert day.chain.engine.wishes() == []


def test_every_kind_of_act_about_alarms_has_a_handler(begin):
    from seepline.acts import alarms

    day = begin()
    assert (
        AlarmActs(day.chain.engine._alarms.standings, day.chain.store.hand.name_photos).handlers().keys()
        == alarms.KINDS.keys()
    )


def test_link_cut_red_crossing_sensor_destroyed_data_late_red_is_sent_and_stays(begin, rows):
    day = begin()
    day.read(CALM)
    assert "silence" in day.wait(120)
    dead = (RawValue("f", None, bits.NO_SIGNAL), RawValue("t", None, bits.NO_SIGNAL))
    arrives_ms = T0_MS + 9 * SCAN_MS
    newest_first = rows.barometer(2), rows.row("a", 3, dead, 4)
    day.chain.take(*newest_first, at_ms=arrives_ms)
    day.chain.take(rows.piezometer(2, RED), at_ms=arrives_ms + 1000)
    assert "level" in day.chain.kinds()
    assert day.state() == ("RED", "unacknowledged")
    (event,) = [one for one in day.chain.reader.events() if one.kind == "level"]
    assert (event.time_ms, event.arrived_ms) == (T0_MS + 2 * SCAN_MS, arrives_ms + 1000)
    assert "fault" in day.wait(31)
    assert day.act("engineer_of_record", "release", reason="rebuilt") == ["released", "returned"]
    assert day.state()[0] == "RED"
    assert day.act("engineer_of_record", "assess", **ASSESSED) == ["assessed", "level"]


ACTS = st.sampled_from(
    [
        ("operator", "acknowledge", {}), ("engineer_of_record", "assess", ASSESSED),
        ("engineer_of_record", "release", {"reason": "x"}), ("operator", "action_done", {"action": "lower"}),
        ("operator", "unshelve", {"alarm": RULE}), ("operator", "shelve", {"alarm": RULE, "up_to": "orange"}),
        ("operator", "out_of_service", {"point": "P1", "permit": "1"}),
        ("operator", "in_service", {"point": "P1", "reason": "x"}),
    ]
)  # fmt: skip
STEPS = st.one_of(
    st.sampled_from([CALM, YELLOW, 2760.0, RED]), st.sampled_from([CALM, RED]), ACTS, st.integers(1, 90)
)  # a reading in Hz, what a person does, minutes without anything


def live(day: Day, steps: list) -> None:
    day.read(CALM)
    for number, step in enumerate(steps):
        if isinstance(step, float):
            day.scan = max(day.scan, (day.chain.now_ms - T0_MS) // SCAN_MS)
            day.read(step)
        elif isinstance(step, int):
            day.wait(step)
        else:
            person, kind, body = step
            more = {"until_ms": day.chain.now_ms + 2_000_000, "reason": f"number {number}"}
            wanted = more if kind in ("shelve", "out_of_service") else {}
            day.act(person, kind, **{**body, **wanted})


@pytest.mark.parametrize("examples", [25, pytest.param(300, marks=pytest.mark.soak)])
def test_live_is_the_replay_of_its_journal_whatever_people_do(dam, rows, tmp_path_factory, examples):
    site = changed(
        dam, shelve_max_s=86_400, escalate_after_s=(600, 3000), realarm_s=1500, delay_count=2, latch="red"
    )

    @settings(max_examples=examples, deadline=None)
    @given(st.lists(STEPS, max_size=25), st.integers(1, 7))
    def holds(steps, at_once):
        day = Day(Chain(site, tmp_path_factory.mktemp("live")), rows)
        live(day, steps)
        once, alarms = day.chain.reader.events(5000), day.chain.reader.standings()
        day.chain.store.close()
        (day.chain.folder / "store.sqlite").unlink()
        day.chain.store = StoreWriter(day.chain.folder / "store.sqlite")
        engine = Engine(site, day.chain.journal, day.chain.store)
        while engine.judge(at_once):
            engine = Engine(site, day.chain.journal, day.chain.store)
        try:
            assert (day.chain.reader.events(5000), day.chain.reader.standings()) == (once, alarms)
            ids = [event.id for event in once]
            assert len(ids) == len(set(ids))
        finally:
            day.chain.close()

    holds()


def wait_for(found: Callable[[], Any], limit_s: float = 60) -> Any:
    """Return what a question answers as soon as it is something."""
    end = time.monotonic() + limit_s
    while not (answer := found()):
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)
    return answer


def test_from_a_posted_red_to_the_assessment_through_a_real_collector(client, tmp_path):
    PERSONS.write_policy(tmp_path)
    at_ms = T0_MS + 1000
    lines = (
        f"raw,site=dam,logger=b,block=0 baro=2100,ring=7i,boot=1i,seq=1i,tq=2i {at_ms}",
        f"raw,site=dam,logger=a,block=0 f={RED},t=3000,ring=7i,boot=1i,seq=1i,tq=2i {at_ms}",
    )
    assert client.post("/api/v2/write?bucket=raw&precision=ms", content="\n".join(lines)).status_code == 204

    def alarm(state: str, level: str = "red"):
        def found():
            (one,) = client.get("/api/v1/alarms").json() or [None]
            return one if one and (one["state"], one["level"]) == (state, level) else None

        return wait_for(found)

    def act(person: str, kind: str, **body):
        about = {"alarm": RULE, "event": raised["event"], **body}
        return client.post("/api/v1/acts", json=PERSONS.sent(person, kind, about, T0_MS)).status_code

    raised = alarm("unacknowledged")
    assert (raised["alarm"], raised["lacking"]) == (RULE, ["an engineer's assessment"])
    (wish,) = wait_for(lambda: client.get("/api/v1/gateways/gw1/wishes").json()["wishes"])
    assert (wish["logger"], wish["kind"], wish["amount"]) == ("a", "repeat", 3)
    assert act("operator", "acknowledge") == 201
    alarm("acknowledged")
    assert act("operator", "assess", **ASSESSED) == 403
    assert act("engineer_of_record", "assess", **ASSESSED) == 201
    wait_for(lambda: client.get("/api/v1/alarms").json()[0]["lacking"] == [])
    assert "goes down only after" not in client.get("/").text
    assert RULE in client.get("/").text
