"""The two checksums on the line: Modbus CRC-16 around a frame, CRC-32 inside a record.

Source: Modbus over Serial Line v1.02, section 6.2.2 (CRC-16, polynomial 0xA001 reflected, start 0xFFFF,
low byte first); CRC-32 is that of zlib (ISO 3309).
"""

import array
import binascii


def _table() -> "array.array[int]":
    words = array.array("H")
    for index in range(256):
        word = index
        for _ in range(8):
            word = (word >> 1) ^ 0xA001 if word & 1 else word >> 1
        words.append(word)
    return words


_CRC16 = _table()


def crc16(data: bytes, length: int = -1) -> int:
    """Return the Modbus CRC-16 of the first `length` bytes of `data` (all of them when negative).

    >>> hex(crc16(b"123456789"))
    '0x4b37'
    """
    table = _CRC16
    crc = 0xFFFF
    for byte in data if length < 0 else memoryview(data)[:length]:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


def crc32(data: bytes) -> int:
    """Return the CRC-32 of `data` as an unsigned 32-bit number.

    >>> hex(crc32(b"123456789"))
    '0xcbf43926'
    """
    return binascii.crc32(data) & 0xFFFFFFFF
