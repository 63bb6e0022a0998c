"""The local alarm as a whole: held while all is well, let go on red, latched through everything, told once."""

from dataclasses import replace

import pytest

from gateway.local_alarm.contact import Contact
from gateway.local_alarm.latch import DAY_MS, Kept, Message, tried
from gateway.local_alarm.service import Refused
from gateway.local_alarm.state_file import NAME
from tests.collector.chain import CALM, RED
from tests.gateway.local_alarm.conftest import PIN
from tests.gateway.local_alarm.waiting import waited
from tests.gateway.scada.conftest import until

ORANGE = 2800.0  # Hz: 65 kPa
TO = "+992900000007"
REASON = "gauge and levels checked on site, red by the works; engineer's decision 12"


def latched(judgement) -> list[str]:
    return list(judgement.status()["local_alarm"]["latched"])


def remembered(world) -> str:
    path = world.folder / NAME
    return path.read_text() if path.exists() else ""


async def test_the_contact_is_held_from_the_first_judged_row_on_and_let_go_on_red(armed):
    armed.scan(CALM)
    async with armed.running():
        await until(lambda: armed.held)
        armed.scan(RED)
        armed.scan(RED)
        await until(lambda: not armed.held)
    assert not armed.held


async def test_without_a_signed_bundle_nothing_is_held_and_nothing_sounds(world):
    world.scan(RED)
    async with world.running(sms_to=(TO,)) as judgement:
        world.scan(RED)
        await until(
            lambda: (
                judgement.status()["local_alarm"]["faults"]
                == ["no signed limits are in force for anything that is judged here"]
            )
        )
        assert not world.held
        assert latched(judgement) == []
        with pytest.raises(Refused, match="no signed bundle"):
            judgement.act(world.signed("engineer_of_record", "local_release", reason=REASON))


async def test_a_red_stays_through_calm_a_dead_gauge_and_a_restart_until_an_engineer_releases_it(armed):
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running() as judgement:
        await until(lambda: latched(judgement))
        for _ in range(4):
            armed.scan(CALM)
        await until(lambda: armed.folder.joinpath(NAME).exists())
    async with armed.running() as judgement:
        await until(lambda: judgement.status()["local_alarm"]["faults"] == [armed.events[0][2]])
        assert latched(judgement) == ["P1/pore_pressure/above"]
        assert not armed.held
        with pytest.raises(Refused, match="operator"):
            judgement.act(armed.signed("operator", "local_release", reason=REASON))
        act = armed.signed("engineer_of_record", "local_release", reason=REASON)
        assert judgement.act(act) == "1 alarms are released"
        await until(lambda: armed.held)
        with pytest.raises(Refused, match="known already"):
            judgement.act(act)
    assert [kind for kind, *_ in armed.events] == ["local_alarm", "local_release"]


async def test_a_restart_in_the_middle_of_a_rise_gives_the_same_one_event(armed):
    armed.scan(CALM)
    async with armed.running() as judgement:
        await until(lambda: armed.held)
        armed.scan(RED)  # the first of the two that count
        await until(lambda: judgement._alarm.kept.row == len(armed.dam.rows))
    assert '"row":4' in remembered(armed)
    armed.scan(RED)
    async with armed.running() as judgement:
        await until(lambda: latched(judgement))
    async with armed.running() as judgement:
        await until(lambda: judgement._following.row == len(armed.dam.rows))
        armed.scan(RED)
        await until(lambda: judgement._following.row == len(armed.dam.rows))
        assert len(latched(judgement)) == 1
    assert [kind for kind, *_ in armed.events] == ["local_alarm"]


