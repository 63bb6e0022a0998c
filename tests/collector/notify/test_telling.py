"""What happens on a dam reaches people: once, in time, and again where a channel fails."""

import asyncio

import pytest

from collector.notify.sender import NotTaken
from seepline.site_file import parse_site
from tests.bundles import DAM
from tests.collector.chain import CALM, RED, YELLOW, Chain
from tests.collector.conftest import Rows
from tests.collector.notify.telling import CONTACTS, Told, contacts, until

ROWS = Rows()
ESCALATES = DAM.replace("delay_count = 1", "delay_count = 1\nescalate_after_s = [900, 3600]")


@pytest.fixture
def dam(tmp_path):
    chain = Chain(parse_site(ESCALATES, "dam"), tmp_path)
    yield Told(chain, contacts())
    chain.close()


def climb(told, *hertz, first=1):
    for number, one in enumerate(hertz, first):
        told.chain.take(ROWS.barometer(number), ROWS.piezometer(number, one))


async def test_a_red_reaches_everybody_at_once_and_once_by_each_channel(dam):
    async with dam.running():
        await dam.settled()
        climb(dam, CALM, RED)
        await dam.settled()
        await until(lambda: len(dam.mail.sent) == 2)
    assert sorted(to for to, _, _ in dam.mail.sent) == ["eva@mine.example", "olga@mine.example"]
    assert [to for to, _, _ in dam.sms.sent] == ["+992900000001"]
    assert dam.mail.subjects()[0].startswith("RED ")
    assert "118" in dam.mail.sent[0][1].body
    rows = dam.book.messages(0, 100)
    assert {one["state"] for one in rows} == {"sent"}
    assert [one["receipt"] for one in rows if one["channel"] == "sms"] == ["taken 1"]


async def test_a_yellow_is_collected_and_orange_and_red_are_not(dam):
    dam.chain.site = dam.chain.site
    async with dam.running():
        climb(dam, CALM, YELLOW)
        await dam.settled()
        await until(lambda: dam.mail.subjects("olga@mine.example"))
        for number in range(3, 9):  # to and fro: each a change of level
            climb(dam, CALM if number % 2 else YELLOW, first=number)
        await dam.settled()
        assert len(dam.mail.subjects("olga@mine.example")) <= 4  # one an hour: two hours have passed
        dam.chain.now_ms += 3_600_000
        await until(lambda: all(one["state"] == "sent" for one in dam.book.messages(0, 100)))
        before = len(dam.mail.subjects("olga@mine.example"))
        climb(dam, RED, first=40)
        await until(lambda: any(one.startswith("RED") for one in dam.mail.subjects("olga@mine.example")))
    assert before <= 4
    assert any("(+" in one for one in dam.mail.subjects("olga@mine.example"))


async def test_nobody_acknowledges_and_the_next_persons_are_told(dam):
    async with dam.running():
        climb(dam, CALM, RED)
        await until(lambda: len(dam.mail.sent) == 2)
        dam.chain.pass_time(dam.chain.now_ms + 900_000)
        await until(lambda: len(dam.mail.sent) == 4)
        assert "+992900000003" not in [to for to, _, _ in dam.sms.sent]
        dam.chain.pass_time(dam.chain.now_ms + 3_600_000)
        await until(lambda: "+992900000003" in [to for to, _, _ in dam.sms.sent])
    steps = [one for one in dam.book.messages(0, 100) if one["person"] == "desk"]
    assert len(steps) == 1


async def test_a_channel_that_hangs_keeps_no_other_back(dam):
    dam.sms.hangs = True
    async with dam.running():
        climb(dam, CALM, RED)
        await until(lambda: [one["state"] for one in dam.book.messages(0, 100)].count("sent") == 2)
    assert dam.sms.sent == []
    assert [one["state"] for one in dam.book.messages(0, 100) if one["channel"] == "sms"] == ["queued"]
    dam.sms.hangs = False
    async with dam.running():  # a collector that was killed meanwhile
        await until(lambda: len(dam.sms.sent) == 1)
        await dam.settled()
    assert len(dam.mail.sent) == 2


async def test_what_is_refused_is_tried_again_and_on_record(dam, monkeypatch):
    monkeypatch.setattr("collector.notify.trying._FIRST_S", 0.01)
    dam.sms.refuses["+992900000001"] = NotTaken("the modem has no network", again=False)
    dam.mail.refuses = {f"{one}@mine.example": NotTaken("451 later", again=True) for one in ("eva", "olga")}
    async with dam.running():
        climb(dam, CALM, RED)
        await until(lambda: dam.sms.tries >= 3)  # given up by nobody while the alarm stands and is not seen
        await until(lambda: any(one.kind == "not_told" for one in dam.chain.reader.events()))
        dam.sms.refuses, dam.mail.refuses = {}, {}
        await until(lambda: len(dam.sms.sent) == 1 and len(dam.mail.sent) >= 3)
        await until(lambda: all(one["state"] == "sent" for one in dam.book.messages(0, 100)))
    (red,) = [one for one in dam.book.messages(0, 100) if one["channel"] == "sms"]
    said = [one.said for one in dam.book.attempts(red["event"]) if one.channel == "sms"]
    assert said[:2] == ["the modem has no network"] * 2
    assert said[-1] == "taken 1"
    (lost,) = [one for one in dam.chain.reader.events() if one.kind == "not_told"]
    assert "has been reached" in lost.text


