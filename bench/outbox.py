"""The gateway's outbox against raw sqlite3 and litequeue: records a second, bytes written, memory, time to start.

    python bench/outbox.py --scans 2000                     writes: all contenders in one run
    python bench/outbox.py --readings 10000000              memory with so many readings queued
    python bench/outbox.py --days 30                        start with so many days of 30 loggers at 10 s in it

A scan is 30 records of four vibrating wires (8 readings each) with the noise of real ones, stored in one durable
commit where the contender can. Bytes are /proc/self/io: `written` is what the program gave to the kernel, `to
disk` the pages that it made dirty. Every contender writes to --directory, which should be on the disk in question.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from seepline.wire import record as wire

LOGGERS, WIRES, SCAN_MS = 30, 4, 10_000
READINGS = 2 * WIRES
T0_MS = 1_450_000_000_000


def scan(number: int, dice: random.Random) -> list[bytes]:
    """Return the records of one scan of all loggers."""
    return [a_record(logger, number, dice) for logger in range(LOGGERS)]


def a_record(logger: int, number: int, dice: random.Random) -> bytes:
    wires = [
        wire.VwChannel(
            0,
            2_800_000 + 1000 * logger + int(dice.gauss(0, 60)),
            3_000_000 + int(dice.gauss(0, 300)),
            900 + int(dice.gauss(0, 9)),
            200 + int(dice.gauss(0, 5)),
            9000 + int(dice.gauss(0, 30)),
            abs(500 + int(dice.gauss(0, 100))),
            abs(int(dice.gauss(0, 30))),
            0,
        )
        for _ in range(WIRES)
    ]
    time_s = (T0_MS + SCAN_MS * number) // 1000
    head = (500 + logger, 0, 1, 2, 77 + logger, 1, number + 1, time_s, dice.randrange(1000), 10 * number)
    return wire.encode(wire.Record(*head, wire.PAYLOAD_VW, WIRES, wire.encode_vw(wires)))


Store = Callable[[int, list[bytes]], None]


def ours(directory: Path) -> Iterator[Store]:
    file = OutboxFile(directory, T0_MS)
    outbox = Outbox(file)
    yield lambda n, raws: (outbox.append([Arrival(raw, T0_MS + SCAN_MS * n, True) for raw in raws]), None)[1]
    file.close()


def rows_in_sqlite(directory: Path, extra: str = "") -> Iterator[Store]:
    db = sqlite3.connect(directory / "rows.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE record"
        " (id INTEGER PRIMARY KEY, logger INT, ring INT, sequence INT, raw BLOB, at_ms INT, state INT)"
    )
    if extra:
        db.execute(extra)

    def store(n: int, raws: list[bytes]) -> None:
        db.execute("BEGIN IMMEDIATE")
        rows = [(500 + logger, 77, n, raw, T0_MS, 0) for logger, raw in enumerate(raws)]
        db.executemany(
            "INSERT INTO record (logger, ring, sequence, raw, at_ms, state) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
        db.execute("COMMIT")

    yield store
    db.close()


def indexed_rows_in_sqlite(directory: Path) -> Iterator[Store]:
    yield from rows_in_sqlite(directory, "CREATE UNIQUE INDEX identity ON record (logger, ring, sequence)")


def litequeue_puts(directory: Path) -> Iterator[Store]:
    from litequeue import LiteQueue

    queue = LiteQueue(str(directory / "queue.db"))

    def store(n: int, raws: list[bytes]) -> None:
        for raw in raws:
            queue.put(raw.hex())

    yield store
    queue.conn.close()


CONTENDERS = {
    "outbox (a commit per scan)": ours,
    "sqlite3, a row per record, WAL FULL, same commits": rows_in_sqlite,
    "the same with the identity indexed": indexed_rows_in_sqlite,
    "litequeue, a put per record (not synced)": litequeue_puts,
}


def io() -> dict[str, int]:
    lines = Path("/proc/self/io").read_text().splitlines()
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


def bench_writes(directory: Path, scans: int) -> None:
    dice = random.Random(20260101)
    data = [scan(number, dice) for number in range(scans)]
    records = scans * LOGGERS
    print(f"{scans} scans of {LOGGERS} records, {READINGS} readings each")
    print("| contender | records/s | bytes written per reading | to disk per reading | on disk per reading |")
    print("|---|---|---|---|---|")
    for name, contender in CONTENDERS.items():
        folder = fresh(directory / "writes")
        before, begun_s = io(), time.perf_counter()
        opened = contender(folder)
        store = next(opened)
        for number, raws in enumerate(data):
            store(number, raws)
        took_s = time.perf_counter() - begun_s
        for _ in opened:
            pass
        after = io()
        size = sum(path.stat().st_size for path in folder.rglob("*.db"))
        per = [(after[key] - before[key]) / records / READINGS for key in ("wchar", "write_bytes")]
        per.append(size / records / READINGS)
        print(f"| {name} | {records / took_s:,.0f} | {per[0]:.1f} | {per[1]:.1f} | {per[2]:.1f} |")
        shutil.rmtree(folder)


def fill(directory: Path, scans: int) -> None:
    """Queue scans, 40 to a commit: it is the filling that is in a hurry here."""
    dice = random.Random(20260101)
    some = [scan(number, dice) for number in range(200)]
    file = OutboxFile(directory, T0_MS)
    outbox = Outbox(file)
    Backlog(file)
    batch: list[Arrival] = []
    for number in range(scans):
        for raw in some[number % 200]:
            record = wire.decode(raw)._replace(sequence=number + 1)
            batch.append(Arrival(wire.encode(record), T0_MS + SCAN_MS * number, True))
        if len(batch) >= 40 * LOGGERS or number == scans - 1:
            outbox.append(batch)
            batch = []
    file.close()


CHILD = """
import sys, time
from pathlib import Path
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
begun_s = time.perf_counter()
file = OutboxFile(Path(sys.argv[1]), 1)
outbox, backlog = Outbox(file), Backlog(file)
unsent, stored = backlog.unsent(), outbox.stored.total()
started_s = time.perf_counter() - begun_s
for _ in range(int(sys.argv[2])):
    rows = [row.outbox_sequence for row in backlog.pending(1000)]
    backlog.settle(rows, [], 1)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
