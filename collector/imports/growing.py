"""One file on a disk, read piece by piece while it grows: bytes -> whole lines -> what one journal batch takes.

A line that has no end yet is not read. The place in a file is (how many lines behind the head are on the journal's
disk); the file's identity is its head, its first row and the mapping, so a file that was begun anew, cut or given
another name is what it is by its content, and reading one again changes nothing: the journal knows every row.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from collector.imports.form import AnyForm, Fault, HeadError
from collector.imports.heads import head_lines
from collector.imports.settings import Source
from collector.imports.table import Line, Row, Table, Told

_LINES_AT_ONCE = 1000
_MOST_LINE_BYTES = 65_536
_HEAD_BYTES = 1_048_576
_HOPELESS = 100  # so many lines, and not one of them a row: the file is not of this form
_MOST_KEPT_BYTES = 4096
_SHORTER = f"lines of at most {_MOST_LINE_BYTES} bytes"


class Piece(NamedTuple):
    """What some lines in a row of a file say. `first` and `last` count lines behind the head from 1.

    `end` is the last of them as it stands in the file. `stop`: behind them stands what is not the declared form
    (another head, lines without a row); nothing more is read of this file.
    """

    first: int
    last: int
    rows: tuple[Row, ...]
    faults: tuple[tuple[Fault, bytes], ...]
    told: tuple[Told, ...]
    end_bytes: int
    end: bytes = b""
    stop: HeadError | None = None


class Begun(NamedTuple):
    """A file whose head and first row are there: its identity, its lines' first byte, its inode."""

    key: str
    head: tuple[str, ...]
    head_bytes: int
    start: bytes
    inode: int