async def test_each_number_is_told_once_by_the_gateway_s_own_modem(armed):
    armed.scan(RED)
    armed.scan(RED)
    other = "+992900000008"
    async with armed.running(sms_to=(TO, other)) as judgement:
        await until(lambda: len(armed.modem.messages) == 2)
        await until(lambda: judgement.status()["local_alarm"]["sms"]["waiting"] == 0)
        event = judgement.status()["local_alarm"]["latched"]["P1/pore_pressure/above"]["event"]
        await until(lambda: f'"event":"{event}"' in remembered(armed))
    async with armed.running(sms_to=(TO, other)) as judgement:
        armed.scan(RED)
        await until(lambda: judgement._following.row == len(armed.dam.rows))
    assert [to for to, _ in armed.modem.messages] == [TO, other]
    text = armed.modem.messages[0][1]
    assert text.startswith("dam: RED P1 pore_pressure 11")
    assert text.endswith(f"event {event[:8]}")


async def test_a_modem_that_fails_is_said_once_and_the_message_waits_on_disk(armed):
    armed.modem.refuses = True
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running(sms_to=(TO,)) as judgement:
        await until(lambda: judgement.status()["local_alarm"]["sms"]["last_error"])
        await until(lambda: '"tries":1' in remembered(armed))
        assert not armed.held
    armed.modem.refuses = False
    armed.dam.clock.at_ms += 60_000
    async with armed.running(sms_to=(TO,)):
        await until(lambda: ("sms_sent", TO) in [event[:2] for event in armed.events])
    assert [kind for kind, *_ in armed.events] == ["local_alarm", "sms_failed", "sms_sent"]


async def test_a_message_waits_for_a_collector_to_have_the_reading_and_goes_when_none_has(
    armed,
):
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running(sms_to=(TO,), hand_over_s=300) as judgement:
        await until(lambda: judgement.status()["local_alarm"]["sms"]["waiting"] == 1)
        assert armed.modem.messages == []
        armed.committed = 4
        await until(lambda: judgement.status()["local_alarm"]["sms"]["handed_over"] == 1)
        assert not armed.held  # the contact waits for nobody
    armed.committed = 3
    armed.folder.joinpath(NAME).unlink()
    async with armed.running(sms_to=(TO,), hand_over_s=300) as judgement:
        await until(lambda: judgement.status()["local_alarm"]["sms"]["waiting"] == 1)
        armed.dam.clock.at_ms += 300_000
        await until(lambda: armed.modem.messages)


async def test_a_proof_test_lets_the_contact_go_tells_everybody_and_is_due_again_after_a_month(armed):
    armed.scan(CALM)
    async with armed.running(sms_to=(TO,)) as judgement:
        await until(lambda: armed.held)
        armed.dam.clock.at_ms += 32 * 86_400_000
        await until(lambda: judgement.status()["local_alarm"]["proof"]["due"])
        await until(lambda: ("proof_overdue", "local_alarm", "no proof test for 31 days") in armed.events)
        said = judgement.act(armed.signed("operator", "local_proof", step="begin"))
        assert said == "the contact is let go for 10 s"
        assert not armed.held
        await until(lambda: armed.modem.messages)
        assert "TEST" in armed.modem.messages[0][1]
        armed.dam.clock.at_ms += 1000
        assert judgement.act(armed.signed("operator", "local_proof", step="passed")) == "passed, and logged"
        proof = judgement.status()["local_alarm"]["proof"]
        assert (proof["due"], proof["by"]) == (False, "The operator (operator)")
        with pytest.raises(Refused, match="what failed"):
            judgement.act(armed.signed("operator", "local_proof", step="failed"))
        with pytest.raises(Refused, match="signed for gateway gw2"):
            judgement.act(armed.signed("operator", "local_proof", step="passed", gateway="gw2"))
        judgement.act(armed.signed("operator", "local_proof", step="failed", text="siren silent"))
        assert judgement.status()["local_alarm"]["proof"]["failed"] == "The operator (operator): siren silent"


async def test_a_proof_test_is_due_a_month_behind_the_first_start_however_often_it_restarts(armed):
    for _ in range(2):
        async with armed.running() as judgement:
            assert not judgement.status()["local_alarm"]["proof"]["due"]
            await until(lambda: '"since_ms":1' in remembered(armed))
            armed.dam.clock.at_ms += 20 * 86_400_000
    async with armed.running() as judgement:
        assert judgement.status()["local_alarm"]["proof"]["due"]


