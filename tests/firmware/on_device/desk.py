"""Parts of a logger for tests: flash in memory that can lose power, a clock that stands still, a whole image."""

from nor_flash import Flash, PowerCutError  # noqa: F401

from firmware import config
from firmware.facts import Facts
from firmware.fast_scan import FastScan
from firmware.image import Image
from firmware.ring import Ring
from firmware.scan import Moment, store
from firmware.slave import Slave
from firmware.timekeeping import Keeper
from firmware.traffic import Traffic
from seepline.wire import record, status
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


class EnoughError(Exception):
    pass


class VirtualClock(Clock):
    """Pauses cost nothing; `events` maps an uptime in s to what happens then; ends at `until_s`."""

    def __init__(self, until_s, utc_ms, quality=status.TIME_RTC):
        super().__init__(utc_ms, quality)
        self.until_s = until_s
        self.events = []

    async def pause(self, ms):
        ms = min(ms, 1000)
        self.now_ms += ms
        self.up_ms += ms
        while self.events and self.events[0][0] <= self.up_ms // 1000:
            self.events.pop(0)[1]()
        if self.up_ms >= 1000 * self.until_s:
            raise EnoughError


def unbeaten():
    """Stand for the supervisor's beat."""


def unsaid(code, detail=0, values=()):
    """Stand for Events.say where nobody listens."""


class Logger:
    """Everything behind the line, over a flash and a clock in memory."""

    def __init__(self, flash=None, clock=None, boot=7):
        self.settings = config.settings(CONFIG)
        self.flash = flash or Flash(4)
        self.clock = clock or Clock()
        self.ring = Ring(self.flash, lambda: 0xBEEF)
        self.traffic = Traffic()
        self.keeper, self.facts = Keeper(self.clock), Facts()
        self.image = Image(self.settings, self.ring, self.keeper, self.traffic, (boot, 1), self.facts)
        self.fast = FastScan(self.keeper, unsaid)
        writable = {TIME_REGISTER: (4, self.keeper.take_words), FAST_SCAN_REGISTER: (1, self.fast.ask)}
        self.slave = Slave(self.image, writable, self.traffic, "Seepline logger 116002", OBJECTS)

    def store(self, value=5):
        """Store one scan of the time that the clock shows."""
        moment = Moment(self.keeper.utc_ms(), self.keeper.quality, self.clock.uptime_ms())
        store(self.image, list(zip(self.settings.blocks, self.payloads(value))), moment)

    def payloads(self, value=5):
        vw = record.VwChannel(0, 2923000 + value, 5781000, 900, 200, 8000, 500, 3, record.MISSING_U16)
        scalar = record.ScalarChannel(0, value)
        return [record.encode_vw([vw, vw]), record.encode_scalar([scalar] * 3)]
