"""One request and its answer on RTU, without a port: what to send, what to expect, and what was heard instead.

RTU has no transaction number, so an answer is taken only when its address, function, length and CRC are those that
this request must have; which record or logger it is about is checked again by whoever asked.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from seepline.wire import registers, rtu
from seepline.wire.record import RECORD_BYTES, RECORD_REGISTERS

_OVERHEAD_BYTES = 3  # address and CRC around a PDU
_EXCEPTION_BYTES = 5
_LAST_EXCEPTION = 11
_LAST_ADDRESS = 247


class Request(NamedTuple):
    """A request PDU, how the PDU of its answer must begin, and the length of the whole answer frame."""

    pdu: bytes
    answer_head: bytes
    answer_bytes: int

    @property
    def wire_bytes(self) -> int:
        """Bytes on the wire for request and answer together."""
        return len(self.pdu) + _OVERHEAD_BYTES + self.answer_bytes


def read_registers(function: int, register: int, count: int) -> Request:
    """Return the request that reads `count` registers by function 3 or 4.

    >>> read_registers(4, 1000, 62).answer_bytes
    129
    """
    return Request(rtu.read_request(function, register, count), bytes((function, 2 * count)), 5 + 2 * count)


def read_history(sequences: Sequence[int]) -> Request:
    """Return the function 20 request for one or two records.

    >>> read_history([7, 8]).wire_bytes
    268
    """
    places = [(*registers.history_address(sequence), RECORD_REGISTERS) for sequence in sequences]
    data_bytes = len(places) * (RECORD_BYTES + 2)
    head = bytes((rtu.READ_FILE, data_bytes, RECORD_BYTES + 1, rtu.FILE_REFERENCE))
    return Request(rtu.file_request(places), head, 5 + data_bytes)


def set_time(utc_ms: int) -> bytes:
    """Return the PDU that sets a logger's clock."""
    seconds, milliseconds = divmod(utc_ms, 1000)
    return rtu.write_request(registers.TIME_REGISTER, [seconds >> 16, seconds & 0xFFFF, milliseconds, 0])


def find_answer(heard: bytes, address: int, request: Request) -> bytes | None:
    """Return the PDU of the answer or exception in what was heard, None while there is none.

    Stray bytes around the frame do not matter.
    """
    answer = _find_frame(heard, bytes((address,)) + request.answer_head, request.answer_bytes)
    if answer is None:
        refused = _find_frame(heard, bytes((address, request.pdu[0] | 0x80)), _EXCEPTION_BYTES)
        return refused if refused is not None and 1 <= refused[1] <= _LAST_EXCEPTION else None
    return answer


def _find_frame(heard: bytes, start: bytes, size: int) -> bytes | None:
    at = heard.find(start)
    while 0 <= at <= len(heard) - size:
        if rtu.crc_fits(heard[at : at + size]):
            return heard[at + 1 : at + size - 2]
        at = heard.find(start, at + 1)
    return None


def missing_bytes(heard: bytes, address: int, request: Request) -> int:
    """Return how many bytes the answer still lacks, counted from where it seems to begin."""
    start = max(0, heard.find(bytes((address,)) + request.answer_head))
    return max(1, request.answer_bytes - (len(heard) - start))


def blame(heard: bytes, address: int, request: Request) -> str:
    """Return what was heard instead of an answer: 'timeout', 'foreign', 'wrong_length' or 'crc'."""
    for at in range(len(heard)):
        size = rtu.answer_length(heard[at:]) if 1 <= heard[at] <= _LAST_ADDRESS else 0
        if 0 < size <= len(heard) - at and rtu.crc_fits(heard[at : at + size]):
            ours = heard[at] == address and heard[at + 1] == request.pdu[0]
            return "wrong_length" if ours else "foreign"
    return "crc" if heard else "timeout"


class Pace(NamedTuple):
    """How long things take on one line; `turn_round_s` is the longest a logger may think before it answers."""

    baud: int
    bits: int
    turn_round_s: float

    def wire_s(self, count: int) -> float:
        """Return the time that `count` bytes take on the wire."""
        return count * self.bits / self.baud

    @property
    def silence_s(self) -> float:
        """The silence between frames, t3.5."""
        return rtu.silence_us(self.baud, self.bits) / 1e6

    @property
    def late_s(self) -> float:
        """How long the line must be silent after a failed exchange: the longest late answer fits into it."""
        return self.turn_round_s + self.wire_s(rtu.MAX_FRAME)

    def timeout_s(self, request: Request) -> float:
        """Return how long after the first byte sent the last byte of the answer must be there."""
        return self.wire_s(request.wire_bytes) + self.silence_s + self.turn_round_s


def answer_words(pdu: bytes) -> list[int]:
    """Return the registers in the answer of function 3 or 4."""
    return list(struct.unpack(f">{(len(pdu) - 2) // 2}H", pdu[2:]))
