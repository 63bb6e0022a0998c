"""The task that imports: looks at every source's files, and takes what is new by the way of every foreign writer.

    folder (or DIR/imports/inbox/SOURCE) -> growing.py -> journal.append: rows, refused lines, place, in one
    transaction -> the engine, as if a gateway had brought them: quality, alarms, silence

The place in a file is that of an outbox: writer import:SOURCE, the file's identity, the lines that are on disk. So
a collector that was killed goes on behind the last line that it has.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from collector.imports import notices
from collector.imports.form import HeadError
from collector.imports.growing import Growing, Piece
from collector.imports.inbox import DONE, REFUSED, inbox_files, is_of, move_to
from collector.imports.settings import Source
from collector.imports.status import FileStatus, Status
from collector.imports.table import Row
from collector.journal import Batch, JournalUnavailableError
from collector.raw_lines import RawRow, RawValue
from collector.sqlite_file import is_outside
from seepline.wire import status as bits

LOOK_S = 5.0
OTHER_MAPPING = "checked by another imports.toml than this collector began with: start it anew"
_log = logging.getLogger("collector.imports")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the import needs of the collector: the journal's door, what is in it already, the clock.

    `committed` are the lines of a file, `knows` tells whether there is a reading of a channel and time.
    """

    data: Path
    append: Callable[[Batch], Awaitable[int]]
    committed: Callable[[str, str], Awaitable[int]]
    knows: Callable[[str, int], Awaitable[bool]]
    now_ms: Callable[[], int]


@dataclass(slots=True)
class Watch:
    """The sources of a collector and the places in their files."""

    sources: Sequence[Source]
    desk: Desk
    status: Status = field(default_factory=Status)
    _places: dict[tuple[str, Path], Growing] = field(default_factory=dict, init=False)
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
        seen: set[tuple[str, Path]] = set()
        for source in self.sources:
            for path in await asyncio.to_thread(inbox_files, self.desk.data, source.intake.id):
                seen.add((source.intake.id, path))
                if is_of(source, path):
                    await self._take(source, path, True)
                else:
                    self.status.file(source.intake.id, path).state = OTHER_MAPPING
            for path in await self._watched(source):
                seen.add((source.intake.id, path))
                await self._take(source, path, False)
        self._places = {key: place for key, place in self._places.items() if key in seen}

    async def _watched(self, source: Source) -> list[Path]:
        """Return the files in a source's folder, none where it cannot be read, which is said."""
        if not source.intake.folder:
            return []
        folder, state, found = Path(source.intake.folder), "", list[Path]()
        try:
            found = await asyncio.to_thread(_files, folder, source.intake.files)
        except (FileNotFoundError, NotADirectoryError):
            state = "no such folder"
        except OSError as error:
            state = f"cannot be read: {error.strerror or error}"
        self.status.folder(source.intake.id, folder, state)
        return found

    async def _take(self, source: Source, path: Path, whole: bool) -> None:
        place = self._places.setdefault((source.intake.id, path), Growing(source, path, whole))
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
            if place.whole:
                await self._end(place, REFUSED)
            return False
        committed = await self.desk.committed(place.source.writer, key)
        await asyncio.to_thread(place.open_at, committed)
        if not await self._is_known(place):  # changed behind its first row: the journal knows what it has of it
            place.again()
            await asyncio.to_thread(place.begin)
            await asyncio.to_thread(place.open_at, 0)
        about.state = "read"
        about.lines = max(about.lines, committed)
        return True

    async def _is_known(self, place: Growing) -> bool:
        """Tell whether the last row that was passed is in the journal: another one was not read then."""
        source, at_ms = place.source, place.last_ms
        return at_ms is None or await self.desk.knows(f"{source.intake.logger}/{source.channels[0]}", at_ms)

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
        self._places.pop((place.source.intake.id, place.path), None)


def _files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder whose names fit a pattern, sorted. Raises OSError, as Path.glob would not."""
    return sorted(path for path in folder.iterdir() if fnmatchcase(path.name, pattern) and path.is_file())


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
