"""From the store's events to messages: which are new, which are history, what to say after a pause.

The marks of the book:

    number, event     the last event of the store that was looked at; another id there: the store was made again
    arrived_ms        the newest arrival among them
    history_ms        what arrived by then and is not in the book is history: kept as seen, told to nobody
    alive_ms          when this collector was last alive
"""

import asyncio
import logging
from dataclasses import replace
from functools import partial

from collector import events
from collector.notify.desk import Desk
from collector.notify.late import Heard
from collector.notify.message import Planned
from collector.notify.outlook import Outlook, event_at, steps
from collector.notify.planning import alarm_of, is_told, not_told, planned
from collector.notify.pulse import Pulse
from collector.store import StoredEvent
from seepline.alarm import event_id
from seepline.alarm.standing import shown

_AT_ONCE = 200
_LOOK_S = 0.5
_ALIVE_EVERY_S = 10.0
_NAMED = 5
_SET_BACK_MS = 60_000  # what came between the setting of the clock and the look at it is no history
_log = logging.getLogger("collector.notify")


class Intake:
    """Takes in what happens on one site.

    Parameters
    ----------
    desk
        The book and everything around it.
    pulse
        Says whether the judgement lives.
    started_ms
        When this collector began to listen: in a new book all that came before is history.
    """

    def __init__(self, desk: Desk, pulse: Pulse, started_ms: int) -> None:
        self._desk, self._pulse, self._started_ms = desk, pulse, started_ms
        self._trouble_told = False

    async def run(self) -> None:
        """Take in until cancelled."""
        await self._desk.ask(self._begin)
        for lost in await self._desk.ask(self._desk.book.reroute, self._desk.contacts, self._desk.now_ms()):
            why = "whoever was to be told is not in notify.toml any more"
            await self._desk.add_event(not_told(lost, why, self._desk.now_ms()))
        is_caught_up = False
        loop = asyncio.get_running_loop()
        next_alive_s = 0.0
        while True:
            taken = await self._desk.ask(self._take)
            for one in taken:
                if one.lost and one.notice is not None:
                    why = f"to be told: {', '.join(one.notice.unreached) or 'nobody stated'}"
                    await self._desk.add_event(not_told(one.notice, why, self._desk.now_ms()))
            if taken:
                continue
            if not is_caught_up:
                await self._resume()
                is_caught_up = True
            if loop.time() >= next_alive_s:
                await self._desk.ask(self._alive)
                next_alive_s = loop.time() + _ALIVE_EVERY_S
            await asyncio.sleep(_LOOK_S)

    def _begin(self) -> None:
        """See whether the book goes with the store; where it does not, the store is read again and told once."""
        book, reader = self._desk.book, self._desk.reader
        number = _number(book.mark("number"))
        if not book.mark("history_ms"):
            book.keep_marks({"history_ms": str(self._started_ms - 1), "number": "0", "event": ""})
        elif number and event_at(reader, number) != book.mark("event"):
            _log.warning("The store was made again: what was told before is not told again.")
            book.keep_marks({"history_ms": book.mark("arrived_ms"), "number": "0", "event": ""})

    def _take(self) -> list[Planned]:
        """Take in the next events; return what they made."""
        book = self._desk.book
        found = self._desk.reader.events_after(_number(book.mark("number")), _AT_ONCE)
        if not found:
            return []
        arrived_ms, history_ms = _number(book.mark("arrived_ms")), self._history_ms()
        new = {
            number
            for number, event in found
            if event.arrived_ms > history_ms and is_told(event) and not book.knows(event.id)
        }
        made = self._made(found, new)
        plans = [made.get(event.id, Planned(event=event.id)) for _, event in found]
        newest_ms = max(arrived_ms, *(event.arrived_ms for _, event in found))
        number, last = found[-1]
        book.take_in(plans, {"number": str(number), "event": last.id, "arrived_ms": str(newest_ms)})
        return plans

    def _history_ms(self) -> int:
        """Return up to when what arrived is history; a clock that was set back makes no more of it.

        What was told is known by its id and is not told again.
        """
        book, latest_ms = self._desk.book, self._desk.now_ms() - _SET_BACK_MS
        if _number(book.mark("history_ms")) > self._desk.now_ms():
            _log.warning("The clock was set back: what arrives from now on is told.")
            book.keep_marks({"history_ms": str(latest_ms)})
        return _number(book.mark("history_ms"))

    def _made(self, found: list[tuple[int, StoredEvent]], new: set[int]) -> dict[str, Planned]:
        """Return what new events make, by their ids; those that come together are looked at together."""
        if not new:
            return {}
        now = self._desk.outlook()
        heard, made = Heard(self._desk.reader, self._desk.book, now), dict[str, Planned]()
        for number, event in found:
            if number in new:
                made[event.id] = self._planned(number, event, now, heard)
            heard.follow(event)
        return made

    def _planned(self, number: int, event: StoredEvent, now: Outlook, heard: Heard) -> Planned:
        step = 0
        if event.kind == "escalated":
            standing = now.standings.get(alarm_of(event))
            step = max(steps(self._desk.reader, alarm_of(event), number), standing.escalated if standing else 0)
        is_news = partial(heard.is_news, number, event)
        return planned(event, step, now, is_news, is_repeated=heard.is_repeated(event))

    def _alive(self) -> None:
        book, now_ms = self._desk.book, self._desk.now_ms()
        written = book.keep_marks({"alive_ms": str(now_ms)})
        book.forget_settled()
        trouble = self._pulse.trouble if written else "messages cannot be written either"
        if trouble and not self._trouble_told:
            book.take_in([self._disk_full(trouble, now_ms)], {})
        self._trouble_told = bool(trouble)

    def _disk_full(self, trouble: str, now_ms: int) -> Planned:
        """Return what is told when nothing can be judged: it cannot be an event of the store, which takes none."""
        number = event_id(self._desk.site.info.id, "disk_full", now_ms)
        text = f"Nothing can be judged or kept since {events.utc_text(now_ms)} ({trouble}): free disk space."
        event = events.by_person(number, "disk_full", ("", ""), (now_ms, now_ms), text)
        return planned(event, 0, self._desk.outlook())

    async def _resume(self) -> None:
        """Tell what stands after a pause, or when people are told for the first time."""
        event = await self._desk.ask(self._resumed)
        if event is not None:
            await self._desk.add_event(event)

    def _resumed(self) -> StoredEvent | None:
        alive_ms, now_ms = _number(self._desk.book.mark("alive_ms")), self._desk.now_ms()
        if alive_ms and abs(now_ms - alive_ms) <= self._desk.contacts.general.digest_s * 1000:
            return None  # also where the clock was set back meanwhile
        now = self._desk.outlook()
        old = [one for _, one in now.standing() if one.counted_ms < self._started_ms]
        if not alive_ms and not old:
            return None
        number = event_id(self._desk.site.info.id, "resumed", alive_ms or self._started_ms)
        return resumed(number, alive_ms, now)


def resumed(number: str, alive_ms: int, now: Outlook) -> StoredEvent:
    """Return the event of a collector that watches again, with what stands."""
    standing = now.standing()
    named = [f"{name} {one.level.name.lower()} ({shown(one).value.replace('_', ' ')})" for name, one in standing]
    stands = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
    begin = f"off since {events.utc_text(alive_ms)}, " if 0 < alive_ms <= now.now_ms else ""
    text = (
        f"The collector: {begin}watches from {events.utc_text(now.now_ms)} on; standing: {stands or 'no alarm'}."
    )
    plain = events.by_person(number, "resumed", ("", ""), (now.now_ms, now.now_ms), text)
    return replace(plain, level_to=int(standing[0][1].level)) if standing else plain


def _number(text: str) -> int:
    return int(text) if text else 0
