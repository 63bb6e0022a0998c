"""What of a site is wired: gateways, their buses, loggers and instruments on them, and the channels of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A field computer that polls buses. `link_s`: the longest time from its outbox to the collector's disk."""

    id: str
    link_s: int | None = None


class Radio(NamedTuple):
    """A transparent radio segment of a bus: what it adds each way, and whether broadcasts pass.

    A frame starts to come out `latency_s` late, and stands still for `gap_s` after every `packet_bytes`.
    """

    latency_s: float
    packet_bytes: int
    gap_s: float
    broadcast: bool

    def added_s(self, count: int) -> float:
        """Return how much later the last of `count` bytes comes than over a cable.

        >>> Radio(0.1, 48, 0.05, False).added_s(129)
        0.2
        """
        return self.latency_s + (count - 1) // self.packet_bytes * self.gap_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """One RS-485 line of a gateway; `radio` has the fields of Radio when a part of it is no cable."""

    id: str
    gateway: str
    baud: int
    parity: Literal["none", "even", "odd"]
    stop_bits: Literal[1, 2] = 1
    radio: Mapping[str, Any] = field(default_factory=dict)

    @property
    def character_bits(self) -> int:
        """Bits of one character: start, eight data, parity if any, stop."""
        return 9 + (self.parity != "none") + self.stop_bits

    @property
    def radio_segment(self) -> Radio | None:
        """The radio segment of the bus, None when all of it is cable."""
        return Radio(**self.radio) if self.radio else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logger:
    """A data logger: `serial` is its id on the wire, `address` its Modbus address; silent after `silence_s`.

    `trunk_m`: how far from the gateway it hangs, along the bus cable.
    """

    id: str
    serial: int
    bus: str
    address: int
    scan_s: int
    silence_s: int
    mode: Literal["continuous", "window"] = "continuous"  # window: it sleeps between scans
    window_s: int = 5  # and listens for so long after each
    trunk_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A third-party instrument that a gateway reads itself, as its profile file says.

    It stands on a `bus`, or at `tcp` ("host:port") where `gateway` reads it; `settings` fills what the profile
    leaves to the site. To everything behind the gateway it is what a logger is: silent after `silence_s`.
    """

    id: str
    profile: str
    address: int
    scan_s: int
    silence_s: int
    bus: str = ""
    tcp: str = ""
    gateway: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    trunk_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLogger:
    """A logger of another system, whose files the collector imports (imports.toml of its data directory).

    No gateway of ours reads it. To everything behind the import it is what a logger is: silent after `silence_s`.
    """

    id: str
    scan_s: int
    silence_s: int
    maker: str = ""


Wired = Logger | Station
Source = Wired | ForeignLogger


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One place in a logger's record, or one `field` of a station's profile (which has no block, slot and kind).

    `logger` is the id of either, or of a foreign logger, whose channels have neither place nor field.
    `stuck_after` equal raw readings, within `resolution`, are suspect. `sentinels`: whose numbers for "no reading"
    may come in it (seepline.sentinels).
    """

    id: str
    logger: str
    unit: str
    block: int = -1
    slot: int = -1
    kind: str = ""
    field: str = ""
    cable_m: float = 0.0
    cable_ohm_per_km: float = 0.0
    stuck_after: int | None = None
    resolution: float | None = None
    sentinels: str | None = None

    @property
    def place(self) -> tuple[str, int, int]:
        """Return (logger, block, slot), which the channels of one wire share."""
        return self.logger, self.block, self.slot

    @property
    def name(self) -> str:
        """Return 'logger/channel', the name that assignments use."""
        return f"{self.logger}/{self.id}"