async def test_a_store_that_is_made_again_tells_nothing_twice(dam):
    async with dam.running():
        climb(dam, CALM, YELLOW, RED)
        await until(lambda: all(one["state"] == "sent" for one in dam.book.messages(0, 100)) and dam.sms.sent)
    before = len(dam.mail.sent) + len(dam.sms.sent)
    dam.chain.store.close()
    for part in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        (dam.chain.folder / part).unlink(missing_ok=True)
    dam.chain.journal.close()
    dam.chain.open()
    dam.chain.judge()
    async with dam.running():
        await dam.settled()
        assert len(dam.mail.sent) + len(dam.sms.sent) == before
        climb(dam, CALM, first=4)  # new: back, and held until an engineer has assessed it
        await until(lambda: len(dam.mail.sent) + len(dam.sms.sent) == before + 2)


async def test_who_begins_to_tell_people_tells_what_stands_and_nothing_old(dam):
    climb(dam, CALM, YELLOW, RED)
    async with dam.running(started_ms=dam.chain.now_ms + 1):
        dam.chain.now_ms += 1
        await until(lambda: len(dam.mail.sent) == 2)
        await dam.settled()
    assert all("standing: P1/pore_pressure/above red (unacknowledged)" in one.body for _, one, _ in dam.mail.sent)
    assert len(dam.sms.sent) == 1


async def test_after_days_off_what_stands_and_what_came_late_is_told_once(dam):
    async with dam.running():
        climb(dam, CALM, RED)
        await until(lambda: len(dam.mail.sent) == 2)
        await dam.settled()
    dam.chain.now_ms += 3 * 86_400_000
    dam.chain.take(ROWS.barometer(3), ROWS.piezometer(3, CALM), at_ms=dam.chain.now_ms)
    for _ in range(2):
        async with dam.running():
            await until(lambda: any("off since" in one.body for _, one, _ in dam.mail.sent))
            await dam.settled()
    resumed = [one for one in dam.chain.reader.events() if one.kind == "resumed"]
    assert len(resumed) == 1
    assert len([one for _, one, _ in dam.mail.sent if "off since" in one.body]) == 2  # olga, eva


async def test_a_red_for_whom_nobody_is_stated_reaches_everybody_and_is_told(tmp_path):
    lonely = CONTACTS.replace('who = ["operator"]', 'who = ["inspector"]').replace(
        'level = "red"\nwho = ["engineer_of_record"]', 'level = "red"\nwho = ["inspector"]'
    )
    chain = Chain(parse_site(DAM, "dam"), tmp_path)
    dam = Told(chain, contacts(lonely))
    async with dam.running():
        climb(dam, CALM, RED)
        await until(lambda: len(dam.sms.sent) == 2)
        await dam.settled()
    assert {to for to, _, _ in dam.mail.sent} == {"olga@mine.example", "eva@mine.example"}
    lost = [one for one in dam.book.messages(0, 100) if one["state"] == "unreachable"]
    assert [one["person"] for one in lost] == ["inspector"]
    (lost,) = [one for one in chain.reader.events() if one.kind == "not_told"]
    assert "to be told: inspector" in lost.text
    chain.close()


async def test_a_sheet_goes_by_the_channels_that_its_reader_chose(dam):
    chosen = 'webhook = "x"\nmorning_sheet = true\nmorning_by = ["sms", "hook"]'
    hook = '[[channel]]\nid = "hook"\nkind = "test_data"\nlevel = "red"\n'
    dam.contacts = contacts(CONTACTS.replace("morning_sheet = true", chosen) + hook)
    async with dam.running():
        climb(dam, CALM)
        await dam.settled()
        dam.chain.now_ms += 86_400_000
        await until(lambda: dam.sms.sent and dam.data.sent)
    (text,), (data,) = dam.sms.sent, dam.data.sent
    assert text[0] == "+992900000001"
    assert text[1].body.startswith("СЕРЫЙ Test dam ")
    assert '"schema": "seepline.morning"' in data[1].body
    assert not dam.mail.sent


async def test_the_morning_sheet_comes_once_a_day_at_seven(dam):
    async with dam.running():
        climb(dam, CALM, YELLOW)
        await dam.settled()
        dam.chain.now_ms += 86_400_000
        await until(lambda: any("Morning" in one or "Утренн" in one for one in dam.mail.subjects()))
        await asyncio.sleep(0)
    async with dam.running():
        await dam.settled()
    sheets = [
        one for _, one, _ in dam.mail.sent if "P1" in one.body and "(+" not in one.subject and "\n  " in one.body
    ]
    assert len(sheets) == 1
