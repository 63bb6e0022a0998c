"""hardware/channels.toml: what is wired to the example site's logger: harness, budget and checks read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.channel_rules import RULES
from hardware.pinmap import read_rows_of
from hardware.table import read_rows

PATH = Path(__file__).with_name("channels.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logger:
    """The logger and the range of its battery."""

    id: str
    battery_v: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A kind of sensor; `supply_v` at its own terminals, () where it needs none; `check`: what the sheet says."""

    id: str
    name: str
    kind: str
    ways: tuple[str, ...]
    supply_v: tuple[float, ...] = ()
    current_ma: float = 0.0
    coil_ohm: float | None = None
    longest_m: float | None = None
    unit_loads: float | None = None
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """A kind of cable: `ohm_per_km` of one conductor, `pf_per_m` between the wires of a pair."""

    id: str
    name: str
    wires: tuple[str, ...]
    shield: bool
    mm2: float
    ohm_per_km: float
    pf_per_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One sensor at one input of the logger."""

    id: str
    input: str
    sensor: str
    cable: str
    cable_m: float
    place: str
    elevation_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """A line that several devices share; `unit_loads` of every device on it, the logger's own with them."""

    id: str
    input: str
    baud: int
    length_m: float
    longest_stub_m: float
    terminated: bool
    unit_loads: tuple[float, ...]


CLASSES = {"logger": Logger, "sensor": Sensor, "cable": Cable, "channel": Channel, "bus": Bus}


@dataclass(frozen=True, slots=True)
class Channels:
    """The file, with nothing wrong in it; kinds by their id."""

    logger: Logger
    sensors: Mapping[str, Sensor]
    cables: Mapping[str, Cable]
    channels: tuple[Channel, ...]
    buses: tuple[Bus, ...]


def read(path: Path = PATH) -> Channels:
    """Return the channel table, checked against the pin map; raises seepline.toml_file.Faulty."""
    pins = read_rows_of()
    rows = read_rows(path, CLASSES, RULES, {table: pins[table] for table in ("carrier", "input", "supply")})
    entries: dict[str, tuple[Any, ...]] = {table: tuple(row.entry for row in rows[table]) for table in CLASSES}
    return Channels(
        entries["logger"][0],
        {sensor.id: sensor for sensor in entries["sensor"]},
        {cable.id: cable for cable in entries["cable"]},
        entries["channel"],
        entries["bus"],
    )
