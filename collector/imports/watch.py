"""The task that imports: looks at every source's files, and takes what is new by the way of every foreign writer.

    folder (or DIR/imports/inbox/SOURCE) -> growing.py -> journal.append: rows, refused lines, place, in one
    transaction -> the engine, as if a gateway had brought them: quality, alarms, silence

The place in a file is that of an outbox: writer import:SOURCE, the file's identity, the lines that are on disk. So
a collector that was killed goes on behind the last line that it has.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from collector.imports import notices
from collector.imports.form import HeadError
from collector.imports.growing import Growing, Piece
from collector.imports.inbox import DONE, REFUSED, inbox_files, move_to
from collector.imports.settings import Source
from collector.imports.status import FileStatus, Status
from collector.imports.table import Row
from collector.journal import Batch, JournalUnavailableError
from collector.raw_lines import RawRow, RawValue
from collector.sqlite_file import is_outside
from seepline.wire import status as bits

LOOK_S = 5.0
_log = logging.getLogger("collector.imports")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the import needs of the collector: the journal's door, how many lines of a file it has, the clock."""

    data: Path
    append: Callable[[Batch], Awaitable[int]]
    committed: Callable[[str, str], Awaitable[int]]
    now_ms: Callable[[], int]


@dataclass(slots=True)
class Watch:
    """The sources of a collector and the places in their files."""

    sources: Sequence[Source]
    desk: Desk
    status: Status = field(default_factory=Status)
    _places: dict[Path, Growing] = field(default_factory=dict, init=False)
    _stopped: set[str] = field(default_factory=set, init=False)

    async def run(self, look_s: float = LOOK_S) -> None:
        """Look again and again; what cannot be read or stored now is tried at the next look."""
        while True:
            try:
                await self.look()
            except (sqlite3.OperationalError, JournalUnavailableError) as error:
                if isinstance(error, sqlite3.Error) and not is_outside(error):
                    raise
                _log.error("Nothing can be imported now (%s); free disk space.", error)
            await asyncio.sleep(look_s)

    async def look(self) -> None:
        """Take everything that is new in every file once, and forget files that are no longer there."""
        seen: set[Path] = set()
        for source in self.sources:
            if source.intake.folder and not await asyncio.to_thread(Path(source.intake.folder).is_dir):
                self.status.file(source.intake.id, Path(source.intake.folder)).state = "no such folder"
            for path, whole in await asyncio.to_thread(lambda one=source: [*_files(one, self.desk.data)]):  # type: ignore[misc]
                seen.add(path)
                await self._take(source, path, whole)
        self._places = {path: place for path, place in self._places.items() if path in seen}

    async def _take(self, source: Source, path: Path, whole: bool) -> None:
        place = self._places.setdefault(path, Growing(source, path, whole))
        about = self.status.file(source.intake.id, path)
        try:
            if not await asyncio.to_thread(place.is_settled) and await self._begin(place, about):
                while await self._next(place, about):
                    pass
                await asyncio.to_thread(place.settle)
                if whole:
                    await self._end(place, DONE)
        except HeadError as error:
            await self._stop(place, about, error)
        except OSError as error:
            about.state = f"cannot be read: {error.strerror or error}"
        except BaseException:
            place.again()
            raise

    async def _begin(self, place: Growing, about: FileStatus) -> bool:
        key = await asyncio.to_thread(place.begin)
        if key is None:
            about.state = "no row yet"
            return False
        if key in self._stopped:
            return False
        committed = await self.desk.committed(place.source.writer, key)
        await asyncio.to_thread(place.open_at, committed)
        about.state = "read"
        about.lines = max(about.lines, committed)
        return True

    async def _next(self, place: Growing, about: FileStatus) -> bool:
        """Take one piece; True when there may be more."""
        piece = await asyncio.to_thread(place.next_piece)
        if piece is None or place.begun is None:
            return False
        if piece.last >= piece.first:
            await self.desk.append(batch_of(place.source, place.begun.key, piece, self.desk.now_ms()))
            place.advance(piece)
            about.took(piece)
            for fault, _ in piece.faults:
                _log.warning("%s %s", place.path, fault)
        if piece.stop is not None:
            raise piece.stop
        return True

    async def _stop(self, place: Growing, about: FileStatus, error: HeadError) -> None:
        """Read no more of a file, and say so once for all restarts: its mark is a place that no row has."""
        key = place.begun.key if place.begun else ""
        about.stopped(error)
        self._stopped.add(key)
        writer, mark = place.source.writer, f"stopped-{key}-{error.faults[0].line}"
        if not await self.desk.committed(writer, mark):
            _log.error("%s is not read any more: %s", place.path, error)
            now_ms = self.desk.now_ms()
            row = notices.stopped(place.source.intake.logger, key, error.faults[0].line, now_ms)
            await self.desk.append(
                Batch(arrival_ms=now_ms, writer=writer, rows=(row,), outbox=mark, ranges=((1, 1),))
            )
        if place.whole:
            await self._end(place, REFUSED)

    async def _end(self, place: Growing, folder: str) -> None:
        await asyncio.to_thread(move_to, self.desk.data, folder, place.source.intake.id, place.path)
        self._places.pop(place.path, None)


def _files(source: Source, data: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files of a source, each with whether nobody writes it any more; those of the inbox first."""
    yield from ((path, True) for path in inbox_files(data, source.intake.id))
    if source.intake.folder:
        found = Path(source.intake.folder).glob(source.intake.files)
        yield from ((path, False) for path in sorted(found) if path.is_file())


def batch_of(source: Source, key: str, piece: Piece, now_ms: int) -> Batch:
    """Return the journal's batch of a piece: its rows, what is told of it, its refused lines, its place."""
    told = notices.of_piece(source.intake.logger, key, piece, now_ms)
    return Batch(
        arrival_ms=now_ms,
        writer=source.writer,
        rows=(*(raw_row(source, row) for row in piece.rows), *told),
        refused=tuple((data, str(fault)) for fault, data in piece.faults),
        outbox=key,
        ranges=((piece.first, piece.last),),
    )


def raw_row(source: Source, row: Row) -> RawRow:
    """Return a row as any foreign writer's: values in the channels' units, a missing one without a value."""
    values = tuple(
        RawValue(channel, value, 0 if value is not None else bits.MISSING)
        for channel, value in zip(source.channels, row.values, strict=True)
    )
    return RawRow(line=row.line, logger=source.intake.logger, block=None, time_ms=row.time_ms, values=values)
