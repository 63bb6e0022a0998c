"""Which requests of people are passed on to a logger, and what their answers must be. Pure.

Only what our loggers have: reading registers and records, writing registers, diagnostics. No broadcast.
"""

from collections.abc import Callable, Mapping

from gateway.bus.exchange import Request
from gateway.loggers.errands import ErrandRefused
from seepline.wire import rtu
from seepline.wire.record import RECORD_BYTES

_MOST_PDU = rtu.MAX_FRAME - 3
_MOST_ADDRESS = 247


def _read(pdu: bytes) -> Request:
    count = int.from_bytes(pdu[3:5], "big")
    _expect(len(pdu) == 5 and 1 <= count <= 125, "a read of 1 to 125 registers")
    return Request(pdu, bytes((pdu[0], 2 * count)), 5 + 2 * count)


def _echoed(pdu: bytes) -> Request:
    _expect(len(pdu) == 5, "five bytes")
    return Request(pdu, pdu[:3], 8)


def _write(pdu: bytes) -> Request:
    _expect(len(pdu) >= 8 and len(pdu) == 6 + pdu[5] == 6 + 2 * int.from_bytes(pdu[3:5], "big"), "a whole write")
    return Request(pdu, pdu[:5], 8)


def _records(pdu: bytes) -> Request:
    groups, rest = divmod(len(pdu) - 2, 7)
    _expect(groups in (1, 2) and not rest and pdu[1] == len(pdu) - 2, "one or two records")
    data_bytes = groups * (RECORD_BYTES + 2)
    return Request(pdu, bytes((pdu[0], data_bytes, RECORD_BYTES + 1, rtu.FILE_REFERENCE)), 5 + data_bytes)


_FUNCTIONS: Mapping[int, Callable[[bytes], Request]] = {
    rtu.READ_HOLDING: _read,
    rtu.READ_INPUT: _read,
    rtu.WRITE_SINGLE: _echoed,
    rtu.DIAGNOSTICS: _echoed,
    rtu.WRITE_MULTIPLE: _write,
    rtu.READ_FILE: _records,
}
WRITES = (rtu.WRITE_SINGLE, rtu.WRITE_MULTIPLE)


def request_of(address: object, pdu_hex: object) -> tuple[int, Request]:
    """Return the address and the request that a line asks to pass on.

    Raises
    ------
    ErrandRefused
        When it is not one that our loggers answer.

    >>> request_of(7, "0300000002")[1].answer_bytes
    9
    """
    if not isinstance(address, int) or isinstance(address, bool) or not 1 <= address <= _MOST_ADDRESS:
        raise ErrandRefused(f"address is {address!r}: expected 1 to {_MOST_ADDRESS}")
    try:
        pdu = bytes.fromhex(str(pdu_hex))
    except ValueError as error:
        raise ErrandRefused("pdu is no hexadecimal text") from error
    if not 1 <= len(pdu) <= _MOST_PDU or pdu[0] not in _FUNCTIONS:
        known = ", ".join(map(str, sorted(_FUNCTIONS)))
        raise ErrandRefused(f"only functions {known} are passed on, in at most {_MOST_PDU} bytes")
    return address, _FUNCTIONS[pdu[0]](pdu)


def _expect(right: bool, what: str) -> None:
    if not right:
        raise ErrandRefused(f"the request is not {what}, as its function wants")
