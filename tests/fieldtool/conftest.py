"""A small dam, gauges as they would answer in air and water, and the real logger program on a simulated bus."""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fieldtool.gauge import Gauge, LiveReading, gauge_at
from gateway.outbox.packing import Pack, identity_of, unpack
from gateway.outbox.segment import segments_in
from seepline.instruments.vw_signal import hz_of_digits
from seepline.site import Site
from seepline.site_file import read_site
from simulator import interpreter, loggers, simulation
from simulator.input_table import Scan

SITE_FILE = Path(__file__).with_name("dam.toml")
NOW_MS = 1_451_606_400_000  # 2016-01-01T00:00:00Z
STATION_KPA = 80.0  # a dam at 2,000 m
THERMISTOR_OHM = 3746.5  # 20 degC (reference page, golden values)


@pytest.fixture(scope="session")
def site() -> Site:
    return read_site(SITE_FILE)


@pytest.fixture
def gauge(site: Site) -> Gauge:
    return gauge_at(site, "P1", NOW_MS)


def digits_at(gauge: Gauge, kpa: float, station_kpa: float = STATION_KPA) -> float:
    """Return what a gauge with this sheet shows at 20 degC under so much water: the sheet, solved by hand."""
    g, r0 = gauge.calibration.coefficients["G"], gauge.calibration.zero["R0"]
    return r0 + (kpa - (101.3 - station_kpa)) / g


def reading(digits: float, uptime_s: int, ohm: float = THERMISTOR_OHM + 9.7, status: int = 0) -> LiveReading:
    """Return one scan of P1's wire; its 100 m of cable (9.7 ohm there and back) are in the thermistor's."""
    values = {"frequency": hz_of_digits(digits), "thermistor": ohm}
    return LiveReading(NOW_MS + 1000 * uptime_s, 1, uptime_s, values, dict.fromkeys(values, status))


def at_rest(digits: float, **more: float) -> list[LiveReading]:
    """Return twenty minutes of readings that hardly move."""
    return [reading(digits + 0.3 * (n % 2), 60 * n, **more) for n in range(21)]


def other_sheet(gauge: Gauge, **changes) -> Gauge:
    return replace(gauge, calibration=replace(gauge.calibration, **changes))


