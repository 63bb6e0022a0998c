"""What of a site is wired: gateways, their buses, the loggers on them and the channels in a logger's records."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A field computer that polls buses."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """One RS-485 line of a gateway."""

    id: str
    gateway: str
    baud: int
    parity: Literal["none", "even", "odd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logger:
    """A data logger: `serial` is its id on the wire, `address` its Modbus address; silent after `silence_s`."""

    id: str
    serial: int
    bus: str
    address: int
    scan_s: int
    silence_s: int
    mode: Literal["continuous", "window"] = "continuous"  # window: it sleeps between scans
    window_s: int = 5  # and listens for so long after each


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One place in a logger's record. `stuck_after` equal raw readings, within `resolution`, are suspect.

    `sentinels`: whose numbers for "no reading" may come in it (seepline.sentinels).
    """

    id: str
    logger: str
    block: int
    slot: int
    kind: str
    unit: str
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
