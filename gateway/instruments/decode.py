"""From registers to values: orders, types, scale, and what is no reading. Pure.

A number that the maker uses for "no reading", one outside what the instrument can say, and one that its own fault
register disowns have no value; the status says which.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.instruments.profile import Device, Field
from seepline.wire import status as bits

_FORMS = {"u16": ">H", "i16": ">h", "u32": ">I", "i32": ">i", "f32": ">f", "f64": ">d", "bits": ">H"}


class Decoded(NamedTuple):
    """One field: its value in the field's unit or None, and the status bits that say why."""

    value: float | None
    status: int


def number_of(one: Field, device: Device, words: Sequence[int]) -> float:
    """Return the number in a field's registers, as the instrument means it.

    >>> keller = Device(byte_order="high_first", word_order="high_first", pause_ms=0, turn_round_ms=100,
    ...                 most_registers=2, read_gaps=False, bauds=(9600,), parities=("none",))
    >>> p1 = Field(function=3, register=2, type="f32", scale=1, unit="bar")
    >>> round(number_of(p1, keller, [63 << 8 | 117, 240 << 8 | 123]), 6)  # Keller v3.5, worked example
    0.960701
    """
    if device.word_order == "low_first":
        words = words[::-1]
    order = ">" if device.byte_order == "high_first" else "<"
    data = struct.pack(f"{order}{len(words)}H", *words)
    (number,) = struct.unpack(_FORMS[one.type], data)
    if one.type == "bits":
        return int(number) >> one.first_bit & (1 << one.bit_count) - 1
    return float(number)


def is_sentinel(one: Field, number: float) -> bool:
    """Tell whether a number is one of the maker's for "no reading"; NaN and infinity always are."""
    return not math.isfinite(number) or number in [_as_sent(one, sentinel) for sentinel in one.sentinels]


def _as_sent(one: Field, sentinel: float) -> float:
    """Return a sentinel as the field's type carries it: 1e37 is another number as a single."""
    return float(struct.unpack(">f", struct.pack(">f", sentinel))[0]) if one.type == "f32" else sentinel


def decoded(one: Field, device: Device, words: Sequence[int]) -> Decoded:
    """Return the value in a field's registers, or why there is none."""
    number = number_of(one, device, words)
    if is_sentinel(one, number):
        return Decoded(None, bits.INSTRUMENT_FAULT)
    value = number * one.scale + one.offset
    if one.valid and not one.valid[0] <= value <= one.valid[1]:
        return Decoded(None, bits.IMPOSSIBLE)
    return Decoded(value, 0)


def readings(
    fields: Mapping[str, Field], device: Device, words: Mapping[str, Sequence[int]]
) -> dict[str, Decoded]:
    """Return every field's value; `words` lacks the fields that were not read, which are missing."""
    plain = {
        name: decoded(one, device, words[name]) if name in words else Decoded(None, bits.MISSING)
        for name, one in fields.items()
    }
    return {name: _believed(one, plain[name], plain) for name, one in fields.items()}


def _believed(one: Field, own: Decoded, others: Mapping[str, Decoded]) -> Decoded:
    """Return a field's value unless its fault field says that there is none, or could not be read itself."""
    if not one.fault_field or own.value is None:
        return own
    fault = others[one.fault_field]
    if fault.value is None:
        return Decoded(None, fault.status)
    return own if fault.value == 0 else Decoded(None, bits.INSTRUMENT_FAULT)
