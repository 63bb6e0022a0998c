"""The limits in force at a collector: by the acts of its journal, from the moment of the deciding word on."""

from dataclasses import replace

import pytest

from collector.engine import Engine
from collector.journal import Journal
from collector.present import present
from collector.set_acts import set_acts, without_effect
from collector.store_writing import StoreWriter
from seepline.acts.errors import BadBody, NotEntitled
from seepline.thresholds import is_critical
from tests.collector.chain import SCAN_MS, T0_MS
from tests.collector.council import Council, made_again
from tests.sets import JOINT, RULE, joint_policy, set_text


@pytest.fixture
def council(chain) -> Council:
    return Council(chain)


def decided(council: Council, *about, by: str = "ravshan", **more) -> str:
    set_id = council.submit(by, set_text(*about, **more))
    for person in ("anna", "askar"):
        council.approve(person, set_id)
    return set_id


FIRST = {"rules": (RULE | {"yellow": 30.0, "delay_count": 1},)}
TIGHTER = {"rules": (RULE | {"yellow": 20.0, "delay_count": 1},)}


def scan(chain, rows, number: int, hertz: float):
    chain.take(rows.barometer(number), rows.piezometer(number, hertz), at_ms=T0_MS + number * SCAN_MS)


def test_readings_are_judged_by_the_set_in_force_at_their_time(council, rows):
    chain = council.chain
    scan(chain, rows, 1, 2860.0)  # 32 kPa: below the site file's 40
    assert (chain.pressure().threshold_set, chain.pressure().level) == ("s1", 0)
    decided(council, "joint-1", **FIRST)
    scan(chain, rows, 2, 2860.0)
    assert (chain.pressure().threshold_set, chain.pressure().level) == ("joint-1", 1)
    chain.take(rows.barometer(0), rows.piezometer(0, 2860.0), at_ms=chain.now_ms)  # older than the set
    (late,) = chain.reader.series("P1", "pore_pressure", T0_MS, T0_MS + 1)
    assert (late.limit_yellow, late.level) == (40.0, 0)


def test_a_restart_and_a_replay_know_the_same_register_and_events(council, rows):
    chain = council.chain
    decided(council, "joint-1", **FIRST)
    scan(chain, rows, 1, 2860.0)
    council.submit("eva", set_text("joint-2", "joint-1", **TIGHTER))
    scan(chain, rows, 2, 2880.0)
    known = council.register, chain.reader.events(), chain.reader.latest(), set_acts(chain.reader)
    chain.close()
    chain.open()
    chain.judge()
    assert (council.register, chain.reader.events()) == known[:2]
    made_again(chain)
    assert (council.register, chain.reader.events(), chain.reader.latest(), set_acts(chain.reader)) == known


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_any_split_into_restarts_gives_the_same_register_and_events(council, rows, at_once):
    chain = council.chain
    decided(council, "joint-1", **FIRST)
    scan(chain, rows, 1, 2860.0)
    council.submit("ravshan", set_text("loose", "joint-1"))
    council.submit("eva", set_text("joint-2", "joint-1", **TIGHTER))
    council.say("set_object", "anna", "joint-2", reason="too many")
    council.approve("askar", "loose")  # overtaken: without effect
    scan(chain, rows, 2, 2880.0)
    chain.pass_time(T0_MS + 86_400_000)
    known = council.register, chain.reader.events(), chain.reader.latest(), without_effect(chain.reader)
    chain.close()
    (chain.folder / "store.sqlite").unlink()
    for _ in range(40):
        store = StoreWriter(chain.folder / "store.sqlite")
        chain.journal, chain.store = Journal(chain.folder / "journal.sqlite"), store
        Engine(chain.site, chain.journal, store).judge(at_once)
        chain.close()
    chain.open()
    chain.judge()
    found = council.register, chain.reader.events(), chain.reader.latest(), without_effect(chain.reader)
    assert found == known


def test_a_set_comes_into_force_on_its_day_and_that_is_told(council):
    chain = council.chain
    decided(council, "joint-1", valid_from="2016-01-02T00:00:00Z")
    assert council.told()[-1] == ("set_decided", "joint-1")
    chain.pass_time(T0_MS + 16 * 3_600_000 - 1)
    assert present(chain.site, chain.reader, chain.now_ms).limits.provisional
    chain.pass_time(T0_MS + 16 * 3_600_000)
    assert council.told()[-1] == ("set_in_force", "joint-1")
    chain.pass_time(T0_MS + 17 * 3_600_000)
    assert council.told().count(("set_in_force", "joint-1")) == 1


def test_what_has_no_effect_is_told_and_the_last_good_set_stays(council):
    decided(council, "joint-1", **FIRST)
    council.submit("eva", set_text("joint-2", "joint-1"))  # looser
    council.approve("eva", "joint-2")
    (refused,) = [one for one in council.chain.reader.events() if one.kind == "set_refused"]
    assert "who proposes a set never approves it" in refused.text
    assert (council.in_force(), refused.threshold_set) == ("joint-1", "joint-2")


def test_a_later_date_in_the_site_file_sets_no_limits_once_a_set_was_decided(council, rows):
    chain = council.chain
    later = replace(chain.site.threshold_sets[0], id="s2", valid_from_ms=T0_MS + SCAN_MS)
    loose = tuple(replace(one, set="s2", red=1000.0) for one in chain.site.thresholds)
    decided(council, "joint-1", **FIRST)
    chain.close()
    more = {"threshold_sets": (*chain.site.threshold_sets, later), "thresholds": (*chain.site.thresholds, *loose)}
    chain.site = replace(chain.site, **more)
    chain.open()
    scan(chain, rows, 2, 2860.0)
    assert chain.pressure().threshold_set == "joint-1"


