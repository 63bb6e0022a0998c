"""The test dam's gateway with a signed bundle, a pin of gpiozero's mock factory and a modem on a PTY."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from gateway.bundle.cache import Cache
from gateway.judgement import Judgement, Plan, Surroundings
from gateway.local_alarm.plan import Plan as AlarmPlan
from gateway.modbus_tcp.server import Door
from seepline.acts.document import act_text
from seepline.site_file import parse_site
from tests.acts import Persons
from tests.bundles import DAM, Keys
from tests.collector.chain import SCAN_MS, T0_MS
from tests.gateway.local_alarm.modem import Modem
from tests.gateway.scada.conftest import Dam, StoppedClock

PIN = 17
TWO_COUNT = DAM.replace("delay_count = 1", "delay_count = 2")  # red at the second reading in a row


@dataclass
class World:
    """One gateway with its local alarm; `plan` are the settings of [local_alarm]."""

    folder: Path
    pins: MockFactory
    modem: Modem
    persons: Persons = field(default_factory=Persons)
    dam: Dam = field(default_factory=lambda: Dam(parse_site(TWO_COUNT, "dam"), StoppedClock(T0_MS)))
    events: list[tuple[str, str, str]] = field(default_factory=list)
    committed: int = 0

    def bundle(self, number: int = 1) -> bytes:
        keys = Keys(service=self.persons.service, persons=self.persons.keys)
        return keys.sealed(keys.plain(number, TWO_COUNT, persons=("authority",)))

    def accept_bundle(self) -> None:
        Cache(self.folder, self.persons.policy()).accept(self.bundle())

    def scan(self, hertz: float) -> None:
        """A whole scan of both loggers, a scan later than the one before."""
        self.dam.clock.at_ms += SCAN_MS
        self.dam.says("b", self.dam.clock.at_ms, baro=2100.0)
        self.dam.says("a", self.dam.clock.at_ms, f=hertz, t=3000.0)

    def judgement(self, door: Door | None = None, **plan) -> Judgement:
        settings = self.folder / "gammurc"
        settings.write_text(f"[gammu]\nport = {self.modem.path}\nconnection = at115200\nsynchronizetime = no\n")
        alarm = AlarmPlan(**{"gateway": "gw1", "pin": PIN, "sms_settings": settings} | plan)
        around = Surroundings(
            data=self.folder,
            clock=self.dam.clock,
            note=lambda kind, subject, text, _: self.events.append((kind, subject, text)),
            stored_after=self.dam.stored_after,
            newest_row=lambda: len(self.dam.rows),
            is_polling=lambda: True,
            committed=lambda: self.committed,
        )
        policy = self.persons.policy()
        return Judgement(Plan(site=self.dam.site, gateway="gw1", door=door, policy=policy, alarm=alarm), around)

    @contextlib.asynccontextmanager
    async def running(self, **plan):
        judgement = self.judgement(**plan)
        task = asyncio.create_task(judgement.run())
        try:
            yield judgement
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @property
    def held(self) -> bool:
        return bool(self.pins.pin(PIN).state)

    def signed(self, person: str, kind: str, **body) -> str:
        return self.acted(person, kind, **{"gateway": "gw1", **body})

    def acted(self, person: str, kind: str, **body) -> str:
        return act_text(self.persons.act(person, kind, body, self.dam.clock.at_ms))


@pytest.fixture
def world(tmp_path, monkeypatch):
    pins, modem = MockFactory(), Modem()
    monkeypatch.setattr(Device, "pin_factory", pins)
    yield World(tmp_path, pins, modem)
    modem.close()
    pins.close()


@pytest.fixture
def armed(world):
    """A gateway whose last signed bundle lies on its disk."""
    world.accept_bundle()
    return world
