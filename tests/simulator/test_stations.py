"""The simulator's Keller probe, read by a library that nobody here wrote and by the shipped profile."""

import struct
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient

from seepline.site import Site, SiteInfo
from seepline.site_wiring import Bus as SiteBus
from seepline.site_wiring import Gateway, Station
from simulator import stations
from simulator.bus import Bus

QUARTER_DAY_MS = 21_600_000


def station(**more) -> Station:
    whole = {"id": "k1", "profile": "keller-30-40", "address": 9, "scan_s": 900, "silence_s": 3600, "bus": "bus1"}
    return Station(**whole | more)


@pytest.fixture
def client(tmp_path: Path):
    line = SiteBus(id="bus1", gateway="gw1", baud=115200, parity="none")
    bus = Bus(line, tmp_path / "bus1.tty", ["k1"])
    node = stations.start(station(), bus.port, lambda: QUARTER_DAY_MS)
    client = ModbusSerialClient(str(bus.tty), baudrate=115200, timeout=5)
    assert client.connect()
    yield client
    client.close()
    node.close()
    bus.close()


def test_pymodbus_reads_the_water_and_an_inactive_channel(client):
    read = client.read_holding_registers(0x0002, count=2, device_id=9)
    assert struct.unpack(">f", struct.pack(">HH", *read.registers))[0] == pytest.approx(0.125)
    assert client.read_holding_registers(0x0004, count=2, device_id=9).registers[0] & 0x7F80 == 0x7F80
    assert client.read_holding_registers(0x0003, count=2, device_id=9).exception_code == 2


def test_what_is_not_simulated_is_said():
    info = SiteInfo(id="dam", name="Dam", timezone="UTC", datum="local", grey_above_share=0.5, demo=True)
    own = (station(), station(id="k2", profile="mine.toml"), station(id="k3", bus="", tcp="h:502", gateway="gw1"))
    site = Site(info=info, gateways=(Gateway(id="gw1"),), stations=own)
    assert [note.split()[0] for note in stations.notes(site)] == ["k2", "k3"]
    assert [one.id for one in stations.modelled(site, "bus1")] == ["k1"]
