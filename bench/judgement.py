"""Readings a second from HTTP request to judged and stored, beside InfluxDB's own ingest of the same lines.

    PYTHONPATH=. python bench/judgement.py http --scans 40            real processes, batches of 1,000 lines
    PYTHONPATH=. python bench/judgement.py channels --most 100000     cost a reading by number of channels
    PYTHONPATH=. python bench/judgement.py again --days 2             500 instruments judged anew from raw
    PYTHONPATH=. python bench/judgement.py recompute --days 2         the same made again after corrected sheets

A reading is one raw value of one channel. Two of them (hertz, ohm) make two quantities and two derived ones: four
rows of the store, of which the pressure passes four checks and has limits (bench/judgement_site.py). `http` runs
--collectors, each with a site of its own, as one scales out; what counts is processor time of the servers, so
that the sender and other programs of the machine do not.
"""

import argparse
import gzip
import http.client
import multiprocessing
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from bench.judgement_site import READINGS, SCAN_MS, T0_MS, WIRES, lines, the_site
from collector import service, tokens
from collector.engine import Engine
from collector.ingest import _read
from collector.journal import Batch, Journal
from collector.journal_entries import Kind
from collector.recompute.evidence import Evidence
from collector.recompute.runs import Run
from collector.recompute.work import Recompute
from collector.store_writing import StoreWriter
from tests.debian_servers import answers, influxdb
from tests.ports import free_port

LINES_AT_ONCE = 1000
_TICKS_A_S = os.sysconf("SC_CLK_TCK")


def batches(channels: int, scans: int) -> list[bytes]:
    """Return the lines of so many scans, a thousand to a body."""
    text = list(lines(channels, scans))
    return ["\n".join(text[at : at + LINES_AT_ONCE]).encode() for at in range(0, len(text), LINES_AT_ONCE)]


def processor_s(pid: int) -> float:
    """Return the processor time of a process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_S


def _serve(channels: int, data: Path, port: int) -> None:
    service.run(the_site(channels), data, f"127.0.0.1:{port}")


@contextmanager
def collectors(count: int, channels: int, folder: Path) -> Iterator[list[tuple[int, int, Path, str]]]:
    """Run collectors; yield (pid, port, data folder, token) of each."""
    started = []
    for number in range(count):
        data, port = folder / f"collector-{number}", free_port()
        token = tokens.add(data / tokens.FILE_NAME, "gw1")
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(channels, data, port))
        process.start()
        started.append((process, port, data, token))
    try:
        for _, port, _, _ in started:
            while not answers(f"http://127.0.0.1:{port}/ping"):
                time.sleep(0.05)
        yield [(process.pid or 0, port, data, token) for process, port, data, token in started]
    finally:
        for process, *_ in started:
            process.terminate()
            process.join()


def post(port: int, path: str, headers: dict[str, str], bodies: list[bytes]) -> None:
    """Send bodies over one connection, each after the answer to the one before."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=600)) as connection:
        for body in bodies:
            connection.request("POST", path, body, {"Content-Encoding": "gzip", **headers})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 204, (answer.status, said)


def wait_until_judged(data: Path, count: int) -> None:
    """Wait until a collector has judged so many lines of its journal."""
    sql = "SELECT max(number) FROM marks WHERE name LIKE 'journal %'"
    with closing(sqlite3.connect(f"file:{data / service.STORE_NAME}?mode=ro", uri=True)) as store:
        while (store.execute(sql).fetchone()[0] or 0) < count:
            time.sleep(0.05)


def measured(pids: list[int], work: Callable[[], None]) -> tuple[float, float]:
    """Return (processor time of some processes, time that passed) over a piece of work."""
    before, begin = sum(map(processor_s, pids)), time.monotonic()
    work()
    return sum(map(processor_s, pids)) - before, time.monotonic() - begin


def ours(count: int, channels: int, bodies: list[bytes], line_count: int, folder: Path) -> tuple[float, float]:
    """Return (processor s, s) of all collectors until everything is judged."""
    path = "/api/v2/write?bucket=raw&precision=ms"
    with collectors(count, channels, folder) as running, ThreadPoolExecutor(count) as senders:

        def one(server: tuple[int, int, Path, str]) -> None:
            _, port, data, token = server
            post(port, path, {"Authorization": f"Token {token}"}, bodies)
            wait_until_judged(data, line_count)

        return measured([pid for pid, *_ in running], lambda: list(senders.map(one, running)) and None)


def influx(bodies: list[bytes], folder: Path) -> tuple[float, float]:
    """Return (processor s, s) of InfluxDB 1.6 until everything is in its log on disk."""
    folder.mkdir()
    port = free_port()
    with influxdb(folder, port) as server:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("POST", "/query?q=CREATE+DATABASE+bench")
            assert connection.getresponse().status == 200
        return measured([server.pid], lambda: post(port, "/write?db=bench&precision=ms", {}, bodies))


def over_http(channels: int, scans: int, count: int) -> None:
    """Print how collectors and InfluxDB take the same lines."""
    plain = batches(channels, scans)
    line_count = sum(body.count(b"\n") + 1 for body in plain)
    bodies, readings = [gzip.compress(body) for body in plain], channels * scans
    print(f"{channels} channels, {scans} scans: {line_count} lines of {READINGS} readings, {len(bodies)} requests")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tell(
            f"{count} collector(s), judged and stored",
            *ours(count, channels, bodies, line_count, folder),
            readings * count,
        )
        tell("InfluxDB 1.6, stored", *influx(bodies, folder / "influx"), readings)


