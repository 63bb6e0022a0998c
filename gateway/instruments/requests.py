"""What to ask of an instrument for some fields of its profile: as few requests as its limits allow. Pure.

A value of several registers lies in one request whole: torn over two it would be of two moments.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.bus.exchange import Pace, Request, read_registers
from gateway.bus.merge import Span, cheapest_gap, merged
from gateway.instruments.profile import COILS, MOST_REGISTERS, Device, Field, Trigger
from seepline.wire import rtu

_MOST_COILS = 2000  # Modbus Application Protocol v1.1b3, 6.1


class Read(NamedTuple):
    """One reading request: its function, and the registers (or coils) that it reads."""

    function: int
    span: Span

    @property
    def request(self) -> Request:
        """The request on the wire."""
        first, count = self.span
        if self.function not in COILS:
            return read_registers(self.function, first, count)
        data_bytes = (count + 7) // 8
        pdu = struct.pack(">BHH", self.function, first, count)
        return Request(pdu, bytes((self.function, data_bytes)), 5 + data_bytes)

    def words(self, answer: bytes) -> list[int]:
        """Return the registers in the PDU of the answer; a coil is a register of 0 or 1."""
        data = answer[2:]
        if self.function in COILS:
            return [data[number // 8] >> number % 8 & 1 for number in range(self.span.length)]
        return list(struct.unpack(f">{len(data) // 2}H", data))


def reads_for(fields: Mapping[str, Field], device: Device, pace: Pace | None) -> tuple[Read, ...]:
    """Return the requests that read some fields; `pace` None (Modbus TCP) reads along whatever fits."""
    found: list[Read] = []
    for function in sorted({one.function for one in fields.values()}):
        spans = [Span(one.first, one.registers) for one in fields.values() if one.function == function]
        widest = _MOST_COILS if function in COILS else device.most_registers
        gap = (cheapest_gap(pace) if pace else MOST_REGISTERS) if device.read_gaps else 0
        found += [Read(function, span) for span in merged(spans, gap, widest)]
    return tuple(found)


def trigger_request(trigger: Trigger) -> Request:
    """Return the write (function 6) that starts a measurement; its answer is its echo."""
    pdu = struct.pack(">BHH", rtu.WRITE_SINGLE, trigger.register, trigger.value)
    return Request(pdu, pdu, 8)


def words_of(fields: Mapping[str, Field], read: Read, answer: Sequence[int]) -> dict[str, list[int]]:
    """Return the registers of each field that one answer holds."""
    start = read.span.first
    return {
        name: list(answer[one.first - start : one.first - start + one.registers])
        for name, one in fields.items()
        if one.function == read.function and start <= one.first and one.first + one.registers <= read.span.end
    }
