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
_ANSWERS_ONLY = 0x80  # functions from here on are exceptions: no request has one


def fits(data: bytes, length: int) -> bool:
    """Tell whether the first `length` bytes end in their own CRC-16."""
    return crc16(data, length - 2) == data[length - 2] | data[length - 1] << 8


class Deframer:
    """Bytes in (`put`), requests for one address out (`take`, once the line is silent); `also` is a second one."""

    def __init__(self, address: int, gap_ms: int, traffic: Traffic, also: int = BROADCAST) -> None:
        self._mine = (address, BROADCAST, also)
        self._gap_ms = gap_ms
        self._traffic = traffic
        self._buffer = bytearray()
        self._refused: list[int] = []  # lengths at which the front of the buffer was tried in vain
        self._request: tuple[int, bytes] | None = None
        self.heard = 0  # pieces put so far: unchanged = the line is silent

    def put(self, data: bytes, quiet_ms: int) -> None:
        """Take bytes that came after `quiet_ms` of silence."""
        if quiet_ms >= self._gap_ms:
            self._drop()
        self.heard = (self.heard + 1) & 0xFFFF
        self._give_up()  # the line went on: the master no longer waits for us, an answer now would be a late one
        self._buffer = self._buffer + data
        while self._cut_front():
            pass
        if len(self._buffer) > _LIMIT:
            self._drop()

    def take(self) -> tuple[int, bytes] | None:
        """Return (address, PDU) of the request that the line is now silent after, or None."""
        if self._buffer:  # bytes of no frame came last: with them a request before them is a damaged one
            self._give_up()
        request, self._request = self._request or self._request_at_end(), None
        return request

    def _give_up(self) -> None:
        if self._request:
            self._traffic.count(UNANSWERED)
            self._request = None

    def _drop(self) -> None:
        if self._is_unknown_frame():
            self._traffic.count(MESSAGES)
            self._traffic.count(FOREIGN)
        elif self._buffer:
            self._traffic.count(BAD)
        self._buffer, self._refused = bytearray(), []

    def _is_unknown_frame(self) -> bool:
        """Tell whether all of the buffer is one whole frame, of a function that this program cannot measure."""
        size = len(self._buffer)
        return _SHORTEST <= size <= MAX_FRAME and self._buffer[0] not in self._mine and fits(self._buffer, size)

    def _cut_front(self) -> bool:
        length, is_request = self._front()
        if not length:
            return False
        frame = bytes(self._buffer[:length])
        self._buffer, self._refused = self._buffer[length:], []
        self._give_up()
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
            if _SHORTEST <= length <= min(len(self._buffer), MAX_FRAME) and length not in self._refused:
                if fits(self._buffer, length):
                    return length, is_request
                self._refused.append(length)
        return 0, False

    def _request_at_end(self) -> tuple[int, bytes] | None:
        """Find a request that ends with the last byte: after noise, or of a function or length we do not know."""
        buffer = self._buffer
        for start in range(max(0, len(buffer) - MAX_FRAME), len(buffer) - _SHORTEST + 1):
            if buffer[start] in self._mine and buffer[start + 1] < _ANSWERS_ONLY and self._ends_here(start):
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
