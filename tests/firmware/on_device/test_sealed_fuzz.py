"""Mutated sealed commands: MUTATIONS of them (environment), from the seed SEED. None ever changes anything."""

import gc
import os
import random
import struct

import trial
from sealed_desk import CONFIG, KEY, LOGGER, Logger, write

from seepline.wire import seal

MUTATIONS = int(os.getenv("MUTATIONS") or 2000)
SEED = int(os.getenv("SEED") or 116002)
_BITS = random.getrandbits
_FULL_EVERY = 500
OTHER_KEY = bytes(31) + b"\1"


def payloads():
    """Return (code, payload) of one command of each kind, all of which this logger would do."""
    return (
        (seal.SET_CLOCK, struct.pack(">IH", 1900000000, 5)),
        (seal.STAGE, struct.pack(">BI", seal.STAGE_CONFIG, 0) + b"{}"),
        (seal.STAGE, struct.pack(">BI", seal.STAGE_BUNDLE, 0) + bytes(208)),
        (seal.COMMIT_UPDATE, bytes(36)),
        (seal.RESTART, b""),
        (seal.FORGET_KEY, b""),
    )


def flipped(data):
    data = bytearray(data)
    for _ in range(1 + _BITS(2)):
        data[random.randrange(len(data))] ^= 1 << _BITS(3)
    return bytes(data)


def cut(data):
    return data[: random.randrange(1, len(data))]


def longer(data):
    return data + bytes([_BITS(8) for _ in range(1 + _BITS(3))])


def spliced(data):
    """Return the seal of one command behind the body of another."""
    code, payload = random.choice(payloads())
    return bytes((code, len(payload))) + payload + data[-16 - len(data) % 2 :]


def rewritten(data):
    """Return the command with another code or one number of its payload changed, under the seal it had."""
    data = bytearray(data)
    data[0 if _BITS(1) else random.randrange(len(data) - 16)] = _BITS(8)
    return bytes(data)


def forged(data):
    """Return a command that is right in all but its key."""
    code, payload = random.choice(payloads())
    return seal.sealed(OTHER_KEY, LOGGER, bytes(8), code, payload)


MUTANTS = (flipped, cut, longer, spliced, rewritten, forged)


def request(data):
    """Return the write of command bytes, whose own count is right but for one in eight."""
    pdu = bytearray(write(data + bytes(len(data) % 2)))
    if not _BITS(3):
        pdu[1 + _BITS(2)] ^= 1 << _BITS(3)
    return bytes(pdu)


def test_no_mutant_changes_anything():
    random.seed(SEED)
    logger = Logger()
    nonce = logger.nonce()
    genuine = [seal.sealed(KEY, LOGGER, nonce, code, payload) for code, payload in payloads()]
    before, said = logger.state(), 0
    gc.collect()
    for number in range(MUTATIONS):
        data = random.choice(genuine)
        mutant = random.choice(MUTANTS)(data)
        if mutant in genuine:
            continue
        if padded_alike(mutant, genuine):
            continue
        pdu = request(mutant)
        if pdu[6:] in genuine:
            continue
        answer = logger.slave.answer(pdu) if _BITS(2) else broadcast(logger, pdu)
        assert answer in (b"\x90\x02", b"\x90\x03"), (pdu, answer)
        said += len(logger.said)
        logger.said.clear()
        if number % _FULL_EVERY == 0:
            assert logger.state() == before, pdu
    assert logger.state() == before
    assert said == logger.facts.commands_refused > MUTATIONS // 3
    assert logger.give(genuine[0]) == 0  # the nonce still is the one it was
    print("mutants:", MUTATIONS)


def padded_alike(mutant, genuine):
    """Tell whether only the padding byte differs, which no seal covers."""
    return any([len(mutant) == len(one) and mutant[:-1] == one[:-1] and one[1] % 2 for one in genuine])


def broadcast(logger, pdu):
    logger.slave.hear(pdu)
    return b"\x90\x02"


def test_random_bytes_are_no_command():
    random.seed(SEED + 1)
    logger = Logger()
    before = logger.state()
    for _ in range(MUTATIONS // 10):
        data = bytes([_BITS(8) for _ in range(2 * random.randrange(1, 124))])
        assert logger.slave.answer(write(data)) == b"\x90\x03"
        logger.said.clear()
    assert logger.state() == before
    assert logger.image.windows[300]() == logger.nonce()
    assert CONFIG["logger_id"] == LOGGER


trial.run(globals())
