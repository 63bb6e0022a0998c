"""What a profile file says of an instrument: its registers, what they mean, and how it wants to be asked.

The classes are the schema of the file (gateway/instruments/profile_file.py reads it). Nothing that decides a value
has a default: function, register, type, scale, unit and both orders are said in every profile.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from seepline.site_rules.values import BAUDS, is_number

Type = Literal["u16", "i16", "u32", "i32", "f32", "f64", "bits"]
Order = Literal["high_first", "low_first"]

REGISTERS: Mapping[str, int] = {"u16": 1, "i16": 1, "u32": 2, "i32": 2, "f32": 2, "f64": 4, "bits": 1}
READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT = 1, 2, 3, 4
COILS = (READ_COILS, READ_DISCRETE)
UNIT_OF_SITE = "site"  # the unit of a channel whose quantity only the site knows (a Campbell variable)
MOST_REGISTERS = 125  # Modbus Application Protocol v1.1b3, 6.3
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose instrument this is, and the document (edition, page) that every number was taken from."""

    maker: str
    model: str
    source: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """How the instrument is asked. `pause_ms` stands between two requests, `turn_round_ms` before an answer.

    `read_gaps`: registers that nobody wants may be read along (many refuse them). `bauds` and `parities` are the
    line settings that it knows; on Modbus TCP they mean nothing.
    """

    byte_order: Order
    word_order: Order
    pause_ms: int
    turn_round_ms: int
    most_registers: int
    read_gaps: bool
    bauds: tuple[int, ...]
    parities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value: number in the registers x `scale` + `offset`, in `unit`.

    `place` counts values of this type behind `register`. For type `bits`: `bit_count` bits from `first_bit` (0 is
    the lowest) as a whole number; of a coil or discrete input the register is its number. A number in `sentinels`
    (NaN and infinity always) and a value outside `valid` are no reading; `valid` is what the instrument can say at
    all, not its measuring range. Where the field named by `fault_field` is not 0, there is no reading either.
    """

    function: int
    register: int
    type: Type
    scale: float
    unit: str
    place: int = 0
    offset: float = 0.0
    sentinels: tuple[float, ...] = ()
    valid: tuple[float, ...] = ()
    first_bit: int = 0
    bit_count: int = 1
    fault_field: str = ""
    remark: str = ""

    @property
    def first(self) -> int:
        """The first register, or the coil."""
        return self.register + self.place * self.registers

    @property
    def registers(self) -> int:
        """How many registers (or coils) the value takes."""
        return REGISTERS[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A write (function 6) that starts a measurement, and how long it takes until it can be read."""

    register: int
    value: int
    wait_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What only the site knows: `text` says where it is found; without a default the site must give it."""

    text: str
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One checked profile, its settings filled in."""

    name: str
    about: About
    device: Device
    fields: Mapping[str, Field] = field(default_factory=dict)
    trigger: Trigger | None = None

    def with_faults(self, wanted: tuple[str, ...]) -> dict[str, Field]:
        """Return the wanted fields, and those that say whether they may be believed."""
        judges = [self.fields[name].fault_field for name in wanted]
        return {name: self.fields[name] for name in dict.fromkeys((*wanted, *filter(None, judges)))}


class Row(NamedTuple):
    """A test of one value, and what is expected."""

    test: Callable[[object], bool]
    expected: str


def _within(low: int, high: int) -> Row:
    return Row(lambda value: isinstance(value, int) and low <= value <= high, f"{low} to {high}")


_TEXT = Row(lambda value: isinstance(value, str) and bool(value.strip()), "a text that is not empty")
_BAUD_LIST = Row(
    lambda value: isinstance(value, list) and bool(value) and all(baud in BAUDS for baud in value),
    "a list out of " + ", ".join(map(str, BAUDS)),
)
_PARITY_LIST = Row(
    lambda value: isinstance(value, list) and bool(value) and set(map(str, value)) <= {"none", "even", "odd"},
    'a list out of "none", "even", "odd"',
)
_RANGE = Row(
    lambda value: (
        isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]
    ),
    "[lowest, highest]",
)

_ROWS: Mapping[tuple[type, str], Row] = {
    (About, "maker"): _TEXT,
    (About, "model"): _TEXT,
    (About, "source"): Row(_TEXT.test, "the document with edition and page"),
    (Setting, "text"): _TEXT,
    (Device, "pause_ms"): _within(0, 60_000),
    (Device, "turn_round_ms"): _within(1, 10_000),
    (Device, "most_registers"): _within(1, MOST_REGISTERS),
    (Device, "bauds"): _BAUD_LIST,
    (Device, "parities"): _PARITY_LIST,
    (Trigger, "register"): _within(0, 65535),
    (Trigger, "value"): _within(0, 65535),
    (Trigger, "wait_ms"): _within(0, 60_000),
    (Field, "function"): _within(1, 4),
    (Field, "register"): _within(0, 65535),
    (Field, "place"): _within(0, 65535),
    (Field, "first_bit"): _within(0, 15),
    (Field, "bit_count"): _within(1, 16),
    (Field, "unit"): Row(_TEXT.test, f'a unit, or "{UNIT_OF_SITE}" where each channel says its own'),
    (Field, "valid"): _RANGE,
    (Field, "scale"): Row(lambda value: value != 0, "a factor that is not 0"),
}

Fault = tuple[str, str, str]  # key, found, expected


def value_rows(kind: type, raw: Mapping[str, object]) -> Iterator[tuple[str, object, str]]:
    """Yield (key, value, expected) of each value that cannot be; its type is checked elsewhere."""
    for key, value in raw.items():
        row = _ROWS.get((kind, key))
        if row is not None and not row.test(value):
            yield key, value, row.expected


def field_faults(name: str, one: Field, profile_fields: Mapping[str, object], most: int | None) -> Iterator[Fault]:
    """Yield what does not fit together in a field whose values are right by themselves."""
    if not _NAME.fullmatch(name):
        yield "", repr(name), "a name of letters, digits, underline and hyphen"
    if one.function in COILS and one.type != "bits":
        yield "type", repr(one.type), '"bits" for functions 1 and 2'
    if one.function in COILS and (one.first_bit, one.bit_count) != (0, 1):
        yield "bit_count", str(one.bit_count), "one bit at 0: a coil is one bit"
    if one.first_bit + one.bit_count > 16:
        yield "bit_count", str(one.bit_count), f"at most {16 - one.first_bit} bits from bit {one.first_bit}"
    if one.first + one.registers > 65536:
        yield "place", str(one.place), "a value that ends at register 65535 or before"
    if most is not None and one.registers > most:
        yield (
            "type",
            repr(one.type),
            f"at most most_registers ({most}): no value is read in two requests",
        )
    if one.fault_field and one.fault_field not in profile_fields:
        yield "fault_field", repr(one.fault_field), "one of the fields of this profile"
