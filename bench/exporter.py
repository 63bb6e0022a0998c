"""Points a second into a real InfluxDB: the exporter's way beside influxdb-client's other ways and raw urllib3.

    PYTHONPATH=. python bench/exporter.py ways --points 100000        same engine and run, every point counted back
    PYTHONPATH=. python bench/exporter.py backlog --readings 100000   a store's back-log drained: points, memory
    PYTHONPATH=. python bench/exporter.py backlog --readings 7700000  ten million points, with their hours and days

`backlog` prints a row for each tenth of its points: what this process holds then, and the most it ever held.

A point is one reading with value, quality, level, three limits, calibration and late. The engine is Debian's
InfluxDB 1.6 behind nginx (tests/influxdb_v2.py), on the same processors as the sender.
"""

import argparse
import asyncio
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import urllib3
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS, WriteOptions

from collector.export.client import InfluxBucket
from collector.export.lanes import Sources, lanes
from collector.export.mirror import Ledger, Mirror
from collector.settings import InfluxSettings
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.site_file import read_site
from tests.dashboards.demo_data import DEMO
from tests.influxdb_v2 import TOKEN, InfluxDB, influxdb_v2

BATCH = 1000
T0_MS = 1_451_635_200_000
SERIES = 500


def points(count: int) -> list[tuple[str, dict, int]]:
    """Return (point, fields, time) of so many readings of 500 instruments."""
    return [
        (
            f"P{number % SERIES:03d}",
            {
                "value": 40.0 + number % 97 / 10,
                "quality": 1,
                "level": 0,
                "limit_yellow": 50.0,
                "limit_orange": 60.0,
                "limit_red": 70.0,
                "calibration": "maker:1",
                "late": False,
            },
            T0_MS + number // SERIES * 900_000,
        )
        for number in range(count)
    ]


def as_line(point: str, fields: dict, time_ms: int) -> bytes:
    given = (
        f"value={fields['value']!r},quality=1i,level=0i,limit_yellow=50.0,limit_orange=60.0,limit_red=70.0,"
        'calibration="maker:1",late=false'
    )
    return f"reading,site=s,section=A,point={point},quantity=pore_pressure {given} {time_ms}".encode()


def as_point(point: str, fields: dict, time_ms: int) -> Point:
    made = Point("reading").tag("site", "s").tag("section", "A").tag("point", point)
    made = made.tag("quantity", "pore_pressure")
    for name, value in fields.items():
        made = made.field(name, value)
    return made.time(time_ms, "ms")


def parcels(items: list) -> list[list]:
    return [items[at : at + BATCH] for at in range(0, len(items), BATCH)]


def exporter(server: InfluxDB, bucket: str, rows: list, token_file: Path) -> None:
    with closing(InfluxBucket(InfluxSettings(server.url, "o", bucket, token_file))) as to:
        for parcel in parcels(rows):
            assert to.write([as_line(*row) for row in parcel]) == []


def client_points(server: InfluxDB, bucket: str, rows: list, _token_file: Path) -> None:
    with InfluxDBClient(server.url, token=TOKEN, org="o", enable_gzip=True) as client:
        api = client.write_api(SYNCHRONOUS)
        for parcel in parcels(rows):
            api.write(bucket, record=[as_point(*row) for row in parcel], write_precision="ms")


def client_batching(server: InfluxDB, bucket: str, rows: list, _token_file: Path) -> None:
    options = WriteOptions(batch_size=BATCH, flush_interval=1_000)
    client = InfluxDBClient(server.url, token=TOKEN, org="o", enable_gzip=True)
    with client, client.write_api(options) as api:
        for row in rows:
            api.write(bucket, record=as_point(*row), write_precision="ms")


def raw_urllib3(server: InfluxDB, bucket: str, rows: list, _token_file: Path) -> None:
    pool = urllib3.PoolManager()
    url = f"{server.url}/api/v2/write?org=o&bucket={bucket}&precision=ms"
    for parcel in parcels(rows):
        body = b"\n".join(as_line(*row) for row in parcel)
        assert pool.request("POST", url, body=body, headers={"Authorization": f"Token {TOKEN}"}).status == 204
    pool.clear()


WAYS: dict[str, Callable[[InfluxDB, str, list, Path], None]] = {
    "exporter": exporter,
    "influxdb-client Point": client_points,
    "influxdb-client batching": client_batching,
    "urllib3": raw_urllib3,
}


def held(server: InfluxDB, bucket: str) -> int:
    found = server.ask('SELECT count("quality") FROM "reading"', bucket)
    return int(found[0]["values"][0][1]) if found else 0