@dataclass(frozen=True)
class Inputs:
    """What the logger measures, by site time: (from s after the start, values and status by channel id)."""

    parts: tuple[tuple[int, dict, dict], ...]
    hours: float = 6.0

    def scans(self, logger: str, site: Site, start_ms: int) -> list[Scan]:
        first, times = start_ms // 1000, range(-1200, int(3600 * self.hours), 60)
        return [Scan(first // 60 * 60 + second, *self._at(second)) for second in times]

    def _at(self, second: int) -> tuple[dict, dict]:
        return [(values, status) for begin, values, status in self.parts if begin <= second or begin == 0][-1]


@dataclass
class Desk:
    """A running logger: its bus and its USB as paths, and what a second of real time is in site seconds."""

    folder: Path
    running: simulation.Simulation
    baud: int = 115_200

    @property
    def bus(self) -> list[str]:
        return ["--port", str(self.folder / "bus1.tty"), "--address", "7", "--baud", str(self.baud)]

    @property
    def port(self) -> list[str]:
        return ["--port", str(self.folder / "bus1.tty")]

    @property
    def usb(self) -> list[str]:
        return ["--usb", str(self.folder / "usb-toe.tty")]


@pytest.fixture
def desk(site: Site, tmp_path: Path, monkeypatch) -> Iterator[Callable[..., Desk]]:
    """Return what starts the logger: `desk(parts, rate)`; it starts again by itself when it restarts itself.

    `prepared(folder)` fills the logger's flash and store before it starts as an ESP32 does, out of its slots.
    """
    opened, stop = [], threading.Event()

    def start(
        *parts: tuple[int, dict, dict],
        rate: int = 1,
        prepared: Callable[[Path], None] | None = None,
        baud: int = 115_200,
    ) -> Desk:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        clock = f"2016-01-01T00:00:00Z@{rate}@{now}"
        monkeypatch.setenv("SEEPLINE_CLOCK", clock)
        options = simulation.Options(
            interpreter=interpreter.find(require_micropython=True),
            site_clock=clock,
            keep_memory=prepared is not None,
        )
        if prepared:
            (tmp_path / "desk").mkdir()
            prepared(tmp_path / "desk")
            monkeypatch.setattr(loggers, "program", _out_of_its_slots)
        buses = tuple(replace(bus, baud=baud) for bus in site.buses)
        context = simulation.running(replace(site, buses=buses), tmp_path / "desk", options, Inputs(parts))
        running = context.__enter__()
        watcher = threading.Thread(target=_look_after, args=(running, stop))
        watcher.start()
        opened.append((context, watcher))
        while not running.ready:
            assert watcher.is_alive(), "the logger's program has ended: see its log above"
            time.sleep(0.05)
        return Desk(tmp_path / "desk", running, baud)

    yield start
    stop.set()
    for context, watcher in opened:
        watcher.join()
        context.__exit__(None, None, None)


def _out_of_its_slots(found: interpreter.Interpreter, config: Path) -> tuple[str, ...]:
    words = ("-X", "heapsize=2m", "-m", "firmware.starter", "simulator.device.board", str(config))
    return (found.command[0], *words)


def _look_after(running: simulation.Simulation, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        running.check()


@dataclass
class RunningGateway:
    """`seepline gateway run` on a desk's bus, with a collector that is not there."""

    program: subprocess.Popen
    data: Path

    @property
    def through(self) -> list[str]:
        return ["--through", str(self.data), "--address", "7"]

    def rows(self) -> list[tuple[int, int, int]]:
        """Return (ring, sequence, came by a live poll) of what is on its disk, in order."""
        packs = [
            Pack(*found)
            for path in segments_in(self.data / "outbox").values()
            for found in _asked(path, "SELECT * FROM pack")
        ]
        return sorted((*identity_of(row.raw)[1:], pack.live) for pack in packs for row in unpack(pack, "any"))

    def events(self) -> list[str]:
        query = "SELECT kind, text FROM event ORDER BY number"
        return [f"{kind}: {text}" for kind, text in _asked(self.data / "outbox" / "state.db", query)]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + 90
        while not condition():
            assert self.program.poll() is None, "the gateway has ended"
            assert time.monotonic() < until, (self.status(), self.events())
            time.sleep(0.05)

    def status(self) -> dict:
        return json.loads((self.data / "status.json").read_text()) if (self.data / "status.json").exists() else {}

    def lives(self) -> int:
        return sum(live for _, _, live in self.rows())


def _asked(path: Path, query: str) -> list[tuple]:
    """Ask a copy: the gateway keeps its files locked. A copy made while it writes is made again."""
    until = time.monotonic() + 60
    while True:
        with tempfile.TemporaryDirectory() as folder:
            for part in path.parent.glob(f"{path.name}*"):
                shutil.copy(part, folder)
            try:
                with closing(sqlite3.connect(Path(folder) / path.name)) as db:
                    return list(db.execute(query))
            except sqlite3.DatabaseError:
                assert time.monotonic() < until, f"{path} cannot be read"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Callable[[Desk], RunningGateway]]:
    """Return what starts the gateway of a desk: it has read the whole memory when this returns."""
    started: list[subprocess.Popen] = []

    def start(here: Desk) -> RunningGateway:
        site_file, token, wiring = tmp_path / "SITE.toml", tmp_path / "token", tmp_path / "gateway.toml"
        site_file.write_text(SITE_FILE.read_text().replace("baud = 115200", f"baud = {here.baud}"))
        token.write_text("s3cret")
        token.chmod(0o600)
        wiring.write_text(
            "[gateway]\nid = 'gw1'\ndata = 'gw'\n\n"
            f"[[port]]\nbus = 'bus1'\npath = '{here.folder / 'bus1.tty'}'\n\n[[destination]]\nname = 'collector'\n"
            "kind = 'seepline'\nurl = 'http://127.0.0.1:9'\ntoken_file = 'token'\n"
        )
        words = [sys.executable, "-m", "seepline.cli", "gateway", "run", str(wiring)]
        started.append(subprocess.Popen(words, stdout=subprocess.DEVNULL))
        running = RunningGateway(started[0], tmp_path / "gw")
        running.wait_for(lambda: (running.data / "gateway.sock").exists() and len(running.rows()) > 20)
        return running

    yield start
    for program in started:
        program.kill()
        program.wait()
