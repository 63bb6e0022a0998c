"""The book on a disk that is full, damaged or behind: people are told all the same, and once."""

import sqlite3

import pytest

from collector.notify.book import FILE_NAME, Book
from collector.notify.book_reader import BookReader
from collector.notify.message import Message, Planned
from collector.notify.trying import DAY_MS, not_taken, pause_s, taken
from tests.collector.notify.telling import until
from tests.collector.notify.test_telling import RED, climb, dam  # noqa: F401


def message(event="e", person="olga", channel="mail", **more):
    known = {"level": 3, "at_once": True, "announces": True, "alarm": "P1/q/above", "made_ms": 0}
    return Message(event=event, person=person, channel=channel, **known | more)


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path / FILE_NAME)
    yield made
    made.close()


def fill(book):
    """Let the file grow no further, as on a full disk; return what frees it."""
    connection = book._connection
    connection.execute("CREATE TABLE filling (x)")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        connection.executemany("INSERT INTO filling VALUES (zeroblob(?))", [(3000,)] * 10_000)
    return lambda: connection.execute(f"PRAGMA max_page_count = {pages + 10_000}")


def test_a_full_disk_loses_no_message_and_doubles_none(book, tmp_path):
    free = fill(book)
    many = [message(event=f"e{number}") for number in range(400)]
    book.take_in([Planned(event=one.event, messages=(one,)) for one in many], {"number": "400"})
    assert not book.is_written
    assert len(book.open) == 400
    assert book.knows("e7")
    book.take_in([Planned(event="e7", messages=(many[7],))], {})
    book.tried([taken(one, "ok", 1) for one in many[:20]], "sent", "ok", 1)
    assert len(book.open) == 380
    free()
    assert book.keep_marks({"alive_ms": "1"})
    rows = BookReader(tmp_path / FILE_NAME).messages(0, 1000)
    assert [one["state"] for one in rows] == ["sent"] * 20 + ["queued"] * 380
    book.close()
    book.__init__(tmp_path / FILE_NAME)
    assert len(book.open) == 380
    assert book.mark("number") == "400"


def reds(channel):
    """Return what a channel sent of the alarm; that the disk is full is told as well, sooner or later."""
    return [subject for subject in channel.subjects() if subject.startswith("RED")]


async def test_people_are_told_while_the_disk_is_full(dam):  # noqa: F811
    async with dam.running() as desk:
        await dam.settled()
        await desk.ask(desk.book._connection.execute, "PRAGMA query_only = 1")
        climb(dam, RED)
        await until(lambda: len(reds(dam.mail)) == 2 and len(dam.sms.sent) == 1)
        assert not desk.book.is_written
        await until(lambda: not [one for one in list(desk.book.open.values()) if one.at_once])
        await desk.ask(desk.book._connection.execute, "PRAGMA query_only = 0")
    assert {one["state"] for one in dam.book.messages(0, 10) if one["at_once"]} == {"sent"}


async def test_that_nothing_can_be_judged_is_told_once(dam):  # noqa: F811
    dam.pulse.missed("database or disk is full")
    async with dam.running():
        await until(lambda: len(dam.mail.sent) == 1)
        await dam.settled()
    ((to, letter, _),) = dam.mail.sent
    assert to == "eva@mine.example"
    assert "free disk space" in letter.body


def test_orange_and_red_are_never_given_up_while_they_stand_and_nobody_has_seen_them():
    red, yellow = message(), message(level=1)
    for tries in range(30):
        red = not_taken(red, "no", again=tries % 2 == 0, stands_unseen=True, now_ms=tries * DAY_MS)
    assert (red.state, red.tries, red.reason) == ("queued", 30, "no")
    assert not_taken(red, "no", again=True, stands_unseen=False, now_ms=2 * DAY_MS).state == "failed"
    assert not_taken(yellow, "no", again=True, stands_unseen=True, now_ms=DAY_MS).state == "queued"
    assert not_taken(yellow, "no", again=True, stands_unseen=True, now_ms=DAY_MS + 1).state == "failed"
    assert not_taken(yellow, "no", again=False, stands_unseen=True, now_ms=1).state == "failed"


def test_pauses_double_up_to_five_minutes_for_orange_and_red_and_an_hour_for_the_rest():
    class Even:
        def uniform(self, _low, _high):
            return 1.0

    assert [pause_s(tries, 3, Even()) for tries in (1, 2, 3, 6, 60)] == [15, 30, 60, 300, 300]
    assert [pause_s(tries, 1, Even()) for tries in (1, 9, 60)] == [15, 3600, 3600]
