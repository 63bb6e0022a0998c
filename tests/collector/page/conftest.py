"""A dam made by hand, and a store that answers from lists: the state of the world that each page test changes."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import sin
from pathlib import Path

import pytest

from collector.store import LoggerSeen, SeriesPoint, StoredEvent, StoredReading
from collector.web.render import DAY_CHOICES, Renderer
from collector.web.state_page import read_page
from seepline.alarm.actions import Plan
from seepline.alarm.standing import Standing
from seepline.quality.air import AirResponse
from seepline.reading import Quality
from seepline.sets.register import Register
from seepline.site import (
    Assignment,
    Instrument,
    Logger,
    Point,
    Profile,
    Section,
    Site,
    SiteInfo,
    Threshold,
    ThresholdSet,
)
from seepline.thresholds import Level
from tests.pages import framed

NOW_MS = 1451634300000  # 2015-12-31 23:45 at UTC-8
SCAN_MS = 900_000


def point(ident: str, x_m: float, elevation_m: float, **more: object) -> Point:
    given = {
        "id": ident,
        "section": "A",
        "kind": "piezometer",
        "easting_m": 1000.0 + x_m,
        "northing_m": 5000.0,
        "elevation_m": elevation_m,
        "failure_mode": "slope instability",
        "critical": False,
        **more,
    }
    return Point(**given)


POINTS = (
    point("MV-P1", 70.0, 101.0, phreatic=True, critical=True, name="upstream shell"),
    point("MV-P2", 70.0, 96.0),
    point("WA-P1", 92.0, 99.0, phreatic=True),
    point("WA-P2", 92.4, 95.0),
    point("TOE-P1", 128.0, 97.0, phreatic=True, critical=True, failure_mode="static liquefaction, brittle"),
    point("POND", 35.0, 108.0, kind="pond level"),
    point("WA-BARO", 92.0, 110.0, kind="barometer"),
)
LOGGER_OF = {"MV": "mvd116", "WA": "waterton-a", "TO": "pond", "PO": "pond"}
GROUND = ((0.0, 113.0), (40.0, 111.0), (68.0, 110.5), (78.0, 118.0), (84.0, 118.0), (130.0, 99.0), (160.0, 98.0))
FOUNDATION = ((0.0, 95.0), (80.0, 94.0), (160.0, 96.0))
LIMITS = {"MV-P1": (30.0, 40.0, 50.0), "TOE-P1": (12.0, 16.0, 20.0), "WA-P1": (35.0, 45.0, 60.0)}


def make_site() -> Site:
    sets = (ThresholdSet(id="demo-1", valid_from_ms=0, source="invented for the test", demo=True),)
    thresholds = tuple(
        Threshold(
            set="demo-1",
            point=name,
            quantity="pore_pressure",
            direction="above",
            yellow=yellow,
            orange=orange,
            red=red,
            deadband=0.5,
            delay_count=2,
        )
        for name, (yellow, orange, red) in LIMITS.items()
    )
    return Site(
        info=SiteInfo(
            id="test-dam",
            name="Test dam",
            timezone="Etc/GMT+8",
            datum="none",
            grey_above_share=0.5,
            demo=True,
        ),
        sections=(
            Section(id="A", name="A–A′", azimuth_deg=90.0, origin_easting_m=1000.0, origin_northing_m=5000.0),
        ),
        profiles=tuple(
            Profile(section="A", name=name, valid_from_ms=0, line=line, source="invented profile")
            for name, line in (("ground", GROUND), ("foundation", FOUNDATION))
        ),
        loggers=tuple(
            Logger(id=name, serial=116001 + n, bus="bus1", address=n + 1, scan_s=900, silence_s=2700)
            for n, name in enumerate(("mvd116", "waterton-a", "pond"))
        ),
        points=POINTS,
        instruments=tuple(Instrument(id=f"i-{one.id}", kind="x", maker="m", serial="1") for one in POINTS),
        assignments=tuple(
            Assignment(
                point=one.id,
                instrument=f"i-{one.id}",
                inputs={"primary": f"{LOGGER_OF[one.id[:2]]}/{one.id.lower()}"},
                valid_from_ms=0,
            )
            for one in POINTS
        ),
        threshold_sets=sets,
        thresholds=thresholds,
    )


def reading(name: str, quantity: str, value: float | None, **more: object) -> StoredReading:
    given = {
        "point": name,
        "instrument": f"i-{name}",
        "quantity": quantity,
        "time_ms": NOW_MS,
        "version": 1,
        "value": value,
        "quality": Quality.GOOD if value is not None else Quality.MISSING,
        "judged": value is not None,
        "level": 0,
        "limit_yellow": None,
        "limit_orange": None,
        "limit_red": None,
        "threshold_set": "demo-1" if name in LIMITS else "",
        "calibration": "sheet-1:1",
        "bound": "",
        "late": False,
        "inputs": (),
        "reasons": (),
        "arrived_ms": NOW_MS,
        **more,
    }
    return StoredReading(**given)


def event(**more: object) -> StoredEvent:
    given = {
        "id": "e1",
        "kind": "level",
        "time_ms": NOW_MS - SCAN_MS,
        "arrived_ms": NOW_MS - SCAN_MS,
        "point": "TOE-P1",
        "quantity": "pore_pressure",
        "logger": "",
        "level_from": 0,
        "level_to": 1,
        "value": 12.31,
        "limit_value": 12.0,
        "direction": "above",
        "threshold_set": "demo-1",
        "late": False,
        "text": "",
        **more,
    }
    return StoredEvent(**given)


def wave(base: float, swing: float, limits: tuple[float, ...] = (), count: int = 1344) -> list[SeriesPoint]:
    yellow, orange, red = limits or (None, None, None)
    return [
        SeriesPoint(
            time_ms=NOW_MS - (count - 1 - n) * SCAN_MS,
            value=base + swing * sin(n / 55) + 0.12 * swing * sin(n * 1.7),
            quality=1,
            level=0,
            limit_yellow=yellow,
            limit_orange=orange,
            limit_red=red,
        )
        for n in range(count)
    ]


@dataclass
class World:
    """A site and what its store holds; answers the questions of collector.store.StoreReader."""

    site: Site = field(default_factory=make_site)
    readings: list[StoredReading] = field(default_factory=list)
    rows: dict[tuple[str, str], list[SeriesPoint]] = field(default_factory=dict)
    happened: list[StoredEvent] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    unheard: set[str] = field(default_factory=set)
    air: list[AirResponse] = field(default_factory=list)
    alarms: dict[str, Standing] = field(default_factory=dict)
    planned: dict[str, Plan] = field(default_factory=dict)

    def latest(self) -> dict[tuple[str, str], StoredReading]:
        return {(one.point, one.quantity): one for one in self.readings}

    def series(self, name: str, quantity: str, from_ms: int, to_ms: int, points: int = 1000) -> list[SeriesPoint]:
        assert points > 0
        return [one for one in self.rows.get((name, quantity), []) if from_ms <= one.time_ms < to_ms]

    def events(self, limit: int = 200, *, said_by_loggers: bool | None = None) -> list[StoredEvent]:
        wanted = [one for one in self.happened if said_by_loggers in (None, one.kind == "logger")]
        return wanted[:limit]

    def loggers(self) -> list[LoggerSeen]:
        return [
            LoggerSeen(
                logger=one.id,
                last_ms=NOW_MS - (20 * SCAN_MS if one.id in self.silent else 0),
                silent_since_ms=NOW_MS - 17 * SCAN_MS if one.id in self.silent else None,
            )
            for one in self.site.loggers
            if one.id not in self.unheard
        ]

    def air_responses(self) -> list[AirResponse]:
        return list(self.air)

    def standings(self) -> dict[str, Standing]:
        stand = {
            f"{name}/pore_pressure/above": Standing(level=Level(level), since_ms=NOW_MS - SCAN_MS)
            for name, level in self.levels.items()
        }
        return stand | self.alarms

    def plans(self) -> dict[str, Plan]:
        return self.planned

    def register(self) -> Register:
        return Register()

    def words(self) -> list[object]:
        return []

    def change(self, name: str, quantity: str, **more: object) -> None:
        self.readings = [
            replace(one, **more) if (one.point, one.quantity) == (name, quantity) else one for one in self.readings
        ]

    def drop_reading(self, name: str, quantity: str) -> None:
        self.readings = [one for one in self.readings if (one.point, one.quantity) != (name, quantity)]

    def html(self, refresh_s: int | None = None) -> str:
        page = read_page(self.site, self, NOW_MS, 14, Renderer())
        return framed(self.site, "page.html", page, refresh_s=refresh_s, choices=DAY_CHOICES)


def make_world() -> World:
    world = World()
    for name, base, swing in (
        ("MV-P1", 21.3, 2.0),
        ("MV-P2", 55.2, 1.5),
        ("WA-P1", 22.0, 3.0),
        ("WA-P2", 44.8, 1.0),
        ("TOE-P1", 8.2, 2.6),
    ):
        rows = wave(base, swing, LIMITS.get(name, ()))
        world.rows[name, "pore_pressure"] = rows
        world.readings.append(reading(name, "pore_pressure", rows[-1].value))
        world.readings.append(reading(name, "temperature", 10.9))
        world.rows[name, "temperature"] = wave(10.9, 0.2)
    world.rows["POND", "water_level"] = wave(114.2, 0.3)
    world.readings.append(reading("POND", "water_level", 114.2))
    world.rows["WA-BARO", "barometric_pressure"] = wave(99.4, 1.1)
    world.readings.append(reading("WA-BARO", "barometric_pressure", 99.4))
    world.levels = dict.fromkeys(LIMITS, 0)
    return world


@pytest.fixture
def world() -> World:
    """All instruments valid, no trigger exceeded."""
    return make_world()


@pytest.fixture
def screenshot(tmp_path: Path) -> Callable[[str, int, int], Path]:
    """Take a picture of a page in headless Chromium: (address, width, height) -> PNG."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "Chromium is missing: apt install chromium"

    def take(address: str, width: int, height: int) -> Path:
        picture = tmp_path / f"page-{width}.png"
        options = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={tmp_path / 'chromium'}",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
        )
        subprocess.run([chromium, *options, address], check=True, capture_output=True, timeout=90)
        return picture

    return take


@pytest.fixture
def make_event() -> Callable[..., StoredEvent]:
    """Return an event of the toe piezometer; any field may be given."""
    return event
