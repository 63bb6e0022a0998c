"""Many rows as one packed blob, and back. Pure.

A row of SQLite's own per record would write five times as many bytes: records of one scan are alike, so their
bytes are laid out column by column (all first bytes, all second bytes, ...) before zlib, whose
checksum finds bit rot.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from gateway.outbox.database import Damaged
from gateway.outbox.ranges import Range, Ranges
from seepline.wire.record import RECORD_BYTES

RECORDS, LINES = 0, 1
PACK_ROWS = 64
_SAME_MOMENT_MS = 10_000
_IDENTITY = struct.Struct(">I4xH2xI")  # of seepline/wire/record.py's layout, for finding one among many thousands


class Row(NamedTuple):
    """A stored row on its way out: a logger's record, or the ready line of a third-party instrument."""

    outbox_sequence: int
    raw: bytes
    estimated_ms: int | None
    line: str = ""
    received_ms: int = 0


class Unpacked(NamedTuple):
    """A row before it is packed: the 120 bytes of a record, or a line as bytes."""

    kind: int
    live: bool
    received_ms: int
    part: bytes
    estimated_ms: int | None = None


class Pack(NamedTuple):
    """Rows that were stored in one commit, numbered from `first`; `estimates` are times that loggers lacked."""

    first: int
    rows: int
    received_ms: int
    live: int
    kind: int
    estimates: str
    body: bytes

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + self.rows - 1


def pack_up(rows: Sequence[Unpacked], first: int) -> list[Pack]:
    """Return rows as packs, numbered from `first`: alike in kind and lane, of one moment, at most 64 each."""
    packs: list[Pack] = []
    for (kind, live, _), group in groupby(
        rows, lambda row: (row.kind, row.live, row.received_ms // _SAME_MOMENT_MS)
    ):
        alike = list(group)
        for start in range(0, len(alike), PACK_ROWS):
            some = alike[start : start + PACK_ROWS]
            estimates = _estimates_to_text([row.estimated_ms for row in some])
            body = _squeeze(kind, [row.part for row in some])
            packs.append(Pack(first, len(some), some[0].received_ms, int(live), kind, estimates, body))
            first += len(some)
    return packs


def unpack(pack: Pack, outbox: str) -> list[Row]:
    """Return the rows of a pack.

    Raises
    ------
    Damaged
        When the blob is not what was stored.
    """
    parts, at_ms = _parts(pack), pack.received_ms
    if pack.kind == LINES:
        numbered = enumerate(parts, pack.first)
        return [Row(n, b"", None, identified(line.decode(), outbox, n), at_ms) for n, line in numbered]
    estimates = _estimates_from_text(pack.estimates, pack.rows)
    return [Row(pack.first + n, part, estimates[n], "", at_ms) for n, part in enumerate(parts)]


def only(pack: Pack, kept: Ranges) -> Iterator[Pack]:
    """Yield what is left of a pack when only some rows are kept, under their numbers."""
    left: list[Range] = list(kept.within(pack.first, pack.last))
    if left == [(pack.first, pack.last)]:
        yield pack
        return
    parts, estimates = _parts(pack), _estimates_from_text(pack.estimates, pack.rows)
    for first, last in left:
        cut = slice(first - pack.first, last - pack.first + 1)
        texts, body = _estimates_to_text(estimates[cut]), _squeeze(pack.kind, parts[cut])
        yield pack._replace(first=first, rows=last - first + 1, estimates=texts, body=body)


def identity_of(raw: bytes) -> tuple[int, int, int]:
    """Return (logger, ring, sequence) of a record."""
    logger, ring, sequence = _IDENTITY.unpack_from(raw)
    return logger, ring, sequence


def identified(line: str, outbox: str, row: int) -> str:
    """Return a line with its identity: `ring` from the outbox's id, `seq` the row; both before the time.

    >>> identified("raw,logger=keller pressure=1.5 1000", "00ff3a", 7)
    'raw,logger=keller pressure=1.5,ring=255i,seq=7i 1000'
    """
    head, _, time_ms = line.rpartition(" ")
    return f"{head},ring={int(outbox[:4], 16)}i,seq={row}i {time_ms}"


def _squeeze(kind: int, parts: Sequence[bytes]) -> bytes:
    if kind == LINES:
        return zlib.compress(b"\n".join(parts), 1)
    together = b"".join(parts)
    return zlib.compress(b"".join(together[place::RECORD_BYTES] for place in range(RECORD_BYTES)), 1)


def _parts(pack: Pack) -> list[bytes]:
    try:
        data = zlib.decompress(pack.body)
    except zlib.error as error:
        raise Damaged(f"row {pack.first}: {error}") from error
    if pack.kind == LINES:
        lines = data.split(b"\n")
        if len(lines) != pack.rows:
            raise Damaged(f"row {pack.first}: {len(lines)} lines are not {pack.rows} rows")
        return lines
    if len(data) != pack.rows * RECORD_BYTES:
        raise Damaged(f"row {pack.first}: {len(data)} bytes are not {pack.rows} records")
    return [data[n :: pack.rows] for n in range(pack.rows)]


def _estimates_to_text(estimates: Sequence[int | None]) -> str:
    texts = ["" if ms is None else str(ms) for ms in estimates]
    return ",".join(texts) if any(texts) else ""


def _estimates_from_text(text: str, rows: int) -> list[int | None]:
    texts = text.split(",") if text else [""] * rows
    if len(texts) != rows or not all(re.fullmatch(r"(-?\d+)?", one) for one in texts):
        raise Damaged(f"times of a pack are {text[:40]!r}")
    return [int(one) if one else None for one in texts]
