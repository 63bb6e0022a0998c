"""Whatever fails, whoever is killed: everybody due at orange and red is told once, or it is on record why not.

Random events, refusals, kills between any two steps and stores made again, against one book; the channels only
remember. Time does not pass: what waits is due at once.
"""

import asyncio
import random
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some

from collector import events as kinds
from collector.notify.book import FILE_NAME, Book
from collector.notify.book_reader import BookReader
from collector.notify.desk import Desk
from collector.notify.intake import Intake
from collector.notify.post import Post
from collector.notify.pulse import Pulse
from collector.notify.sender import NotTaken
from collector.notify.together import plain
from collector.store import STORE_NAME, StoredEvent, StoreReader
from collector.store_writing import StoreWriter
from seepline.site_file import parse_site
from tests.bundles import DAM
from tests.collector.notify.telling import contacts

NOW_MS = 1_451_635_200_000
SITE = parse_site(DAM, "dam")
CONTACTS = contacts()
# By hand, from CONTACTS: whom each level reaches, by what.
DUE = {
    0: set(),
    1: {("olga", "mail")},
    2: {("olga", "mail"), ("olga", "sms")},
    3: {("olga", "mail"), ("olga", "sms"), ("eva", "mail")},
}


class Killed(BaseException):
    """The machine stops here."""


class Channel:
    """Refuses, dies or takes, as it is drawn; remembers what it took by message id."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.is_good = chance, False
        self.taken: Counter[str] = Counter()

    async def send(self, _address, _letter, message_id):
        drawn = 1.0 if self.is_good else self.chance.random()
        if drawn < 0.2:
            raise NotTaken("later", again=True)
        if drawn < 0.3:
            raise NotTaken("no such address", again=False)
        if drawn < 0.35:
            raise Killed
        self.taken[message_id] += 1
        if drawn < 0.4:
            raise Killed  # taken, and nobody wrote it down
        return "taken"


class Machine:
    """One collector's telling, step by step."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.kills = folder, 0
        self.events: list[StoredEvent] = []
        self.channel = Channel(random.Random(seed))
        self.thread = ThreadPoolExecutor(1)
        self.store = StoreWriter(folder / STORE_NAME)
        self.book = Book(folder / FILE_NAME)
        self.begin()

    def begin(self):
        self.desk = Desk(
            site=SITE,
            data=self.folder,
            reader=StoreReader(self.folder / STORE_NAME),
            contacts=CONTACTS,
            book=self.book,
            compose=plain,
            now_ms=lambda: NOW_MS,
            add_event=self.add_event,
            thread=self.thread,
        )
        self.posts = [Post(one, self.channel, 50, self.desk) for one in CONTACTS.channels]
        self.intake = Intake(self.desk, Pulse(), 0)
        self.intake._begin()

    async def add_event(self, _event):
        """What nobody has got is told elsewhere; here the record counts."""

    def happens(self, level: int, before: int, kind: str):
        number = len(self.events)
        plain_event = kinds.by_person(f"event {number}", kind, ("P1", "pore_pressure"), (NOW_MS, NOW_MS), "x")
        fields = {one: getattr(plain_event, one) for one in StoredEvent.__slots__}
        fields |= {"direction": "above", "level_from": before, "level_to": level}
        self.events.append(StoredEvent(**fields))
        self.store.add_event(self.events[-1])

    def kill(self):
        self.kills += 1
        self.book._connection.close()
        self.book = Book(self.folder / FILE_NAME)
        self.begin()

    def rebuild(self):
        self.store.close()
        for part in self.folder.glob(f"{STORE_NAME}*"):
            part.unlink()
        self.store = StoreWriter(self.folder / STORE_NAME)
        for one in self.events:
            self.store.add_event(one)
        self.begin()

    async def send(self):
        for post in self.posts:
            post._parcels._next_s.clear()
            for parcel in post._parcels.due(post._parallel - post._flying):
                post._parcels.begin(parcel)
                try:
                    await post._deliver(parcel)
                except Killed:
                    self.kill()
                    return

    async def finish(self):
        self.channel.is_good = True
        while self.intake._take():
            pass
        for _ in range(3):
            await self.send()

    def close(self):
        self.book.close()
        self.store.close()
        self.thread.shutdown()


steps = some.one_of(
    some.tuples(
        some.just("happens"),
        some.sampled_from(("level", "late", "realarm")),
        some.integers(0, 3),
        some.integers(0, 3),
    ),
    some.sampled_from((("take",), ("send",), ("send",), ("kill",), ("rebuild",))),
)


async def play(machine: Machine, played) -> None:
    for step, *about in played:
        if step == "happens":
            machine.happens(about[1], about[2], about[0])
        elif step == "take":
            machine.intake._take()
        elif step == "send":
            await machine.send()
        else:
            getattr(machine, step)()
    await machine.finish()


@settings(max_examples=12, deadline=None)
@given(some.lists(steps, max_size=25), some.integers(0, 2**32))
def test_everybody_due_is_told_once_or_it_is_on_record_why_not(played, seed):
    with tempfile.TemporaryDirectory() as name:
        machine = Machine(Path(name), seed)
        asyncio.run(play(machine, played))
        machine.close()
        check(machine, BookReader(Path(name) / FILE_NAME))


def check(machine: Machine, book: BookReader) -> None:
    rows = book.messages(0, 10_000)
    attempts = Counter((one.event, one.person, one.channel, one.outcome) for one in book.attempts(limit=100_000))
    for event in machine.events:
        worst = max(event.level_from or 0, event.level_to or 0)
        due = DUE[worst] if event.kind != "late" or event.level_to else set()
        ours = {
            (one["person"], one["channel"]): one for one in rows if one["event"] == event.id and one["channel"]
        }
        assert set(ours) == due, event
        for (person, channel), one in ours.items():
            key = (event.id, person, channel)
            assert one["state"] in ("sent", "failed")
            if one["state"] == "sent":
                assert attempts[*key, "sent"] == 1
                assert attempts[*key, "failed"] == 0
            else:
                assert attempts[*key, "failed"] == 1
                assert one["reason"] == "no such address"
            assert one["tries"] == attempts[*key, "sent"] + attempts[*key, "failed"] + attempts[*key, "again"]
    late = {
        event.id for event in machine.events if event.kind == "late"
    }  # those that wait together are one letter
    alone = [one for one in rows if one["at_once"] and one["state"] == "sent" and one["event"] not in late]
    twice = sum(count - 1 for count in machine.channel.taken.values())
    assert twice <= machine.kills
    assert sum(machine.channel.taken.values()) >= len(alone)
