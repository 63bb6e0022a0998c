"""A gateway whose clock is wrong or jumps (libfaketime): each reading keeps its logger's time, none is lost."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seepline.wire import record as wire
from tests.debian_servers import fetched
from tests.faults.conftest import FIRST_SCAN_S, SITE, a_record, bits_of, wait_until
from tests.gateway.conftest import Memory, PtySlave

HELD, GROWS = 60, 15
TQ_ARRIVAL = 3


@dataclass
class Dam(Memory):
    """A logger of the test dam whose clock is right; one that was never set says so in every record."""

    never_set: bool = False

    def record(self, sequence: int) -> bytes:
        raw = a_record(self.serial, self.ring, sequence)
        if not self.never_set:
            return raw
        return wire.encode(wire.decode(raw)._replace(utc_s=0, status=0))

    def identification(self) -> bytes:
        self.utc_ms = 0 if self.never_set else time.time_ns() // 10**6
        return super().identification()


class WrongClock:
    """What a program under libfaketime takes for the time; it may jump while the program runs."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "faketime"
        packages = fetched("libfaketime")
        places = [
            *packages.glob("usr/lib/*/faketime/libfaketimeMT.so.1"),
            *Path("/usr/lib").glob("*/faketime/*MT.so.1"),
        ]
        self.environment = {
            "LD_PRELOAD": str(places[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def jump(self, offset_s: float) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{offset_s:+.0f}\n")
        fresh.replace(self.file)

    def jump_to(self, *when: int) -> None:
        self.jump(datetime(*when, tzinfo=UTC).timestamp() - time.time())


@pytest.fixture
def clock(tmp_path) -> WrongClock:
    return WrongClock(tmp_path)


@pytest.fixture
def loggers():
    """Two loggers on a PTY that hold sixty records; their rings are drawn anew for each test."""
    ring = 1000 + time.time_ns() % 60_000
    slave = PtySlave({1: Dam(1, ring=ring, newest=HELD), 2: Dam(2, ring=ring, newest=HELD)})
    yield slave
    slave.close()


@pytest.fixture
def gateway(tmp_path, clock, collector, loggers):
    """Start the gateway program with a wrong clock, on a site whose loggers measure every two seconds."""
    site = tmp_path / "site.toml"
    site.write_text(SITE.read_text().replace("scan_s = 900", "scan_s = 2"))
    (tmp_path / "gateway.toml").write_text(
        "[gateway]\nid = 'gw1'\nsite = 'site.toml'\ndata = 'data'\n"
        f"[[port]]\nbus = 'bus1'\npath = '{loggers.path}'\nturn_round_s = 0.1\n"
        f"[[destination]]\nname = 'collector'\nkind = 'seepline'\nurl = 'http://127.0.0.1:{collector.port}'\n"
        f"token_file = '{collector.token_file}'\n"
    )
    command = [sys.executable, "-m", "seepline.cli", "gateway", "run", str(tmp_path / "gateway.toml")]
    started = []

    def start() -> subprocess.Popen:
        with (tmp_path / "log").open("wb") as log:
            environment = {**os.environ, **clock.environment}
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        return started[-1]

    yield start
    for program in started:
        program.send_signal(signal.SIGTERM)
        assert program.wait(90) == 0, (tmp_path / "log").read_text()


def grow(loggers) -> int:
    for device in loggers.devices.values():
        device.newest += GROWS
    return loggers.devices[1].newest


def assert_whole(collector, dam, ring: int, newest: int) -> None:
    expected, times = {}, {}
    for logger, serial in (("a", 1), ("b", 2)):
        wait_until(lambda logger=logger: len(set(collector.arrived(logger, ring))) == newest)
        assert sorted(collector.arrived(logger, ring)) == list(range(1, newest + 1))
        for sequence in range(1, newest + 1):
            expected |= bits_of(dam, a_record(serial, ring, sequence))
            times[logger, sequence] = (FIRST_SCAN_S + 900 * sequence + ring) * 1000
    assert collector.bits(ring) == expected
    sql = "SELECT logger, seq, time_ms FROM lines WHERE ring = ?"
    assert {(logger, seq): at_ms for logger, seq, at_ms in collector.journal(sql, ring)} == times


def test_a_clock_that_jumps_while_it_runs_changes_no_reading(clock, collector, dam, loggers, gateway):
    ring = loggers.devices[1].ring
    clock.jump(0)
    gateway()
    wait_until(lambda: len(collector.arrived("a", ring)) > 10)
    clock.jump(3600)
    assert_whole(collector, dam, ring, grow(loggers))
    clock.jump(-3600)
    assert_whole(collector, dam, ring, grow(loggers))
    clock.jump_to(2038, 1, 19, 3, 14, 5)  # two seconds before 32 bits are full
    assert_whole(collector, dam, ring, grow(loggers))
    clock.jump_to(1970, 1, 1)
    assert_whole(collector, dam, ring, grow(loggers))


def test_a_machine_without_a_clock_stamps_nothing_and_sets_no_logger(clock, collector, loggers, gateway):
    ring = loggers.devices[1].ring
    loggers.devices[2].never_set, loggers.devices[2].time_quality = True, 0
    clock.jump_to(1970, 1, 1)
    began_ms = time.time_ns() // 10**6
    program = gateway()
    wait_until(lambda: len(collector.arrived("a", ring)) == len(collector.arrived("b", ring)) == HELD)
    sql = "SELECT time_ms, tq FROM lines WHERE ring = ? AND logger = 'b'"
    assert all(time_ms >= began_ms and tq == TQ_ARRIVAL for time_ms, tq in collector.journal(sql, ring))
    assert loggers.devices[1].told_ms == loggers.devices[2].told_ms == []
    program.send_signal(signal.SIGTERM)
    assert program.wait(90) == 0
    clock.jump(0)  # somebody has set its clock, and a logger agrees
    gateway()
    wait_until(lambda: loggers.devices[2].told_ms != [])
    assert loggers.devices[2].told_ms[0] >= began_ms
    newest = grow(loggers)
    wait_until(lambda: len(collector.arrived("b", ring)) == newest)
    hour_ms = 3_600_000  # by uptime a record may have been made a while ago, but not in 1970
    assert all(time_ms >= began_ms - 2 * hour_ms for time_ms, _ in collector.journal(sql, ring))
