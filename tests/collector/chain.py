"""Journal, engine and store of a site in one folder, without a process: what the engine's tests drive."""

from pathlib import Path

from collector.engine import Engine
from collector.journal import Batch, Journal
from collector.journal_entries import Kind
from collector.store import StoreReader
from collector.store_writing import StoreWriter

T0_MS = 1_451_635_200_000
SCAN_MS = 900_000
CALM, YELLOW, RED = 2900.0, 2840.0, 2700.0  # Hz: 10.5, 43.6 and 118.2 kPa


class Chain:
    """Journal, engine and store of the dam in one folder."""

    def __init__(self, site, folder: Path, now_ms: int = T0_MS) -> None:
        self.site, self.folder, self.now_ms = site, folder, now_ms
        self.open()

    def open(self):
        self.journal = Journal(self.folder / "journal.sqlite")
        self.store = StoreWriter(self.folder / "store.sqlite")
        self.journal.tick(Kind.START, self.now_ms)
        self.engine = Engine(self.site, self.journal, self.store)
        self.reader = StoreReader(self.folder / "store.sqlite")

    def close(self):
        self.journal.close()
        self.store.close()

    def take(self, *rows, at_ms: int | None = None):
        """Take rows that arrive at `at_ms`, without it now or at the scan of the newest."""
        self.now_ms = max(self.now_ms, *(row.time_ms for row in rows)) if at_ms is None else at_ms
        self.journal.append(Batch(arrival_ms=self.now_ms, writer="gw1", rows=rows))
        self.judge()

    def pass_time(self, to_ms: int):
        self.now_ms = to_ms
        self.engine.tick(to_ms)
        self.judge()

    def judge(self):
        while self.engine.judge(3):
            pass

    def pressure(self):
        return self.reader.latest().get(("P1", "pore_pressure"))

    def kinds(self):
        return [event.kind for event in reversed(self.reader.events())]