most_mib = int(status["VmHWM"].split()[0]) / 1024
print(f"{stored} records, {unsent} unsent: started in {started_s:.2f} s, at most {most_mib:.0f} MiB", end=" ")
print(f"(after {sys.argv[2]} batches of 1000)")
file.close()
"""


def bench_queue(directory: Path, scans: int, batches: int) -> None:
    folder = fresh(directory / "queue")
    begun_s = time.perf_counter()
    before = status_mib("VmHWM")
    fill(folder, scans)
    size = sum(path.stat().st_size for path in folder.rglob("*.db"))
    files = len(list(folder.rglob("0*.db")))
    took_s, grown = time.perf_counter() - begun_s, status_mib("VmHWM") - before
    print(f"filled with {scans * LOGGERS * READINGS:,} readings in {took_s:.0f} s:", end=" ")
    print(f"{size >> 20} MiB in {files} segments, memory {before + grown:.0f} MiB, {grown:.0f} of them by filling")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-c", CHILD, str(folder), str(batches)], check=True, env=environment)
    shutil.rmtree(folder)


def status_mib(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory", type=Path, default=Path("/tmp/seepline-bench"))
    parser.add_argument("--scans", type=int, default=0)
    parser.add_argument("--readings", type=int, default=0)
    parser.add_argument("--days", type=float, default=0)
    chosen = parser.parse_args()
    if chosen.scans:
        bench_writes(chosen.directory, chosen.scans)
    if chosen.readings:
        bench_queue(chosen.directory, chosen.readings // (LOGGERS * READINGS), batches=200)
    if chosen.days:
        bench_queue(chosen.directory, int(chosen.days * 86_400_000 / SCAN_MS), batches=3)
    shutil.rmtree(chosen.directory, ignore_errors=True)


if __name__ == "__main__":
    main()