async def test_an_act_that_was_done_is_not_done_again_after_a_kill(armed):
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running() as judgement:
        await until(lambda: latched(judgement))
        act = armed.signed("engineer_of_record", "local_release", reason=REASON)
        judgement.act(act)
        killed = remembered(armed)  # what is on disk when the answer is given
        armed.scan(CALM)
        armed.scan(CALM)
        await until(lambda: armed.held)
    armed.folder.joinpath(NAME).write_text(killed)
    async with armed.running() as judgement:
        armed.scan(RED)
        armed.scan(RED)
        await until(lambda: latched(judgement))
        with pytest.raises(Refused, match="known already"):
            judgement.act(act)


async def test_a_clock_that_was_set_back_holds_no_message_back(armed):
    armed.modem.refuses = True
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running(sms_to=(TO,)) as judgement:
        await until(lambda: '"tries":1' in remembered(armed))
        armed.dam.clock.at_ms -= 30 * 86_400_000
        armed.modem.refuses = False
        await until(lambda: armed.modem.messages)
        await until(lambda: judgement.status()["local_alarm"]["sms"]["waiting"] == 0)


def test_a_clock_that_was_set_ahead_gives_no_message_up():
    message = Message("e", "+1", "text", made_ms=0, due_ms=0)
    after, given_up = tried(Kept(messages=(message,)), message, 10 * DAY_MS)
    assert (given_up, after.messages[0].tries) == (False, 1)
    often = replace(message, tries=100)
    assert tried(Kept(messages=(often,)), often, DAY_MS) == (Kept(), True)


async def test_a_disk_that_takes_nothing_stops_no_alarm_and_is_tried_again(armed):
    armed.folder.joinpath(f"{NAME}.new").mkdir()
    armed.scan(RED)
    armed.scan(RED)
    async with armed.running() as judgement:
        await until(lambda: latched(judgement))
        await until(lambda: judgement.status()["local_alarm"]["memory_error"])
        assert not armed.held
        armed.folder.joinpath(f"{NAME}.new").rmdir()
        await until(lambda: '"alarms":{"P1' in remembered(armed))
        assert judgement.status()["local_alarm"]["memory_error"] == ""


async def test_a_memory_that_is_damaged_drops_the_contact_until_somebody_releases_it(armed):
    armed.folder.joinpath(NAME).write_text('{"row": "many"}')
    armed.scan(CALM)
    async with armed.running() as judgement:
        await until(lambda: judgement._following.row == len(armed.dam.rows))
        assert latched(judgement) == ["its memory"]
        assert not armed.held
        judgement.act(armed.signed("responsible_engineer", "local_release", reason=REASON))
        await until(lambda: armed.held)


async def test_readings_that_stay_away_drop_it_only_where_that_is_asked_for(armed):
    armed.scan(CALM)
    async with armed.running(blind_after_s=7200):
        await until(lambda: armed.held)
        armed.dam.clock.at_ms += 7_201_000
        await until(lambda: not armed.held)
        armed.scan(CALM)
        await until(lambda: armed.held)
        assert armed.events == []  # it was not latched


async def test_status_names_the_limits_that_are_not_judged_here(armed):
    armed.scan(CALM)
    async with armed.running() as judgement:
        told = judgement.status()["local_alarm"]
        assert told["rules_here"] == ["P1/pore_pressure/above"]
        assert told["not_judged_here"] == []


@pytest.mark.parametrize("signal", ["level", "pulse"])
def test_a_loop_that_stands_still_lets_the_contact_go(world, signal):
    contact = Contact(PIN, signal, held_s=0.2)
    try:
        contact.feed(True)
        assert contact.is_high
        waited(lambda: not contact.is_high)
        contact.feed(True)
        assert contact.is_high
        if signal == "pulse":
            contact.feed(True)
            assert not contact.is_high
        contact.feed(False)
        assert not contact.is_high
    finally:
        contact.close()


