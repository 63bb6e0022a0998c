"""Devices that live in the bus's own process: their answers begin t3.5 after the request, without a program.

For benchmarks, where the master is to be measured and not the slaves, and for tests of the line.
"""

from collections.abc import Callable, Mapping

from seepline.wire import rtu

_FORGET_S = 0.05  # a request that was garbled, before the master can have tried again
Answer = Callable[[bytes], bytes]  # request PDU -> answer PDU; b"" for none


class Residents:
    """The devices by address. `hear` takes what comes over the line and returns the frame to be said, or b''."""

    def __init__(self, devices: Mapping[int, Answer]) -> None:
        self._devices = devices
        self._heard = b""
        self._heard_at_s = 0.0

    def hear(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that were over by `now_s`; after a pause a new request begins."""
        if now_s - self._heard_at_s > _FORGET_S:
            self._heard = b""
        self._heard, self._heard_at_s = self._heard + data, now_s
        size = rtu.request_length(self._heard)
        if not 0 < size <= len(self._heard) or not rtu.crc_fits(self._heard[:size]):
            return b""
        request, self._heard = self._heard[:size], b""
        return self._answer(request[0], request[1:-2])

    def _answer(self, address: int, pdu: bytes) -> bytes:
        if address == rtu.BROADCAST:
            for device in self._devices.values():
                device(pdu)
        if address not in self._devices:
            return b""
        answer = self._devices[address](pdu)
        return rtu.frame(address, answer) if answer else b""
