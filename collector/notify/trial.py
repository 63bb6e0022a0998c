"""A test message to one person, by each of their channels, whether a collector runs or not; it is on record."""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from collector.clock import site_time
from collector.notify.book import FILE_NAME, Book
from collector.notify.channels.ways import WAYS
from collector.notify.composing import compose
from collector.notify.message import Message
from collector.notify.sender import Lasting, NotTaken, Way
from collector.notify.trying import taken
from seepline.notices.contacts import Channel, Contact, Contacts
from seepline.notices.notice import Notice
from seepline.site import Site
from seepline.thresholds import Level

_PATIENCE_S = 120.0
Outcome = tuple[str, bool, str]  # channel, whether it took the message, what it said


async def try_all(
    site: Site, data: Path, contacts: Contacts, contact: Contact, ways: Mapping[str, Way] = WAYS
) -> list[Outcome]:
    """Send a test by every channel that has an address of this contact; return what came of each."""
    now_ms = site_time()()
    reached = [one for one in contacts.channels if contacts.address(contact, one)]
    notice = _notice(site, contacts, now_ms)
    outcomes = []
    for channel in reached:
        message = _message(contact, channel, now_ms)
        outcome = await _try(data, contacts, contact, channel, replace(notice, id=message.id), ways)
        outcomes.append(outcome)
        _note(data, message, outcome, now_ms)
    return outcomes


async def _try(
    data: Path, contacts: Contacts, contact: Contact, channel: Channel, notice: Notice, ways: Mapping[str, Way]
) -> Outcome:
    way = ways[channel.kind]
    sender, address = way.sender(channel.settings, data), contacts.address(contact, channel)
    letter = compose(notice, contact.language, way.kind.form)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return channel.id, True, await sender.send(address, letter, notice.id)
    except NotTaken as error:
        return channel.id, False, error.reason
    except TimeoutError:
        return channel.id, False, f"it did not answer within {_PATIENCE_S:g} s"
    finally:
        if isinstance(sender, Lasting):
            await asyncio.to_thread(sender.close)


def _note(data: Path, message: Message, outcome: Outcome, now_ms: int) -> None:
    """Write the test into the book beside the collector's own messages; a book that is not there stays away."""
    path = data / FILE_NAME
    if not path.exists():
        return
    _, took, said = outcome
    after = taken(message, said, now_ms) if took else replace(message, state="failed", tries=1, reason=said)
    try:
        book = Book(path)
        book.tried([after], "sent" if took else "failed", said[:500], now_ms)
        book.close()
    except sqlite3.OperationalError:  # the collector writes just now, or the disk is full: the test was made
        return


def _message(contact: Contact, channel: Channel, now_ms: int) -> Message:
    return Message(
        event=f"test {now_ms}",
        person=contact.person,
        channel=channel.id,
        level=0,
        at_once=True,
        announces=False,
        alarm="",
        made_ms=now_ms,
    )


def _notice(site: Site, contacts: Contacts, now_ms: int) -> Notice:
    return Notice(
        id=f"test {now_ms}",
        event_id=f"test {now_ms}",
        kind="test",
        level=Level.GREEN,
        site_id=site.info.id,
        site_name=site.info.name,
        point="",
        point_name="",
        quantity="",
        value=None,
        unit="",
        limit=None,
        time_ms=now_ms,
        arrived_ms=now_ms,
        late=False,
        exercise=False,
        actions=(),
        text="A test of this way to reach you. Nothing happened.",
        page_url=contacts.general.page,
        escalation=0,
        timezone=site.info.timezone,
    )
