"""An exercise is marked everywhere, plays its own events, and ends when a real alarm breaks through."""

import random

import pytest

from collector.exercises import running
from collector.store_writing import StoreWriter
from collector.web.render import DAY_CHOICES, Renderer
from collector.web.state_page import read_page
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import NotEntitled
from seepline.exercise import sirens_are_released
from seepline.site_file import parse_site
from tests.acts import Persons
from tests.bundles import DAM
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain
from tests.collector.conftest import Rows
from tests.pages import framed

HOUR_MS = 3_600_000
ROWS = Rows()
PERSONS = Persons()


@pytest.fixture
def dam(tmp_path):
    chain = Chain(parse_site(DAM, "dam"), tmp_path)
    yield chain
    chain.close()


def act(chain, person, kind, at_ms, **body):
    """A person's act comes to a chain at a time."""
    signed = PERSONS.act(person, kind, {"exercise": "e1", **body}, at_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, at_ms)
    chain.now_ms = at_ms
    chain.journal.append_act(accepted.id, accepted_text(accepted), at_ms)
    chain.judge()


def begin(chain, at_ms=T0_MS, **more):
    known = {"name": "toe slump", "until_ms": at_ms + HOUR_MS, "siren_authority": "authority"}
    act(chain, "engineer_of_record", "exercise_begin", at_ms, **known | more)


def told(chain):
    return [
        (one.kind, one.text) for one in reversed(chain.reader.events()) if one.kind.startswith(("exer", "level"))
    ]


def test_what_is_played_is_an_event_of_its_own_and_no_level(dam):
    begin(dam)
    text = "a slump of 20 m"
    act(dam, "authority", "exercise_event", T0_MS + 1000, point="P1", level="red", text=text)
    kinds, texts = zip(*told(dam), strict=True)
    assert kinds == ("exercise_begin", "exercise_event")
    assert all(one.startswith("EXERCISE e1 (toe slump): ") for one in texts)
    assert dam.reader.alarms() == []
    assert running(dam.reader, dam.now_ms).name == "toe slump"
    page = read_page(dam.site, dam.reader, dam.now_ms, 1, Renderer())
    shown = {"refresh_s": None, "choices": DAY_CHOICES, "exercise": running(dam.reader, dam.now_ms)}
    html = framed(dam.site, "page.html", page, **shown)
    assert "EXERCISE: toe slump" in html
    assert "<title>EXERCISE" in html


def test_no_exercise_begins_while_a_real_orange_or_red_stands(dam):
    for number, hertz in enumerate((CALM, RED), 1):
        dam.take(ROWS.barometer(number), ROWS.piezometer(number, hertz))
    begin(dam, at_ms=dam.now_ms)
    assert running(dam.reader, dam.now_ms) is None
    (refused,) = [one.text for one in dam.reader.events() if one.kind == "exercise_refused"]
    assert "no effect: a real alarm stands: P1/pore_pressure/above at red" in refused


def test_a_real_alarm_breaks_through_and_ends_it(dam):
    begin(dam, until_ms=T0_MS + 20 * HOUR_MS)
    act(dam, "authority", "siren_release", T0_MS, from_ms=T0_MS, until_ms=T0_MS + 10 * HOUR_MS)
    assert sirens_are_released(running(dam.reader, T0_MS), "gw1", T0_MS)
    for number, hertz in enumerate((CALM, RED), 1):
        dam.take(ROWS.barometer(number), ROWS.piezometer(number, hertz))
    events = told(dam)
    assert [kind for kind, _ in events][-2:] == ["exercise_broken", "level"]
    assert events[-1][1].startswith("REAL, not exercise e1: P1 pore_pressure: ")
    assert running(dam.reader, dam.now_ms) is None