def test_a_site_file_that_takes_a_decided_set_s_id_adds_no_limit_and_no_action_to_it(council, rows):
    chain = council.chain
    decided(council, "joint-1", **FIRST)
    copied = replace(chain.site.threshold_sets[0], id="joint-1", valid_from_ms=0)
    loose = tuple(
        replace(one, set="joint-1", yellow=900.0, orange=950.0, red=1000.0) for one in chain.site.thresholds
    )
    chain.close()
    more = {
        "threshold_sets": (*chain.site.threshold_sets, copied),
        "thresholds": (*chain.site.thresholds, *loose),
    }
    chain.site = replace(chain.site, **more)
    chain.open()
    scan(chain, rows, 2, 2860.0)
    assert "level" in chain.kinds()
    assert (chain.pressure().threshold_set, chain.pressure().limit_yellow, chain.pressure().level) == (
        "joint-1",
        30.0,
        1,
    )


def test_critical_marks_and_objections_are_those_of_the_set_in_force(council):
    chain = council.chain
    assert present(chain.site, chain.reader, T0_MS).limits.set_id == "s1"
    decided(council, "joint-1", critical=())
    council.say("set_object", "askar", "joint-1", reason="P1 is critical")
    now = present(chain.site, chain.reader, chain.now_ms)
    assert not is_critical(now.site, "P1", chain.now_ms)
    assert is_critical(now.site, "P1", T0_MS - 1)
    assert now.state.invalid_critical == ()
    assert now.limits.objections == ("Askar: P1 is critical",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (set_text("s1"), "set.id: found 's1'; expected an id that no set of SITE.toml has"),
        (set_text("x", rules=(RULE | {"red": 50.0},)), "threshold[1].red: found 50.0, with orange = 60.0"),
        (set_text("x", rules=(RULE | {"quantity": "rain"},)), "threshold[1].quantity: found 'rain'"),
        (set_text("x", rules=(RULE | {"point": "P9"},)), "threshold[1].point: found 'P9'"),
        (set_text("x", critical=("P7",)), "set.critical: found 'P7'"),
        (set_text("x", site="mad"), "set.site: found 'mad'"),
        (set_text("x", actions=[]), "threshold[1].yellow: found no action"),
        (set_text("x", recipients=()), "recipient: found nobody at yellow"),
        ("[set]", "set.id: found nothing"),
        ("[set", "Expected ']'"),
    ],
)
def test_a_set_that_does_not_fit_is_refused_at_the_door_with_everything_wrong(council, text, sentence):
    with pytest.raises(BadBody) as caught:
        council.act("eva", "set_submit", {"toml": text})
    assert sentence in str(caught.value)
    assert council.register.proposals == ()


def test_who_keeps_the_server_signs_no_limits(council):
    council.policy_text = council.policy_text.replace('role = "responsible_engineer"', 'role = "administrator"')
    with pytest.raises(NotEntitled, match="ravshan is administrator"):
        council.submit("ravshan", set_text())


def test_a_new_policy_stands_in_the_chain_and_is_told(council):
    chain = council.chain
    changed = council.policy_text.replace("Anna", "Anna Petrova")
    assert chain.journal.append_policy(changed, chain.now_ms)
    assert not chain.journal.append_policy(changed, chain.now_ms)
    assert chain.journal.append_policy(council.policy_text, chain.now_ms + 1)
    chain.judge()
    assert chain.kinds().count("policy") == 3


WEAK = JOINT.replace('"*"', '"joint-*"') + '[[rule]]\nsets = "*"\nroles = ["engineer_of_record"]\napprovals = 1\n'
TOUCH = JOINT.replace('sets = "*"\n', "")


def test_a_policy_of_the_new_form_judges_from_its_entry_on_and_a_replay_knows_what_came_before(council):
    chain, persons = council.chain, council.people
    council.policy_text = joint_policy(persons, WEAK)
    assert chain.journal.append_policy(council.policy_text, chain.now_ms)
    council.submit("ravshan", set_text("easy-1", **FIRST))
    council.approve("eva", "easy-1")
    assert council.in_force() == "easy-1"  # as its policy said
    chain.now_ms += SCAN_MS
    council.policy_text = joint_policy(persons, TOUCH)
    assert chain.journal.append_policy(council.policy_text, chain.now_ms)
    council.submit("ravshan", set_text("easy-2", "easy-1"))
    for person in ("eva", "anna"):
        council.approve(person, "easy-2")
    assert council.status("easy-2") == "submitted"
    council.approve("askar", "easy-2")
    assert council.in_force() == "easy-2"
    known = council.register, chain.reader.events(), set_acts(chain.reader)
    made_again(chain)
    assert (council.register, chain.reader.events(), set_acts(chain.reader)) == known


def test_persons_that_a_policy_of_the_new_form_lacks_today_are_told(council):
    chain = council.chain
    ended = joint_policy(council.people, TOUCH).replace(
        'state = "KZ"\n', 'state = "KZ"\nvalid_to = 2015-06-01T00:00:00Z\n'
    )
    assert chain.journal.append_policy(ended, chain.now_ms)
    chain.judge()
    (said,) = [one.text for one in chain.reader.events() if "not every set" in one.text]
    assert "by those appointed now: an authority of KZ would be missing" in said
