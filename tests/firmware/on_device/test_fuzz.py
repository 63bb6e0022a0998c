"""Random, damaged and contradictory frames: FRAMES of them (environment), from the seed SEED.

A damaged frame is never answered. A whole one gets the answer or the one exception that a second, slower reading
of the standard (`verdict`) expects, and what was refused has changed nothing.
"""

import gc
import os
import random
import struct

import desk
import trial

from firmware.deframe import Deframer
from seepline.wire import registers, rtu
from seepline.wire.crc import crc32

FRAMES = int(os.getenv("FRAMES") or 20000)
SEED = int(os.getenv("SEED") or 116002)
ADDRESS = 2
HELD = 80
_BITS = random.getrandbits

REQUESTS = (
    rtu.read_request(3, 0, 60),
    rtu.read_request(4, 1000, 62),
    rtu.read_request(3, 1064, 60),
    struct.pack(">BHH", 6, 210, 1),
    rtu.write_request(210, [0]),
    rtu.write_request(200, [22136, 1, 0, 0]),
    b"\x08\x00\x00\xa5\x37",
    b"\x08\x00\x0b\x00\x00",
    b"\x11",
    rtu.file_request([registers.history_address(79) + (60,)]),
    rtu.file_request([registers.history_address(n) + (60,) for n in (79, 80)]),
    b"\x2b\x0e\x01\x00",
    b"\x2b\x0e\x04\x01",
)