def test_the_escalation_of_an_alarm_that_nobody_saw_is_real_in_an_exercise(tmp_path):
    text = DAM.replace("delay_count = 1", "delay_count = 1\nescalate_after_s = [1800]")
    chain = Chain(parse_site(text, "dam"), tmp_path)
    chain.take(ROWS.barometer(1), ROWS.piezometer(1, YELLOW))
    begin(chain, chain.now_ms)
    chain.pass_time(chain.now_ms + 1_800_000)
    assert chain.kinds()[-1] == "escalated"
    assert chain.reader.events()[0].text.startswith("REAL, not exercise e1: P1 pore_pressure: escalated")
    assert running(chain.reader, chain.now_ms).id == "e1"  # yellow ends none
    chain.close()


def test_an_instrument_that_goes_blind_is_real_and_ends_no_exercise(dam):
    dam.take(ROWS.barometer(1), ROWS.piezometer(1, CALM))
    begin(dam, dam.now_ms, until_ms=dam.now_ms + 20 * HOUR_MS)
    dam.pass_time(dam.now_ms + 2 * HOUR_MS)
    silences = [one.text for one in dam.reader.events() if one.kind == "silence"]
    assert silences
    assert all(one.startswith("REAL, not exercise e1: Logger ") for one in silences)
    assert running(dam.reader, dam.now_ms).id == "e1"


def test_an_exercise_ends_by_itself_and_by_a_person_s_word(dam):
    begin(dam)
    dam.pass_time(T0_MS + HOUR_MS)
    assert told(dam)[-1] == ("exercise_end", "EXERCISE e1 (toe slump): over, for its time has come.")
    begin(dam, T0_MS + 2 * HOUR_MS, until_ms=T0_MS + 3 * HOUR_MS)
    act(dam, "authority", "exercise_end", T0_MS + 2 * HOUR_MS + 1000, text="well done")
    assert told(dam)[-1][1] == "EXERCISE e1 (toe slump): ended by The authority: well done."
    assert running(dam.reader, dam.now_ms) is None


REFUSED = [
    ("exercise_end", "authority", {}, "no exercise runs"),
    ("exercise_event", "authority", {"point": "P1", "level": "red", "text": "x"}, "no exercise runs"),
    ("exercise_begin", "authority", {"name": "x", "until_ms": T0_MS}, "expected within 72 hours from now"),
    ("siren_release", "authority", {"from_ms": T0_MS, "until_ms": T0_MS + 1}, "no exercise runs"),
]


@pytest.mark.parametrize(("kind", "person", "body", "why"), REFUSED)
def test_what_does_not_fit_is_told_and_changes_nothing(dam, kind, person, body, why):
    act(dam, person, kind, T0_MS, **body)
    ((found, text),) = told(dam)
    assert found == "exercise_refused"
    assert why in text


def test_sirens_wait_for_the_authority_that_the_exercise_names(dam):
    begin(dam, siren_authority="somebody-else")
    act(dam, "authority", "siren_release", T0_MS, from_ms=T0_MS, until_ms=T0_MS + 1000)
    assert "it named somebody-else" in told(dam)[-1][1]
    assert not sirens_are_released(running(dam.reader, T0_MS), "gw1", T0_MS)
    with pytest.raises(NotEntitled, match="for authority only"):
        act(dam, "engineer_of_record", "siren_release", T0_MS, from_ms=T0_MS, until_ms=T0_MS + 1000)


def test_a_replay_of_the_journal_and_any_restarts_tell_the_same(dam, tmp_path):
    begin(dam)
    dice = random.Random(5)
    for number in range(1, 8):
        hertz = dice.choice((CALM, RED))
        dam.take(ROWS.barometer(number), ROWS.piezometer(number, hertz))
        dam.pass_time(T0_MS + number * SCAN_MS + 1000)
    first = told(dam)
    dam.store.close()
    (tmp_path / "store.sqlite").unlink()
    dam.store = StoreWriter(tmp_path / "store.sqlite")
    dam.engine = type(dam.engine)(dam.site, dam.journal, dam.store)
    while dam.engine.judge(1):
        dam.engine.load()
    assert told(dam) == first
