"""Cutting the line's bytes into frames: by length and checksum, and by silence.

Several loggers share the line, and a neighbour's request and answer may follow each other faster than this program
sees a silence. So whole frames are recognised by length and CRC and skipped, whoever they are for; a request for
this logger counts only when the line is silent after it; what fits nothing is dropped at the next gap.
"""

from firmware.traffic import BAD, FOREIGN, MESSAGES, UNANSWERED, Traffic
from seepline.wire.crc import crc16
from seepline.wire.rtu import BROADCAST, MAX_FRAME, answer_length, request_length

_LIMIT = 2 * MAX_FRAME  # more than this without a frame is a babbling node
_SHORTEST = 4


def fits(data: bytes, length: int) -> bool:
    """Tell whether the first `length` bytes end in their own CRC-16."""
    return crc16(data, length - 2) == data[length - 2] | data[length - 1] << 8


class Deframer:
    """Bytes in (`put`), requests for one address out (`take`, once the line is silent)."""

    def __init__(self, address: int, gap_ms: int, traffic: Traffic) -> None:
        self._mine = (address, BROADCAST)
        self._gap_ms = gap_ms
        self._traffic = traffic
        self._buffer = bytearray()
        self._refused: list[int] = []  # lengths at which the front of the buffer was tried in vain
        self._request: tuple[int, bytes] | None = None

    def put(self, data: bytes, quiet_ms: int) -> None:
        """Take bytes that came after `quiet_ms` of silence."""
        if quiet_ms >= self._gap_ms:
            self._drop()
        if self._request:  # the line went on: its master has given us up, an answer now would be a late one
            self._traffic.count(UNANSWERED)
            self._request = None
        self._buffer = self._buffer + data
        while self._cut_front():
            pass
        if len(self._buffer) > _LIMIT:
            self._drop()

    def take(self) -> tuple[int, bytes] | None:
        """Return (address, PDU) of the request that the line is now silent after, or None."""
        request, self._request = self._request or self._request_at_end(), None
        return request

    def _drop(self) -> None:
        if self._buffer:
            self._traffic.count(BAD)
        self._buffer, self._refused = bytearray(), []

    def _cut_front(self) -> bool:
        length, is_request = self._front()
        if not length:
            return False
        frame = bytes(self._buffer[:length])
        self._buffer, self._refused = self._buffer[length:], []
        self._request = None
        self._accept(frame, is_request)
        return True

    def _accept(self, frame: bytes, is_request: bool) -> None:
        self._traffic.count(MESSAGES)
        if is_request and frame[0] in self._mine:
            self._request = (frame[0], frame[1:-2])
        else:
            self._traffic.count(FOREIGN)

    def _front(self) -> tuple[int, bool]:
        """Return (length, is a request) of the whole frame at the front, or (0, False)."""
        for measure, is_request in ((request_length, True), (answer_length, False)):
            length = measure(self._buffer)
            if _SHORTEST <= length <= len(self._buffer) and length not in self._refused:
                if fits(self._buffer, length):
                    return length, is_request
                self._refused.append(length)
        return 0, False

    def _request_at_end(self) -> tuple[int, bytes] | None:
        """Find a request that ends with the last byte: after noise, or of a function or length we do not know."""
        buffer = self._buffer
        for start in range(len(buffer) - _SHORTEST + 1):
            if buffer[start] in self._mine and self._ends_here(start):
                if start:
                    self._traffic.count(BAD)
                frame = bytes(buffer[start:])
                self._buffer, self._refused = bytearray(), []
                self._accept(frame, True)
                return self._request
        return None

    def _ends_here(self, start: int) -> bool:
        rest = self._buffer[start:]
        return (start == 0 or request_length(rest) == len(rest)) and fits(rest, len(rest))