def tell(what: str, used_s: float, passed_s: float, readings: int) -> None:
    """Print one row."""
    print(
        f"{what}: {1e6 * used_s / readings:.1f} us of processor time a reading,"
        f" {readings / used_s:,.0f} readings a busy second; {passed_s:.1f} s passed,"
        f" {readings / passed_s:,.0f} readings/s"
    )


def judge_all(engine: Engine) -> None:
    """Judge everything that the journal holds."""
    while engine.judge(1000):
        pass


def fill(journal: Journal, channels: int, scans: int) -> None:
    """Put so many scans into a journal."""
    journal.tick(Kind.START, T0_MS)
    for body in batches(channels, scans):
        rows, refused = _read(body, "ms", "dam")
        assert not refused
        journal.append(Batch(arrival_ms=T0_MS + scans * SCAN_MS, writer="gw1", rows=rows))


def by_channels(most: int, readings: int) -> None:
    """Print the processor time a reading, without HTTP, for sites of 1,000 channels and ten times more each."""
    channels = 1000
    while channels <= most:
        scans = max(4, readings // channels)
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # so that each begins with an empty memory
            cold_us, warm_us, peak_mib = pool.apply(in_process, (channels, scans))
        print(
            f"{channels} channels, {scans} scans: {warm_us:.1f} us a reading,"
            f" {cold_us:.1f} in the first two scans; {peak_mib:.0f} MiB"
        )
        channels *= 10


def in_process(channels: int, scans: int) -> tuple[float, float, float]:
    """Return (us a reading in the first two scans, us in the others, MiB of memory at most)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            closing(Journal(folder / "journal.sqlite")) as journal,
            closing(StoreWriter(folder / "store.sqlite")) as store,
        ):
            journal.tick(Kind.START, T0_MS)
            engine = Engine(the_site(channels), journal, store)
            text = list(lines(channels, scans))
            used_s = []
            for part in (text[: 2 * len(text) // scans], text[2 * len(text) // scans :]):
                bodies = [
                    "\n".join(part[at : at + LINES_AT_ONCE]).encode() for at in range(0, len(part), LINES_AT_ONCE)
                ]
                begin = time.process_time()
                for body in bodies:
                    rows, _ = _read(body, "ms", "dam")
                    journal.append(Batch(arrival_ms=T0_MS + scans * SCAN_MS, writer="gw1", rows=rows))
                    judge_all(engine)
                used_s.append(time.process_time() - begin)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return 1e6 * used_s[0] / channels / 2, 1e6 * used_s[1] / channels / (scans - 2), peak_mib


def again(instruments: int, days: int) -> None:
    """Print how long a journal of so many instruments and days takes to be judged into a new store."""
    channels, scans = 2 * instruments // WIRES * WIRES, days * 96
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            closing(Journal(folder / "journal.sqlite")) as journal,
            closing(StoreWriter(folder / "store.sqlite")) as store,
        ):
            fill(journal, channels, scans)
            engine, begin = Engine(the_site(channels), journal, store), time.process_time()
            judge_all(engine)
            used_s = time.process_time() - begin
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{instruments} instruments, {days} days every 15 minutes: {used_s:.1f} s, {peak_mib:.0f} MiB;"
        f" a year at this rate {used_s * 365 / days / 60:.0f} min"
    )


def recomputed(instruments: int, days: int) -> None:
    """Print how long the history of a running collector takes to be made again after every sheet was corrected."""
    channels, scans = 2 * instruments // WIRES * WIRES, days * 96
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            closing(Journal(folder / "journal.sqlite")) as journal,
            closing(StoreWriter(folder / "store.sqlite")) as store,
        ):
            fill(journal, channels, scans)
            site = the_site(channels)
            judge_all(Engine(site, journal, store))
            sheets = tuple(replace(one, version=one.version + 1) for one in site.calibrations)
            engine = Engine(replace(site, calibrations=sheets), journal, store)
            work = Recompute(engine, Evidence(folder / "journal.sqlite"), store)
            asked = Run(number=0, id="x", person="", reason="", points="", from_ms=-(2**62), asked_ms=0)
            with store.transaction():
                store.recomputes.ask(asked)
            begin, longest_s = time.process_time(), 0.0
            while (at := time.process_time()) and work.advance(0):
                longest_s = max(longest_s, time.process_time() - at)
            used_s, made = time.process_time() - begin, sum(one.compared for one in store.recomputes.counts(1))
            work.close()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{instruments} instruments, {days} days every 15 minutes, all sheets corrected: {made} readings in"
        f" {used_s:.1f} s ({made / used_s:.0f}/s), longest turn {longest_s:.2f} s, {peak_mib:.0f} MiB;"
        f" a year at this rate {used_s * 365 / days / 60:.0f} min"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("http", "channels", "again", "recompute"))
    parser.add_argument("--channels", type=int, default=1000)
    parser.add_argument("--scans", type=int, default=40)
    parser.add_argument("--collectors", type=int, default=2)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--readings", type=int, default=40_000)
    parser.add_argument("--days", type=int, default=2)
    given = parser.parse_args()
    if given.what == "http":
        over_http(given.channels, given.scans, given.collectors)
    elif given.what == "channels":
        by_channels(given.most, given.readings)
    elif given.what == "again":
        again(500, given.days)
    else:
        recomputed(given.channels // 2, given.days)


if __name__ == "__main__":
    main()
