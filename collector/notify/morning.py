"""Morning sheets: once a day and contact who wants one, at the time and by the channels of notify.toml."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from collector.hand.reader import HandReader
from collector.notify import sheet, sheet_data, sheet_sms
from collector.notify.book import FILE_NAME
from collector.notify.book_reader import BookReader
from collector.notify.desk import Desk
from collector.notify.measured import alarm_load, duty_now
from collector.notify.message import Message
from collector.notify.sender import Letter
from collector.notify.sheet import Change, Facts
from collector.present import Present, present
from collector.store import STORE_NAME, StoreReader
from seepline.hand.overdue import duties
from seepline.notices.channel import Form
from seepline.notices.contacts import Contact, Contacts
from seepline.notices.rota import utc_ms
from seepline.notices.told_to import sheet_by
from seepline.thresholds import Level, in_force

_LOOK_S = 2.0
_DAY_MS = 86_400_000
_NEAR_MS = 2 * 3_600_000  # a value 24 h before is one of at most so much earlier
_FORMS: Mapping[Form, Callable[[Facts, Contacts, str], Letter]] = {
    "mail": sheet.letter,
    "sms": sheet_sms.letter,
    "data": sheet_data.letter,
}  # never by voice: nobody is called for it
_log = logging.getLogger("collector.notify")


class Mornings:
    """The morning sheets of one site; `day` in the book is the last day that has had them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = BookReader(desk.data / FILE_NAME)

    async def run(self) -> None:
        """Write sheets until cancelled."""
        general = self._desk.contacts.general
        wanted = [one for one in self._desk.contacts.contacts if one.morning_sheet]
        while wanted and general.morning_at:
            day = await self._desk.ask(self._due)
            if day is not None:
                await self._make(day, wanted)
            await asyncio.sleep(_LOOK_S)
        await asyncio.Event().wait()

    async def _make(self, day: date, wanted: list[Contact]) -> None:
        try:
            await asyncio.to_thread(self._look_ahead)
            await self._desk.ask(self._write, day, wanted)
        except Exception:  # a sheet that cannot be written must not end the judgement
            _log.exception("The morning sheets of %s could not be written: nobody gets one.", day)
            await self._desk.ask(self._desk.book.keep_marks, {"morning": day.isoformat()})

    def _look_ahead(self) -> None:
        """Gather the facts where neither the event loop nor the book waits for it."""
        self._facts = facts(self._desk, self._book)

    def _due(self) -> date | None:
        """Return the day whose sheets are due; a book that was begun later in the day has none for it."""
        zone = ZoneInfo(self._desk.site.info.timezone)
        now_ms = self._desk.now_ms()
        day = datetime.fromtimestamp(now_ms // 1000, zone).date()
        due_ms = utc_ms(day, self._desk.contacts.general.morning_at, zone)
        born_ms = int(self._desk.book.mark("born_ms") or 0)
        if not 0 < born_ms <= now_ms:  # begun now, or by a clock that was ahead
            self._desk.book.keep_marks({"born_ms": str(now_ms)})
        if self._desk.book.mark("morning") > day.isoformat():  # likewise: today had one, tomorrow has its own
            self._desk.book.keep_marks({"morning": day.isoformat()})
        is_new = day.isoformat() > self._desk.book.mark("morning")
        return day if is_new and due_ms <= now_ms and 0 < born_ms <= due_ms else None

    def _write(self, day: date, wanted: list[Contact]) -> None:
        contacts, now_ms = self._desk.contacts, self._desk.now_ms()
        for contact in wanted:
            channels = sheet_by(contacts, contact)
            for form in dict.fromkeys(contacts.form(one) for one in channels):
                event = f"morning {day.isoformat()}" + ("" if form == "mail" else f" {form}")
                of_form = [one for one in channels if contacts.form(one) == form]
                found = _FORMS[form](self._facts, contacts, contact.language)
                messages = [_message(event, contact.person, one, now_ms) for one in of_form]
                self._desk.book.take_letter(found, messages)
        self._desk.book.keep_marks({"morning": day.isoformat()})


def _message(event: str, person: str, channel: str, now_ms: int) -> Message:
    return Message(
        event=event,
        person=person,
        channel=channel,
        level=0,
        at_once=True,
        announces=False,
        alarm="",
        made_ms=now_ms,
    )


def facts(desk: Desk, book: BookReader) -> Facts:
    """Return what the sheet of this moment says."""
    now_ms, reader = desk.now_ms(), desk.reader
    now, look = present(desk.site, reader, now_ms), desk.outlook()
    messages = book.newest_since(now_ms - _DAY_MS)
    return Facts(
        site_id=desk.site.info.id,
        site_name=desk.site.info.name,
        timezone=desk.site.info.timezone,
        time_ms=now_ms,
        level=now.state.level,
        valid=now.state.valid,
        total=now.state.total,
        grey=now.state.grey,
        standing=tuple(look.standing()),
        changes=tuple(sorted(_changes(now, reader), key=lambda one: (-one.level, one.point, one.quantity))),
        raised=tuple(_raised(reader, now_ms - _DAY_MS)),
        silent=tuple((one.logger, one.last_ms) for one in now.loggers if one.silent_since_ms is not None),
        invalid=tuple(sorted(point for point, valid in now.valid.items() if not valid)),
        overdue=tuple(_overdue(desk, now_ms)),
        actions=tuple(
            (task.what, task.role, task.due_ms)
            for plan in now.plans.values()
            for task in plan.tasks
            if task.due_ms <= now_ms and not task.done_by
        ),
        duty=duty_now(desk.contacts, reader, now_ms),
        load=alarm_load(desk.contacts, book, reader, now_ms),
        not_told=sum(one["state"] in ("failed", "unreachable") for one in messages),
    )


def _changes(now: Present, reader: StoreReader) -> Iterator[Change]:
    """Yield the newest values of everything that has limits."""
    sql = (
        "SELECT value FROM readings WHERE point = ? AND quantity = ? AND current = 1 AND value IS NOT NULL"
        " AND time_ms BETWEEN ? AND ? ORDER BY time_ms DESC LIMIT 1"
    )
    with reader.connected() as connection:
        for point, quantity in sorted(in_force(now.site, now.time_ms)):
            latest = now.latest.get((point, quantity))
            if latest is None:
                continue
            then_ms = latest.time_ms - _DAY_MS
            row = connection.execute(sql, (point, quantity, then_ms - _NEAR_MS, then_ms)).fetchone()
            known = row is not None and latest.value is not None
            yield Change(
                point=point,
                quantity=quantity,
                level=now.levels.get((point, quantity), Level.GREEN),
                value=latest.value,
                change=latest.value - row[0] if known and latest.value is not None else None,
                time_ms=latest.time_ms,
            )


def _raised(reader: StoreReader, from_ms: int) -> Iterator[tuple[str, Level, Level, int]]:
    sql = (
        "SELECT point || '/' || quantity || '/' || direction, level_from, level_to, time_ms FROM events"
        " WHERE kind IN ('level', 'late') AND arrived_ms >= ? ORDER BY number"
    )
    with reader.connected() as connection:
        rows = connection.execute(sql, (from_ms,)).fetchall()
    yield from ((name, Level(before or 0), Level(after or 0), time_ms) for name, before, after, time_ms in rows)


def _overdue(desk: Desk, now_ms: int) -> Iterator[str]:
    states = HandReader(desk.data / STORE_NAME).duties()
    words = {one.name: one.words for one in duties(desk.site, now_ms)}
    yield from (words.get(name, name) for name, one in sorted(states.items()) if one.overdue)