async def test_a_pin_that_somebody_else_has_is_said_and_tried_again(armed, caplog):
    armed.scan(CALM)
    taken = Contact(PIN, "level")
    try:
        async with armed.running() as judgement:
            await until(lambda: judgement.status()["local_alarm"]["outputs"]["pin_error"])
    finally:
        taken.close()
    assert "pin 17 of [local_alarm] cannot be used" in caplog.text


async def test_in_an_exercise_it_sounds_only_by_the_authority_that_was_named_and_a_real_red_ends_that(armed):
    armed.scan(CALM)
    async with armed.running() as judgement:
        await until(lambda: armed.held)
        now_ms = armed.dam.clock.at_ms
        siren = {"exercise": "e1", "from_ms": now_ms, "until_ms": now_ms + 60_000}
        with pytest.raises(Refused, match="no exercise runs"):
            judgement.act(armed.acted("authority", "siren_release", **siren))
        begin = {"exercise": "e1", "name": "slump", "until_ms": now_ms + 3_600_000, "siren_authority": "authority"}
        judgement.act(armed.acted("engineer_of_record", "exercise_begin", **begin))
        assert armed.held
        armed.dam.clock.at_ms += 1000
        judgement.act(armed.acted("authority", "siren_release", **siren))
        await until(lambda: not armed.held)
        assert judgement.status()["local_alarm"]["faults"] == ["EXERCISE: the authority lets it sound"]
        armed.dam.clock.at_ms += 60_000
        await until(lambda: armed.held)
        armed.scan(RED)
        armed.scan(RED)
        await until(lambda: latched(judgement))
        later = {"from_ms": now_ms, "until_ms": now_ms + 3_500_000}
        with pytest.raises(Refused, match="no exercise runs"):
            judgement.act(armed.acted("authority", "siren_release", **siren | later))


async def test_a_siren_falls_silent_when_its_exercise_is_ended_at_the_gateway(armed):
    armed.scan(CALM)
    async with armed.running() as judgement:
        await until(lambda: armed.held)
        now_ms = armed.dam.clock.at_ms
        begin = {"exercise": "e1", "name": "slump", "until_ms": now_ms + 3_600_000, "siren_authority": "authority"}
        judgement.act(armed.acted("engineer_of_record", "exercise_begin", **begin))
        with pytest.raises(Refused, match="e1 runs already"):
            judgement.act(armed.acted("engineer_of_record", "exercise_begin", **begin | {"exercise": "e2"}))
        siren = {"exercise": "e1", "from_ms": now_ms, "until_ms": now_ms + 3_000_000}
        judgement.act(armed.acted("authority", "siren_release", **siren))
        await until(lambda: not armed.held)
        with pytest.raises(Refused, match="e1 runs, not e2"):
            judgement.act(armed.acted("engineer_of_record", "exercise_end", exercise="e2"))
        judgement.act(armed.acted("engineer_of_record", "exercise_end", exercise="e1"))
        await until(lambda: armed.held)
        armed.dam.clock.at_ms += 1000
        with pytest.raises(Refused, match="no exercise runs"):
            judgement.act(armed.acted("authority", "siren_release", **siren))


async def test_a_real_orange_ends_an_exercise_and_its_siren(armed):
    armed.scan(CALM)
    async with armed.running() as judgement:
        await until(lambda: armed.held)
        now_ms = armed.dam.clock.at_ms
        begin = {
            "exercise": "e1",
            "name": "slump",
            "until_ms": now_ms + 86_400_000,
            "siren_authority": "authority",
        }
        judgement.act(armed.acted("engineer_of_record", "exercise_begin", **begin))
        siren = {"exercise": "e1", "from_ms": now_ms, "until_ms": now_ms + 86_000_000}
        judgement.act(armed.acted("authority", "siren_release", **siren))
        await until(lambda: not armed.held)
        armed.scan(ORANGE)
        armed.scan(ORANGE)
        await until(lambda: armed.held)
        with pytest.raises(Refused, match="no exercise runs"):
            judgement.act(armed.acted("authority", "siren_release", **siren))
