"""The mirror's ledger in the store: cursors, quarantine and the events that tell a person of both."""

import logging
from collections.abc import Sequence

from collector import events
from collector.export.client import Refusal
from collector.export.mirror import Ledger
from collector.export.refused import Refused
from collector.rooms import Rooms
from seepline import alarm

_DAY_MS = 86_400_000
_log = logging.getLogger("collector.export")


def ledger_of(rooms: Rooms) -> Ledger:
    """Return the ledger of a running collector; every call goes to the thread that owns the store."""

    async def mark(lane: str) -> int:
        return await rooms.ask(rooms.store.mark, _mark(lane))

    async def sent(lane: str, number: int, refused: list[Refusal]) -> None:
        await rooms.ask(_sent, rooms, lane, number, refused)

    async def held(reason: str) -> None:
        await rooms.ask(_held, rooms, reason)

    return Ledger(mark, sent, held)


def _mark(lane: str) -> str:
    return f"influxdb {lane}"


def _sent(rooms: Rooms, lane: str, number: int, refused: Sequence[Refusal]) -> None:
    """Move a cursor and keep what was refused, in one transaction."""
    now_ms = rooms.now_ms()
    with rooms.store.transaction():
        rooms.store.refused.add(Refused(lane, one.line, one.reason, now_ms) for one in refused)
        rooms.store.keep_mark(_mark(lane), number)
        if refused:
            _tell_refused(rooms, lane, refused, now_ms)


def _tell_refused(rooms: Rooms, lane: str, refused: Sequence[Refusal], now_ms: int) -> None:
    """Tell of refused lines once a lane and day: an event that is refused itself must not make another."""
    for one in refused:
        _log.error("InfluxDB refuses for good: %r: %s", one.line, one.reason)
    site = rooms.site.info.id
    number = alarm.event_id(site, "export_refused", lane, now_ms // _DAY_MS)
    text = (
        f"InfluxDB refuses some of the {lane}: {refused[0].reason}. The store keeps them; `seepline collector"
        " refused` lists them."
    )
    rooms.store.add_event(events.by_person(number, "export_refused", ("", ""), (now_ms, now_ms), text))


def _held(rooms: Rooms, reason: str) -> None:
    now_ms, kind = rooms.now_ms(), "export_held" if reason else "export_resumed"
    text = (
        f"{reason}: nothing goes to InfluxDB until that is mended." if reason else "InfluxDB takes readings again."
    )
    number = alarm.event_id(rooms.site.info.id, kind, now_ms)
    with rooms.store.transaction():
        rooms.store.add_event(events.by_person(number, kind, ("", ""), (now_ms, now_ms), text))
