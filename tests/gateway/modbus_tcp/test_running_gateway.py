"""A gateway program that reads a probe on its bus and a logger of another maker over Modbus TCP."""

import asyncio
import json
import re
import signal

import pytest

from seepline.site_wiring import Bus as SiteBus
from simulator.bus import Bus
from simulator.stations import StationNode
from tests.gateway.instruments.conftest import keller_values

SITE = """
[site]
id = "dam"
name = "Dam"
timezone = "UTC"
datum = "local"
grey_above_share = 0.5
demo = true

[[gateway]]
id = "gw1"

[[bus]]
id = "bus1"
gateway = "gw1"
baud = 115200
parity = "none"

[[station]]
id = "k1"
profile = "keller-30-40"
bus = "bus1"
address = 5
scan_s = 60
silence_s = 3600

[[station]]
id = "cr6"
profile = "campbell-table"
tcp = "127.0.0.1:{port}"
gateway = "gw1"
address = 7
scan_s = 60
silence_s = 3600
settings = {{ word_order = "high_first" }}

[[channel]]
id = "pressure"
logger = "k1"
field = "p1"
unit = "kPa"

[[channel]]
id = "flag"
logger = "cr6"
field = "coil3"
unit = "1"
"""
LINE = re.compile(r"raw,site=dam,logger=(\w+) (\w+)=([\d.]+),ring=(\d+)i,seq=(\d+)i (\d+)")
CLOCK = "2026-11-20T00:00:00Z@60"  # a scan a second


@pytest.fixture
def keller(tmp_path):
    bus = Bus(SiteBus(id="bus1", gateway="gw1", baud=115200, parity="none"), tmp_path / "bus1.tty", ["k1"])
    node = StationNode("k1", 5, bus.port, keller_values)
    yield bus.tty
    node.close()
    bus.close()


async def test_stations_reach_the_collector_each_row_once(
    tmp_path, real_server, keller, collector, start, wait_for, demo_wiring
):
    (tmp_path / "SITE.toml").write_text(SITE.format(port=real_server))
    wiring = re.sub(r"site = '.*'", "site = 'SITE.toml'", demo_wiring(str(keller), collector.url))
    program = start(wiring.replace("turn_round_s = 0.05", "turn_round_s = 0.5"), SEEPLINE_CLOCK=CLOCK)

    def heard(station: str) -> list[re.Match]:
        return [
            found for line in list(collector.stored) if (found := LINE.fullmatch(line)) and found[1] == station
        ]

    await asyncio.to_thread(wait_for, lambda: len(heard("k1")) > 2 and len(heard("cr6")) > 2)
    program.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(program.wait) == 0, (tmp_path / "log").read_text()
    status = json.loads((tmp_path / "data" / "status.json").read_text())
    assert float(heard("k1")[0][3]) == pytest.approx(96.0701, abs=1e-4)
    assert float(heard("cr6")[0][3]) == 1.0
    lines = [LINE.fullmatch(line) for line in collector.stored]
    assert all(lines), collector.stored
    rows = [int(found[5]) for found in lines]
    assert sorted(rows) == list(range(1, len(rows) + 1))
    assert {int(found[4]) for found in lines} == {int(status["outbox"]["id"][:4], 16)}
    assert status["buses"]["bus1"]["stations"]["k1"]["failures"] == 0
    assert status["tcp"][f"127.0.0.1:{real_server}"]["stations"]["cr6"]["polled_ms"] > 0


def test_a_faulty_profile_stops_the_start_with_its_place(tmp_path, start, demo_wiring):
    text = SITE.format(port=502).replace('"keller-30-40"', '"mine.toml"')
    (tmp_path / "SITE.toml").write_text(text)
    (tmp_path / "mine.toml").write_text("[profile]\nmaker = 1\n")
    program = start(re.sub(r"site = '.*'", "site = 'SITE.toml'", demo_wiring("/dev/null", "http://127.0.0.1:1")))
    assert program.wait(timeout=100) == 2
    said = (tmp_path / "log").read_text()
    assert "station[k1].profile.profile.maker" in said
    assert "Traceback" not in said
