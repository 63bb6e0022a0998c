"""What gateways report of their buses, kept for the after-storm check: DIR/bus.sqlite.

A file of its own: it is diagnosis, no evidence, and may be lost. Counts are kept as they come, since the start of
the gateway's program; a difference is taken within one run only.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from seepline.bus_report import BusReport, DeviceCounts

FILE_NAME = "bus.sqlite"
KEEP_MS = 60 * 86_400_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS count (
  device TEXT NOT NULL, at_ms INTEGER NOT NULL, gateway TEXT NOT NULL, bus TEXT NOT NULL, run TEXT NOT NULL,
  ok INTEGER NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (device, at_ms)) WITHOUT ROWID, STRICT
"""
_WAIT_S = 5.0


class Counted(NamedTuple):
    """What a gateway had counted of one device at a time."""

    at_ms: int
    gateway: str
    counts: DeviceCounts


class BusTable:
    """The reports in one file, a call at a time; made when the first report comes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, gateway: str, report: BusReport, now_ms: int) -> None:
        """Keep a report, and forget what is older than KEEP_MS; it counts from when it came."""
        rows = [
            (one.device, now_ms, gateway, one.bus, report.run, one.ok, json.dumps(dict(one.counts)))
            for one in report.devices
        ]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO count VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("DELETE FROM count WHERE at_ms < ?", (now_ms - KEEP_MS,))

    def asked(self, device: str, from_ms: int, to_ms: int) -> tuple[int, int]:
        """Return (requests without a right answer, requests) of a device between two times."""
        if not self._path.exists():
            return 0, 0
        query = "SELECT run, bus, ok, counts FROM count WHERE device = ? AND at_ms BETWEEN ? AND ? ORDER BY at_ms"
        runs: dict[str, list[DeviceCounts]] = {}
        with self._open() as db:
            for run, bus, ok, counts in db.execute(query, (device, from_ms, to_ms)):
                runs.setdefault(run, []).append(DeviceCounts(device, bus, ok, json.loads(counts)))
        failed = sum(one[-1].failed - one[0].failed for one in runs.values())
        good = sum(one[-1].ok - one[0].ok for one in runs.values())
        return failed, failed + good

    def after(self, at_ms: int, most: int = 100) -> list[Counted]:
        """Return what was counted at up to `most` times after one, in order of time."""
        if not self._path.exists():
            return []
        query = (
            "SELECT at_ms, gateway, device, bus, ok, counts FROM count WHERE at_ms IN"
            " (SELECT DISTINCT at_ms FROM count WHERE at_ms > ? ORDER BY at_ms LIMIT ?) ORDER BY at_ms, device"
        )
        with self._open() as db:
            return [
                Counted(found_ms, gateway, DeviceCounts(device, bus, ok, json.loads(counts)))
                for found_ms, gateway, device, bus, ok, counts in db.execute(query, (at_ms, most))
            ]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as db, db:
            db.execute(_SCHEMA)
            yield db
