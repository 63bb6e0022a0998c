"""SHA-512, which MicroPython's hashlib lacks: for the one signature that an update carries.

Source: FIPS 180-4 (2015), 4.1.3, 4.2.3, 5.3.5 and 6.4. The constants are computed as the standard defines them:
the first 64 bits of the fractional parts of the cube roots of the first 80 primes and square roots of the first 8.
"""

import struct
from array import array

BLOCK_BYTES = 128
_MASK = (1 << 64) - 1
_ROUNDS = 80


def sha512(message: bytes) -> bytes:
    """Return the 64 bytes of SHA-512 of a whole message.

    >>> sha512(b"abc").hex()[:32]
    'ddaf35a193617abacc417349ae204131'
    """
    constants, state = array("Q", bytes(8 * _ROUNDS)), array("Q", bytes(64))  # an array needs no room for each
    for number, prime in enumerate(_primes()):
        constants[number] = _cube_root(prime << 192) & _MASK
        if number < len(state):
            state[number] = _square_root(prime << 128) & _MASK
    size = len(message)
    message = bytes(message) + b"\x80" + bytes(-(size + 17) % BLOCK_BYTES) + struct.pack(">QQ", 0, 8 * size)
    words = array("Q", bytes(BLOCK_BYTES))
    for start in range(0, len(message), BLOCK_BYTES):
        for number in range(16):
            words[number] = struct.unpack_from(">Q", message, start + 8 * number)[0]
        _compress(state, words, constants)
    return b"".join([struct.pack(">Q", word) for word in state])


def _compress(state: array, words: array, constants: array) -> None:
    """Take one block into the state (6.4.2); `words` is the schedule's last sixteen, in a ring."""
    a, b, c, d, e, f, g, h = state
    for number in range(_ROUNDS):
        if number > 15:
            words[number & 15] = _next_word(words, number)
        one = h + (_right(e, 14) ^ _right(e, 18) ^ _right(e, 41)) + (e & f ^ ~e & g)
        one += constants[number] + words[number & 15]
        two = (_right(a, 28) ^ _right(a, 34) ^ _right(a, 39)) + (a & b ^ a & c ^ b & c)
        h, g, f, e, d, c, b, a = g, f, e, (d + one) & _MASK, c, b, a, (one + two) & _MASK
    for number, word in enumerate((a, b, c, d, e, f, g, h)):
        state[number] = (state[number] + word) & _MASK


def _next_word(words: array, number: int) -> int:
    early, late = words[number - 15 & 15], words[number - 2 & 15]
    small = _right(early, 1) ^ _right(early, 8) ^ early >> 7
    large = _right(late, 19) ^ _right(late, 61) ^ late >> 6
    return (words[number & 15] + small + words[number - 7 & 15] + large) & _MASK


def _right(word: int, places: int) -> int:
    """Rotate a word right; the bits above 64 are for the caller's mask."""
    return word >> places | (word << 64 - places & _MASK)


def _primes():
    """Yield the first 80 primes."""
    for number in range(2, 410):
        if all(number % divisor for divisor in range(2, min(number, 21))):
            yield number


def _cube_root(number: int) -> int:
    root = 1 << 68  # above the cube root of 409 << 192
    while root * root * root > number:
        root = (2 * root + number // (root * root)) // 3
    return root


def _square_root(number: int) -> int:
    root = 1 << 67  # above the square root of 19 << 128
    while root * root > number:
        root = (root + number // root) // 2
    return root
