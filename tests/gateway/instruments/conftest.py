"""A simulated bus with a Keller probe on it, a store of lines, and a site that names it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.bus.exchange import Pace
from gateway.bus.line import Line
from gateway.bus.master import Master
from gateway.instruments.profile_file import read_profile
from gateway.instruments.station import Instrument, instrument_of
from gateway.outbox.intake import LineArrival
from seepline import site as names
from seepline.site_wiring import Bus as SiteBus
from seepline.site_wiring import Channel, Gateway, Station
from simulator.bus import Bus
from simulator.stations import StationNode

BAUD = 115200
BUS = SiteBus(id="bus1", gateway="gw1", baud=BAUD, parity="none")
SCAN_S = 900
TURN_ROUND_S = 0.5  # generous: a loaded machine is no deaf device


class Lines:
    """What the outbox does with lines, in memory."""

    def __init__(self) -> None:
        self.arrivals: list[LineArrival] = []
        self.notes: list[tuple[str, str, str, int]] = []

    def append_lines(self, arrivals) -> None:
        self.arrivals += arrivals

    def note(self, *note) -> None:
        self.notes.append(note)


def keller_values(instrument) -> None:
    """Put the worked example of the protocol document into the registers, P2 inactive."""
    for register, words in ((0x0002, (0x3F75, 0xF07B)), (0x0008, (0x41B5, 0xC079)), (0x0004, (0x7FC0, 0))):
        instrument.registers[register], instrument.registers[register + 1] = words
    instrument.whole_pairs = True


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = Bus(BUS, tmp_path / "bus1.tty", ["k1"])
    yield bus
    bus.close()


@pytest.fixture
def keller(bus: Bus) -> Iterator[StationNode]:
    node = StationNode("k1", 5, bus.port, keller_values)
    yield node
    node.close()


@pytest.fixture
def pace() -> Pace:
    return Pace(BAUD, 10, TURN_ROUND_S)


@pytest.fixture
def master(bus: Bus, pace: Pace) -> Iterator[Master]:
    line = Line(str(bus.tty), BAUD, "none")
    line.open()
    yield Master(line, pace)
    line.close()


@pytest.fixture
def site() -> names.Site:
    rows = (("pressure", "p1", "kPa"), ("inactive", "p2", "kPa"), ("water", "tob1", "degC"))
    return names.Site(
        info=names.SiteInfo(id="dam", name="Dam", timezone="UTC", datum="local", grey_above_share=0.5, demo=True),
        gateways=(Gateway(id="gw1"),),
        buses=(BUS,),
        stations=(Station(id="k1", profile="keller-30-40", address=5, scan_s=SCAN_S, silence_s=3600, bus="bus1"),),
        channels=tuple(Channel(id=name, logger="k1", field=field, unit=unit) for name, field, unit in rows),
    )


@pytest.fixture
def instrument(site: names.Site, pace: Pace) -> Instrument:
    return instrument_of(site, site.stations[0], read_profile("keller-30-40", Path(), {}), pace)


@pytest.fixture
def lines() -> Lines:
    return Lines()