def ways(server: InfluxDB, folder: Path, count: int, rounds: int) -> None:
    rows, token_file = points(count), folder / "token"
    token_file.write_text(TOKEN)
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in range(rounds):
        for name, way in WAYS.items():
            bucket = f"b{number}{len(name)}"
            server.ask(f"CREATE DATABASE {bucket}")
            began_s = time.perf_counter()
            way(server, bucket, rows, token_file)
            rates[name].append(count / (time.perf_counter() - began_s))
            assert held(server, bucket) == count, name
            server.ask(f"DROP DATABASE {bucket}")
    print(f"| way | points/s, median of {rounds} | beside urllib3 |\n|---|---|---|")
    middle = {name: sorted(found)[rounds // 2] for name, found in rates.items()}
    for name, rate in middle.items():
        print(f"| {name} | {rate:,.0f} | {rate / middle['urllib3']:.2f} |")


_FILL = """
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count),
r (i, name, at_ms) AS (SELECT i, 'pore_pressure' || (i % :series), :t0 + i / :series * 900000 FROM n)
INSERT INTO readings
SELECT i + 1, 'TOE-P1', name, at_ms, 1, 1, 'vw', 40.0 + i % 97 / 10.0, 1, 0, 50.0, 60.0, 70.0, 'set-1', 'maker:1',
  '', 0, 1, '[]', '[]', at_ms
FROM r
"""


def fill(path: Path, count: int) -> None:
    """Make a store by one statement: judging so many readings would take longer than sending them."""
    StoreWriter(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;"
        )
        asked = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'readings' AND type = 'index' AND sql > ''"
        indexes = connection.execute(asked).fetchall()
        connection.executescript("".join(f"DROP INDEX {name};" for name, _ in indexes))
        connection.execute(_FILL, {"count": count, "series": SERIES, "t0": T0_MS})
        connection.commit()
        connection.executescript("".join(f"{made};" for _, made in indexes) + "PRAGMA journal_mode = WAL;")


def backlog(server: InfluxDB, folder: Path, count: int) -> None:
    began_s = time.perf_counter()
    fill(folder / "store.sqlite", count)
    print(f"{count:,} readings in the store in {time.perf_counter() - began_s:.0f} s\n", flush=True)
    (folder / "token").write_text(TOKEN)
    server.ask("CREATE DATABASE backlog")
    site, reader = read_site(DEMO / "site.toml"), StoreReader(folder / "store.sqlite")
    lane = next(
        one
        for one in lanes(site, Sources(reader, lambda: T0_MS, lambda *_: [], lambda _: []))
        if one.name == "readings"
    )
    kept = {"number": 0, "lines": 0}
    bucket = InfluxBucket(InfluxSettings(server.url, "o", "backlog", folder / "token"))

    def write(lines: list[bytes]) -> list:
        kept["lines"] += len(lines)
        return bucket.write(lines)

    async def mark(_lane: str) -> int:
        return kept["number"]

    async def sent(_lane: str, number: int, refused: list) -> None:
        assert refused == []
        kept["number"] = number

    async def held_by_nobody(_reason: str) -> None:
        raise AssertionError(_reason)

    async def drain() -> None:
        mirror, every = Mirror(write, Ledger(mark, sent, held_by_nobody)), max(1, count * 13 // 100)
        shown = 0
        while await mirror.send(lane):
            if kept["lines"] // every > shown:
                shown = kept["lines"] // every
                row = f"{kept['number']:,} | {kept['lines']:,} | {_memory_mb('VmRSS')} | {_memory_mb('VmHWM')}"
                print(f"| {row} | {time.perf_counter() - began_s:.0f} |", flush=True)

    print("| readings sent | points sent | memory now, MB | most so far, MB | after, s |\n|---|---|---|---|---|")
    _peak_from_now_on()
    began_s = time.perf_counter()
    asyncio.run(drain())
    took_s = time.perf_counter() - began_s
    bucket.close()
    assert held(server, "backlog") == count
    print(f"\n{count:,} readings with their hours and days, {kept['lines']:,} points: {took_s:.1f} s,")
    print(f"{kept['lines'] / took_s:,.0f} points/s, {count / took_s:,.0f} readings/s; all are there.")


def _peak_from_now_on() -> None:
    """Forget the largest memory so far: filling the store is not what is measured."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory_mb(which: str) -> int:
    """Return what this process holds (VmRSS), or the most it ever held (VmHWM)."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return round(int(found[1]) / 1024)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("ways", "backlog"))
    asked.add_argument("--points", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--readings", type=int, default=100_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, influxdb_v2(Path(name)) as server:
        if given.what == "ways":
            ways(server, Path(name), given.points, given.rounds)
        else:
            backlog(server, Path(name), given.readings)


if __name__ == "__main__":
    main()
