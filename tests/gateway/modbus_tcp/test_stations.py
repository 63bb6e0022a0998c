"""A station at an address of Modbus TCP: its own task, a server that nobody here wrote."""

import asyncio
import struct
from pathlib import Path

import pytest

from gateway.instruments import tcp_task
from gateway.instruments.profile_file import read_profile
from gateway.instruments.station import by_tcp
from seepline.site_wiring import Channel, Station
from tests.gateway.instruments.conftest import SCAN_S, Lines
from tests.gateway.instruments.test_poller import CLOCK_MS, SetClock, fields

LIMIT_S = 30.0


async def test_a_station_over_modbus_tcp(real_server, site):
    lines = Lines()
    station = Station(
        id="k1",
        profile="campbell-table",
        address=7,
        scan_s=SCAN_S,
        silence_s=3600,
        tcp=f"127.0.0.1:{real_server}",
        gateway="gw1",
        settings={"word_order": "high_first"},
    )
    rows = (("v", "value1", "kPa"), ("c", "coil2", "1"))
    channels = tuple(Channel(id=name, logger="k1", field=field, unit=unit) for name, field, unit in rows)
    there = type(site)(info=site.info, gateways=site.gateways, stations=(station,), channels=channels)
    profiles = {"k1": read_profile("campbell-table", Path(), station.settings)}
    ((where, instruments),) = by_tcp(there, profiles, "gw1").items()
    assert by_tcp(there, profiles, "gw2") == {}
    stored = asyncio.Event()
    plan = tcp_task.TcpPlan("dam", where, tuple(instruments))
    made = tcp_task.tcp_task(plan, lines, SetClock(CLOCK_MS), stored.set, lambda: True)
    task = asyncio.create_task(made.run())
    async with asyncio.timeout(LIMIT_S):
        await stored.wait()
    found = fields(lines)
    assert found["c"] == "0.0"
    assert float(found["v"]) == struct.unpack(">f", struct.pack(">HH", 1000, 1001))[0]
    assert made.status()["stations"]["k1"]["failures"] == 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made.status()["open"] is False
