"""What happened to the files of a source, as the journal keeps it: an event record of its logger, to be replayed.

The numbers stand in the record; file, line and reason of each fault stand in the collector's log, its status of
imports, and for a refused line, whole, in the journal's table `refused`.
"""

from collections import Counter
from collections.abc import Iterator

from collector.imports.growing import Piece
from collector.imports.table import HOLE, TIME_BACK, TIME_TWICE
from collector.raw_lines import RawRow, RawValue
from seepline.wire.event import EVENT_BLOCK

REFUSED = "lines_refused"
STOPPED = "file_stopped"
_TOLD = {HOLE: "records_missing", TIME_BACK: "time_went_back", TIME_TWICE: "time_stood_twice"}


def of_piece(logger: str, key: str, piece: Piece, now_ms: int) -> Iterator[RawRow]:
    """Yield one event record per kind of thing that is to be told of a piece of the file with this identity."""
    if piece.faults:
        yield _notice(logger, f"{REFUSED}-{key[:8]}", len(piece.faults), piece.faults[0][0].line, now_ms)
    kinds = Counter(one.kind for one in piece.told)
    for kind, name in _TOLD.items():
        if kinds[kind]:
            first = next(one.line for one in piece.told if one.kind == kind)
            yield _notice(logger, f"{name}-{key[:8]}", kinds[kind], first, now_ms)


def stopped(logger: str, key: str, line: int, now_ms: int) -> RawRow:
    """Return the event record that a file is not read any more: its head is not the declared one."""
    return _notice(logger, f"{STOPPED}-{key[:8]}", 1, line, now_ms)


def _notice(logger: str, name: str, count: int, line: int, now_ms: int) -> RawRow:
    values = (RawValue(f"{name}.count", float(count), 0), RawValue(f"{name}.first_line", float(line), 0))
    return RawRow(line=line, logger=logger, block=EVENT_BLOCK, time_ms=now_ms, values=values)