class Node:
    """A logger with its deframer, as `firmware.serve` joins them."""

    def __init__(self):
        self.logger = desk.Logger()
        for scan in range(HELD // 2):
            self.logger.store(scan)
        self.deframer = Deframer(ADDRESS, 20, self.logger.traffic)

    def heard(self, data):
        """Return the request that is taken from the line when it is silent after `data`."""
        cut = _BITS(5)
        self.deframer.put(data[:cut] if cut else data, 100)
        if 0 < cut < len(data):
            self.deframer.put(data[cut:], 3)
        request = self.deframer.take()
        assert self.deframer.take() is None, "one request was taken twice"
        return request

    def state(self):
        """Return everything that a refused request might have moved."""
        logger = self.logger
        clock = logger.clock.now_ms, logger.keeper.quality
        return logger.ring.oldest, logger.ring.newest, clock, logger.fast.on()


class Noise:
    """Random bytes by the slice: a pool, made anew every hundred slices."""

    def __init__(self):
        self._pool, self._left = bytearray(320), 0

    def __call__(self, size):
        if not self._left:
            self._left = 100
            for place in range(len(self._pool)):
                self._pool[place] = _BITS(8)
        self._left -= 1
        start = _BITS(8)
        return bytes(self._pool[start : start + size])


def damaged(frame, noise):
    """Return the frame with bits turned, bytes lost, doubled or added."""
    kind, at = _BITS(2), random.randrange(len(frame))
    if kind == 0:
        data = bytearray(frame)
        for _ in range(1 + _BITS(2)):
            data[random.randrange(len(data))] ^= 1 << _BITS(3)
        return bytes(data)
    if kind == 1:
        return frame[:at] + frame[at + 1 + _BITS(2) :]
    if kind == 2:
        return frame[: at + 1] + frame[at:]
    return frame[:at] + noise(1 + _BITS(3)) + frame[at:]


def whole_request_ends(data):
    """Tell whether some tail of the data is a whole request for this logger."""
    return any(
        [
            data[start] in (0, ADDRESS) and data[start + 1] < 0x80 and rtu.crc_fits(data[start:])
            for start in range(len(data) - 3)
        ]
    )


def contradictory(noise):
    """Return a request PDU with one or two of its bytes changed, cut or made longer."""
    pdu = bytearray(random.choice(REQUESTS))
    for _ in range(_BITS(1)):
        pdu[random.randrange(len(pdu))] = _BITS(8)
    pdu[random.randrange(len(pdu))] ^= 1 << _BITS(3)
    if not _BITS(2):
        pdu = pdu[: 1 + random.randrange(len(pdu))]
    if not _BITS(2):
        pdu += noise(_BITS(3))
    pdu[0] &= 0x7F
    return bytes(pdu)


def verdict(pdu, logger):
    """Return the exception that a request deserves, 0 for none; values of writes are judged by the caller."""
    judge = {3: reading, 4: reading, 6: single, 8: diagnosis, 16: multiple, 17: whole, 20: history, 43: naming}
    return judge[pdu[0]](pdu, logger) if pdu[0] in judge else 1


def reading(pdu, logger):
    if len(pdu) != 5:
        return 3
    first, count = struct.unpack(">HH", pdu[1:])
    if not 1 <= count <= 125:
        return 3
    last = first + count - 1
    return 0 if any([low <= first and last <= high for low, high in ((0, 59), (1000, 1061), (1064, 1125))]) else 2


def single(pdu, logger):
    if len(pdu) != 5:
        return 3
    return 0 if pdu[1:3] == b"\x00\xd2" else 2


def multiple(pdu, logger):
    if len(pdu) < 6 or pdu[5] != len(pdu) - 6 or pdu[3] or not 1 <= pdu[4] <= 123 or pdu[5] != 2 * pdu[4]:
        return 3
    return 0 if pdu[1:5] in (b"\x00\xc8\x00\x04", b"\x00\xd2\x00\x01") else 2


def diagnosis(pdu, logger):
    if len(pdu) < 3:
        return 3
    if pdu[1:3] == b"\x00\x00":
        return 0
    if pdu[1] or pdu[2] not in (2, 10, 11, 12, 13, 14, 15, 16, 17, 18):
        return 1
    return 0 if pdu[3:] == b"\x00\x00" else 3


def whole(pdu, logger):
    return 0 if len(pdu) == 1 else 3


def history(pdu, logger):
    if len(pdu) not in (9, 16) or pdu[1] != len(pdu) - 2:
        return 3
    for at in range(2, len(pdu), 7):
        reference, file, place, length = struct.unpack(">BHHH", pdu[at : at + 7])
        if reference != 6 or length != 60 or not held_at(file, place, logger.ring):
            return 2
    return 0


def held_at(file, place, ring):
    return any(registers.history_address(n) == (file, place) for n in range(ring.oldest, ring.newest + 1))


def naming(pdu, logger):
    if len(pdu) < 2 or pdu[1] != 14:
        return 1
    if len(pdu) != 4 or not 1 <= pdu[2] <= 4:
        return 3
    return 2 if pdu[2] == 4 and pdu[3] > 2 else 0


def check_answer(node, pdu):
    """Let the node answer one whole request and hold the answer against the verdict."""
    before, expected = node.state(), verdict(pdu, node.logger)
    answer = node.logger.slave.answer(pdu)
    is_write = pdu[0] in (6, 16)
    assert 2 <= len(answer) <= 253, (pdu, answer)
    if not expected and is_write and answer == bytes([pdu[0] | 0x80, 3]):
        expected = 3  # a time or a number of minutes that is refused
    if expected:
        assert answer == bytes([pdu[0] | 0x80, expected]), (pdu, answer, expected)
    else:
        assert answer[0] == pdu[0], (pdu, answer)
    if expected or not is_write:
        assert node.state() == before, pdu


def check_damage(node, noise, data):
    if node.heard(data) is not None:
        assert whole_request_ends(data), data


def one(node, noise):
    kind = _BITS(2)
    if kind == 0:
        check_damage(node, noise, noise(1 + _BITS(6)))
    elif kind == 1:
        frame = rtu.frame((ADDRESS, ADDRESS, 0, 9)[_BITS(2)], random.choice(REQUESTS))
        check_damage(node, noise, damaged(frame, noise))
    elif kind == 2:
        pdu = random.choice(REQUESTS)
        assert node.heard(rtu.frame(ADDRESS, pdu)) == (ADDRESS, pdu)
        check_answer(node, pdu)
    else:
        check_answer(node, contradictory(noise))


def test_no_frame_gets_an_answer_it_does_not_deserve():
    random.seed(SEED)
    node, noise = Node(), Noise()
    memory = crc32(node.logger.flash.cells)
    one(node, noise)
    gc.collect()
    free = gc.mem_free()
    for _ in range(FRAMES):
        one(node, noise)
    gc.collect()
    assert gc.mem_free() > free - 2000, (free, gc.mem_free())
    assert crc32(node.logger.flash.cells) == memory
    print("frames:", FRAMES)


trial.run(globals())
