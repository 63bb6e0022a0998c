"""A damaged segment: renamed, never deleted; what can be read of it goes on."""

from pathlib import Path
from typing import NamedTuple

from gateway.outbox.database import OutboxFull
from gateway.outbox.holdings import Ring
from gateway.outbox.packing import RECORDS, Pack, identity_of, unpack
from gateway.outbox.ranges import Ranges
from gateway.outbox.segment import Segment, salvage
from gateway.outbox.segments import remove_file

ENDS = ("", "-wal", "-shm", "-journal")


class Saved(NamedTuple):
    """What is left of a segment: its packs' rows, their records by ring, the newest arrival."""

    rows: Ranges
    records: dict[Ring, Ranges]
    newest_ms: int


def set_aside(path: Path, at_ms: int) -> Path:
    """Rename a file and its log; return the new path.

    Raises
    ------
    OutboxFull
        When the disk does not even take that.
    """
    aside = path.with_name(f"{path.stem}.damaged-{at_ms}{path.suffix}")
    while aside.exists():
        at_ms += 1
        aside = path.with_name(f"{path.stem}.damaged-{at_ms}{path.suffix}")
    try:
        for end in ENDS:
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
    except OSError as error:
        raise OutboxFull(f"{path} is damaged and is not renamed ({error.strerror}): replace the disk") from error
    return aside


def rescue(path: Path, last: int, outbox: str, holdings: str) -> Saved:
    """Write what can be read of a damaged segment up to row `last`, to take its place; return what that is."""
    packs = list(salvage(path, last)) if path.exists() else []
    return account(packs if packs and write_packs(path, packs, outbox, holdings) else [], outbox)


def write_packs(path: Path, packs: list[Pack], outbox: str, holdings: str) -> bool:
    """Write a segment of these packs, to be put in the place of `path`; tell whether the disk had room."""
    beside = _beside(path)
    try:
        beside.parent.mkdir(exist_ok=True)
        remove_file(beside)
        segment = Segment(beside)
        try:
            segment.begin(outbox, holdings)
            segment.append(packs)
        finally:
            segment.finish()
    except (OSError, OutboxFull):
        remove_file(beside)
        return False
    return True


def put_in_place(path: Path) -> None:
    """Put what `write_packs` wrote in the place of a segment."""
    _beside(path).replace(path)


def _beside(path: Path) -> Path:
    return path.parent / "rewriting" / path.name


def account(packs: list[Pack], outbox: str) -> Saved:
    """Return what packs hold."""
    rows, records = Ranges(), dict[Ring, Ranges]()
    for pack in packs:
        rows.add(pack.first, pack.last)
        if pack.kind == RECORDS:
            for row in unpack(pack, outbox):
                logger, ring, sequence = identity_of(row.raw)
                records.setdefault((logger, ring), Ranges()).add(sequence, sequence)
    return Saved(rows, records, max((pack.received_ms for pack in packs), default=0))


def less(ranges: dict[Ring, Ranges], others: dict[Ring, Ranges]) -> dict[Ring, Ranges]:
    """Return what is in the first and not in the second."""
    return {
        ring: Ranges(gap for first, last in held for gap in others.get(ring, Ranges()).missing(first, last))
        for ring, held in ranges.items()
    }
