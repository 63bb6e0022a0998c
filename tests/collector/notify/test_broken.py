"""What happens to the telling: contacts that go, clocks that are wrong, a disk that is full."""

import asyncio
import sqlite3
from dataclasses import replace
from types import SimpleNamespace

from collector.notify import running
from collector.notify.book import FILE_NAME, Book
from collector.notify.book_reader import BookReader
from collector.notify.message import Message, Planned
from collector.notify.morning import Mornings
from collector.notify.parcels import Parcels
from collector.notify.reroute import rerouted
from collector.notify.sender import NotTaken
from seepline.notices.kinds import KINDS
from seepline.notices.told_to import Call, People, told_to
from seepline.thresholds import Level
from tests.collector.chain import CALM, RED
from tests.collector.notify.notices import RED as NOTICE
from tests.collector.notify.telling import CONTACTS, contacts, until
from tests.collector.notify.test_running import climb, dam, whole  # noqa: F401

DAY_MS = 86_400_000
OTHER_MAIL = CONTACTS.replace('id = "mail"', 'id = "post"')
NO_EVA = CONTACTS.replace('person = "eva"', 'person = "ida"').replace('["eva"]', '["ida"]')


def message(person="olga", channel="mail", level=3, **more):
    known = {"at_once": True, "announces": True, "alarm": "P1/q/above", "made_ms": 0}
    return Message(event="e", person=person, channel=channel, level=level, **known | more)


def notice_of(_event):
    return NOTICE


def test_a_red_takes_another_way_when_its_channel_goes():
    found = rerouted([message()], contacts(OTHER_MAIL), notice_of, 7)
    assert [(one.channel, one.state) for one in found.closed] == [("mail", "failed")]
    assert {(one.channel, one.state, one.tries) for one in found.new} == {
        ("post", "queued", 0),
        ("sms", "queued", 0),
    }
    assert found.lost([]) == []


def test_a_yellow_and_what_is_open_already_take_no_other_way():
    assert rerouted([message(level=1)], contacts(OTHER_MAIL), notice_of, 7).new == ()
    both = [message(), message(channel="sms")]
    assert [one.channel for one in rerouted(both, contacts(OTHER_MAIL), notice_of, 7).new] == ["post"]


def test_a_red_of_a_person_who_went_is_lost_unless_somebody_else_has_it():
    found = rerouted([message("eva")], contacts(NO_EVA), notice_of, 7)
    assert found.new == ()
    assert found.lost([]) == ["e"]
    assert found.lost([message("olga")]) == []


def test_a_way_that_comes_back_is_used_and_one_that_was_used_is_not(tmp_path):
    book = Book(tmp_path / FILE_NAME)
    sent = message(channel="sms")
    book.take_in([Planned(event="e", notice=replace(NOTICE, event_id="e"), messages=(message(), sent))], {})
    book.tried([replace(sent, state="sent")], "sent", "ok", 1)
    assert book.reroute(contacts(OTHER_MAIL), 2) == []
    assert {key[2] for key in book.open} == {"post"}
    assert book.reroute(contacts(), 3) == []
    assert {key[2] for key in book.open} == {"mail"}
    book.close()
    rows = BookReader(tmp_path / FILE_NAME).messages(0, 10)
    assert {(one["channel"], one["state"]) for one in rows} == {
        ("mail", "queued"), ("post", "failed"), ("sms", "sent")
    }  # fmt: skip


async def test_a_channel_that_is_replaced_while_a_red_waits_loses_nobody(dam, monkeypatch):  # noqa: F811
    monkeypatch.setattr("collector.notify.running._LOOK_S", 0.05)
    dam.mail.refuses = {f"{one}@mine.example": NotTaken("451 later", again=True) for one in ("eva", "olga")}
    path = dam.chain.folder / "notify.toml"
    path.write_text(CONTACTS)
    async with whole(dam, dam.contacts):
        await until(lambda: (dam.chain.folder / FILE_NAME).exists())
        climb(dam, CALM, RED)
        await until(lambda: dam.mail.tries >= 2)
        dam.mail.refuses = {}
        path.write_text(OTHER_MAIL)
        await until(lambda: {to for to, _, _ in dam.mail.sent} == {"eva@mine.example", "olga@mine.example"})
        await until(lambda: {one["state"] for one in dam.book.messages(0, 99)} == {"sent", "failed"})
    assert {one["state"] for one in dam.book.messages(0, 99) if one["channel"] == "mail"} == {"failed"}


