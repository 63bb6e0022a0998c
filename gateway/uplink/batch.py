"""Rows of the outbox as the lines of one request. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gateway.outbox.backlog import DeadLetter, Row
from gateway.uplink.lines import SiteNames, UnknownLogger, record_line
from gateway.uplink.long_form import NoTime, long_lines

_CLOCK_WAS_SET_MS = 315_532_800_000  # 1980: a machine that starts without a clock says 1970

Shape = Callable[[Row, SiteNames], list[str]]


class Batch(NamedTuple):
    """Lines, and the row that each belongs to; `empty` rows have nothing to say and are done unsent."""

    rows: tuple[int, ...]
    lines: tuple[str, ...]
    empty: tuple[int, ...] = ()

    def half(self, part: int) -> "Batch":
        """Return the first (0) or second (1) half, cut between two rows; only for a batch of several rows."""
        middle = self.rows.index(self.rows[len(self.rows) // 2]) or self.rows.count(self.rows[0])
        cut = slice(0, middle) if part == 0 else slice(middle, None)
        return Batch(self.rows[cut], self.lines[cut])


def wide(row: Row, names: SiteNames) -> list[str]:
    """Return the one line of a row, as a collector takes it."""
    return [row.line or record_line(row.raw, row.estimated_ms, names)]


def long(row: Row, names: SiteNames) -> list[str]:
    """Return the points of a row, as a database takes them."""
    known_ms = row.received_ms if row.received_ms > _CLOCK_WAS_SET_MS else None
    return [point for line in wide(row, names) for point in long_lines(line, known_ms)]


def compose(rows: Sequence[Row], names: SiteNames, shape: Shape) -> tuple[Batch, list[DeadLetter]]:
    """Return (batch, dead letters): what no line can be made of is a dead letter with the reason."""
    numbers, lines, empty, dead = [], [], [], []
    for row in rows:
        try:
            found = shape(row, names)
        except (UnknownLogger, NoTime) as error:
            dead.append(DeadLetter(row.outbox_sequence, "", str(error)))
            continue
        numbers += [row.outbox_sequence] * len(found)
        lines += found
        if not found:
            empty.append(row.outbox_sequence)
    return Batch(tuple(numbers), tuple(lines), tuple(empty)), dead


def refused(batch: Batch, reasons: dict[int, str]) -> list[DeadLetter]:
    """Return a dead letter per row of which a line was refused, by line number from 1."""
    found: dict[int, list[int]] = {}
    for line in sorted(reasons):
        found.setdefault(batch.rows[line - 1], []).append(line)
    return [
        DeadLetter(row, "\n".join(batch.lines[line - 1] for line in lines), reasons[lines[0]])
        for row, lines in found.items()
    ]
