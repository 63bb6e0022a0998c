"""Modbus RTU frames: building them, checking them, knowing their length. No port and no clock here.

    address (1) | function (1) | data (n) | CRC-16, low byte first (2)        at most 256 bytes

Source: Modbus Application Protocol v1.1b3 (functions, exceptions), Modbus over Serial Line v1.02 (frame, timing).
"""

import struct

from seepline.wire.crc import crc16

MAX_FRAME = 256
BROADCAST = 0

READ_HOLDING = 3
READ_INPUT = 4
WRITE_SINGLE = 6
DIAGNOSTICS = 8
WRITE_MULTIPLE = 16
REPORT_ID = 17
READ_FILE = 20
ENCAPSULATED = 43
READ_DEVICE_ID = 14  # the kind (MEI type) of function 43 that names vendor, product and revision

ILLEGAL_FUNCTION = 1
ILLEGAL_ADDRESS = 2
ILLEGAL_VALUE = 3
DEVICE_FAILURE = 4
DEVICE_BUSY = 6

FILE_REFERENCE = 6  # reference type that the standard fixes for function 20


def frame(address: int, pdu: bytes) -> bytes:
    """Return address + PDU + CRC.

    >>> frame(1, bytes([3, 0, 2, 0, 2])).hex()
    '01030002000265cb'
    """
    body = bytes([address]) + pdu
    return body + struct.pack("<H", crc16(body))


def crc_fits(data: bytes) -> bool:
    """Tell whether the last two bytes are the CRC-16 of those before.

    >>> crc_fits(bytes([1, 3, 8, 63, 117, 227, 210, 65, 182, 28, 32, 160, 199]))
    True
    >>> crc_fits(bytes([1, 3, 8, 63, 117, 227, 210, 65, 182, 28, 32, 160, 119]))  # a misprint of Keller v3.5
    False
    """
    size = len(data) - 2
    return size >= 2 and crc16(data, size) == data[size] | data[size + 1] << 8


# function -> whole length, or (where a byte count stands, length of all but the counted bytes)
_REQUEST_LENGTHS = {
    1: 8,
    2: 8,
    READ_HOLDING: 8,
    READ_INPUT: 8,
    5: 8,
    WRITE_SINGLE: 8,
    DIAGNOSTICS: 8,
    REPORT_ID: 4,
}
_COUNTED_REQUESTS = {15: (6, 9), WRITE_MULTIPLE: (6, 9), READ_FILE: (2, 5)}


def request_length(data: bytes) -> int:
    """Return the length of the request that starts in `data`; 0 = more bytes needed, -1 = unknown function."""
    if len(data) < 2:
        return 0
    function = data[1]
    if function in _COUNTED_REQUESTS:
        at, more = _COUNTED_REQUESTS[function]
        return more + data[at] if len(data) > at else 0
    if function == ENCAPSULATED:
        return _device_id_length(data, 7)
    return _REQUEST_LENGTHS.get(function, -1)


def answer_length(data: bytes) -> int:
    """Return the length of the answer that starts in `data`; 0 = more bytes needed, -1 = unknown function."""
    if len(data) < 3:
        return 0
    function = data[1]
    if function & 0x80:
        return 5
    if function in (READ_HOLDING, READ_INPUT, REPORT_ID, READ_FILE, 1, 2):
        return 5 + data[2]
    if function in (WRITE_SINGLE, WRITE_MULTIPLE, DIAGNOSTICS, 5, 15):
        return 8
    if function == ENCAPSULATED:
        return _device_id_length(data, _listed_length(data))
    return -1


def _device_id_length(data: bytes, length: int) -> int:
    """Return `length` for function 43/14, -1 for another kind of function 43, 0 when that cannot be told yet."""
    if len(data) < 3:
        return 0
    return length if data[2] == READ_DEVICE_ID else -1


def _listed_length(data: bytes) -> int:
    """Return the length of a 43/14 answer, whose objects (id, size, text) are walked; 0 = more bytes needed."""
    if len(data) < 8:
        return 0
    at = 8
    for _ in range(data[7]):
        if len(data) < at + 2:
            return 0
        at += 2 + data[at + 1]
    return at + 2


def exception(function: int, code: int) -> bytes:
    """Return the PDU of an exception answer."""
    return bytes([function | 0x80, code])


def read_request(function: int, register: int, count: int) -> bytes:
    """Return the PDU that reads `count` registers by function 3 or 4."""
    return struct.pack(">BHH", function, register, count)


def write_request(register: int, words: list[int]) -> bytes:
    """Return the PDU of function 16."""
    return struct.pack(">BHHB%dH" % len(words), WRITE_MULTIPLE, register, len(words), 2 * len(words), *words)


def file_request(places: list[tuple[int, int, int]]) -> bytes:
    """Return the PDU of function 20 for [(file, record number, registers), ...]."""
    groups = b"".join([struct.pack(">BHHH", FILE_REFERENCE, *place) for place in places])
    return bytes([READ_FILE, len(groups)]) + groups


def file_groups(pdu: bytes) -> list[bytes] | None:
    """Return the data of each group in a function 20 answer PDU, or None when the lengths do not add up."""
    groups = []
    at = 2
    while at + 2 <= len(pdu):
        size = pdu[at]
        if size < 1 or pdu[at + 1] != FILE_REFERENCE or at + 1 + size > len(pdu):
            return None
        groups.append(pdu[at + 2 : at + 1 + size])
        at += 1 + size
    return groups if at == len(pdu) == pdu[1] + 2 else None


def silence_us(baud: int, bits: int = 11) -> int:
    """Return t3.5, the silence between frames, in microseconds (1750 above 19 200 baud; Serial Line 2.5.1.1).

    >>> silence_us(9600), silence_us(115200)
    (4011, 1750)
    """
    return 1750 if baud > 19200 else (35 * bits * 100000 + baud - 1) // baud