async def test_people_are_told_though_the_store_takes_no_event(dam, monkeypatch):  # noqa: F811
    """Nobody is stated for red, which is an event of its own; the disk is full for the store."""
    lonely = CONTACTS.replace('["operator"]', '["inspector"]').replace('["engineer_of_record"]', '["inspector"]')
    (dam.chain.folder / "notify.toml").write_text(lonely)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    async def refuses(_rooms, _event):
        raise full

    monkeypatch.setattr(running, "_add", refuses)
    async with whole(dam, contacts(lonely)):
        await until(lambda: (dam.chain.folder / FILE_NAME).exists())
        climb(dam, CALM, RED)
        await until(lambda: any("has been reached" in one.body for _, one, _ in dam.mail.sent))
    assert not any(one.kind == "not_told" for one in dam.chain.reader.events())


async def test_a_book_that_cannot_be_opened_is_tried_again(dam, monkeypatch):  # noqa: F811
    monkeypatch.setattr(running, "_RETRY_S", 0.05)
    blocked = dam.chain.folder / FILE_NAME
    blocked.mkdir()
    monkeypatch.setattr("collector.journal_file.set_aside_if_damaged", lambda *_about: None)
    (dam.chain.folder / "notify.toml").write_text(CONTACTS)
    async with whole(dam, dam.contacts):
        await asyncio.sleep(0)
        climb(dam, CALM, RED)
        blocked.rmdir()
        await until(lambda: dam.mail.sent)


async def test_a_clock_that_was_a_day_ahead_keeps_nothing_back(dam):  # noqa: F811
    """The collector began by a wrong clock: in its new book all until tomorrow would be history."""
    async with dam.running(started_ms=dam.chain.now_ms + DAY_MS):
        climb(dam, CALM, RED)
        (red,) = (one.id for one in dam.chain.reader.events() if one.level_to == Level.RED)
        await until(lambda: states(dam, red) == ["sent"] * 3)


def states(dam, event):  # noqa: F811
    """Return what became of an event's messages; that people are told again what stands is another event."""
    return [one["state"] for one in dam.book.messages(0, 99) if one["event"] == event]


async def test_a_digest_does_not_wait_for_a_clock_that_was_set_back(dam):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        parcels = Parcels(dam.contacts.channels[0], desk)
        yellow = message(level=1, at_once=False)
        for last_ms, is_due in ((-1000, False), (DAY_MS, True)):
            parcels.remember({"olga": desk.now_ms() + last_ms})
            assert bool(list(parcels._collected([yellow]))) is is_due


async def test_a_sheet_of_a_day_that_a_wrong_clock_had_is_written_again_on_that_day(dam):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        mornings = Mornings(desk)
        marks = {"born_ms": str(desk.now_ms() - 3 * DAY_MS), "morning": "2030-01-01"}
        await desk.ask(desk.book.keep_marks, marks)
        assert await desk.ask(mornings._due) is None
        dam.chain.now_ms += DAY_MS
        assert await desk.ask(mornings._due) is not None


async def test_a_sheet_that_cannot_be_written_ends_nothing(dam, monkeypatch, caplog):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        mornings = Mornings(desk)
        monkeypatch.setattr(mornings, "_look_ahead", lambda: 1 / 0)
        dam.chain.now_ms += 2 * DAY_MS
        day = await desk.ask(Mornings(desk)._due)
        await mornings._make(day, list(dam.contacts.contacts))
    assert "could not be written" in caplog.text
    assert "division by zero" in caplog.text


def test_a_person_with_two_roles_and_in_a_group_is_told_once():
    text = CONTACTS.replace(
        'who = ["engineer_of_record"]', 'who = ["engineer_of_record", "operator", "olga", "all"]'
    )
    both = contacts(text + '[[group]]\nid = "all"\nmembers = ["olga", "eva"]\n')
    told = told_to(People(contacts=both), Call(kind="level", level=Level.RED, at_ms=0))
    assert sorted(told.persons) == ["eva", "olga"]
    assert KINDS["level"].announces


def test_hundreds_at_once_are_looked_up_once_and_what_comes_goes_before_them(tmp_path, monkeypatch):
    monkeypatch.setattr("collector.notify.parcels._LOOK_S", 600.0)
    book = Book(tmp_path / FILE_NAME)
    desk = SimpleNamespace(book=book, contacts=contacts(), now_ms=lambda: 0)
    parcels = Parcels(desk.contacts.channels[0], desk)
    book.take_in([Planned(event="e", messages=tuple(message(f"p{one}", level=2) for one in range(300)))], {})
    assert [one.person for (one,) in parcels.due(4)] == ["p0", "p1", "p2", "p3"]
    assert len(parcels._ahead) == 296
    book.take_in([Planned(event="f", messages=(replace(message("last"), event="f"),))], {})
    assert parcels.due(4)[0][0].person == "last"
    book.close()
