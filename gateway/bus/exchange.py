"""One request and its answer on RTU, without a port: what to send, what to expect, and what was heard instead.

RTU has no transaction number, so an answer is taken only when its address, function, length and CRC are those that
this request must have; which record or logger it is about is checked again by whoever asked.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from seepline.site_wiring import Bus, Radio
from seepline.wire import registers, rtu
from seepline.wire.record import RECORD_BYTES, RECORD_REGISTERS

FRAME_BYTES = 3  # address and CRC around a PDU
_EXCEPTION_BYTES = 5
_ACKNOWLEDGED_BYTES = 8  # address, function, two words, CRC
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
        return self.request_bytes + self.answer_bytes

    @property
    def request_bytes(self) -> int:
        """Bytes of the request frame."""
        return len(self.pdu) + FRAME_BYTES

    @property
    def mirrors(self) -> bool:
        """Whether the right answer repeats the request, so that an echo of ours looks like one."""
        return self.answer_bytes == self.request_bytes and self.pdu.startswith(self.answer_head)


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


def write_registers(register: int, words: Sequence[int]) -> Request:
    """Return the function 16 request; its answer repeats register and count.

    >>> write_registers(200, [1, 2]).answer_head.hex()
    '1000c80002'
    """
    head = struct.pack(">BHH", rtu.WRITE_MULTIPLE, register, len(words))
    return Request(rtu.write_request(register, list(words)), head, _ACKNOWLEDGED_BYTES)


def return_query(word: int) -> Request:
    """Return the function 8 request that a device sends back as it is: the least that proves it is there."""
    pdu = struct.pack(">BHH", rtu.DIAGNOSTICS, 0, word)
    return Request(pdu, pdu, _ACKNOWLEDGED_BYTES)


def set_time(utc_ms: int) -> bytes:
    """Return the PDU that sets the clocks of all loggers, as a broadcast."""
    return set_one_time(utc_ms).pdu


def set_one_time(utc_ms: int) -> Request:
    """Return the request that sets one logger's clock, for a bus that carries no broadcast."""
    seconds, milliseconds = divmod(utc_ms, 1000)
    return write_registers(registers.TIME_REGISTER, [seconds >> 16, seconds & 0xFFFF, milliseconds, 0])


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


def without_echo(heard: bytes, sent: bytes) -> bytes:
    """Return what was heard without the first copy of what was sent."""
    before, _, after = heard.partition(sent)
    return before + after


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
    """How long things take on one line; `turn_round_s` is the longest a device may think before it answers."""

    baud: int
    bits: int
    turn_round_s: float
    radio: Radio | None = None

    def wire_s(self, count: int) -> float:
        """Return the time that `count` bytes take on the wire."""
        return count * self.bits / self.baud

    def trip_s(self, count: int) -> float:
        """Return the time until the last of `count` bytes is at the other end, a radio segment included."""
        return self.wire_s(count) + (self.radio.added_s(count) if self.radio else 0.0)

    @property
    def silence_s(self) -> float:
        """The silence between frames, t3.5."""
        return rtu.silence_us(self.baud, self.bits) / 1e6

    @property
    def late_s(self) -> float:
        """How long the line must be silent after a failed exchange: the longest late answer fits into it."""
        return self.turn_round_s + self.trip_s(rtu.MAX_FRAME)

    def timeout_s(self, request: Request) -> float:
        """Return how long after the first byte sent the last byte of the answer must be there."""
        return self.shortest_s(request) + self.silence_s + self.turn_round_s

    def shortest_s(self, request: Request) -> float:
        """Return how long a request and its answer travel, with a device that does not think."""
        return self.trip_s(request.request_bytes) + self.trip_s(request.answer_bytes)


def pace_of(bus: Bus, turn_round_s: float) -> Pace:
    """Return the pace of a site's bus."""
    return Pace(bus.baud, bus.character_bits, turn_round_s, bus.radio_segment)


def answer_words(pdu: bytes) -> list[int]:
    """Return the registers in the answer of function 3 or 4."""
    return list(struct.unpack(f">{(len(pdu) - 2) // 2}H", pdu[2:]))
