"""A bundle on its whole way: made, fetched from a real collector, checked, kept, and seen by the plant."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pymodbus.client import AsyncModbusTcpClient

from collector import tokens
from gateway.bundle import fetch as module
from gateway.clock import Clock
from gateway.judgement import Judgement, Plan, Surroundings
from gateway.modbus_tcp.server import Door
from seepline.site_file import parse_site
from tests.bundles import DAM, Keys
from tests.collector.conftest import RunningCollector
from tests.gateway.scada.conftest import until
from tests.ports import free_port

LIMITS = 69  # then the bundle's number (70, 71) and, at 74, whether a newer one was refused


@pytest.fixture
def collector_process(tmp_path) -> Iterator[RunningCollector]:
    (tmp_path / "collector").mkdir()
    running = RunningCollector(tmp_path / "collector", free_port())
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


class Gateway:
    """A gateway's judgement with nothing in its outbox, and a client of the plant that reads it."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.events: list[str] = []
        around = Surroundings(
            data=folder,
            clock=Clock(),
            note=lambda kind, *_: self.events.append(kind),
            stored_after=lambda after, limit: [],
            newest_row=lambda: 0,
            is_polling=lambda: True,
        )
        door = Door(listen="127.0.0.1:0")
        plan = Plan(site=parse_site(DAM, "dam"), gateway="gw1", door=door, policy=keys.policy())
        self.judgement = Judgement(plan, around)

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.judgement.run())
        try:
            await until(lambda: self.judgement.port)
            async with AsyncModbusTcpClient("127.0.0.1", port=self.judgement.port, timeout=30) as plant:
                yield plant
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def shows(plant: AsyncModbusTcpClient, limits: int, bundle: int, refused: int) -> None:
    """Wait until the registers say which limits are in force."""

    async def as_asked() -> bool:
        found = (await plant.read_holding_registers(LIMITS, count=6)).registers
        return (found[0], found[2], found[5]) == (limits, bundle, refused)

    await until(as_asked)


async def test_a_bundle_judges_until_a_better_one_comes(tmp_path, collector_process, monkeypatch):
    monkeypatch.setattr(module, "ASK_EVERY_S", 0.0)
    keys, offered = Keys(), collector_process.data / "bundle"
    token = tokens.add(collector_process.data / tokens.FILE_NAME, "gw1")
    collector_process.start()
    folder = tmp_path / "gateway"
    folder.mkdir()
    gateway = Gateway(folder, keys)
    headers = {"Authorization": f"Token {token}"}
    async with httpx.AsyncClient(
        base_url=collector_process.url, headers=headers, trust_env=False, timeout=60
    ) as client:
        async with gateway.running() as plant:
            await gateway.judgement.on_contact(client)
            await shows(plant, 1, 0, 0)
            offered.write_bytes(keys.bundle(4))
            await gateway.judgement.on_contact(client)
            await shows(plant, 2, 4, 0)
            for bad in (keys.bundle(3), keys.bundle(5, approvals=()), Keys().bundle(5)):
                offered.write_bytes(bad)
                await gateway.judgement.on_contact(client)
                await shows(plant, 2, 4, 1)
        assert gateway.events == ["bundle_accepted", *["bundle_refused"] * 3]
        assert "service key" in gateway.judgement.status()["bundle"]["refusal"]
        gateway = Gateway(folder, keys)
        async with gateway.running() as plant:
            await shows(plant, 2, 4, 0)
            offered.write_bytes(keys.bundle(5))
            await gateway.judgement.on_contact(client)
            await shows(plant, 2, 5, 0)
    assert collector_process.stop() == 0


async def test_a_gateway_without_policy_or_plant_has_nothing_to_do(tmp_path):
    around = Surroundings(
        data=tmp_path,
        clock=Clock(),
        note=lambda *_: None,
        stored_after=lambda after, limit: [],
        newest_row=lambda: 0,
        is_polling=lambda: True,
    )
    judgement = Judgement(Plan(site=parse_site(DAM, "dam"), gateway="gw1"), around)
    await judgement.on_contact(None)
    assert judgement.status() == {"bundle": None, "scada": None, "local_alarm": None}
    assert judgement.port is None
