"""The telling of people as one task of the collector: intake, a task for each channel, morning sheets, heartbeat.

    store's events -> intake -> book (disk) -> post of each channel -> people
                                   ^ morning sheets

It begins anew when notify.toml changes. A changed file with faults changes nothing: the one before stays in use,
and the log says what is wrong.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from collector import events, journal_file, sqlite_file
from collector.notify import book as book_file
from collector.notify.book import Book
from collector.notify.channels.ways import WAYS
from collector.notify.desk import Desk
from collector.notify.intake import Intake
from collector.notify.morning import Mornings
from collector.notify.planning import planned
from collector.notify.post import Post
from collector.notify.pulse import Heartbeat, Pulse
from collector.notify.sender import Lasting, Sender, Way
from collector.notify.settings import read_contacts
from collector.notify.together import Compose
from collector.rooms import Rooms
from collector.store import StoredEvent
from seepline.notices.contacts import Contacts
from seepline.notices.contacts_file import FILE_NAME
from seepline.toml_file import Faulty

_LOOK_S = 2.0
_RETRY_S = 5.0
_log = logging.getLogger("collector.notify")


class _Changed(Exception):  # noqa: N818 - ends the tasks of the contacts before
    """notify.toml says something else now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the telling of people needs of a running collector. `ways` are the kinds of channel."""

    rooms: Rooms
    data: Path
    pulse: Pulse
    compose: Compose
    ways: Mapping[str, Way]
    started_ms: int


def telling(rooms: Rooms, data: Path, pulse: Pulse, compose: Compose, ways: Mapping[str, Way] = WAYS) -> Telling:
    """Return what tells people from now on."""
    return Telling(rooms=rooms, data=data, pulse=pulse, compose=compose, ways=ways, started_ms=rooms.now_ms())


async def tell_forever(about: Telling, contacts: Contacts | None) -> None:
    """Tell people until cancelled; without a notify.toml wait for one."""
    thread = ThreadPoolExecutor(1, "messages")
    book: Book | None = None
    try:
        while True:
            if contacts is not None:
                book = book or await _open(about, thread)
                contacts = await _tell(about, book, thread, contacts)
            else:
                contacts = await _another(about, None)
    finally:
        if book is not None:
            thread.submit(book.close).result()
        thread.shutdown()


async def _open(about: Telling, thread: ThreadPoolExecutor) -> Book:
    path = about.data / book_file.FILE_NAME
    now_ms = about.rooms.now_ms()
    aside = await asyncio.to_thread(journal_file.set_aside_if_damaged, path, now_ms)
    if aside is not None:
        _log.error("%s: %s.", aside, events.KINDS["messages_damaged"])
        site = about.rooms.site.info.id
        await _add(about.rooms, events.conflict(site, "messages_damaged", aside.name, "", now_ms, now_ms))
    while True:
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, Book, path)
        except sqlite3.Error as error:
            if not sqlite_file.is_outside(error):
                raise
            _log.error("Nobody can be told now: %s (%s). Free disk space or correct its owner.", path, error)
            await asyncio.sleep(_RETRY_S)


async def _tell(about: Telling, book: Book, thread: ThreadPoolExecutor, contacts: Contacts) -> Contacts | None:
    """Tell people by some contacts until there are others, and return those."""
    rooms = about.rooms
    desk = Desk(
        site=rooms.site,
        data=about.data,
        reader=rooms.reader,
        contacts=contacts,
        book=book,
        compose=about.compose,
        now_ms=rooms.now_ms,
        add_event=lambda event: _tell_of(desk, rooms, event),
        thread=thread,
    )
    found: list[Contacts | None] = []
    senders: list[Sender] = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(Intake(desk, about.pulse, about.started_ms).run())
            group.create_task(Mornings(desk).run())
            if contacts.watchdog is not None:
                beat = Heartbeat(contacts.watchdog, about.data, about.pulse, lambda: book.is_written)
                group.create_task(beat.run())
            for channel in contacts.channels:
                way = about.ways[channel.kind]
                senders.append(way.sender(channel.settings, about.data))
                group.create_task(Post(channel, senders[-1], way.kind.parallel, desk).run())
            group.create_task(_until_changed(about, contacts, found.append))
    except* _Changed:
        _log.info("%s is another now: people are told by it.", FILE_NAME)
    finally:
        for sender in senders:
            if isinstance(sender, Lasting):
                await asyncio.to_thread(sender.close)
    return found[0]


async def _until_changed(about: Telling, contacts: Contacts, found: Callable[[Contacts | None], None]) -> None:
    found(await _another(about, contacts))
    raise _Changed


async def _another(about: Telling, before: Contacts | None) -> Contacts | None:
    """Wait until notify.toml says something else, and return it."""
    complained = ""
    while True:
        await asyncio.sleep(_LOOK_S)
        try:
            found = await asyncio.to_thread(read_contacts, about.data, about.ways)
        except Faulty as error:
            if str(error) != complained:
                _log.error("%s is not used, what stood there before is: %s", FILE_NAME, error)
            complained = str(error)
            continue
        complained = ""
        if found != before:
            return found


async def _add(rooms: Rooms, event: StoredEvent) -> None:
    """Put an event of the collector's own into the store; it is known by its id, so once."""

    def put() -> None:
        with rooms.store.transaction():
            rooms.store.add_event(event)

    await rooms.ask(put)


async def _tell_of(desk: Desk, rooms: Rooms, event: StoredEvent) -> None:
    """Put an event into the store, from where it is told; where the disk takes none, tell it without."""
    try:
        await _add(rooms, event)
    except sqlite3.Error as error:
        if not sqlite_file.is_outside(error):
            raise
        _log.error("The store takes no event (%s), it is told all the same: %s", error, event.text)
        await desk.ask(lambda: desk.book.take_in([planned(event, 0, desk.outlook())], {}))
