"""Verifies an Ed25519 signature: the release key's, under an update. Imported for that and dropped afterwards.

Source: RFC 8032 (2017), 5.1.3 (decoding), 5.1.4 (addition), 5.1.7 (verification); Straus 1964 for the two scalar
products in one. Strict: refused are a scalar of the group order or above, a coordinate of the field's prime or
above, a point off the curve, and a key or commitment of small order. The commitment is compared as bytes, so there
is one encoding of it only.

Cost, counted by tests/firmware/on_device/test_ed25519.py: 259 doublings and at most 254 additions of points (8 and
10 products in the field each; an addition for three bits of four) and two powers of 500 products: about 5,100
products, at most 5,600, in 4 kB of heap. Taken 0.1 to 0.2 ms for a product of 255 bits with its remainder in
MicroPython on an ESP32 at 240 MHz (estimate, bench B3), that is 0.5 to 1.1 s.
"""

from firmware.sha512 import sha512

SIGNATURE_BYTES = 64
KEY_BYTES = 32

PRIME = (1 << 255) - 19
ORDER = (1 << 252) + 27742317777372353535851937790883648493
_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555  # -121665/121666
_ROOT = 19681161376707505956807079304988542015446066515923890162744021073123829784752  # of -1
_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960  # 4/5
BASE = (_X, _Y, 1, _X * _Y % PRIME)
_NEUTRAL = (0, 1, 1, 0)  # X, Y, Z, T of 5.1.4: x = X/Z, y = Y/Z, xy = T/Z


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature of 64 bytes is that of a message under a public key of 32 bytes."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    point, scalar = decoded(key), _number(signature[32:])
    if point is None or scalar >= ORDER or _is_of_small_order(point):
        return False
    factor = _number(sha512(signature[:32] + key + message)) % ORDER
    x, y, z, t = point
    commitment = _sum_of_products(scalar, BASE, factor, (PRIME - x, y, z, PRIME - t))
    return not _is_of_small_order(commitment) and encoded(commitment) == signature[:32]


def decoded(data: bytes):
    """Return the point that 32 bytes stand for, None when they stand for none (5.1.3)."""
    y = _number(data)
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= PRIME:
        return None
    square, divisor = (y * y - 1) % PRIME, (_D * y * y + 1) % PRIME
    cubed = divisor * divisor * divisor % PRIME
    x = square * cubed * pow(square * cubed * cubed * divisor % PRIME, (PRIME - 5) // 8, PRIME) % PRIME
    if divisor * x * x % PRIME != square:
        x = x * _ROOT % PRIME
    if divisor * x * x % PRIME != square or (sign and not x):
        return None
    x = PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % PRIME


def encoded(point) -> bytes:
    """Return the 32 bytes of a point (5.1.2)."""
    inverse = pow(point[2], PRIME - 2, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _is_of_small_order(point) -> bool:
    """Tell whether eight times a point is the neutral one: then it says nothing about any secret."""
    for _ in range(3):
        point = double(point)
    return point[0] % PRIME == 0 and (point[1] - point[2]) % PRIME == 0


def _sum_of_products(one: int, first, other: int, second):
    """Return one * first + other * second, bit by bit of both at once."""
    table = (None, first, second, add(first, second))
    result = _NEUTRAL
    for bit in range(252, -1, -1):
        result = double(result)
        choice = table[(one >> bit & 1) | (other >> bit & 1) << 1]
        if choice:
            result = add(result, choice)
    return result


def double(point):
    """Return twice a point (5.1.4)."""
    x, y, z, _ = point
    a, b = x * x % PRIME, y * y % PRIME
    h = a + b
    e, g = h - (x + y) * (x + y) % PRIME, a - b
    f = 2 * z * z % PRIME + g
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def add(one, other):
    """Return the sum of two points, the same or not (5.1.4: the formula is complete)."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % PRIME
    b = (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c, d = 2 * one[3] * _D * other[3] % PRIME, 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME
