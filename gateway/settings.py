"""gateway.toml: how this Pi is wired. SITE.toml says what stands on the dam; this file what hangs on this machine.

    bytes -> text -> TOML tables -> entries below -> values in range -> rules between entries -> Settings
             Faulty                Faulty, with every problem of all of these

A relative path counts from the folder of gateway.toml. gateway/deploy/gateway.example.toml shows every key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gateway.settings_rules import broken_rules, faults_of
from seepline.site_rules.draft import Problem, Raw, entry_paths
from seepline.site_rules.values import shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables

NAME = "gateway.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which gateway of which site this machine is, and the folder of its outbox and status."""

    id: str
    data: str
    site: str = "SITE.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """The serial port of one bus; `direction` says what switches its RS-485 transceiver from hearing to speaking.

    Without `turn_round_s` a logger may think 0.1 s before it answers, on a simulated bus 1 s.
    """

    bus: str
    path: str
    direction: str = "hardware"
    turn_round_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where records go, each destination with its own watermark.

    `windows` are times of day in which everything may go, such as 22:00-04:30, of UTC or of the site's time zone;
    `outside` says what may go at other times.
    """

    name: str
    kind: Literal["seepline", "influxdb"]
    url: str
    token_file: str
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    cap_bytes_per_s: int | None = None
    windows: tuple[str, ...] = ()
    windows_in: Literal["UTC", "site"] = "UTC"
    outside: Literal["nothing", "urgent", "live"] = "live"
    org: str | None = None
    bucket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long sent records stay; without `keep_days` none is deleted. `thin` allows the declared thinning."""

    keep_days: int | None = None
    thin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scada:
    """The Modbus TCP server for the plant: where it listens, and the addresses that may ask."""

    listen: str = "127.0.0.1:502"
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """By which policy file signed limits from the collector are believed (docs/bundle.md)."""

    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAlarm:
    """The alarm at the dam itself (docs/local-alarm.md): contact, coil and text messages, whichever are named.

    `pin` is a BCM number, `coil` host:port/unit/coil. `sms_settings` is gammu's own file. Without `hand_over_s`
    messages never wait for the collector; without `blind_after_s` missing readings do not drop the contact.
    """

    pin: int | None = None
    pin_signal: Literal["level", "pulse"] | None = None
    coil: str | None = None
    sms_to: tuple[str, ...] = ()
    sms_settings: str | None = None
    sms_from: Literal["yellow", "orange", "red"] = "red"
    hand_over_s: int | None = None
    blind_after_s: int | None = None
    proof_test_days: int = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Where Prometheus finds the figures."""

    listen: str = "127.0.0.1:9184"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """How log lines look: auto is text on a terminal and JSON elsewhere."""

    format: Literal["auto", "json", "text"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole gateway.toml. What has no table in the file is None or its defaults."""

    folder: Path
    gateway: Place
    ports: tuple[Port, ...]
    destinations: tuple[Destination, ...]
    outbox: Keeping
    scada: Scada | None
    bundle: Bundle | None
    local_alarm: LocalAlarm | None
    metrics: Metrics | None
    log: Logs

    def path(self, text: str) -> Path:
        """Return where a path of the file leads."""
        return self.folder / text

    def port_path(self, port: Port) -> str:
        """Return where a port is: `usb:` and a serial number say it without a path."""
        return port.path if port.path.startswith("usb:") else str(self.path(port.path))


_LISTS: Mapping[str, tuple[str, type]] = {"port": ("ports", Port), "destination": ("destinations", Destination)}
_TABLES: Mapping[str, tuple[type, object]] = {  # class, and what stands in for an absent table
    "gateway": (Place, None),
    "outbox": (Keeping, Keeping()),
    "scada": (Scada, None),
    "bundle": (Bundle, None),
    "local_alarm": (LocalAlarm, None),
    "metrics": (Metrics, None),
    "log": (Logs, Logs()),
}


def read_settings(path: Path) -> Settings:
    """Return the settings in a gateway.toml.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem of the file, of its TOML, of each value, of what does not fit together.
    """
    return parse_settings(read_text(path, NAME), path.parent, str(path))


def parse_settings(text: str, folder: Path, name: str = NAME) -> Settings:
    """Return the settings in the text of a gateway.toml that lies in `folder`; raises Faulty."""
    document = parse_toml(text, name)
    problems = list(unknown_tables(document, (*_TABLES, *_LISTS)))
    read: dict[str, object] = {}
    for table, (kind, absent) in _TABLES.items():
        read[table] = _table(document, table, kind, absent, problems)
    for table, (field, kind) in _LISTS.items():
        read[field] = _entries(document, table, kind, problems)
    problems += broken_rules(document)
    if problems:
        raise Faulty(once(problems))
    return Settings(folder=folder, **read)  # type: ignore[arg-type]


def _table(document: Raw, table: str, kind: type, absent: object, problems: list[Problem]) -> object:
    """Return the entry of one [table], and add what is wrong with it to `problems`."""
    raw = document.get(table)
    if raw is None and table != "gateway":
        return absent
    if not isinstance(raw, Mapping):
        problems.append(Problem(table, "nothing" if raw is None else shown(raw), f"one [{table}] table"))
        return absent
    entry, faults = read_entry(kind, raw)
    problems += at(table, (*faults, *faults_of(table, raw)))
    return entry


def _entries(document: Raw, table: str, kind: type, problems: list[Problem]) -> tuple[object, ...]:
    """Return the entries of a [[table]] whose shape is right, and add what is wrong to `problems`."""
    raws, found = entries_of(document, table)
    problems += found
    entries = []
    for path, raw in zip(entry_paths(table, raws), raws, strict=True):
        entry, faults = read_entry(kind, raw)
        problems += at(path, (*faults, *faults_of(table, raw)))
        entries.append(entry)
    return tuple(entry for entry in entries if entry is not None)
