"""hardware/pinmap.toml: which GPIO and which expander bit is what, and what an operator can wire to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hardware.pin_rules import RULES
from hardware.table import Rows, read_rows

PATH = Path(__file__).with_name("pinmap.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The ESP32 module."""

    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """The board that has the inputs, and the range of what feeds it."""

    revision: str
    supply_v: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One GPIO; `firmware` is the constant of firmware/pins.py, with [n] one of several in it."""

    gpio: int
    net: str
    firmware: str
    direction: Literal["in", "out"]
    group: str
    wake: bool = False
    adc1: bool = False

    @property
    def constant(self) -> str:
        """The constant without its index."""
        return re.sub(r"\[\d+\]$", "", self.firmware)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expander:
    """A TCA9535 on I2C."""

    firmware: str
    address: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """Bits of an expander that belong together; `first` and `mask` are constants of firmware/pins.py."""

    expander: str
    bit: int
    count: int
    net: str
    direction: Literal["in", "out"]
    use: str
    first: str = ""
    mask: str = ""

    @property
    def word(self) -> int:
        """The bits as a mask of 16.

        >>> hex(Bits(expander="", bit=8, count=4, net="", direction="out", use="").word)
        '0xf00'
        """
        return ((1 << self.count) - 1) << self.bit

    def nets(self) -> Iterator[tuple[int, str]]:
        """Yield (bit, net)."""
        if self.count == 1:
            yield self.bit, self.net
        else:
            yield from ((self.bit + n, f"{self.net}_{n}") for n in range(self.count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A terminal block for one sensor: the label of each way, and the option of the driver that stands for it."""

    id: str
    kind: str
    terminal: str
    ways: tuple[str, ...]
    option: Mapping[str, Any] = field(default_factory=dict)
    supply: str = ""
    module: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A switched supply of sensors: the battery's voltage less `drop_v` in the board."""

    id: str
    net: str
    power: int
    drop_v: float
    most_ma: float


CLASSES = {
    "module": Module,
    "carrier": Carrier,
    "pin": Pin,
    "expander": Expander,
    "bits": Bits,
    "input": Input,
    "supply": Supply,
}


@dataclass(frozen=True, slots=True)
class PinMap:
    """The file, with nothing wrong in it."""

    module: Module
    carrier: Carrier
    pins: tuple[Pin, ...]
    expanders: tuple[Expander, ...]
    bits: tuple[Bits, ...]
    inputs: tuple[Input, ...]
    supplies: tuple[Supply, ...]

    def net_of_gpio(self) -> dict[int, str]:
        """Return the net of each GPIO that has one."""
        return {pin.gpio: pin.net for pin in self.pins}

    def bits_of(self, expander: str) -> tuple[Bits, ...]:
        """Return the bits of one expander."""
        return tuple(bits for bits in self.bits if bits.expander == expander)


def read_rows_of(path: Path = PATH) -> Rows:
    """Return the rows of the file; raises seepline.toml_file.Faulty."""
    return read_rows(path, CLASSES, RULES)


def read(path: Path = PATH) -> PinMap:
    """Return the pin map; raises seepline.toml_file.Faulty."""
    rows = read_rows_of(path)
    entries = {table: tuple(row.entry for row in found) for table, found in rows.items()}
    tables = ("pin", "expander", "bits", "input", "supply")
    return PinMap(entries["module"][0], entries["carrier"][0], *(entries[table] for table in tables))
