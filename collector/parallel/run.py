"""Reads both systems' values of the days of a parallel run, and compares them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.imports.check import FileError, check
from collector.imports.growing import text_lines
from collector.imports.table import Row
from collector.parallel.compare import Comparison, compared
from collector.parallel.settings import Gauge, OtherSource, Settings, paths_of
from collector.store import StoreReader
from seepline.reading import Quality

_ALL = 2**31


class OtherFileError(Exception):
    """A file of the other system cannot be used; one line for each fault."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run; `files` are the other system's with their SHA-256, `suspect` as in the report."""

    found: tuple[Comparison, ...]
    files: Mapping[str, str]
    suspect: Mapping[str, int]


def outcome(settings: Settings, folder: Path, reader: StoreReader) -> Outcome:
    """Return what came of a run; the other system's files lie in `folder`.

    Raises
    ------
    OtherFileError
        With every fault of the files of the first source that has any.
    OSError
        When one of them cannot be read.
    """
    found: list[Comparison] = []
    digests: dict[str, str] = {}
    suspect: dict[str, int] = {}
    for source in settings.sources:
        rows = _rows(source, folder, digests)
        for place, gauge in enumerate(source.gauges):
            ours, doubted = _ours(settings, gauge, reader)
            suspect[f"{gauge.point} {gauge.quantity}"] = doubted
            found.append(compared(gauge, settings.run, ours, _theirs(settings, rows, place)))
    return Outcome(tuple(found), digests, suspect)


def _rows(source: OtherSource, folder: Path, digests: dict[str, str]) -> list[Row]:
    rows: dict[int, tuple[Path, Row]] = {}
    faults: list[str] = []
    for name, path in zip(source.files.files, paths_of(source, folder), strict=True):
        own: list[Row] = []
        digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        try:
            check(source.form, source.wanted, text_lines(source.form, path), own)
        except FileError as error:
            faults += [f"{path} {fault}" for fault in error.faults]
        for row in own:
            before_path, before = rows.setdefault(row.time_ms, (path, row))
            if before.values != row.values:  # files of one source may overlap, and then say the same
                faults.append(f"{path} line {row.line}: other values than line {before.line} of {before_path}")
    if faults:
        raise OtherFileError("\n".join(faults))
    return [rows[time_ms][1] for time_ms in sorted(rows)]


def _theirs(settings: Settings, rows: list[Row], place: int) -> list[tuple[int, float]]:
    begin_ms, end_ms = settings.run.valid_from_ms, settings.end_ms
    values = ((row.time_ms, row.values[place]) for row in rows if begin_ms <= row.time_ms < end_ms)
    return [(time_ms, value) for time_ms, value in values if value is not None]


def _ours(settings: Settings, gauge: Gauge, reader: StoreReader) -> tuple[list[tuple[int, float]], int]:
    begin_ms, end_ms = settings.run.valid_from_ms, settings.end_ms
    series = reader.series(gauge.point, gauge.quantity, begin_ms, end_ms, _ALL)
    doubted = sum(one.quality in (Quality.SUSPECT, Quality.FAIL) for one in series if one.value is not None)
    return [(one.time_ms, one.value) for one in series if one.value is not None], doubted