@dataclass(slots=True)
class Growing:
    """The place in one file. Every method reads the disk: call them from a thread beside the event loop.

    `whole`: nobody writes this file any more, so its last line needs no end.
    """

    source: Source
    path: Path
    whole: bool = False
    begun: Begun | None = field(default=None, init=False)
    _table: Table | None = field(default=None, init=False)
    _bytes: int = field(default=0, init=False)
    _line: int = field(default=0, init=False)
    _end: bytes = field(default=b"", init=False)
    _settled: tuple[int, int, int] | None = field(default=None, init=False)

    def is_settled(self) -> bool:
        """Tell whether the file is what it was when everything in it had been read; raises OSError."""
        return self._settled is not None and self._settled == self._looks()

    def settle(self) -> None:
        """Remember that everything was read that the file held when it was looked at; raises OSError."""
        looks = self._looks()
        self._settled = looks if looks[1] == self._bytes else None

    def _looks(self) -> tuple[int, int, int]:
        about = self.path.stat()
        return about.st_ino, about.st_size, about.st_mtime_ns

    def begin(self) -> str | None:
        """Return the identity of the file, None while it has no row yet; begins anew where it is another file now.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        inode = self.path.stat().st_ino
        if self.begun is not None and self.begun.inode == inode and self._starts_as_before():
            return self.begun.key
        self.begun = self._table = None
        with self.path.open("rb") as file:
            data = file.read(_HEAD_BYTES)
        lines = [*islice(_whole_lines(data, self.whole), head_lines(self.source.form) + 1)]
        if len(lines) <= head_lines(self.source.form):
            return None
        head = tuple(_text(self.source.form, line) for line in lines[:-1])
        start = b"".join(lines)
        mapping = repr((self.source.form, [one.heading for one in self.source.wanted], self.source.channels))
        key = hashlib.sha256(mapping.encode() + b"\0" + start.rstrip(b"\r\n")).hexdigest()[:32]
        self.begun = Begun(key, head, sum(map(len, lines[:-1])), start, inode)
        return key

    def _starts_as_before(self) -> bool:
        with self.path.open("rb") as file:
            start = self.begun.start if self.begun else b""
            if file.read(len(start)) != start:
                return False
            file.seek(self._bytes - len(self._end))
            return file.read(len(self._end)) == self._end

    def open_at(self, committed: int) -> None:
        """Take the place behind the first `committed` lines after the head, which the journal has.

        Raises
        ------
        HeadError
            When the head is not the declared one.
        """
        if self._table is not None or self.begun is None:
            return
        self._table = Table(self.source.form, self.source.wanted, self.begun.head)
        self._bytes, self._line, self._end = self.begun.head_bytes, 0, b""
        while self._line < committed and (piece := self._read(committed - self._line)) is not None:
            if piece.stop is not None:
                raise piece.stop
            self.advance(piece)

    @property
    def last_ms(self) -> int | None:
        """The time of the last row that was passed, None where there is none."""
        return self._table.last.time_ms if self._table is not None and self._table.last is not None else None

    def next_piece(self) -> Piece | None:
        """Return what the next lines say, None where there are none; `advance` passes them.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        piece = self._read(_LINES_AT_ONCE)
        if piece is None or piece.stop or piece.rows or piece.told or len(piece.faults) < _HOPELESS:
            return piece
        hopeless = HeadError([one for one, _ in piece.faults[:_HOPELESS]])
        return Piece(self._line + 1, self._line, (), (), (), self._bytes, self._end, hopeless)

    def _read(self, most: int) -> Piece | None:
        if self._table is None:
            return None
        with self.path.open("rb") as file:
            file.seek(max(self._bytes - 1, 0))
            inside = self._bytes > 0 and file.read(1) != b"\n"
            data = file.read(_LINES_AT_ONCE * 256 + _MOST_LINE_BYTES)
            ended = self.whole and not file.read(1)
        raw = [*islice(_whole_lines(data, ended), min(most, _LINES_AT_ONCE))]
        return self._piece(self._table, raw, inside) if raw else None

    def _piece(self, table: Table, raw: Sequence[bytes], inside: bool) -> Piece:
        """Return what lines say; the first of them begins `inside` a longer one."""
        number = len(table.head) + self._line + 1
        said: list[Row | Fault | Told] = []
        stop = None
        try:
            for offset, data in enumerate(raw):
                if inside:
                    said.append(Fault(number + offset, "", "the rest of a longer line", _SHORTER))
                else:
                    said += table.rows([Line(number + offset, _text(self.source.form, data))])
                inside = not data.endswith(b"\n")
        except HeadError as error:
            stop, raw = error, raw[: max(0, min(fault.line for fault in error.faults) - number)]
        faults = tuple((one, _kept(raw[one.line - number])) for one in said if isinstance(one, Fault))
        return Piece(
            first=self._line + 1,
            last=self._line + len(raw),
            rows=tuple(one for one in said if isinstance(one, Row)),
            faults=faults,
            told=tuple(one for one in said if isinstance(one, Told)),
            end_bytes=self._bytes + sum(map(len, raw)),
            end=raw[-1] if raw else self._end,
            stop=stop,
        )

    def advance(self, piece: Piece) -> None:
        """Pass a piece: the journal has it."""
        self._line, self._bytes, self._end = piece.last, piece.end_bytes, piece.end

    def again(self) -> None:
        """Forget the place: what was read last is not in the journal."""
        self.begun = self._table = self._settled = None


def _whole_lines(data: bytes, ended: bool) -> Iterator[bytes]:
    """Yield the lines with their ends; the last one without an end only where the file has `ended`.

    A longer line is cut every _MOST_LINE_BYTES, wherever `data` ends: a place counted in lines stays that place.
    """
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin, begin + _MOST_LINE_BYTES) + 1 or begin + _MOST_LINE_BYTES
        if end > len(data) and not ended:
            return
        yield data[begin:end]
        begin = end


def _kept(line: bytes) -> bytes:
    """Return what is kept of a refused line as evidence."""
    return line.rstrip(b"\r\n")[:_MOST_KEPT_BYTES]


def _text(form: AnyForm, data: bytes) -> str:
    """Return a line as text; a byte that is none in the source's encoding becomes a sign that no cell may hold."""
    text = data.rstrip(b"\r\n").decode("utf-8-sig" if form.encoding == "utf-8" else form.encoding, "replace")
    return text.replace("\0", "�")


def text_lines(form: AnyForm, path: Path) -> Iterator[str]:
    """Yield the lines of a whole file; raises OSError."""
    with path.open("rb") as file:
        for data in file:
            yield _text(form, data)
