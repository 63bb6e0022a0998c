"""A whole reading under MicroPython: what it needs of the heap, and that the rest of the program gets to run."""

import asyncio
import gc
import math
import sys

import trial
from capture_buffer import SAMPLES

from firmware import app  # noqa: F401  (the program beside which a reading is taken)
from firmware.vibrating_wire.driver import VibratingWire
from firmware.vibrating_wire.estimate import Room
from seepline.wire.status import NO_SIGNAL

HZ = 2800.25
READING_BYTES = 13000  # of the heap, beside the estimator's own memory and the front end's 8 KB
WORD_BYTES = 4 if sys.maxsize < 1 << 32 else 8


class Bus:
    """A wire that answers a sweep over its frequency, with 150 Hz and a line beside it."""

    def __init__(self):
        self.pauses = 0
        self._answers = False

    async def excite(self, half_periods):
        self._answers = 500000 // half_periods[0] <= HZ <= 500000 // half_periods[-1]

    async def pause_ms(self, ms):
        self.pauses += 1
        await asyncio.sleep(0)

    async def capture(self, count):
        size = 8000.0 if self._answers else 0.0
        shrink = math.exp(-1 / 3200)
        for n in range(count):
            tone = size * math.sin(2 * math.pi * HZ * n / 16000) + 900 * math.sin(2 * math.pi * 150.0 * n / 16000)
            SAMPLES[n] = int(tone + 300 * math.sin(2 * math.pi * 2849.5 * n / 16000)) + n * 7919 % 37 - 18
            size *= shrink
        return SAMPLES

    async def thermistor(self):
        return 5967600, 0


ROOM = Room()


def reading(bus):
    [channel] = asyncio.run(VibratingWire(bus, ROOM, (400, 6000), 100, 50).measure())
    return channel


def test_a_reading_gives_the_frequency_and_the_line_beside_it():
    found = reading(Bus())
    assert found.status == 0, found
    assert abs(found.frequency_mhz - 2800250) <= 2, found
    assert abs(found.noise_tenth_hz - 28495) <= 2, found
    assert found.agreement_mhz <= 2, found


def test_a_reading_lets_others_run_a_hundred_times():
    bus, turns = Bus(), []

    async def others():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def both():
        task = asyncio.create_task(others())
        found = await VibratingWire(bus, ROOM, (400, 6000), 100, 50).measure()
        task.cancel()
        return found

    assert not asyncio.run(both())[0].status & NO_SIGNAL
    assert bus.pauses > 100
    assert len(turns) >= bus.pauses


def test_a_reading_needs_no_more_of_the_heap_than_an_esp32_can_spare():
    reading(Bus())  # whatever is kept for good is there from now on
    ballast = []
    piece = 512
    gc.collect()
    while gc.mem_free() > READING_BYTES * WORD_BYTES // 4 + piece:
        ballast.append(bytearray(piece))
        gc.collect()
    free = gc.mem_free()
    assert not reading(Bus()).status & NO_SIGNAL
    print("a reading in", free, "bytes of heap")
    del ballast


trial.run(globals())
