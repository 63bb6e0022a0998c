"""What followed from an act: an act may be accepted and have no effect, and its person must learn that."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from collector.rooms import Rooms
from collector.store import StoredEvent, StoreReader, event_from

_MARK = "SELECT number FROM marks WHERE name = ?"
_OF_ITS_TURN = "SELECT * FROM events WHERE arrived_ms = ? ORDER BY number LIMIT 100"


@dataclass(frozen=True, slots=True)
class Followed:
    """Whether an act was judged, and the events of its turn.

    What the journal got in the same millisecond is among them.
    """

    judged: bool
    events: tuple[StoredEvent, ...] = ()


async def followed(rooms: Rooms, act_id: str) -> Followed | None:
    """Return what followed from an act, None for one that was not accepted."""
    place = await rooms.ask(rooms.journal.acts.place, act_id)
    return await run_in_threadpool(_followed, rooms.reader, rooms.journal.birth, *place) if place else None


def _followed(reader: StoreReader, birth: str, line: int, arrival_ms: int) -> Followed:
    with reader.connected() as connection:
        mark = connection.execute(_MARK, (f"journal {birth}",)).fetchone()
        if mark is None or mark["number"] < line:
            return Followed(judged=False)
        rows = connection.execute(_OF_ITS_TURN, (arrival_ms,)).fetchall()
    return Followed(judged=True, events=tuple(event_from(row) for row in rows))
