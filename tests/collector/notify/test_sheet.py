"""The morning sheet as it is read, in both languages, and at what hour of which day it is due."""

import json
from dataclasses import replace
from datetime import date

import pytest

from collector.notify import sheet_data, sheet_sms
from collector.notify.measured import AlarmLoad, DutyNow
from collector.notify.morning import Mornings
from collector.notify.sheet import Change, Facts, letter
from seepline.alarm.machine import State
from seepline.alarm.standing import Standing
from seepline.notices.load import Load
from seepline.notices.rota import Span
from seepline.thresholds import Level
from tests.collector.notify.telling import contacts
from tests.collector.notify.test_running import climb, dam  # noqa: F401

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SEVEN_MS = 1_764_122_400_000  # 2025-11-26 07:00 in Dushanbe
CONTACTS = contacts()
CALM = Facts(
    site_id="dam",
    site_name="Test dam",
    timezone="Asia/Dushanbe",
    time_ms=SEVEN_MS,
    level=Level.GREEN,
    valid=4,
    total=4,
    grey=False,
    standing=(),
    changes=(),
    raised=(),
    silent=(),
    invalid=(),
    overdue=(),
    actions=(),
    duty=(),
    load=AlarmLoad(time_ms=SEVEN_MS, limits=None, persons=(), chattering=None, stale=None, priorities={}),
    not_told=0,
)
ALARM = "P1/pore_pressure/above"
BAD = replace(
    CALM,
    level=Level.RED,
    valid=2,
    grey=True,
    standing=((ALARM, Standing(level=Level.RED, state=State.UNACKNOWLEDGED, since_ms=SEVEN_MS - HOUR_MS)),),
    changes=(
        Change(point="P1", quantity="pore_pressure", level=Level.RED, value=118.24, change=57.5, time_ms=SEVEN_MS),
        Change(point="P2", quantity="water_level", level=Level.GREEN, value=None, change=None, time_ms=SEVEN_MS),
    ),
    raised=((ALARM, Level.GREEN, Level.RED, SEVEN_MS - HOUR_MS),),
    silent=(("a", SEVEN_MS - DAY_MS), ("b", None)),
    invalid=("P2",),
    overdue=("daily round",),
    actions=(("Walk the toe", "operator", SEVEN_MS - 600_000),),
    duty=(
        DutyNow(
            rota="duty",
            timezone="Asia/Dushanbe",
            persons=("olga", "ghost"),
            gap=True,
            overlap=True,
            planned=(),
            gaps=((SEVEN_MS, SEVEN_MS + DAY_MS),),
            overlaps=((Span(SEVEN_MS, SEVEN_MS + 9, "olga"), Span(SEVEN_MS + 5, SEVEN_MS + 10, "eva")),),
        ),
    ),
    load=AlarmLoad(
        time_ms=SEVEN_MS,
        limits=None,
        persons=(Load("olga", 1, 12, 5, 3, None, ("per_hour",)),),
        chattering=(ALARM,),
        stale=(ALARM,),
        priorities={},
    ),
    not_told=2,
)


def sheet(facts, language="en"):
    return letter(facts, CONTACTS, language)


def test_a_calm_morning_promises_nothing():
    found = sheet(CALM)
    assert found.subject == "Morning sheet, Test dam: GREEN"
    lines = found.body.splitlines()
    assert lines[:2] == [
        "Test dam, 2025-11-26 07:00 (26 02:00 UTC)",
        "no trigger exceeded, 4 of 4 instruments valid",
    ]
    assert "  there is no rota" in lines
    assert lines[-1] == "https://dam.example/"
    assert "safe" not in found.body.lower()


def test_a_bad_morning_names_all_of_it():
    found = sheet(BAD)
    assert found.subject == "Morning sheet, Test dam: RED"
    for line in (
        "Level of the site: RED, 2 of 4 instruments valid",
        "Too few instruments are valid to say more.",
        "Alarms that stand: 1",
        "  RED P1 pore pressure: not acknowledged, 2025-11-26 06:00 (26 01:00 UTC)",
        "  2025-11-26 06:00 (26 01:00 UTC) P1 pore pressure: GREEN > RED",
        "  RED P1 pore pressure: 118.24 kPa (+57.5 kPa)",
        "  P2 water level: - (no value 24 h before)",
        "Silent loggers, with their last reading: 2",
        "  a, 2025-11-25 07:00 (25 02:00 UTC)",
        "  b",
        "Points without a valid reading: 1",
        "  daily round",
        "  Walk the toe (operator), 2025-11-26 06:50 (26 01:50 UTC)",
        "  duty: Olga, operator on duty, ghost (nobody is planned: everybody of the rota is told)",
        "Messages of 24 h that reached nobody: 2",
        "  Olga, operator on duty: 12 in 24 h, at most 5 in an hour, 3 in 10 min (more than the limit)",
        "  chattering: P1 pore pressure",
        "  stale: P1 pore pressure",
    ):
        assert line in found.body.splitlines(), line


