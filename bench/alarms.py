"""What alarms cost: from a post to its event on disk, and a reading's step by number of rules.

    PYTHONPATH=. python bench/alarms.py event --posts 200           a running collector: median and 99th percentile
    PYTHONPATH=. python bench/alarms.py step --most 1000000         condition and alarm of 10^3 .. rules, in memory

`event`: each post is one scan of four gauges beyond red; counted is the time until the first of its four events
can be read in the store by another process. `step`: calm readings, then readings that raise a level, in the
processor time of this process.
"""

import argparse
import http.client
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.judgement import collectors
from bench.judgement_site import READINGS, T0_MS, WIRES
from collector import service
from collector.alarms import Alarms
from seepline.reading import Quality, Reading
from seepline.site import Threshold
from seepline.site_file import read_site

_DAM = Path(__file__).parents[1] / "tests" / "collector" / "dam.toml"
_FOR_A_BAROMETER = 100
_RED_HZ = 2700.0


def _post(connection: http.client.HTTPConnection, token: str, text: str) -> None:
    path, headers = "/api/v2/write?bucket=raw&precision=ms", {"Authorization": f"Token {token}"}
    connection.request("POST", path, text.encode(), headers)
    answer = connection.getresponse()
    assert answer.read() == b"", answer.status


def _line(number: int) -> str:
    values = ",".join(f"f{wire}={_RED_HZ},t{wire}=3000" for wire in range(WIRES))
    return f"raw,site=dam,logger=l{number},block=0 {values},ring=7i,boot=1i,seq=1i,tq=2i {T0_MS}"


def event(posts: int) -> None:
    """Print how long it takes from a post to its event."""
    sql = "SELECT count(*) FROM events WHERE kind = 'level' AND point LIKE ?"
    taken_ms = []
    with tempfile.TemporaryDirectory() as folder, collectors(1, posts * READINGS, Path(folder)) as (running,):
        _, port, data, token = running
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            airs = range(-(-posts // _FOR_A_BAROMETER))
            tail = f"ring=7i,boot=1i,seq=1i,tq=2i {T0_MS}"
            _post(
                connection,
                token,
                "\n".join(f"raw,site=dam,logger=air{air},block=0 baro=2100,{tail}" for air in airs),
            )
            uri = f"file:{data / service.STORE_NAME}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as store:
                for number in range(posts):
                    begin = time.perf_counter()
                    _post(connection, token, _line(number))
                    while not store.execute(sql, (f"l{number}-%",)).fetchone()[0]:
                        time.sleep(0.0005)
                    taken_ms.append(1000 * (time.perf_counter() - begin))
    taken_ms.sort()
    at_99 = taken_ms[int(0.99 * (len(taken_ms) - 1))]
    print(
        f"{posts} posts: median {statistics.median(taken_ms):.1f} ms, 99th percentile {at_99:.1f} ms to the event"
    )


def _reading(rule: Threshold, scan: int, value: float) -> Reading:
    time_ms = T0_MS + scan * 900_000
    return Reading(
        point=rule.point, instrument="vw", quantity=rule.quantity, time_ms=time_ms, value=value,
        quality=Quality.GOOD, calibration="vw:1", judged=True, inputs=(f"a:7:{scan}",),
    )  # fmt: skip


def step(most: int) -> None:
    """Print the cost of a reading that says nothing new and of one that raises a level, by number of rules."""
    site = read_site(_DAM)
    count = 1000
    while count <= most:
        rules = [(replace(site.thresholds[0], point=f"P{number}", repeat=False),) for number in range(count)]
        alarms, costs = Alarms(site), []
        for scan, value in enumerate((10.0, 10.0, 10.0, 90.0)):
            readings = [_reading(*rule, scan, value) for rule in rules]
            begin = time.process_time()
            for one, rule in zip(readings, rules, strict=True):
                alarms.judge(one, rule, one.time_ms)
            costs.append(1e6 * (time.process_time() - begin) / count)
        print(
            f"{count:>8} rules: {min(costs[1:3]):.1f} us a calm reading, {costs[3]:.1f} us one that raises a level"
        )
        count *= 10


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_subparsers(dest="which", required=True)
    which.add_parser("event").add_argument("--posts", type=int, default=200)
    which.add_parser("step").add_argument("--most", type=int, default=100_000)
    given = parser.parse_args()
    if given.which == "event":
        event(given.posts)
    else:
        step(given.most)
