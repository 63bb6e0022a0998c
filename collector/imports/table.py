"""The rows of one file, line by line: what each says, or why it cannot be believed.

    lines -> Row (time, record number, values in the wanted units) or Fault; Told: true, and worth knowing

A `Table` is fed lines in order and knows what came before: a repeated row, a time that went back, records that are
missing between two. The same table reads a whole file and one that grows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.imports.cells import CellError, Scale, decimal_of, missing_words, number
from collector.imports.form import AnyForm, Fault, HeadError, Heading, Lc2Form, Toa5Form
from collector.imports.heads import Layout, head_lines, layout_of, split
from collector.imports.moments import MomentError, time_ms

TIME_BACK, TIME_TWICE, HOLE, REPEATED = "time_back", "time_twice", "hole", "repeated"


class Line(NamedTuple):
    """One line of a file, counted from 1, without its end."""

    number: int
    text: str


class Row(NamedTuple):
    """One row: the line it stands in, its UTC time, its record number (None without), a value per column."""

    line: int
    time_ms: int
    number: int | None
    values: tuple[float | None, ...]


class Told(NamedTuple):
    """Something true of a file that a person should know: its kind, the line, a sentence."""

    kind: str
    line: int
    text: str


class Wanted(NamedTuple):
    """A column to be read, and what makes the wanted unit of its numbers."""

    heading: Heading
    scale: Scale


@dataclass(slots=True)
class Table:
    """The rows of one file of a declared form.

    Parameters
    ----------
    form, wanted
        How the file is written, and the columns to be read.
    head
        The lines before its first row.

    Raises
    ------
    HeadError
        When the head is not the declared one.
    """

    form: AnyForm
    wanted: Sequence[Wanted]
    head: Sequence[str]
    layout: Layout = field(init=False)
    last: Row | None = field(default=None, init=False)
    _missing: frozenset[str] = field(init=False)
    _decimal: str = field(init=False)
    _again: list[str] = field(default_factory=list, init=False)
    _refused_before: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.layout = layout_of(self.form, [one.heading for one in self.wanted], self.head)
        self._missing, self._decimal = missing_words(self.form), decimal_of(self.form)

    def rows(self, lines: Iterable[Line]) -> Iterator[Row | Fault | Told]:
        """Yield what the lines say, in order.

        Raises
        ------
        HeadError
            When a second head stands among the rows and says something else than the first.
        """
        for line in lines:
            if line.text.strip() and not self._is_head(line):
                yield from self._row(line)

    def _is_head(self, line: Line) -> bool:
        """Tell whether a line belongs to a second head: loggers that were given a program anew write one."""
        if not isinstance(self.form, Toa5Form):
            return False
        if not self._again and not line.text.startswith(('"TOA5"', "TOA5,")):
            return False
        self._again.append(line.text)
        if len(self._again) == head_lines(self.form):
            again, self._again = self._again, []
            self._check_again(line.number - len(again), again)
        return True

    def _check_again(self, before: int, again: list[str]) -> None:
        try:
            other = layout_of(self.form, [one.heading for one in self.wanted], again)
        except HeadError as error:
            raise HeadError([fault._replace(line=fault.line + before) for fault in error.faults]) from None
        if other != self.layout:
            expected = "the names of the file's first head, in their order: put the rest into a file of its own"
            raise HeadError([Fault(before + 2, "", "another head", expected)])

    def _row(self, line: Line) -> Iterator[Row | Fault | Told]:
        try:
            cells = split(self.form, line.text)
        except ValueError as error:
            self._refused_before = True
            yield Fault(line.number, "", str(error), "whole quoted texts")
            return
        faults = [*self._shape(line.number, cells)]
        row = None if faults else self._read(line.number, cells, faults)
        if row is None:
            self._refused_before = True
            yield from faults
            return
        told = [*self._told(row)]
        yield from told
        self.last, self._refused_before = row, False
        if not any(one.kind == REPEATED for one in told):
            yield row

    def _shape(self, line: int, cells: list[str]) -> Iterator[Fault]:
        layout = self.layout
        most = max((*layout.time, *layout.cells, layout.number or 0)) + 1
        if len(cells) != layout.width if layout.width else len(cells) < most:
            expected = f"{layout.width or most} cells" + ("" if layout.width else " or more")
            hint = ": are there decimal commas between the commas?" if len(cells) > most else ""
            yield Fault(line, "", f"{len(cells)} cells", expected + hint)
        elif isinstance(self.form, Lc2Form) and self.form.name and cells[0] != self.form.name:
            yield Fault(line, "name", repr(cells[0]), f"{self.form.name!r}, the datalogger of this source")

    def _read(self, line: int, cells: list[str], faults: list[Fault]) -> Row | None:
        texts, at_ms, count = [cells[place] for place in self.layout.time], 0, None
        time_name = self.layout.names[self.layout.time[0]]
        try:
            at_ms = time_ms(self.form, texts)
        except MomentError as error:
            faults.append(Fault(line, time_name, repr(" ".join(texts)), str(error)))
        if self.layout.number is not None:
            count = _count(cells[self.layout.number])
            if count is None:
                found = repr(cells[self.layout.number])
                faults.append(Fault(line, self.layout.names[self.layout.number], found, "a whole record number"))
        values = [self._value(line, cells, place, faults) for place in range(len(self.wanted))]
        return None if faults else Row(line, at_ms, count, tuple(values))

    def _value(self, line: int, cells: list[str], place: int, faults: list[Fault]) -> float | None:
        text, one = cells[self.layout.cells[place]], self.wanted[place]
        try:
            value = number(text, self._decimal, self._missing)
            return None if value is None else one.scale(value)
        except CellError as error:
            faults.append(Fault(line, one.heading.column, repr(text), str(error)))
            return None

    def _told(self, row: Row) -> Iterator[Told]:
        """Yield what a row says together with the one before it."""
        before = self.last
        if before is None:
            return
        if row[1:] == before[1:]:
            yield Told(REPEATED, row.line, f"the row of line {before.line} again")
        elif row.time_ms == before.time_ms:
            yield Told(TIME_TWICE, row.line, f"the time of line {before.line}, with other content")
        elif row.time_ms < before.time_ms:
            yield Told(TIME_BACK, row.line, f"a time before that of line {before.line}")
        elif self._is_hole(before.number, row.number):
            yield Told(
                HOLE, row.line, f"record {row.number} after {before.number}: those between are not in the file"
            )

    def _is_hole(self, before: int | None, number: int | None) -> bool:
        """Tell whether records are missing; a memory that begins anew has none, a refused line explains one."""
        return before is not None and number is not None and number > before + 1 and not self._refused_before


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
