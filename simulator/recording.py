"""A replay of recorded raw readings: a file with columns, as any logger writes it, becomes one logger's scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from seepline.channels import CHANNEL_KINDS
from seepline.site import Site
from seepline.site_wiring import Channel
from simulator.input_table import InputError, Scan, wire_integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One `[[recording]]` of INPUTS.toml. Columns count from 0; a cell that is empty or `missing` has no reading.

    `scale` turns the unit of the file into the channel's, where they differ (V to mV: 1000).
    """

    logger: str
    file: str
    separator: str
    time_column: int
    time_format: str
    utc_offset_hours: float
    columns: Mapping[str, int]
    scale: Mapping[str, float] = field(default_factory=dict)
    missing: str = ""


def check(recording: Recording, site: Site, path: str) -> list[str]:
    """Return what in a recording does not fit the site, each with its TOML path."""
    if recording.logger not in site.logger_by_id:
        loggers = ", ".join(site.logger_by_id)
        return [f"{path}.logger: no logger '{recording.logger}' in the site, expected one of {loggers}"]
    known = [channel.id for channel in site.channels if channel.logger == recording.logger]
    faults = [
        f"{path}: {name} is no channel of {recording.logger}, expected one of {', '.join(known)}"
        for name in sorted({*recording.columns, *recording.scale})
        if name not in known
    ]
    if len(recording.separator) != 1:
        faults.append(f"{path}.separator: found {recording.separator!r}, expected one character")
    return faults


def scans(recording: Recording, file: Path, channels: Sequence[Channel]) -> list[Scan]:
    """Return the scans of a recording's file, in time order.

    Raises
    ------
    InputError
        With every fault of the file: line, column, what stands there, what was expected.
    """
    reader = _Reader(recording, file, {channel.id: channel for channel in channels})
    found = [reader.scan(number, line) for number, line in enumerate(_lines(file), start=1)]
    found_scans = [scan for scan in found if scan is not None]
    if not found_scans and not reader.faults:
        reader.faults.append(f"{file}: holds no readings")
    if reader.faults:
        raise InputError(reader.faults)
    return found_scans


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError([f"{file}: cannot be read ({error.strerror}), check the path"]) from error
    except UnicodeDecodeError as error:
        raise InputError([f"{file}: byte {error.start} is not UTF-8, save the file as UTF-8"]) from error


class _Reader:
    """Reads line after line and collects what is wrong."""

    def __init__(self, recording: Recording, file: Path, channels: Mapping[str, Channel]) -> None:
        self.faults: list[str] = []
        self._recording, self._file, self._channels = recording, file, channels
        self._zone = timezone(timedelta(hours=recording.utc_offset_hours))
        self._last_s = -1

    def scan(self, number: int, line: str) -> Scan | None:
        before, cells = len(self.faults), line.split(self._recording.separator)
        utc_s = self._time_s(number, cells)
        values = {name: self._value(number, cells, name) for name in self._recording.columns}
        if len(self.faults) > before or utc_s is None:
            return None
        return Scan(utc_s, {name: value for name, value in values.items() if value is not None})

    def _fault(self, number: int, column: int, expected: str) -> None:
        self.faults.append(f"{self._file}: line {number}, column {column}: {expected}")

    def _cell(self, number: int, cells: Sequence[str], column: int) -> str | None:
        if column < len(cells):
            return cells[column].strip()
        self._fault(number, column, f"no such column, the line has {len(cells)}")
        return None

    def _time_s(self, number: int, cells: Sequence[str]) -> int | None:
        column, form = self._recording.time_column, self._recording.time_format
        text = self._cell(number, cells, column)
        if text is None:
            return None
        try:
            utc_s = int(datetime.strptime(text, form).replace(tzinfo=self._zone).timestamp())
        except ValueError:
            self._fault(number, column, f"found '{text}', expected a time as {form}")
            return None
        if utc_s <= self._last_s:
            self._fault(number, column, f"found '{text}', expected a time after the line before")
        self._last_s = utc_s
        return utc_s

    def _value(self, number: int, cells: Sequence[str], name: str) -> float | None:
        column = self._recording.columns[name]
        text = self._cell(number, cells, column)
        if text is None or text in ("", self._recording.missing):
            return None
        kind = CHANNEL_KINDS[self._channels[name].kind]
        try:
            value = float(text) * self._recording.scale.get(name, 1.0)
        except ValueError:
            self._fault(number, column, f"found '{text}', expected a number for channel {name}")
            return None
        try:
            wire_integer(kind, value)
        except ValueError as error:
            self._fault(number, column, f"found '{text}' for channel {name}, {error}")
        return value
