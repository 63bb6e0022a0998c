"""A third-party probe from its registers on the bus to a water depth in a running collector."""

import asyncio
import json
import time
import urllib.request
from pathlib import Path

import pytest

from collector import tokens
from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.clock import Clock
from gateway.instruments.poller import Instruments
from gateway.instruments.station import on_bus, profile_rules, profiles_of
from gateway.outbox.intake import LineArrival
from seepline.cli.demo import children
from seepline.site_file import read_site
from simulator import stations
from simulator.bus import Bus
from tests.collector.conftest import DAM
from tests.collector.test_stations import STATION
from tests.ports import free_port

LIMIT_S = 90
TURN_ROUND_S = 0.5  # generous: a loaded machine is no deaf device


class Uplink:
    """Outbox and uplink in one: gives each line its identity and posts it to the collector at once."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/api/v2/write?bucket=raw&precision=ms"
        self._head = {"Authorization": f"Token {token}", "Content-Type": "text/plain"}
        self.statuses: list[int] = []

    def append_lines(self, arrivals: list[LineArrival]) -> None:
        for sequence, arrival in enumerate(arrivals, 1):
            line, _, stamp = arrival.line.rpartition(" ")
            body = f"{line},ring=513i,seq={sequence}i {stamp}".encode()
            request = urllib.request.Request(self._url, body, self._head, method="POST")
            with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
                self.statuses.append(answer.status)

    def note(self, *note: object) -> None:
        raise AssertionError(note)


def ask(url: str):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def until(happened):
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            found = happened()
        except OSError:
            found = None
        if found:
            return found
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    text = DAM.read_text(encoding="utf-8").replace("baud = 115200", "baud = 9600", 1)
    own = STATION.replace('"s1"', '"A"')
    (tmp_path / "SITE.toml").write_text(f"{text}\n{own}", encoding="utf-8")
    return tmp_path / "SITE.toml"


@pytest.fixture
def uplink(site_file: Path):
    data, port = site_file.parent / "collector", free_port()
    data.mkdir()
    token = tokens.add(data / tokens.FILE_NAME, "gw1")
    command = ("collector", "run", str(site_file), "--data", str(data), "--listen", f"127.0.0.1:{port}")
    child = children.start("collector", command, site_file.parent, {})
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: ask(f"{url}/api/v1/state"))
        yield Uplink(url, token), url
    finally:
        children.stop(child)


async def poll_once(site, bus: Bus, folder: Path, outbox: Uplink) -> None:
    pace = Pace(9600, 10, TURN_ROUND_S)
    line = Line(str(bus.tty), 9600, "none")
    line.open()
    instruments = on_bus(site, profiles_of(site, folder), site.buses[0], pace)
    polled = Instruments(
        site.info.id, Master(line, pace), instruments, outbox, Clock(), lambda: None,
        least_turn_round_s=TURN_ROUND_S,
    )  # fmt: skip
    try:
        await polled.poll_due()
    finally:
        line.close()


def test_from_registers_to_a_depth(site_file, uplink):
    outbox, url = uplink
    site = read_site(site_file, profile_rules(site_file.parent))
    station = site.stations[0]
    bus = Bus(site.buses[0], site_file.parent / "bus1.tty", [station.id])
    node = stations.start(station, bus.port, lambda: 21_600_000)  # a quarter of a day: 0.125 bar
    try:
        asyncio.run(poll_once(site, bus, site_file.parent, outbox))
    finally:
        node.close()
        bus.close()
    assert outbox.statuses == [204]
    rows = until(lambda: ask(f"{url}/api/v1/points/POND/series?quantity=water_depth&points=10"))
    assert rows[-1]["value"] == pytest.approx(12.5 / 9.80665, rel=1e-5)
