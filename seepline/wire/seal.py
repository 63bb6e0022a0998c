"""Sealed commands: what changes a logger's state is done only when it carries the device key's seal.

    register 300   nonce (4 words), read by function 3: drawn at boot, changes with every accepted command
    register 320   the command, by one function 16: code u8, payload length u8, payload, seal (16), pad to even

seal = first 16 bytes of HMAC-SHA-256 (RFC 2104) with the device key over
       "seepline-command-1" | logger id u32 | nonce (8) | code | length | payload

The nonce after an accepted command is `next_nonce` of the one before, so a chain of commands can be sealed ahead
by whoever holds the key, carried by a gateway that does not, and sent without reading a nonce between. A command
that is repeated because its answer was lost is refused; the nonce then shows that it was accepted.
"""

import hashlib
import struct

KEY_BYTES = 32
NONCE_BYTES = 8
SEAL_BYTES = 16
MOST_PAYLOAD = 2 * 123 - 2 - SEAL_BYTES  # of one function 16
STAGE_BYTES = 208  # of content in one STAGE command

# Command codes, their payload, and who may give them.
SET_CLOCK = 1  # UTC seconds u32, milliseconds u16: a step of any size
STAGE = 2  # target u8, offset u32, content: a piece of what a later command commits
COMMIT_CONFIG = 3  # length u16, CRC-32 u32 of the staged configuration (JSON); the logger restarts with it
COMMIT_UPDATE = 4  # length u32, SHA-256 of the staged bundle; the logger restarts with it
RESTART = 5  # no payload
FORGET_KEY = 6  # no payload: a new key can then be written over USB

STAGE_CONFIG = 1
STAGE_BUNDLE = 2

# Results, in RESULT_REGISTER + 2.
DONE = 0
WRONG_SEAL = 1
NO_KEY = 2
UNKNOWN = 3
MALFORMED = 4
REFUSED = 5  # understood, and not possible: `detail` says why
OUT_OF_ORDER = 6  # a piece that does not follow the one before; `detail` = bytes staged, modulo 65536

# Details of REFUSED.
NOT_STAGED = 1  # length or checksum are not those of what is staged
NO_JSON = 2
BAD_CONFIG = 3  # the configuration does not pass the logger's checks
TOO_LONG = 4
NO_ROOM = 5  # the store or the memory did not take it
NOT_HERE = 6  # this logger has no part for it
NO_RELEASE_KEY = 7  # without the public key no bundle can be believed
NO_BUNDLE = 8  # the staged bytes contradict themselves
NOT_SIGNED = 9  # not by the release key
WRONG_ABI = 10  # compiled for another processor or MicroPython
NOT_NEWER = 11  # than the program that runs, or than one that proved itself
NOT_WRITTEN = 12  # what was unpacked does not read back
ON_TRIAL = 13  # the program that runs has not proved itself yet

_CONTEXT = b"seepline-command-1"
_BLOCK = 64


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104); MicroPython has no module for it.

    RFC 4231, test case 2:

    >>> hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex()[:32]
    '5bdcc146bf60754e6a042426089575c7'
    """
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key + bytes(_BLOCK - len(key))
    inner = hashlib.sha256(bytes([byte ^ 0x36 for byte in key]) + message).digest()
    return hashlib.sha256(bytes([byte ^ 0x5C for byte in key]) + inner).digest()


def sealed(key: bytes, logger_id: int, nonce: bytes, code: int, payload: bytes) -> bytes:
    """Return the bytes to write to COMMAND_REGISTER, an even number.

    Raises
    ------
    ValueError
        When the payload does not fit one write.
    """
    if len(payload) > MOST_PAYLOAD:
        raise ValueError("a command carries at most %d bytes, not %d" % (MOST_PAYLOAD, len(payload)))
    body = bytes((code, len(payload))) + payload
    return body + seal(key, logger_id, nonce, body) + bytes(len(payload) % 2)


def seal(key: bytes, logger_id: int, nonce: bytes, body: bytes) -> bytes:
    """Return the 16 bytes that seal a command body (code, length, payload)."""
    return hmac_sha256(key, _CONTEXT + struct.pack(">I", logger_id) + nonce + body)[:SEAL_BYTES]


def opened(data: bytes) -> tuple[int, bytes, bytes, bytes] | None:
    """Return (code, payload, body, seal) of the bytes of a command, None when their length contradicts itself.

    >>> opened(sealed(bytes(32), 7, bytes(8), RESTART, b""))[:2]
    (5, b'')
    >>> opened(b"123") is None
    True
    """
    if len(data) < 2 + SEAL_BYTES or len(data) != 2 + data[1] + SEAL_BYTES + data[1] % 2:
        return None
    end = 2 + data[1]
    return data[0], data[2:end], data[:end], data[end : end + SEAL_BYTES]


def next_nonce(key: bytes, nonce: bytes) -> bytes:
    """Return the nonce after an accepted command."""
    return hmac_sha256(key, b"seepline-nonce-1" + nonce)[:NONCE_BYTES]


def fingerprint(key: bytes | None) -> int:
    """Return the 32 bits by which people tell keys apart; 0 = no key."""
    return struct.unpack(">I", hashlib.sha256(b"seepline-key-1" + key).digest()[:4])[0] if key else 0


def same(one: bytes, other: bytes) -> bool:
    """Compare in a time that does not depend on where the first difference is."""
    if len(one) != len(other):
        return False
    difference = 0
    for a, b in zip(one, other):
        difference |= a ^ b
    return difference == 0
