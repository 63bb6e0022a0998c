"""What the imports are doing, for people: GET /api/v1/imports. Counts are of this run of the collector."""

import os
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.imports.form import HeadError
from collector.imports.growing import Piece

_MOST_FAULTS = 20


@dataclass(slots=True)
class FileStatus:
    """One file: its state in words, lines behind the head that are on disk, rows and refused lines of this run."""

    source: str
    path: Path
    state: str = "new"
    lines: int = 0
    rows: int = 0
    refused: int = 0
    last_ms: int | None = None
    last_number: int | None = None
    faults: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_FAULTS))
    told: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_FAULTS))

    def took(self, piece: Piece) -> None:
        """Count a piece."""
        self.lines = piece.last
        self.rows += len(piece.rows)
        self.refused += len(piece.faults)
        self.faults += [str(fault) for fault, _ in piece.faults]
        self.told += [f"line {one.line}: {one.text}" for one in piece.told]
        if piece.rows:
            self.last_ms, self.last_number = piece.rows[-1].time_ms, piece.rows[-1].number

    def stopped(self, error: HeadError) -> None:
        """Say that the file is not read any more, and why."""
        self.state = "stopped: not as the source says"
        self.faults.clear()
        self.faults += [str(fault) for fault in error.faults]


@dataclass(slots=True)
class Status:
    """The files of all sources."""

    files: dict[tuple[str, Path], FileStatus] = field(default_factory=dict)

    def file(self, source: str, path: Path) -> FileStatus:
        """Return the status of a file, as one source reads it."""
        return self.files.setdefault((source, path), FileStatus(source, path))

    def folder(self, source: str, path: Path, state: str) -> None:
        """Say what is wrong with the folder of a source; '' for nothing."""
        if state:
            self.file(source, path).state = state
        else:
            self.files.pop((source, path), None)

    def as_json(self) -> list[dict[str, Any]]:
        """Return what is known of every file."""
        return [
            {
                "source": one.source, "file": _shown(one.path), "state": one.state,
                "lines": one.lines, "rows": one.rows, "refused": one.refused,
                "last_ms": one.last_ms, "last_record": one.last_number, "faults": list(one.faults),
                "told": list(one.told),
            }
            for one in self.files.values()
        ]  # fmt: skip

    def routes(self) -> list[Route]:
        """Return the route of the status."""

        async def imports(request: Request) -> Response:
            return JSONResponse({"files": self.as_json()})

        return [Route("/api/v1/imports", imports)]


def _shown(path: Path) -> str:
    """Return a path as text: a name that is no UTF-8 has its bytes in hex."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
