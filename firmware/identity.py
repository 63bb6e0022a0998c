"""Who this logger says it is, in the two ways that masters ask: function 17 and function 43/14.

Source of 43/14: Modbus Application Protocol v1.1b3, 6.21. The three basic objects (vendor, product, revision) can
be read as a list and one by one, which is conformity level 0x81; whoever asks for regular or extended objects gets
the basic ones, as the standard says.
"""

from firmware.image import FIRMWARE_VERSION
from firmware.refusal import expect
from seepline.wire import rtu

VENDOR = b"Seepline"
PRODUCT = b"Seepline logger"
BASIC_LISTED_AND_SINGLE = 0x81
_BASIC, _SPECIFIC = 1, 4  # codes of reading: basic, regular, extended as a list; one object
_ROOM = rtu.MAX_FRAME - 3 - 7  # for objects: a frame without address, CRC and the head of this answer


def _revision() -> str:
    return "%d.%d" % (FIRMWARE_VERSION >> 8, FIRMWARE_VERSION & 0xFF)


def name(logger_id: int) -> str:
    """Return the ASCII text of function 17."""
    return "Seepline logger %d firmware %s" % (logger_id, _revision())


def device_objects() -> tuple[bytes, ...]:
    """Return the basic objects of function 43/14, in the order of their ids."""
    return VENDOR, PRODUCT, _revision().encode()


def device_identification(objects: tuple[bytes, ...], pdu: bytes) -> bytes:
    """Return the answer to function 43/14.

    Raises
    ------
    RefusedError
        1 another kind of function 43, 2 an object that is not there, 3 a code of reading that is not there.
    """
    expect(len(pdu) >= 2 and pdu[1] == rtu.READ_DEVICE_ID, rtu.ILLEGAL_FUNCTION)
    expect(len(pdu) == 4 and _BASIC <= pdu[2] <= _SPECIFIC, rtu.ILLEGAL_VALUE)
    code, first = pdu[2], pdu[3]
    if code == _SPECIFIC:
        expect(first < len(objects), rtu.ILLEGAL_ADDRESS)
        end = following = first + 1
    else:
        first = first if first < len(objects) else 0  # the standard: an unknown object restarts the list
        end, following = _fitting(objects, first), len(objects)
    more = end < following
    head = bytes(
        (pdu[0], pdu[1], code, BASIC_LISTED_AND_SINGLE, 0xFF if more else 0, end if more else 0, end - first)
    )
    return head + b"".join(
        [bytes((number, len(objects[number]))) + objects[number] for number in range(first, end)]
    )


def _fitting(objects: tuple[bytes, ...], first: int) -> int:
    """Return the end of the objects from `first` that fit one answer."""
    room = _ROOM
    for number in range(first, len(objects)):
        room -= 2 + len(objects[number])
        if room < 0:
            return number
    return len(objects)
