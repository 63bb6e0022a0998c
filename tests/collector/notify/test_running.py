"""The whole task: contacts that change while it runs, exercises, floods."""

import asyncio
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace

import pytest

from collector.notify.pulse import Pulse
from collector.notify.running import tell_forever, telling
from collector.notify.settings import read_contacts
from collector.notify.together import plain
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.site_file import parse_site
from tests.acts import Persons
from tests.bundles import DAM
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain
from tests.collector.conftest import Rows
from tests.collector.notify.telling import CONTACTS, Told, contacts, until

ROWS, PERSONS = Rows(), Persons()


@pytest.fixture
def dam(tmp_path):
    chain = Chain(parse_site(DAM, "dam"), tmp_path)
    yield Told(chain, contacts())
    chain.close()


@asynccontextmanager
async def whole(told, found):
    """Run the task as the collector does."""
    chain = told.chain

    async def ask(function, *values):
        return function(*values)

    rooms = SimpleNamespace(
        site=chain.site, reader=chain.reader, store=chain.store, now_ms=lambda: chain.now_ms, ask=ask
    )
    task = asyncio.create_task(tell_forever(telling(rooms, chain.folder, Pulse(), plain, told.ways()), found))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def climb(told, *hertz, first=1):
    for number, one in enumerate(hertz, first):
        told.chain.take(ROWS.barometer(number), ROWS.piezometer(number, one))


async def test_contacts_that_change_are_used_and_a_file_with_faults_is_not(dam, monkeypatch, caplog):
    monkeypatch.setattr("collector.notify.running._LOOK_S", 0.05)
    caplog.set_level("INFO")
    path = dam.chain.folder / "notify.toml"
    async with whole(dam, None):  # no notify.toml yet
        path.write_text(CONTACTS)
        await until(lambda: (dam.chain.folder / "messages.sqlite").exists())
        climb(dam, CALM, YELLOW)
        await until(lambda: dam.mail.subjects("olga@mine.example"))
        path.write_text(CONTACTS.replace('language = "en"', 'language = "xx"'))
        await until(lambda: "is not used" in caplog.text)
        path.write_text(CONTACTS.replace("eva@mine.example", "new@mine.example"))
        await until(lambda: "is another now" in caplog.text)
        climb(dam, RED, first=3)
        await until(lambda: dam.mail.subjects("new@mine.example"))
    assert "eva@mine.example" not in [to for to, _, _ in dam.mail.sent]
    assert read_contacts(dam.chain.folder, dam.ways()).contact("eva").mail == "new@mine.example"


async def test_an_exercise_reaches_those_of_red_marked_and_a_real_alarm_breaks_through(dam):
    async with dam.running():
        act(dam, "exercise_begin", exercise="e1", name="toe slump", until_ms=T0_MS + 20 * 3_600_000)
        act(dam, "exercise_event", exercise="e1", point="P1", level="red", text="a slump of 20 m")
        await until(lambda: len(dam.mail.subjects("eva@mine.example")) == 2)
        played = dam.mail.subjects("eva@mine.example")
        climb(dam, CALM, RED)
        await until(lambda: any("REAL, not exercise e1" in one.body for _, one, _ in dam.mail.sent))
    assert "EXERCISE RED Test dam P1" in played
    real = [one for _, one, _ in dam.mail.sent if "REAL, not exercise" in one.body]
    assert all(one.subject.startswith("RED") for one in real)


def act(dam, kind, **body):
    chain = dam.chain
    accepted = checked(
        PERSONS.act("engineer_of_record", kind, body, chain.now_ms), PERSONS.policy(), chain.site, chain.now_ms
    )
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()


async def test_a_flood_of_yellow_is_a_few_letters_and_each_of_its_events_is_on_record(dam):
    for number in range(1, 61):
        climb(dam, YELLOW if number % 2 else CALM, first=number)
    last_ms = dam.chain.now_ms
    async with dam.running(started_ms=T0_MS):
        await dam.settled()
        await until(lambda: dam.mail.sent)
        dam.chain.now_ms += 3_600_000
        await until(lambda: all(one["state"] == "sent" for one in dam.book.messages(0, 1000) if one["level"] == 1))
    told = [one for one in dam.book.messages(0, 1000) if one["level"] == 1]
    assert len(told) == 60
    assert last_ms - T0_MS == 60 * SCAN_MS
    assert len([to for to, _, _ in dam.mail.sent if to == "olga@mine.example"]) <= 3
    assert dam.sms.sent == []
