"""A real collector process on a free port, and rows in an outbox that it will know by their bits."""

import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector import journal_file, tokens
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.destination import Destination
from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.site import Site
from seepline.site_file import read_site
from seepline.wire import record as wire
from tests.ports import free_port

SITE = Path(__file__).parents[1] / "collector" / "dam.toml"
NOW_MS = 1_451_635_200_000
FIRST_SCAN_S = 1_450_000_800
LIMIT_S = 200


@dataclass(frozen=True)
class RunningCollector:
    """One collector process and its data directory."""

    port: int
    data: Path
    token_file: Path

    def journal(self, sql: str, *values: object) -> list[tuple]:
        path = f"file:{self.data / journal_file.FILE_NAME}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as database:
            return database.execute(sql, values).fetchall()

    def arrived(self, logger: str, ring: int) -> list[int]:
        """Return the sequences of a ring in the order of their commits."""
        sql = "SELECT seq FROM lines WHERE logger = ? AND ring = ? ORDER BY id"
        return [seq for (seq,) in self.journal(sql, logger, ring)]

    def bits(self, ring: int) -> dict[tuple[str, int], bytes]:
        """Return each value of a ring as its 8 bytes, by (channel, sequence)."""
        sql = (
            "SELECT c.name, l.seq, r.value FROM readings r JOIN lines l ON l.id = r.line"
            " JOIN channels c ON c.id = r.channel WHERE l.ring = ? AND r.value IS NOT NULL"
        )
        return {(name, seq): struct.pack(">d", value) for name, seq, value in self.journal(sql, ring)}


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    folder = tmp_path_factory.mktemp("collector")
    port, token = free_port(), folder / "token"
    token.touch(mode=0o600)
    token.write_text(tokens.add(folder / "data" / tokens.FILE_NAME, "gw1"))
    command = [sys.executable, "-m", "seepline.cli", "collector", "run", str(SITE), "--data", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--listen", f"127.0.0.1:{port}"], stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield RunningCollector(port, folder / "data", token)
    finally:
        os.killpg(process.pid, signal.SIGTERM) if process.poll() is None else None
        process.wait(LIMIT_S)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
            return True
    except OSError:
        return False


def wait_until(happened: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < deadline_s, "it did not happen"
        time.sleep(0.05)


def a_record(serial: int, ring: int, sequence: int) -> bytes:
    """Return a record whose values follow from its identity: serial 1 has a wire, serial 2 a barometer."""
    if serial == 1:
        channel = wire.VwChannel(0, 2_800_001 + sequence, 3_000_007 + sequence, 900, 200, 9000, 500, 1, 0)
        kind, payload = wire.PAYLOAD_VW, wire.encode_vw([channel])
    else:
        kind, payload = wire.PAYLOAD_SCALAR, wire.encode_scalar([wire.ScalarChannel(0, 101_325 + sequence)])
    time_s = FIRST_SCAN_S + 900 * sequence + ring  # no two rings say the same
    head = (serial, 0, wire.MAP_VERSION, 2, ring, 1, sequence, time_s, 0, 60 * sequence, kind, 1)
    return wire.encode(wire.Record(*head, payload))


def bits_of(site: Site, raw: bytes) -> dict[tuple[str, int], bytes]:
    """Return what `RunningCollector.bits` must say of one record."""
    record = wire.decode(raw)
    (logger,) = [one.id for one in site.loggers if one.serial == record.logger_id]
    channels = [one for one in site.channels if one.logger == logger and one.block == record.block]
    values = {one.name: read_channel(CHANNEL_KINDS[one.kind], record, one.slot)[0] for one in channels}
    return {(name, record.sequence): struct.pack(">d", v) for name, v in values.items() if v is not None}


@pytest.fixture
def seed() -> random.Random:
    """A random source whose seed is printed when a test fails (SEED=n repeats it)."""
    number = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"SEED={number} repeats this run\n")
    return random.Random(number)


@pytest.fixture
def dam() -> Site:
    return read_site(SITE)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[OutboxFile]:
    file = OutboxFile(tmp_path / "outbox", NOW_MS)
    yield file
    file.close()


@pytest.fixture
def store(file: OutboxFile) -> Callable[..., None]:
    outbox = Outbox(file)

    def store(ring: int, *sequences: int, serials: tuple[int, ...] = (1, 2), live: bool = False) -> None:
        outbox.append(
            [Arrival(a_record(one, ring, number), NOW_MS, live) for number in sequences for one in serials]
        )

    return store


@pytest.fixture
def towards(collector: RunningCollector) -> Callable[..., Destination]:
    """Return a destination that is the real collector, by way of another port."""

    def towards(port: int, **changes: object) -> Destination:
        where = {"name": "collector", "url": f"http://127.0.0.1:{port}", "token": collector.token_file.read_text()}
        return Destination(**where | changes)

    return towards
