"""A logger's memory as a table: every record it holds, one line per value, resumable after the last whole record.

    ring,sequence,boot,time,milliseconds,time_quality,clock_stepped,uptime_s,block,slot,what,field,value,unit,status

An event is one line for its detail and one per value. The file ends .csv, or .jsonl for one JSON object a line.
A reading that was broken off goes on after the last record that is whole in the file; the same ring only.
"""

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import TextIO

from fieldtool.clock import iso
from fieldtool.connection import Device, FieldError, NoLogger, field_error
from fieldtool.identification import Identification
from fieldtool.record_rows import Channels, rows
from gateway.bus.line import PortError
from gateway.bus.master import BusError, ModbusException
from gateway.loggers.client import DamagedRecord
from seepline.wire import record as wire
from seepline.wire import registers, rtu
from seepline.wire import status as bits

COLUMNS = (
    "ring", "sequence", "boot", "time", "milliseconds", "time_quality", "clock_stepped", "uptime_s",
    "block", "slot", "what", "field", "value", "unit", "status",
)  # fmt: skip
_QUALITY = {bits.TIME_NEVER_SET: "never set", bits.TIME_RTC: "rtc", bits.TIME_SYNCED: "synced"}
ENDINGS = (".csv", ".jsonl")
_PATIENCE = 4  # times two tries of the master: hours of reading do not end with one burst of noise


@dataclass
class Told:
    """What came of a reading: records written, sequence numbers that the logger does not hold undamaged."""

    records: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """Where a reading begins: the first record, and how much of the file is kept before it."""

    sequence: int
    kept_bytes: int


def lines(found: wire.Record, channels: Channels) -> Iterator[dict[str, object]]:
    """Yield the lines of one record, by column."""
    head = {
        "ring": found.ring,
        "sequence": found.sequence,
        "boot": found.boot,
        "time": iso(1000 * found.utc_s) if found.utc_s else None,
        "milliseconds": found.utc_ms,
        "time_quality": _QUALITY.get(found.status & bits.TIME_MASK, "unknown"),
        "clock_stepped": int(bool(found.status & bits.CLOCK_STEPPED)),
        "uptime_s": found.uptime_s,
    }
    for row in rows(found, channels):
        yield head | row.as_dict()


async def records(
    device: Device, found: Identification, first: int
) -> AsyncIterator[tuple[int, wire.Record | None]]:
    """Yield (sequence, record) from `first` to the newest record held now, two a request.

    A record that the logger does not hold, or only damaged, is None: a ring goes round while it is read.

    Raises
    ------
    FieldError
        When the logger no longer answers.
    """
    newest = found.values["newest_sequence"]
    for sequence in range(first, newest + 1, registers.MAX_RECORDS_PER_ANSWER):
        wanted = list(range(sequence, min(sequence + registers.MAX_RECORDS_PER_ANSWER, newest + 1)))
        pair = await _history(device, found, wanted)
        if pair is None:
            pair = [one for number in wanted for one in await _history(device, found, [number]) or [None]]
        for number, one in zip(wanted, pair, strict=True):
            yield number, one


async def _history(device: Device, found: Identification, wanted: list[int]) -> list[wire.Record | None] | None:
    """Return records, None when they are not held undamaged; a noisy line is asked a few times more."""
    for _ in range(_PATIENCE):
        try:
            return await _history_once(device, found, wanted)
        except NoLogger:
            continue
    return await _history_once(device, found, wanted)


async def _history_once(
    device: Device, found: Identification, wanted: list[int]
) -> list[wire.Record | None] | None:
    try:
        held = await device.records(found.serial).history(found.values["ring"], wanted)
    except DamagedRecord:
        return None
    except ModbusException as refused:
        if refused.code == rtu.ILLEGAL_ADDRESS:
            return None
        raise field_error(refused, device.way) from refused
    except (BusError, PortError) as error:
        raise field_error(error, device.way) from error
    return [one for _, one in held]


async def read_into(
    path: Path,
    device: Device,
    found: Identification,
    start: Start,
    channels: Channels,
    tell: Callable[[int], None],
) -> Told:
    """Write every record from `start` on behind what the file keeps; `tell(sequence)` after each record.

    Raises
    ------
    FieldError
        When the logger no longer answers, or the file cannot be written; what was read before stays.
    """
    told = Told()
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.truncate(start.kept_bytes)
            file.seek(0, SEEK_END)
            writer = _writer(path, file)
            async for sequence, one in records(device, found, start.sequence):
                told.records += one is not None
                told.lost += one is None
                if one is not None:
                    writer(lines(one, channels))
                tell(sequence)
    except OSError as error:
        raise FieldError(f"{path} cannot be written ({error.strerror}).") from error
    return told


def _writer(path: Path, file: TextIO) -> Callable[[Iterable[dict[str, object]]], None]:
    """Return the function that writes one record's lines at once, in the form that the file's ending names."""
    if path.suffix == ".jsonl":

        def write_json(found: Iterable[dict[str, object]]) -> None:
            file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found))

        return write_json
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    if not file.tell():
        table.writeheader()
    return table.writerows


def start_of(path: Path, found: Identification, wanted: int | None = None) -> Start:
    """Return where to begin: at `wanted`, where the file ends, or at the oldest record held.

    The last record in the file may lack lines (the cable was pulled), so it is read again in its place.

    Raises
    ------
    FieldError
        When the file is not one of ours, holds another ring, or holds records although a first one is wanted.
    """
    oldest = found.values["oldest_sequence"]
    whole, keys = _whole_lines(path) if path.exists() else ([], [])
    header = len(whole) - len(keys)
    if not keys:
        return Start(max(wanted or 0, oldest), sum(len(line) for line in whole[:header]))
    if wanted is not None:
        raise FieldError(f"{path} holds records already: give a new file, or leave --from-sequence out to go on.")
    ring, last = keys[-1]
    if ring != found.values["ring"]:
        raise FieldError(
            f"{path} holds ring {ring}; the memory is ring {found.values['ring']} now: give a new file."
        )
    kept = header + keys.index(keys[-1])
    return Start(max(last, oldest), sum(len(line) for line in whole[:kept]))


def _whole_lines(path: Path) -> tuple[list[bytes], list[tuple[int, int]]]:
    """Return the whole lines of a file, its header among them, and (ring, sequence) of each line of a record."""
    found = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    body = found[1:] if path.suffix == ".csv" else found
    if path.suffix == ".csv" and found and found[0].decode("utf-8", "replace").strip() != ",".join(COLUMNS):
        raise FieldError(f"{path} is another table: give a new file.")
    try:
        return found, [_key(path, line) for line in body]
    except (ValueError, KeyError, IndexError) as error:
        raise FieldError(f"{path} is no log of a logger: give a new file.") from error


def _key(path: Path, line: bytes) -> tuple[int, int]:
    if path.suffix == ".jsonl":
        said = json.loads(line)
        return int(said["ring"]), int(said["sequence"])
    ring, sequence = line.split(b",", 2)[:2]
    return int(ring), int(sequence)
