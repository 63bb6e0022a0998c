"""The import of a running collector: its watch on the sources, over the thread that owns the journal."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from collector.imports.settings import Source
from collector.imports.watch import Desk, Watch
from collector.journal import Batch
from collector.rooms import Rooms


def watch_of(rooms: Rooms, data: Path, news: asyncio.Event, sources: Sequence[Source]) -> Watch:
    """Return the watch on these sources; what it brings wakes the judge."""

    async def append(batch: Batch) -> int:
        committed = await rooms.ask(rooms.journal.append, batch)
        news.set()
        return committed

    async def committed(writer: str, key: str) -> int:
        return await rooms.ask(rooms.journal.committed, writer, key)

    async def knows(channel: str, time_ms: int) -> bool:
        return await rooms.ask(rooms.journal.has_reading, channel, time_ms)

    return Watch(sources, Desk(data, append, committed, knows, rooms.now_ms))
