"""What was done at a dam, as dated records: one file per point, one JSON object per line, only ever appended to.

    {"record": "step" | "comparison" | "zero" | "baseline_accepted" | "configured", "at", "who", "site", "point",
     "instrument", "logger", "step", "values": {...}, "limits": [...], "verdict", "causes": [...]}

They stand apart from the maker's sheet in SITE.toml, in `commissioning/` beside it. A line that a power cut tore
is left out when the file is read, and the next record begins on a line of its own.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fieldtool.connection import FieldError

FOLDER = "commissioning"
STEP, COMPARISON, ZERO, BASELINE, CONFIGURED = "step", "comparison", "zero", "baseline_accepted", "configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing done, by whom and when. `values` as read and typed, `limits` as they were judged by."""

    record: str
    at: str
    who: str
    point: str
    instrument: str = ""
    logger: str = ""
    step: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    limits: Sequence[Mapping[str, Any]] = ()
    verdict: str = ""
    causes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """The folder with a site's records."""

    folder: Path

    def path(self, point: str) -> Path:
        """Return the file of one point (or of a logger, for what was done to it)."""
        return self.folder / f"{point}.jsonl"

    def append(self, record: Record) -> None:
        """Put one record on disk before anybody is told that it is there.

        Raises
        ------
        FieldError
            When it cannot be written.
        """
        path = self.path(record.point)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("ab+") as file:
                file.write(_line_end(path) + json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FieldError(f"{path} cannot be written ({error.strerror}).") from error

    def read(self, point: str) -> list[Record]:
        """Return a point's records, oldest first; a torn or foreign line is left out."""
        try:
            text = self.path(point).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise FieldError(f"{self.path(point)} cannot be read ({error.strerror}).") from error
        found = (_record(line) for line in text.splitlines())
        return [one for one in found if one is not None]

    def points(self) -> list[str]:
        """Return the points that have records."""
        return sorted(path.stem for path in self.folder.glob("*.jsonl"))


def _line_end(path: Path) -> bytes:
    """Return the line end that a torn last line lacks."""
    data = path.read_bytes()
    return b"\n" if data and not data.endswith(b"\n") else b""


def _record(line: str) -> Record | None:
    try:
        said = json.loads(line)
        return Record(**said)
    except (ValueError, TypeError):
        return None


def latest_steps(records: Sequence[Record], instrument: str) -> dict[str, Record]:
    """Return the newest record of each step that was done with this instrument: a swapped gauge starts anew."""
    return {one.step: one for one in records if one.record == STEP and one.instrument == instrument}
