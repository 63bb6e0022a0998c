"""Parts of a logger for tests: flash in memory that can lose power, a clock that stands still, a whole image."""

from firmware import config
from firmware.facts import Facts
from firmware.image import Image
from firmware.ring import Ring
from firmware.scan import FastScan
from firmware.slave import Slave
from firmware.timekeeping import Keeper
from firmware.traffic import Traffic
from seepline.wire import record
from seepline.wire.registers import FAST_SCAN_REGISTER, TIME_REGISTER

CONFIG = {
    "logger_id": 116002,
    "address": 2,
    "baud": 115200,
    "scan_s": 900,
    "blocks": [
        {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
        {"block": 1, "payload": "scalar", "slots": ["voltage", "pulses", "voltage"]},
    ],
}


OBJECTS = (b"Seepline", b"Seepline logger", b"0.1")


_ARENA = bytearray(6 * 4096)  # made once: a heap of 100 k has no room for a second one
_BLANK = b"\xff" * 4096


class PowerCutError(Exception):
    pass


class Flash:
    """NOR flash: program clears bits; power fails inside operation `cut_at`, leaving what `tear` says.

    Tear 0: nothing was done, 1: the first half, 2: all of it but nobody heard, 3: every third byte,
    4: the second half, so that an erase leaves a header over half a block.
    All flashes share one piece of memory: a new one is blank and takes the place of the one before.
    """

    def __init__(self, blocks):
        self.cells = memoryview(_ARENA)[: 4096 * blocks]
        for block in range(blocks):
            self.cells[4096 * block : 4096 * (block + 1)] = _BLANK
        self.blocks = blocks
        self.cut_at = -1
        self.tear = 0
        self.stuck = ()  # places of bytes that do not take zeros
        self.erases = 0

    def _touched(self, size):
        if self.cut_at < 0:
            return range(size), False
        self.cut_at -= 1
        if self.cut_at >= 0:
            return range(size), False
        return (range(0), range(size // 2), range(size), range(0, size, 3), range(size // 2, size))[
            self.tear
        ], True

    def readblocks(self, block, buffer, offset=0):
        start = 4096 * block + offset
        buffer[:] = self.cells[start : start + len(buffer)]

    def writeblocks(self, block, data, offset=0):
        touched, cut = self._touched(len(data))
        start = 4096 * block + offset
        for index in touched:
            if start + index not in self.stuck:
                self.cells[start + index] &= data[index]
        if cut:
            raise PowerCutError

    def ioctl(self, operation, block):
        if operation == 4:
            return self.blocks
        if operation == 6:
            self._erase(4096 * block)
        return 0

    def _erase(self, start):
        touched, cut = self._touched(4096)
        self.erases += 1
        if not cut:
            self.cells[start : start + 4096] = _BLANK
            return
        for index in touched:
            self.cells[start + index] = 0xFF
        raise PowerCutError


class Clock:
    tolerance_ms = 100

    def __init__(self, utc_ms=1450425600000, quality=1):
        self.now_ms = utc_ms
        self.up_ms = 0
        self.quality = quality

    def utc_ms(self):
        return self.now_ms

    def set(self, utc_ms):
        self.now_ms = utc_ms

    def uptime_ms(self):
        return self.up_ms

    def advance(self, s):
        self.now_ms += 1000 * s
        self.up_ms += 1000 * s


class Logger:
    """Everything behind the line, over a flash and a clock in memory."""

    def __init__(self, flash=None, clock=None, boot=7):
        self.settings = config.settings(CONFIG)
        self.flash = flash or Flash(4)
        self.clock = clock or Clock()
        self.ring = Ring(self.flash, lambda: 0xBEEF)
        self.traffic = Traffic()
        self.keeper = Keeper(self.clock)
        self.image = Image(self.settings, self.ring, self.keeper, self.traffic, (boot, 1), Facts())
        self.fast = FastScan(self.keeper)
        writable = {TIME_REGISTER: (4, self.keeper.take_words), FAST_SCAN_REGISTER: (1, self.fast.ask)}
        self.slave = Slave(self.image, writable, self.traffic, "Seepline logger 116002", OBJECTS)

    def payloads(self, value=5):
        vw = record.VwChannel(0, 2923000 + value, 5781000, 900, 200, 8000, 500, 3, record.MISSING_U16)
        scalar = record.ScalarChannel(0, value)
        return [record.encode_vw([vw, vw]), record.encode_scalar([scalar] * 3)]
