"""A third-party station's lines become engineering values, faults and silence, as a logger's do."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.ingest import loggers_by_gateway
from collector.line_protocol import parse
from collector.present import present
from collector.raw_lines import RawRow, rows
from collector.web.tables import logger_rows
from gateway.instruments.decode import Decoded
from gateway.instruments.lines import line_of
from seepline.reading import Quality
from seepline.site import Site
from seepline.site_file import parse_site
from seepline.wire import status as bits
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.collector.conftest import DAM

STATION = """
[[station]]
id = "k1"
profile = "keller-30-40"
bus = "bus1"
address = 9
scan_s = 900
silence_s = 3600

[[channel]]
id = "pressure"
logger = "k1"
field = "p1"
unit = "kPa"

[[point]]
id = "POND"
section = "s1"
kind = "pond"
easting_m = 0.0
northing_m = 0.0
elevation_m = 100.0
failure_mode = "overtopping"
critical = true

[[instrument]]
id = "probe"
kind = "pressure_probe"
maker = "Keller"
serial = "1"

[[assignment]]
point = "POND"
instrument = "probe"
inputs = { pressure = "k1/pressure" }
valid_from = 2015-01-01T00:00:00Z

[[calibration]]
id = "probe"
version = 1
instrument = "probe"
valid_from = 2015-01-01T00:00:00Z
form = "vented"
source = "test"
input_unit = "kPa"
output_unit = "kPa"
coefficients = { zero_elevation_m = 100.0, density_kg_m3 = 1000.0 }
full_scale = { max_kpa = 200.0 }
"""


@pytest.fixture
def dam() -> Site:
    text = DAM.read_text(encoding="utf-8")
    bus, section = (next(line for line in text[text.index(f"[[{table}]]") :].splitlines() if line.startswith("id"))
                    for table in ("bus", "section"))  # fmt: skip
    own = STATION.replace('"bus1"', bus.split(" = ")[1]).replace('"s1"', section.split(" = ")[1])
    return parse_site(text + own)


def row(site: Site, found: Decoded, scan: int, identity: str = "") -> RawRow:
    """Return what the collector reads of the line that the gateway writes, with or without an identity."""
    line = line_of(site.info.id, "k1", {"p1": "pressure"}, {"p1": found}, T0_MS + scan * SCAN_MS)
    head, fields, stamp = line.split(" ")
    lines, unreadable = parse(f"{head} {fields}{identity} {stamp}".encode())
    assert unreadable == []
    (good,), refused = rows(lines, "ms", site.info.id)
    assert refused == []
    return good


def depth(chain: Chain):
    return chain.reader.latest().get(("POND", "water_depth"))


@pytest.mark.parametrize("identity", ["", ",ring=513i,seq=7i"])
def test_a_line_becomes_a_depth(chain, dam, identity):
    chain.take(row(dam, Decoded(98.1, 0), 0, identity))
    found = depth(chain)
    assert found.value == pytest.approx(10.0034, abs=1e-3)
    assert found.judged
    assert found.inputs == (("k1:513:7",) if identity else ())


@pytest.mark.parametrize("status", [bits.INSTRUMENT_FAULT, bits.IMPOSSIBLE, bits.MISSING])
def test_no_reading_is_none_and_raises_the_instruments_own_alarm(chain, dam, status):
    chain.take(row(dam, Decoded(98.1, 0), 0))
    chain.take(row(dam, Decoded(None, status), 1))
    assert (depth(chain).value, depth(chain).quality) == (None, Quality.MISSING)
    assert bits.describe(status) in depth(chain).reasons[0]
    assert "fault" in chain.kinds()


def test_a_station_that_falls_silent_is_told_and_its_point_is_not_valid(chain, dam):
    chain.take(row(dam, Decoded(98.1, 0), 0))
    now = present(dam, chain.reader, T0_MS + SCAN_MS)
    assert now.valid["POND"]
    chain.pass_time(T0_MS + 3_600_000 + 1000)
    silent = [event for event in chain.reader.events() if event.kind == "silence"]
    assert "k1" in {event.logger for event in silent}
    now = present(dam, chain.reader, chain.now_ms)
    assert not now.valid["POND"]
    assert "POND" in now.state.invalid_critical


def test_its_gateway_may_write_it_and_the_page_lists_it(chain, dam):
    assert "k1" in loggers_by_gateway(dam)["gw1"]
    over_tcp = replace(dam.stations[0], bus="", tcp="192.0.2.7:502", gateway="gw1")
    assert "k1" in loggers_by_gateway(replace(dam, stations=(over_tcp,)))["gw1"]
    chain.take(row(dam, Decoded(98.1, 0), 0))
    listed = logger_rows(dam, present(dam, chain.reader, T0_MS), ZoneInfo("UTC"))
    (mine,) = [one for one in listed if one.logger == "k1"]
    assert (mine.serial, mine.profile) == (None, "keller-30-40")