@pytest.mark.parametrize("facts", [CALM, BAD])
def test_russian_has_every_line_of_it_and_no_english(facts):
    english, russian = sheet(facts), sheet(facts, "ru")
    assert len(russian.body.splitlines()) == len(english.body.splitlines())
    data = ("Test", "dam", "P1", "P2", "UTC", "duty", "daily", "round", "Walk", "the", "toe", "operator", "ghost")
    own = (*data, "a", "b", "Olga", "on", "Eva", "engineer", "of", "record", "https", "example")
    latin = "".join(one if one.isascii() else " " for one in russian.subject + "\n" + russian.body)
    words = {one for one in "".join(c if c.isalpha() else " " for c in latin).split() if one not in own}
    assert words <= {"P"}, words
    assert facts is CALM or "поровое давление: 118,24 кПа (+57,5 кПа)" in russian.body
    assert "безопас" not in russian.body.lower()


ON_DUTY = {"en": "on duty:", "ru": "дежурит:"}


def test_a_text_message_says_the_night_in_one_part():
    assert sheet_sms.letter(CALM, CONTACTS, "en").parts == (
        "GREEN Test dam 26.11 07:00: no trigger exceeded, alarms 0, valid 4 of 4, silent 0, overdue 0.",
    )
    assert sheet_sms.letter(BAD, CONTACTS, "en").body == (
        "RED Test dam 26.11 07:00: alarms 1, valid 2 of 4, silent 2, overdue 2. on duty: nobody is planned"
    )
    planned = replace(BAD, duty=(replace(BAD.duty[0], gap=False),))
    assert sheet_sms.letter(planned, CONTACTS, "ru").body == (
        "КРАСНЫЙ Test dam 26.11 07:00: тревог 1, действ. 2 из 4, молчит 2, просрочено 2."
        " дежурит: Olga, operator on duty, ghost"
    )


def test_a_text_message_of_too_few_instruments_is_grey_and_promises_nothing():
    found = sheet_sms.letter(replace(CALM, grey=True, valid=1), CONTACTS, "en").body
    assert found == "GREY Test dam 26.11 07:00: alarms 0, valid 1 of 4, silent 0, overdue 0."


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("name", ["Test dam", "Хвостохранилище номер два комбината, секция Б", "x" * 300])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_text_message_never_takes_more_than_two_parts(level, name, language):
    many = tuple((ALARM, BAD.standing[0][1]) for _ in range(1000))
    duty = replace(BAD.duty[0], gap=False, persons=tuple(f"Дежурный инженер {one}" for one in range(9)))
    much = replace(BAD, site_name=name, level=level, total=1000, standing=many, duty=(duty,))
    found = sheet_sms.letter(much, CONTACTS, language)
    assert len(found.parts) <= 2
    for words in ({"en": "alarms 1000, valid 2 of 1000,", "ru": "тревог 1000, действ. 2 из 1000,"}, ON_DUTY):
        assert words[language] in found.body


def test_a_machine_gets_numbers_and_the_whole_sheet():
    said = json.loads(sheet_data.letter(BAD, CONTACTS, "en").body)
    assert (said["schema"], said["version"], said["level"], said["valid"], said["total"]) == (
        "seepline.morning", 1, "red", 2, 4,
    )  # fmt: skip
    assert said["alarms"][0] | {"since_ms": 0} == {
        "point": "P1", "quantity": "pore_pressure", "direction": "above", "level": "red",
        "state": "unacknowledged", "since_ms": 0,
    }  # fmt: skip
    assert said["duty"][0]["persons"][0] == {"person": "olga", "name": "Olga, operator on duty"}
    assert said["text"] == sheet(BAD).body
    assert "kind" not in said  # it is no notice: nothing of it is a state


@pytest.mark.parametrize(("hour", "is_due"), [(-1, False), (0, True), (5, True)])
async def test_it_is_due_from_its_hour_on_in_the_site_s_own_time(dam, hour, is_due):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        mornings = Mornings(desk)
        zone = dam.chain.site.info.timezone
        marks = {"born_ms": str(SEVEN_MS - DAY_MS), "morning": "2025-11-25"}
        await desk.ask(desk.book.keep_marks, marks)
        seven_ms = SEVEN_MS if zone == "Asia/Dushanbe" else SEVEN_MS + 5 * HOUR_MS
        dam.chain.now_ms = seven_ms + hour * HOUR_MS
        found = await desk.ask(mornings._due)
        dam.chain.now_ms = seven_ms - HOUR_MS
    assert (found == date(2025, 11, 26)) is is_due


async def test_a_book_that_was_begun_after_seven_has_no_sheet_of_that_day(dam):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        mornings = Mornings(desk)
        assert await desk.ask(mornings._due) is None
        climb(dam, 2900.0)
        dam.chain.now_ms += DAY_MS
        assert await desk.ask(mornings._due) is not None
