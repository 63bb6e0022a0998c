"""Reading a logger's flash image from outside: the judge of what the loggers held, apart from bus and firmware.

    block (4096 bytes) = 16 bytes of header (begins with "SEEP") + 34 records of 120 bytes

A block without that header is erased or retired. The CRC of each record decides about the record.
"""

from collections.abc import Iterator
from pathlib import Path

from seepline.wire.record import RECORD_BYTES, RecordError, decode

BLOCK_BYTES = 4096
HEADER_BYTES = 16
RECORDS_PER_BLOCK = 34
MAGIC = b"SEEP"


def records(path: Path) -> Iterator[bytes]:
    """Yield every valid 120-byte record of a flash image, in the order of flash (not of sequence)."""
    image = path.read_bytes()
    blocks = range(0, len(image), BLOCK_BYTES)
    for block in (start for start in blocks if image.startswith(MAGIC, start)):
        for slot in range(RECORDS_PER_BLOCK):
            start = block + HEADER_BYTES + slot * RECORD_BYTES
            data = image[start : start + RECORD_BYTES]
            if _valid(data):
                yield data


def count(path: Path) -> int:
    """Return how many records a flash image holds, 0 as long as there is no image."""
    return sum(1 for _ in records(path)) if path.exists() else 0


def _valid(data: bytes) -> bool:
    if data.count(0xFF) == len(data):  # erased
        return False
    try:
        decode(data)
    except RecordError:
        return False
    return True
