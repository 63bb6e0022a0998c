"""Ed25519 against RFC 8032, 7.1 (tests 1, 2, 3 and SHA(abc)), and against everything that is not a signature.

The points of small order follow from the curve's equation; a strict verifier refuses them, as key or commitment.
"""

import binascii
import gc
import hashlib
import sys

import trial

from firmware import ed25519
from firmware.sha512 import sha512

VECTORS = (
    # public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
)
SHA512 = (
    # FIPS 180-2, appendix C: message, digest
    (
        b"abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
        b"mnopqrstnopqrstu",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a"
        "c7d329eeb6dd26545e96e55b874be909",
    ),
)


def vector(number):
    return tuple([binascii.unhexlify(text) for text in VECTORS[number]])


def little(number):
    return number.to_bytes(32, "little")


def signed(secret, message):
    """Sign with plain double-and-add of this module's own points: RFC 8032, 5.1.6, from a scalar."""
    key = ed25519.encoded(product(secret, ed25519.BASE))
    commitment = ed25519.encoded(product(secret + 7, ed25519.BASE))
    factor = int.from_bytes(sha512(commitment + key + message), "little")
    return key, commitment + little((secret + 7 + factor * secret) % ed25519.ORDER)


def product(scalar, point):
    result = (0, 1, 1, 0)
    for bit in range(253, -1, -1):
        result = ed25519.double(result)
        if scalar >> bit & 1:
            result = ed25519.add(result, point)
    return result


def test_the_vectors_of_the_standard_are_signatures():
    for number in range(len(VECTORS)):
        assert ed25519.verify(*vector(number)), number


def test_sha_512_of_one_and_of_two_blocks():
    for message, digest in SHA512:
        assert binascii.hexlify(sha512(message)).decode() == digest
    for size in (0, 111, 112, 127, 128, 240):
        assert len(sha512(bytes(size))) == 64


def test_a_turned_bit_anywhere_is_no_signature():
    key, message, signature = vector(2)
    for place in range(0, 64, 7):
        wrong = bytearray(signature)
        wrong[place] ^= 1 << place % 8
        assert not ed25519.verify(key, message, bytes(wrong)), place
    for place in range(0, 32, 9):
        wrong = bytearray(key)
        wrong[place] ^= 1 << place % 8
        assert not ed25519.verify(bytes(wrong), message, signature), place
    assert not ed25519.verify(key, message + b"\x00", signature)
    assert not ed25519.verify(vector(1)[0], message, signature)


def test_a_scalar_with_the_order_added_is_no_second_signature():
    key, message, signature = vector(1)
    scalar = int.from_bytes(signature[32:], "little")
    for more in (1, 2, 3):
        assert not ed25519.verify(key, message, signature[:32] + little(scalar + more * ed25519.ORDER)), more


def test_lengths_that_are_none_are_refused():
    key, message, signature = vector(0)
    for wrong in (b"", signature[:63], signature + b"\x00"):
        assert not ed25519.verify(key, message, wrong)
    for wrong in (b"", key[:31], key + b"\x00"):
        assert not ed25519.verify(wrong, message, signature)


def test_bytes_that_stand_for_no_point_are_refused():
    prime, off_the_curve = ed25519.PRIME, 2
    for number in (prime, prime + 1, (1 << 255) - 1, 1 | 1 << 255, prime - 1 | 1 << 255, off_the_curve):
        assert ed25519.decoded(little(number)) is None, number
    for number in range(4):
        point = ed25519.decoded(vector(number)[0])
        assert ed25519.encoded(point) == vector(number)[0]


def test_keys_of_small_order_are_refused_whatever_they_signed():
    """Under such a key one signature fits many messages; all eight encodings, and those beyond the prime."""
    order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    prime = ed25519.PRIME
    small = [little(1), little(prime - 1), little(0), little(1 << 255), little(prime), little(prime + 1)]
    number = int.from_bytes(binascii.unhexlify(order_8), "little")
    small += [little(number), little(number | 1 << 255), little(prime - number), little(prime - number | 1 << 255)]
    for key in small:
        for commitment in (little(1), key):
            for scalar in (0, 1):
                assert not ed25519.verify(key, b"any", commitment + little(scalar)), key


def test_a_commitment_of_small_order_is_refused():
    """R = neutral point and S = k a would pass the equation itself."""
    secret = 123456789
    key, whole = signed(secret, b"m")
    assert ed25519.verify(key, b"m", whole)
    factor = int.from_bytes(sha512(little(1) + key + b"m"), "little")
    assert not ed25519.verify(key, b"m", little(1) + little(factor * secret % ed25519.ORDER))


def test_other_keys_and_messages():
    for number in range(3):
        secret = int.from_bytes(hashlib.sha256(bytes([number])).digest(), "little") % ed25519.ORDER
        message = bytes(range(40 * number))
        key, signature = signed(secret, message)
        assert ed25519.verify(key, message, signature)
        assert not ed25519.verify(key, message + b"x", signature)


def test_the_constants_are_what_they_are_called():
    prime = ed25519.PRIME
    assert ed25519._D * 121666 % prime == prime - 121665
    assert ed25519._ROOT * ed25519._ROOT % prime == prime - 1
    assert ed25519.BASE == ed25519.decoded(b"\x58" + b"\x66" * 31)
    assert ed25519.encoded(product(ed25519.ORDER, ed25519.BASE)) == little(1)


def test_what_a_verification_costs():
    """The figures that firmware/ed25519.py states; most doublings and additions there can be."""
    counts = {"double": 0, "add": 0}
    kept = ed25519.double, ed25519.add

    def counting(name, function):
        def counted(*points):
            counts[name] += 1
            return function(*points)

        return counted

    ed25519.double, ed25519.add = counting("double", kept[0]), counting("add", kept[1])
    try:
        assert ed25519.verify(*vector(3))
    finally:
        ed25519.double, ed25519.add = kept
    assert counts["double"] == 253 + 3 + 3, counts
    assert 150 < counts["add"] <= 254, counts
    print("verification:", counts)


def test_the_heap_it_needs():
    key, message, signature = vector(3)
    hole = bytearray(4000 if sys.maxsize < 1 << 32 else 8000)
    ballast = None
    try:
        while True:  # a chain of pieces fills whatever else there is
            ballast = [ballast, bytearray(20)]
    except MemoryError:
        pass
    assert ballast
    assert hole
    hole = None
    gc.collect()
    assert ed25519.verify(key, message, signature)


trial.run(globals())
