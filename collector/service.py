"""The running collector: one address, one thread that owns journal and store, one task that judges.

    request -> ingest -> (database thread) journal, on disk -> 204
                                  | news
    judge task -> (database thread) engine: journal -> store

Page and API read the store through read-only connections of their own.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from collector import events, http_server, journal_file, tokens, wishes
from collector.acts import door as acts_door
from collector.application import application
from collector.clock import site_time
from collector.engine import Engine
from collector.facilities.settings import Facility, read_facilities
from collector.facilities.watch import FacilityWatch
from collector.imports.running import watch_of
from collector.imports.settings import Source, read_sources
from collector.journal import Journal, JournalUnavailableError
from collector.journal_entries import Kind
from collector.notify.composing import compose
from collector.notify.pulse import Pulse
from collector.notify.running import tell_forever, telling
from collector.notify.settings import read_contacts
from collector.recompute.evidence import Evidence
from collector.recompute.work import Recompute
from collector.rooms import Rooms
from collector.settings import InfluxSettings, read_influx
from collector.sqlite_file import is_outside
from collector.store import STORE_NAME as STORE_NAME
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.bundle.policy import PolicyError, read_policy
from seepline.notices.contacts import Contacts
from seepline.site import Site
from seepline.wish import Wish

_ENTRIES_AT_ONCE = 100  # between two of these a waiting request gets its turn
_TICK_S = 1.0
_RETRY_S = 5.0
_log = logging.getLogger("collector")


def open_rooms(site: Site, data: Path, now_ms: Callable[[], int]) -> Rooms:
    """Open journal and store of a data directory, and journal that a collector begins to listen.

    Raises
    ------
    journal_file.DataError
        When nothing can be written there.
    """
    try:
        journal, journal_aside = journal_file.open_journal(data / journal_file.FILE_NAME, now_ms())
        store_aside = journal_file.set_aside_if_damaged(data / STORE_NAME, now_ms())
        store = StoreWriter(data / STORE_NAME)
        for kind, aside in (("journal_damaged", journal_aside), ("store_damaged", store_aside)):
            if aside is not None:
                _log.error("%s: %s.", aside, events.KINDS[kind])
                store.add_event(events.conflict(site.info.id, kind, aside.name, "", now_ms(), now_ms()))
        _journal_policy(journal, data / acts_door.POLICY_NAME, now_ms())
        journal.tick(Kind.START, now_ms())
        engine = Engine(site, journal, store)
        evidence = Evidence(data / journal_file.FILE_NAME)
        recompute = Recompute(engine, evidence, store)
    except (sqlite3.OperationalError, JournalUnavailableError) as error:
        message = f"{data} cannot be written ({error}): free disk space or correct its owner."
        raise journal_file.DataError(message) from error
    reader = StoreReader(data / STORE_NAME)
    return Rooms(site, journal, store, engine, recompute, reader, now_ms, ThreadPoolExecutor(1, "database"))


def _journal_policy(journal: Journal, path: Path, now_ms: int) -> None:
    """Write down who may act when that changed while no collector ran; without a good file nobody may."""
    if not path.exists():
        return
    try:
        policy = read_policy(path)
        if policy.goes_by_name:
            _log.warning("%s: who names a set chooses who approves it; docs/bundle.md says how that ends.", path)
        journal.append_policy(policy.text, now_ms)
    except PolicyError as error:
        _log.error("%s: nobody may act until it is mended: %s", path, error.problems[0])


async def judge_forever(rooms: Rooms, news: asyncio.Event, book: wishes.WishBook, pulse: Pulse) -> None:
    """Judge whatever the journal gets, look at the clock every second, and make history again in between.

    What readings beyond a limit ask of gateways is written down in the book of wishes; `pulse` beats with it.
    """
    asked: set[str] = set()
    while True:
        wait_s = _TICK_S
        try:
            while await rooms.ask(rooms.engine.judge, _ENTRIES_AT_ONCE):
                pulse.beat()
            asked = await rooms.ask(_pass_on, rooms.engine.wishes(), book, asked, rooms.now_ms())
            await rooms.ask(rooms.engine.tick, rooms.now_ms())
            if await rooms.ask(rooms.recompute.advance, rooms.now_ms()):
                wait_s = 0.0  # what has come meanwhile is judged first
            pulse.beat()
        except (sqlite3.OperationalError, JournalUnavailableError) as error:
            if isinstance(error, sqlite3.Error) and not is_outside(error):
                raise
            _log.error("Nothing can be judged now (%s); free disk space. Next try in %g s.", error, _RETRY_S)
            pulse.missed(str(error))
            wait_s = _RETRY_S
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):  # not wait_for: Python 3.11's may lose a cancellation
                await news.wait()
        news.clear()


def _pass_on(open_ones: list[Wish], book: wishes.WishBook, asked: set[str], now_ms: int) -> set[str]:
    """Write down the wishes that are not in the book yet; return the ids of all that are open."""
    for wish in open_ones:
        if wish.id not in asked:
            book.ask(wish, "alarm", now_ms)
    return {wish.id for wish in open_ones}


async def _run(
    rooms: Rooms,
    data: Path,
    bound: http_server.Bound,
    influx: InfluxSettings | None,
    sources: Sequence[Source],
    contacts: Contacts | None,
    others: tuple[Facility, ...],
) -> None:
    news = asyncio.Event()
    book = wishes.WishBook(data / wishes.FILE_NAME)
    imports = watch_of(rooms, data, news, sources)
    facilities = FacilityWatch(others, data, rooms.now_ms)
    app = application(rooms, data, news, book, imports, facilities)
    async with asyncio.TaskGroup() as group:
        pulse = Pulse()
        tasks = [group.create_task(judge_forever(rooms, news, book, pulse))]
        tasks.append(group.create_task(tell_forever(telling(rooms, data, pulse, compose), contacts)))
        if others:
            tasks.append(group.create_task(facilities.run()))
        if sources:
            tasks.append(group.create_task(imports.run()))
        if influx is not None:
            from collector.export.running import mirror_forever  # the extra `influxdb` is needed only here

            tasks.append(group.create_task(mirror_forever(rooms, data, influx)))
        await http_server.serve(app, bound)
        await asyncio.to_thread(app.state.close)
        for task in tasks:
            task.cancel()


def run(site: Site, data: Path, address: str) -> None:
    """Run a collector until SIGINT or SIGTERM.

    Raises
    ------
    http_server.ListenError
        When the address cannot be listened on.
    journal_file.DataError
        When `data` cannot be written, or another collector writes into it.
    tokens.TokenFileError, SettingsError
        When DIR/tokens.toml or DIR/collector.toml cannot be used.
    seepline.toml_file.Faulty
        When imports.toml, notify.toml, facilities.toml or people.toml of DIR has faults.
    """
    bound = http_server.listen(address)
    held = journal_file.lock(data)
    tokens.load(data / tokens.FILE_NAME)
    influx, sources, contacts = read_influx(data), read_sources(data, site), read_contacts(data)
    others = read_facilities(data, site.info.id)
    rooms = open_rooms(site, data, site_time())
    _log.info("Collector of site %s listens on http://%s:%d", site.info.id, *bound.getsockname()[:2])
    try:
        asyncio.run(_run(rooms, data, bound, influx, sources, contacts, others))
    finally:
        rooms.thread.shutdown()
        rooms.recompute.close()
        rooms.store.close()
        rooms.journal.close()
        held.close()
