"""A year of a large site under a proposed set: time from the stored values to both outcomes, and memory.

    python bench/replay_set.py [INSTRUMENTS] [DAYS]      500 365 without words; needs 6 GB of disk in the year

The store is filled as a collector fills it: scan by scan, all instruments of a scan side by side. One reading in a
hundred is beside a limit, and one instrument in fifty stands at yellow all the time.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from collector.replay_set.run import Asked, replayed
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.site import Point, Site, SiteInfo, Threshold, ThresholdSet

SCAN_MS, DAY_MS, T0_MS = 900_000, 86_400_000, 1_451_635_200_000
_COLUMNS = (
    "point, quantity, time_ms, version, current, instrument, value, quality, level, limit_yellow, limit_orange,"
    " limit_red, threshold_set, calibration, bound, late, judged, inputs, reasons, arrived_ms"
)


def the_site(instruments: int) -> Site:
    points = tuple(
        Point(
            id=f"P{n}",
            section="A",
            kind="piezometer",
            easting_m=0.0,
            northing_m=0.0,
            elevation_m=0.0,
            failure_mode="slope instability",
            critical=False,
        )
        for n in range(instruments)
    )
    sets = tuple(ThresholdSet(id=name, valid_from_ms=0, source="bench") for name in ("active", "proposed"))
    rules = tuple(
        Threshold(
            set=name,
            point=point.id,
            quantity="pore_pressure",
            direction="above",
            yellow=yellow,
            orange=yellow + 10,
            red=yellow + 20,
            deadband=1.0,
            delay_count=2,
        )
        for name, yellow in (("active", 60.0), ("proposed", 55.0))
        for point in points
    )
    info = SiteInfo(id="bench", name="bench", timezone="UTC", datum="none", grey_above_share=0.5)
    return Site(info=info, points=points, threshold_sets=sets, thresholds=rules)


def rows(instruments: int, scans: int) -> Iterator[tuple[object, ...]]:
    dice = np.random.default_rng(20261126)
    calm = np.where(np.arange(instruments) % 50 == 0, 62.0, 40.0)
    for scan in range(scans):
        at_ms = T0_MS + scan * SCAN_MS
        values = calm + dice.normal(0.0, 0.3, instruments) + np.where(dice.random(instruments) < 0.01, 18.0, 0.0)
        for n, value in enumerate(values.tolist()):
            fixed = (f"vw{n}", value, 1, 0, 60.0, 70.0, 80.0, "active", f"vw{n}:1", "", 0, 1)
            yield (f"P{n}", "pore_pressure", at_ms, 1, 1, *fixed, f'["a{n}:7:{scan}","b:7:{scan}"]', "[]", at_ms)


def main() -> None:
    instruments, days = map(int, sys.argv[1:3] if len(sys.argv) > 2 else ("500", "365"))
    site, scans = the_site(instruments), days * DAY_MS // SCAN_MS
    with tempfile.TemporaryDirectory(dir=".") as folder:
        path = Path(folder) / "store.sqlite"
        store = StoreWriter(path)
        begun = time.perf_counter()
        with store.transaction():
            sql = f"INSERT INTO readings ({_COLUMNS}) VALUES (?{', ?' * 19})"
            store._connection.executemany(sql, rows(instruments, scans))
        store.close()
        took_s, size_gb = time.perf_counter() - begun, path.stat().st_size / 1e9
        print(f"{instruments * scans:,} readings stored in {took_s:.1f} s, {size_gb:.2f} GB")
        asked = Asked("proposed", "active", T0_MS, T0_MS + days * DAY_MS)
        begun = time.perf_counter()
        with StoreReader(path).connected() as connection:
            active, proposed = replayed(site, connection, asked, lambda _: None)
        took_s = time.perf_counter() - begun
        print(f"replayed under two sets in {took_s:.1f} s: {instruments * scans / took_s:,.0f} readings/s")
        print(f"entries: {active.entries()} active, {proposed.entries()} proposed")
        print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
