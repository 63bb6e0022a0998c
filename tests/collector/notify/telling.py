"""A dam whose people are told: a chain, its book and channels that only remember, under one loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from collector.notify.book import FILE_NAME, Book
from collector.notify.book_reader import BookReader
from collector.notify.desk import Desk
from collector.notify.intake import Intake
from collector.notify.morning import Mornings
from collector.notify.post import Post
from collector.notify.pulse import Pulse
from collector.notify.sender import Letter, NotTaken, Way
from collector.notify.together import plain
from seepline.notices.channel import ChannelKind
from seepline.notices.contacts_file import parse_contacts

LIMIT_S = 20.0

CONTACTS = """
[notify]
digest_s = 3600
page = "https://dam.example/"
morning_at = "07:00"
[[contact]]
person = "olga"
name = "Olga, operator on duty"
language = "ru"
role = "operator"
mail = "olga@mine.example"
phone = "+992900000001"
morning_sheet = true
[[contact]]
person = "eva"
name = "Eva, engineer of record"
language = "en"
role = "engineer_of_record"
mail = "eva@mine.example"
[[contact]]
person = "desk"
name = "Duty desk of the inspectorate"
language = "ru"
role = "authority"
organisation = "Inspectorate"
phone = "+992900000003"
[[tell]]
level = "yellow"
who = ["operator"]
[[tell]]
level = "red"
who = ["engineer_of_record"]
[[tell]]
level = "instrument"
who = ["olga"]
[[tell]]
level = "service"
who = ["eva"]
[[escalation]]
step = 1
who = ["eva"]
[[escalation]]
step = 2
who = ["desk"]
[[channel]]
id = "mail"
kind = "test_mail"
level = "yellow"
[[channel]]
id = "sms"
kind = "test_sms"
level = "orange"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSettings:
    """A channel without keys of its own."""


@dataclass
class Recorder:
    """A channel that remembers: (address, subject). `refuses` are refused, `hangs` never ends."""

    sent: list[tuple[str, Letter, str]] = field(default_factory=list)
    refuses: dict[str, NotTaken] = field(default_factory=dict)
    tries: int = 0
    hangs: bool = False

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        self.tries += 1
        if self.hangs:
            await asyncio.Event().wait()
        if address in self.refuses:
            raise self.refuses[address]
        self.sent.append((address, letter, message_id))
        return f"taken {len(self.sent)}"

    def subjects(self, address: str = "") -> list[str]:
        return [letter.subject for to, letter, _ in self.sent if address in ("", to)]


KINDS = {
    "test_mail": ChannelKind(settings=NoSettings, address="mail", form="mail"),
    "test_sms": ChannelKind(settings=NoSettings, address="phone", form="sms"),
    "test_data": ChannelKind(settings=NoSettings, address="webhook", form="data"),
}


@dataclass
class Told:
    """One dam: `mail` and `sms` are its channels."""

    chain: object
    contacts: object
    mail: Recorder = field(default_factory=Recorder)
    sms: Recorder = field(default_factory=Recorder)
    data: Recorder = field(default_factory=Recorder)
    pulse: Pulse = field(default_factory=Pulse)

    @property
    def book(self) -> BookReader:
        return BookReader(self.chain.folder / FILE_NAME)

    def ways(self):
        senders = {"test_mail": self.mail, "test_sms": self.sms, "test_data": self.data}
        return {word: Way(kind, lambda _s, _d, word=word: senders[word]) for word, kind in KINDS.items()}

    @asynccontextmanager
    async def running(self, started_ms: int | None = None, compose=plain):
        """Run intake, posts and morning sheets until the block ends."""
        thread = ThreadPoolExecutor(1)
        book = Book(self.chain.folder / FILE_NAME)

        async def add_event(event):
            with self.chain.store.transaction():
                self.chain.store.add_event(event)

        desk = Desk(
            site=self.chain.site,
            data=self.chain.folder,
            reader=self.chain.reader,
            contacts=self.contacts,
            book=book,
            compose=compose,
            now_ms=lambda: self.chain.now_ms,
            add_event=add_event,
            thread=thread,
        )
        ways = self.ways()
        tasks = [
            asyncio.create_task(
                Intake(desk, self.pulse, self.chain.now_ms if started_ms is None else started_ms).run()
            ),
            asyncio.create_task(Mornings(desk).run()),
            *(
                asyncio.create_task(Post(one, ways[one.kind].sender(None, None), 4, desk).run())
                for one in self.contacts.channels
            ),
        ]
        try:
            yield desk
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            thread.shutdown()
            book.close()
        for one in ended:
            if isinstance(one, Exception):
                raise one

    async def settled(self) -> None:
        """Wait until every event is taken in and nothing is queued that was not tried."""
        async with asyncio.timeout(LIMIT_S):
            while not await asyncio.to_thread(self._is_settled):  # noqa: ASYNC110 - a file is looked at
                await asyncio.sleep(0.05)

    def _is_settled(self) -> bool:
        events = self.chain.reader.events_after(0, 10_000)
        if not self.book._path.exists():
            return False
        marks = dict(self.book._rows("SELECT name, value FROM marks", ()))
        if not events or marks.get("number") != str(events[-1][0]):
            return not events and "alive_ms" in marks  # its first round is over
        waiting = [one for one in self.book.messages(0, 10_000) if one["state"] == "queued" and not one["tries"]]
        return not [one for one in waiting if one["at_once"]]


async def until(seen) -> None:
    """Wait for a condition, a long time."""
    async with asyncio.timeout(LIMIT_S):
        while not seen():  # noqa: ASYNC110 - a file is looked at
            await asyncio.sleep(0.05)


def contacts(text: str = CONTACTS):
    return parse_contacts(text, KINDS)
