"""The 120-byte record: the same bytes in flash, in a live block and in a history answer.

    byte  0      logger id u32
          4      block id u8, map version u8
          6      status and time-quality bits u16
          8      ring id u16, boot count u16
         12      sequence u32
         16      UTC seconds u32 (0 = never set), milliseconds u16
         22      uptime s u32
         26      payload type u8, channel count u8
         28..115 payload, 44 registers
        116      CRC-32 of bytes 0..115

Big-endian, high word first. A record carries its own identity, time and checksum, so a late or foreign answer
on the line identifies itself. A value that is missing is the out-of-range integer of its type (`MISSING_*`).
"""

import struct
from collections import namedtuple

from seepline.wire.crc import crc32

RECORD_BYTES = 120
RECORD_REGISTERS = 60
PAYLOAD_BYTES = 88
MAP_VERSION = 1

PAYLOAD_VW = 1
PAYLOAD_SCALAR = 2
PAYLOAD_EVENT = 3

MISSING_U16 = 0xFFFF
MISSING_U32 = 0xFFFFFFFF
MISSING_I32 = -0x80000000

_HEADER = ">IBBHHHIIHIBB"
_HEADER_BYTES = 28

_VW = ">HIIHHHHHH"  # one vibrating-wire channel: 11 registers in the order of VwChannel
_VW_BYTES = 22
VW_CHANNELS = 4

SCALAR_CHANNELS = 14
_SCALAR = ">iH"
_SCALAR_BYTES = 6

Record = namedtuple(
    "Record",
    (
        "logger_id",
        "block",
        "map_version",
        "status",
        "ring",
        "boot",
        "sequence",
        "utc_s",
        "utc_ms",
        "uptime_s",
        "payload_type",
        "channels",
        "payload",
    ),
)

VwChannel = namedtuple(
    "VwChannel",
    (
        "status",
        "frequency_mhz",  # millihertz
        "thermistor_mohm",  # milliohm
        "amplitude_uv",  # microvolt rms at the coil
        "snr_tenth",  # response over the largest other candidate, in tenths
        "decay_e4",  # end over start amplitude, in 1e-4
        "noise_tenth_hz",  # frequency of the largest disturbance, 0.1 Hz
        "agreement_mhz",  # difference of two captures, millihertz
        "spare",
    ),
)

ScalarChannel = namedtuple("ScalarChannel", ("status", "value"))


class RecordError(ValueError):
    """These 120 bytes are not a record: wrong length, or the CRC-32 does not fit."""


def encode(record: Record) -> bytes:
    """Return the 120 bytes of a `Record`; a short payload is padded with 0xFF (missing)."""
    body: bytes = struct.pack(_HEADER, *record[:12])
    body += record.payload + b"\xff" * (PAYLOAD_BYTES - len(record.payload))
    return body + struct.pack(">I", crc32(body))


def decode(data: bytes) -> Record:
    """Return the `Record` in 120 bytes.

    Raises
    ------
    RecordError
        When the length is not 120 or the CRC-32 does not fit.
    """
    if len(data) != RECORD_BYTES:
        raise RecordError("a record has %d bytes, not %d" % (RECORD_BYTES, len(data)))
    if struct.unpack_from(">I", data, 116)[0] != crc32(data[:116]):
        raise RecordError("CRC-32 of the record does not fit")
    fields = list(struct.unpack_from(_HEADER, data, 0))
    fields.append(bytes(data[_HEADER_BYTES:116]))
    return Record(*fields)


def encode_vw(channels: list[VwChannel]) -> bytes:
    """Return the payload of up to four `VwChannel` tuples."""
    return b"".join([struct.pack(_VW, *channel) for channel in channels])


def decode_vw(payload: bytes, count: int) -> list[VwChannel]:
    """Return the first `count` vibrating-wire channels of a payload."""
    return [VwChannel(*struct.unpack_from(_VW, payload, _VW_BYTES * slot)) for slot in range(count)]


def encode_scalar(channels: list[ScalarChannel]) -> bytes:
    """Return the payload of up to fourteen `ScalarChannel` tuples."""
    return b"".join([struct.pack(_SCALAR, channel.value, channel.status) for channel in channels])


def decode_scalar(payload: bytes, count: int) -> list[ScalarChannel]:
    """Return the first `count` scalar channels of a payload."""
    pairs = [struct.unpack_from(_SCALAR, payload, _SCALAR_BYTES * slot) for slot in range(count)]
    return [ScalarChannel(status, value) for value, status in pairs]


def missing_vw(status: int) -> VwChannel:
    """Return a vibrating-wire channel without a reading: every field out of range, the status says why."""
    return VwChannel(status, MISSING_U32, MISSING_U32, *((MISSING_U16,) * 6))


def missing_scalar(status: int) -> ScalarChannel:
    """Return a scalar channel without a reading."""
    return ScalarChannel(status, MISSING_I32)


# How one payload type is written and read: the whole difference between them.
PayloadKind = namedtuple("PayloadKind", ("name", "channels", "encode", "decode", "missing"))

PAYLOADS = {
    PAYLOAD_VW: PayloadKind("vw", VW_CHANNELS, encode_vw, decode_vw, missing_vw),
    PAYLOAD_SCALAR: PayloadKind("scalar", SCALAR_CHANNELS, encode_scalar, decode_scalar, missing_scalar),
}
