"""One channel's letters: what is due goes out, worst first, each try is kept, and no channel waits for another."""

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from collector.notify.desk import Desk
from collector.notify.message import Message, message_id
from collector.notify.one_news import merged
from collector.notify.parcels import Parcels
from collector.notify.planning import not_told
from collector.notify.sender import Letter, NotTaken, Sender
from collector.notify.together import plain, together
from collector.notify.trying import not_taken, pause_s, taken
from seepline.notices.contacts import Channel, Contact
from seepline.notices.notice import Notice
from seepline.thresholds import Level

PATIENCE_S = 120.0  # one message; a modem that looks for its network takes a minute and a half
_LOOK_S = 0.5
_TRIES_BEFORE_ALARM = 3
_log = logging.getLogger("collector.notify")


class Post:
    """The sending of one channel.

    Parameters
    ----------
    channel, sender, parallel
        The channel, what sends by it, and how many messages it is asked for at once.
    desk
        The book and everything around it.
    """

    def __init__(self, channel: Channel, sender: Sender, parallel: int, desk: Desk) -> None:
        self._channel, self._sender, self._parallel, self._desk = channel, sender, parallel, desk
        self._form = desk.contacts.form(channel.id)
        self._chance = random.Random()  # noqa: S311 - spreads tries
        self._parcels, self._flying, self._free = Parcels(channel, desk), 0, asyncio.Event()

    async def run(self) -> None:
        """Send what is due until cancelled."""
        digests = await self._desk.ask(self._desk.book.last_digests)
        self._parcels.remember({who: at_ms for (who, way), at_ms in digests.items() if way == self._channel.id})
        async with asyncio.TaskGroup() as group:
            while True:
                self._free.clear()
                for parcel in await self._desk.ask(self._parcels.due, self._parallel - self._flying):
                    self._parcels.begin(parcel)
                    self._flying += 1
                    group.create_task(self._deliver(parcel))
                with suppress(TimeoutError):  # not wait_for: Python 3.11's may lose a cancellation
                    async with asyncio.timeout(_LOOK_S):
                        await self._free.wait()

    async def _deliver(self, parcel: list[Message]) -> None:
        try:
            receipt = await self._send(parcel)
        except NotTaken as error:
            await self._failed(parcel, error)
        else:
            now_ms = self._desk.now_ms()
            self._parcels.sent(parcel, now_ms)
            done = [taken(one, receipt, now_ms) for one in parcel]
            # whoever is told to stop now still writes down what was sent
            await asyncio.shield(self._desk.ask(self._desk.book.tried, done, "sent", receipt[:500], now_ms))
        self._parcels.end(parcel)
        self._flying -= 1
        self._free.set()

    async def _send(self, parcel: list[Message]) -> str:
        """Send one letter and return its receipt. Raises NotTaken whatever happened instead."""
        contact = self._desk.contacts.contact(parcel[0].person)
        address = self._desk.contacts.address(contact, self._channel) if contact else ""
        if contact is None or not address:
            raise NotTaken("notify.toml has no address for them on this channel any more", again=False)
        letter = await self._desk.ask(self._letter, parcel, contact)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._sender.send(address, letter, message_id(parcel))
        except NotTaken:
            raise
        except TimeoutError as error:
            raise NotTaken(f"{self._channel.id} did not answer within {PATIENCE_S:g} s", again=True) from error
        except Exception as error:  # one channel's mistake must not end the judgement
            _log.exception("Channel %s failed in a way that nobody foresaw.", self._channel.id)
            raise NotTaken(
                f"{self._channel.id} failed ({type(error).__name__}): see the log", again=True
            ) from error

    def _letter(self, parcel: list[Message], contact: Contact) -> Letter:
        book, language = self._desk.book, contact.language
        ready = book.letter(parcel[0].event, contact.person)
        if ready is not None:
            return ready
        found = merged([self._notice(one) for one in parcel])
        try:
            return together(found, language, self._form, self._desk.compose)
        except Exception:  # words that cannot be made must not keep an alarm back
            _log.exception(
                "The letter of event %s could not be written; it goes in plain English.", found[0].event_id
            )
            return together(found, language, self._form, plain)

    def _notice(self, message: Message) -> Notice:
        notice = self._desk.book.notice(message.event)
        if notice is None:
            raise LookupError(f"event {message.event} has neither notice nor letter")
        return replace(notice, id=message.id)

    async def _failed(self, parcel: list[Message], error: NotTaken) -> None:
        stands = await asyncio.to_thread(self._standing, parcel)
        now_ms = self._desk.now_ms()
        after = [not_taken(one, error.reason, error.again, one.alarm in stands, now_ms) for one in parcel]
        tries, level = min(one.tries for one in after), max(one.level for one in after)
        self._parcels.later(after, pause_s(tries, level, self._chance))
        outcome = "again" if after[0].state == "queued" else "failed"
        await self._desk.ask(self._desk.book.tried, after, outcome, error.reason, now_ms)
        _log.warning("Not told by %s (%s): %s", self._channel.id, outcome, error.reason)
        for one in sorted(after, key=lambda one: one.made_ms):
            is_grave = one.level >= Level.ORANGE and (one.tries == _TRIES_BEFORE_ALARM or one.state == "failed")
            if is_grave and await self._tell_of_silence(one, error.reason):
                break  # one letter that nobody got is one event

    def _standing(self, parcel: Sequence[Message]) -> set[str]:
        names = {one.alarm for one in parcel if one.alarm and one.level >= Level.ORANGE}
        now = self._desk.outlook() if names else None
        return {name for name in names if now is not None and now.stands_unseen(name)}

    async def _tell_of_silence(self, message: Message, reason: str) -> bool:
        """Tell that nobody has got an orange or red yet: on the page, and whoever else can be reached."""
        notice = await self._desk.ask(self._desk.book.notice, message.event)
        if (
            notice is None
            or notice.kind == "not_told"
            or await self._desk.ask(self._desk.book.is_sent, message.event)
        ):
            return False
        await self._desk.add_event(not_told(notice, f"{self._channel.id}: {reason}", self._desk.now_ms()))
        return True
