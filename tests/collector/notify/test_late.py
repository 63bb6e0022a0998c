"""Late orange and red: one piece of news is one message, what says nothing new waits, nobody misses a level."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from collector import events as kinds
from collector.journal import Batch
from collector.notify.book import FILE_NAME
from collector.notify.book_reader import BookReader
from collector.notify.compose import compose
from collector.notify.late import Said, since_it_stands
from collector.notify.one_news import as_one, merged
from collector.notify.sender import NotTaken
from collector.state_json import to_json
from collector.store import StoredEvent
from seepline.alarm.machine import State
from seepline.alarm.standing import Standing
from seepline.site_file import parse_site
from seepline.thresholds import Level
from tests.bundles import DAM
from tests.collector.chain import CALM, RED, Chain
from tests.collector.conftest import Rows
from tests.collector.notify.notices import notice
from tests.collector.notify.telling import CONTACTS, Told, contacts, until
from tests.collector.notify.test_once import DUE, NOW_MS, Machine

ROWS = Rows()
ALARM = ("P1", "pore_pressure", "above")
HIGHER = 2650.0  # Hz: a higher pressure than RED


@pytest.fixture
def dam(tmp_path):
    chain = Chain(parse_site(DAM, "dam"), tmp_path)
    yield Told(chain, contacts())
    chain.close()


def scan(dam, number, hertz):
    """A reading of a scan that arrives now, whatever its number."""
    now_ms = max(dam.chain.now_ms, ROWS.barometer(number).time_ms)
    dam.chain.take(ROWS.barometer(number), ROWS.piezometer(number, hertz), at_ms=now_ms)


def late_rows(dam):
    late = {one.id for one in dam.chain.reader.events() if one.kind == "late"}
    return [one for one in dam.book.messages(0, 10_000) if one["event"] in late]


async def test_a_line_that_comes_back_is_one_message_a_person_and_every_reading_is_on_record(dam):
    scan(dam, 40, CALM)  # the newest says green: each late red tells of what nobody knew
    async with dam.running(compose=compose):
        await dam.settled()
        for number in range(30, 10, -1):  # each older than the one before: a back-fill of its own
            rows = (ROWS.barometer(number), ROWS.piezometer(number, RED - number))
            dam.chain.journal.append(Batch(arrival_ms=dam.chain.now_ms, writer="gw1", rows=rows))
        while dam.chain.engine.judge(1000):
            pass
        await until(lambda: len(late_rows(dam)) >= 60)
        await until(lambda: all(one["state"] == "sent" for one in late_rows(dam)))
    for to in ("olga@mine.example", "eva@mine.example"):
        assert len([one for one in dam.mail.sent if one[0] == to]) == 1
    (text,) = [letter for _, letter, _ in dam.sms.sent]
    assert text.body.startswith("КРАСНЫЙ запоздавших отсчётов: 20")
    (mail,) = [letter for to, letter, _ in dam.mail.sent if to == "eva@mine.example"]
    assert mail.subject.startswith("RED: late readings: 20, P1 pore pressure 1")
    assert "First reading: " in mail.body
    rows = late_rows(dam)
    assert len(rows) == 60
    assert len([one for one in rows if one["announces"]]) == 3  # one alarm to each person, by each channel
    assert all(one["at_once"] for one in rows)


async def test_what_a_person_was_told_and_still_stands_waits_and_what_is_worse_does_not(dam):
    async with dam.running():
        await dam.settled()
        scan(dam, 40, RED)
        await until(lambda: len(dam.mail.sent) == 2 and len(dam.sms.sent) == 1)
        scan(dam, 30, RED)
        await dam.settled()
        assert [(one["channel"], one["at_once"], one["announces"]) for one in late_rows(dam)] == [
            ("mail", False, False)
        ] * 2  # no text message: nothing is new
        assert len(dam.sms.sent) == 1
        scan(dam, 20, HIGHER)
        await until(lambda: len(dam.sms.sent) == 2)
        scan(dam, 15, HIGHER)
        await dam.settled()
        assert len(dam.sms.sent) == 2
        await until(lambda: len(late_rows(dam)) == 7)
        dam.chain.now_ms += 3_600_000
        await until(lambda: all(one["state"] == "sent" for one in late_rows(dam)))
    assert len(dam.sms.sent) == 2


async def test_after_it_returned_a_late_red_is_news_again(dam):
    async with dam.running():
        await dam.settled()
        scan(dam, 40, RED)
        await until(lambda: len(dam.mail.sent) == 2 and len(dam.sms.sent) == 1)
        scan(dam, 41, CALM)  # held until it is assessed: level red, condition green
        await dam.settled()
        scan(dam, 30, RED)
        await until(lambda: len(dam.sms.sent) == 2)
    assert all(one["at_once"] for one in late_rows(dam))


async def test_whom_nothing_has_reached_is_told_at_once_in_one_letter_when_the_channel_is_back(dam, monkeypatch):
    monkeypatch.setattr("collector.notify.trying._FIRST_S", 0.5)
    dam.sms.refuses["+992900000001"] = NotTaken("no network", again=True)
    async with dam.running():
        await dam.settled()
        scan(dam, 40, RED)
        await until(lambda: len(dam.mail.sent) == 2 and dam.sms.tries)
        for number in (30, 29, 28):
            scan(dam, number, RED)
        await dam.settled()
        texts = [one for one in late_rows(dam) if one["channel"] == "sms"]
        assert [one["at_once"] for one in texts] == [True] * 3
        assert not any(one["at_once"] for one in late_rows(dam) if one["channel"] == "mail")
        dam.sms.refuses.clear()
        await until(lambda: all(one["state"] == "sent" for one in dam.book.messages(0, 99) if one["at_once"]))
    assert len(dam.sms.sent) <= 1 + 3


async def test_a_machine_gets_every_event(tmp_path):
    text = CONTACTS.replace('phone = "+992900000001"', 'webhook = "https://machine.example/"')
    hook = '[[channel]]\nid = "hook"\nkind = "test_data"\nlevel = "yellow"\n'
    chain = Chain(parse_site(DAM, "dam"), tmp_path)
    dam = Told(chain, contacts(text + hook))
    async with dam.running():
        await dam.settled()
        scan(dam, 40, RED)
        await until(lambda: len(dam.data.sent) == 1)
        for number in (30, 29, 28):
            scan(dam, number, RED)
        await until(lambda: len(dam.data.sent) == 4)
    chain.close()


def test_several_readings_are_one_notice_of_the_worst():
    three = [
        notice(kind="late", value=value, time_ms=at_ms, event_id=str(value))
        for value, at_ms in ((61.0, 5), (75.0, 3), (62.0, 9))
    ]
    one = as_one(three)
    assert (one.value, one.time_ms, one.first_ms, one.last_ms, one.readings) == (75.0, 3, 3, 9, 3)
    assert "red, late: 3 readings from 1970-01-01 00:00:00 UTC" in one.text
    assert "worst 75 kPa against 60 kPa (above)" in one.text
    low = as_one([notice(kind="late", direction="below", value=value) for value in (61.0, 52.0)])
    assert low.value == 52.0
    assert as_one(three[:1]) == three[0]


def test_only_what_is_one_piece_of_news_is_merged():
    apart = [
        notice(kind="late"),
        notice(kind="late", level=Level.ORANGE),
        notice(kind="late", point="P2"),
        notice(kind="late", direction="rate_up"),
        notice(kind="late", threshold_set="s2"),
        notice(kind="level"),
        notice(kind="level"),
        notice(kind="late", level=Level.YELLOW),
        notice(kind="late", level=Level.YELLOW),
    ]
    assert len(merged(apart)) == len(apart)
    assert [one.readings for one in merged([*apart, apart[0]])] == [2] + [1] * 8


def test_several_late_readings_in_every_form_and_language():
    many = notice(kind="late", late=True, readings=12, first_ms=1_764_100_000_000, last_ms=1_764_161_040_000)
    assert compose(many, "en", "sms").body.startswith("RED late readings: 12 Test dam TOE-P1")
    assert "26.11 00:46-17:44" in compose(many, "en", "sms").body
    assert "Худший отсчёт: 2025-11-26 17:44:00" in compose(many, "ru", "mail").body
    assert "Late readings: 12." in compose(many, "en", "voice").body
    assert '"readings": 12' in compose(many, "en", "data").body


# ---- whatever happens, in whatever order, and whichever channel fails -----------------------------------------


class Dam(Machine):
    """The machine of the other test, with one alarm that stands, returns, and gets late readings."""

    def begin(self):
        super().begin()
        self.told_before: dict[str, set[tuple[str, str, str]]] = getattr(self, "told_before", {})

    def event(self, kind, before, after, value):
        number = len(self.events)
        plain = kinds.by_person(f"event {number}", kind, ALARM[:2], (NOW_MS, NOW_MS), "x")
        fields = {one: getattr(plain, one) for one in StoredEvent.__slots__}
        fields |= {"direction": ALARM[2], "level_from": before, "level_to": after, "value": value}
        self.events.append(StoredEvent(**fields))
        self.store.add_event(self.events[-1])

    def stands(self, level, state, reached=None):
        found = Standing(level=Level(level), reached=Level(level if reached is None else reached), state=state)
        self.alarm = found
        self.store.keep_states("standing", [("/".join(ALARM), to_json(found))])

    def changes(self, level, value):
        before = int(getattr(self, "alarm", Standing()).level)
        if level != before:
            self.event("level", before, level, value)
            self.stands(level, State.UNACKNOWLEDGED if level else State.NORMAL)

    def returns(self):
        alarm = getattr(self, "alarm", Standing())
        if alarm.level >= Level.ORANGE and alarm.reached:
            self.event("returned", int(alarm.level), int(alarm.level), 1.0)
            self.stands(int(alarm.level), State.LATCHED_UNACKNOWLEDGED, reached=0)

    def late(self, level, value):
        self.event("late", 0, level, value)

    def take(self):
        sent = {key for key in keys(self.folder) if key[3] == "sent"}
        self.intake._take()
        for one in self.events:
            self.told_before.setdefault(one.id, {key[:3] for key in sent})


def keys(folder):
    rows = BookReader(folder / FILE_NAME).messages(0, 10_000)
    return [(one["event"], one["person"], one["channel"], one["state"], one["at_once"]) for one in rows]


VALUES = some.integers(1, 4).map(float)
played = some.lists(
    some.one_of(
        some.tuples(some.just("changes"), some.integers(0, 3), VALUES),
        some.tuples(some.just("late"), some.integers(1, 3), VALUES),
        some.tuples(some.just("late"), some.integers(2, 3), VALUES),
        some.sampled_from((("returns",), ("take",), ("send",), ("send",))),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None)
@given(played, some.integers(0, 2**32))
def test_nobody_misses_a_level_and_what_is_worse_goes_at_once(steps, seed):
    with tempfile.TemporaryDirectory() as name:
        dam = Dam(Path(name), seed)
        asyncio.run(play(dam, steps))
        everything_is_told(dam)
        dam.close()


async def play(dam, steps):
    for step, *about in steps:
        found = getattr(dam, step)(*about)
        if step == "send":
            await found
    dam.take()


def everything_is_told(dam):
    """By hand, from the events and from what was sent when each was taken in."""
    rows = {(event, person, channel): at_once for event, person, channel, _, at_once in keys(dam.folder)}
    for number, one in enumerate(dam.events):
        if one.kind != "late" or one.level_to < Level.ORANGE:
            continue
        for person, channel in DUE[one.level_to]:
            knows = knew(dam, number, person, channel)
            here = rows.get((one.id, person, channel))
            assert here is not None or (knows and (one.id, person, "mail") in rows), one
            assert here is not False or knows, one
            assert here or not knows_nothing_so_bad(dam, number, person, channel), one


def knew(dam, number, person, channel):
    """Whether they were sent this level or a worse one, at least as bad a value, with nothing but it since."""
    late = dam.events[number]
    for before in reversed(dam.events[:number]):
        if before.kind == "returned" or (before.kind == "level" and before.level_to < late.level_to):
            return False
        was_sent = (before.id, person, channel) in dam.told_before[late.id]
        if was_sent and before.level_to >= late.level_to and before.value >= late.value:
            return True
    return False


def knows_nothing_so_bad(dam, number, person, channel):
    late = dam.events[number]
    return not any(
        (before.id, person, channel) in dam.told_before[late.id]
        and before.level_to >= late.level_to
        and before.value >= late.value
        for before in dam.events[:number]
    )


def test_what_was_told_before_it_fell_or_returned_is_forgotten():
    told, fell = Said("a", "level", 3, 9.0, "s"), Said("b", "level", 0, 1.0, "s")
    again, late = Said("c", "level", 3, 5.0, "s"), Said("d", "late", 3, 6.0, "s")
    assert list(since_it_stands([late, again, fell, told], Level.RED)) == [late, again]
    assert list(since_it_stands([late, told], Level.RED)) == [late, told]
    hidden = fell._replace(kind="unannounced")
    assert list(since_it_stands([again, hidden, told], Level.ORANGE)) == [again]
    held = Said("e", "returned", 3, 1.0, "s")
    assert list(since_it_stands([late._replace(kind="realarm"), held, told], Level.RED)) == [
        late._replace(kind="realarm")
    ]
    orange = again._replace(level=2)
    assert list(since_it_stands([orange, told], Level.RED)) == []
    assert list(since_it_stands([orange, told], Level.ORANGE)) == [orange, told]
