"""The whole program for DAYS days (environment) of virtual time, with what a dam does to a logger.

Power fails at any flash operation, sensors die, the line babbles, the clock runs away or is lost, the ring comes
round many times. A master reads all the while. What was acknowledged once is there, byte for byte, until the ring
has come round; the free heap at the end is that of the first day.
"""

import asyncio
import asyncio.core
import gc
import os
import random
import time
from array import array

import desk
import trial

from firmware import app
from firmware.ring import Ring
from seepline.wire import record, registers, rtu, status
from seepline.wire.crc import crc32

DAYS = int(os.getenv("DAYS") or 2)
SEED = int(os.getenv("SEED") or 116002)
HOUR_MS, DAY_MS = 3600000, 86400000
START_MS = 1450425600000
LATEST_ANSWER_MS = 2 + 5  # t3.5 above 19 200 baud, whole milliseconds, and 5 ms more
BLOCKS = 6
_BITS = random.getrandbits
_NOISE = bytearray(40)
_TaskQueue = asyncio.core.TaskQueue


class Queue:
    """asyncio's queue of tasks, whose own clock would be the real one."""

    def __init__(self):
        self._tasks = _TaskQueue()
        self.peek, self.pop, self.remove = self._tasks.peek, self._tasks.pop, self._tasks.remove

    def push(self, task, at=None):
        self._tasks.push(task, asyncio.core.ticks() if at is None else at)


class World:
    """Virtual time, and what outlives a reset: flash, clock and what is known to be stored."""

    def __init__(self):
        self.ms = 0
        self.ticks = 0
        self.flash = desk.Flash(BLOCKS)
        self.boots = 0
        self.clock_error_ms = 0
        self.clock_lost = False
        self.kept = array("I", [0] * 256)  # CRC-32 of each acknowledged record, by its sequence modulo 256
        self.newest = 0
        self.reads = 0
        self.refused = 0
        self.cuts = 0
        self.fault = None
        self.was_cut = False
        self.free_after_a_day = 0
        self.free_now = 0
        self.day = 0

    def install(self):
        """Make asyncio sleep in virtual time, and every append known."""

        def wait(queue, ms):
            assert ms >= 0, "no task waits for a time"
            self.ms += ms
            self.ticks = time.ticks_add(self.ticks, ms)

        asyncio.core.ticks = lambda: self.ticks
        asyncio.core.TaskQueue = Queue
        asyncio.core.IOQueue.wait_io_event = wait
        append = Ring.append

        def noted(ring, build):
            self.adopt(ring)
            sequence = append(ring, build)
            assert sequence == self.newest + 1, (sequence, self.newest)
            self.kept[sequence % 256] = crc32(ring.read(sequence))
            self.newest = sequence
            return sequence

        Ring.append = noted

    def weigh(self):
        """Note the most free heap of this day: a collection now and then leaves something to the next one."""
        gc.collect()
        day = self.ms // DAY_MS
        self.free_now = max(gc.mem_free(), self.free_now if day == self.day else 0)
        self.day = day
        if day <= 1:
            self.free_after_a_day = self.free_now

    def adopt(self, ring):
        """Count in the record that was whole in flash when the power went before it could be acknowledged."""
        if self.was_cut and ring.newest == self.newest + 1:
            self.newest = ring.newest
            self.kept[self.newest % 256] = crc32(ring.read(self.newest))
        self.was_cut = False


class Clock:
    """A clock that may be wrong or lost; its error stays when the program starts again."""

    tolerance_ms = 100

    def __init__(self, world):
        self._world = world
        self._boot_ms = world.ms
        self.quality = status.TIME_NEVER_SET if world.clock_lost else status.TIME_RTC

    def utc_ms(self):
        return START_MS + self._world.ms + self._world.clock_error_ms

    def set(self, utc_ms):
        self._world.clock_error_ms = utc_ms - START_MS - self._world.ms
        self._world.clock_lost = False

    def uptime_ms(self):
        return self._world.ms - self._boot_ms

    async def pause(self, ms):
        await asyncio.sleep_ms(min(ms, 20000))


class Line:
    """The logger's line and the master's end of it (`ask`)."""

    answer_ms, gap_ms = 2, 20

    def __init__(self, world):
        self._world = world
        self._came = asyncio.Event()
        self._data = b""
        self._answer = None
        self._asked_ms = 0

    async def read(self):
        await self._came.wait()
        self._came.clear()
        if not self._data:
            raise EOFError
        return self._data, 100

    async def send(self, data):
        assert self._answer is None, "a second answer to one request"
        assert self._world.ms - self._asked_ms <= LATEST_ANSWER_MS, self._world.ms - self._asked_ms
        self._answer = data

    async def ask(self, data):
        """Say bytes (none: power off) and return what the logger answers."""
        self._data, self._answer, self._asked_ms = data, None, self._world.ms
        self._came.set()
        await asyncio.sleep_ms(50)
        return self._answer


class Board:
    reset_cause = 1

    def __init__(self, world):
        world.boots += 1
        self._world = world
        self.boot_count = world.boots
        self.clock = Clock(world)
        self.dead_slot = -1
        self._fed_ms = world.ms

    def config(self):
        return desk.CONFIG

    def flash(self):
        return self._world.flash

    def random16(self):
        return 0xBEEF

    def mounted(self, empty):
        assert empty == (self._world.newest == 0)

    async def line(self):
        line = Line(self._world)
        self.master = asyncio.create_task(master(self._world, self, line))
        return line

    async def read(self, block, slot, scan_ms):
        await asyncio.sleep_ms(300)
        if slot == self.dead_slot:
            raise OSError("no answer from the sensor")
        if block:
            return record.ScalarChannel(0, self._world.ms // 1000)
        return record.VwChannel(0, 2923000 + slot, 5781000, 900, 200, 8000, 500, 3, 65535)

    def feed(self):
        assert self._world.ms - self._fed_ms <= 200000, "the watchdog would have bitten"
        self._fed_ms = self._world.ms


async def told(line, pdu):
    """Return the answer PDU to a request for this logger."""
    answer = await line.ask(rtu.frame(2, pdu))
    assert answer, pdu
    assert (answer[0], rtu.crc_fits(answer)) == (2, True), (pdu, answer)
    return answer[1:-2]


async def held(world, line):
    """Read the limits of what is held and every record between; each must be the one that was acknowledged."""
    words = await told(line, rtu.read_request(3, 8, 4))
    oldest, newest = int.from_bytes(words[2:6], "big"), int.from_bytes(words[6:10], "big")
    if world.was_cut:
        return  # the first scan after a power cut comes first
    assert newest == world.newest, (newest, world.newest)
    assert oldest <= max(1, newest - (BLOCKS - 2) * 34 + 1), (oldest, newest)
    sequence = max(1, newest - (BLOCKS - 2) * 34 + 1)
    while sequence <= newest:
        answer = await told(line, rtu.file_request([registers.history_address(sequence) + (60,)]))
        assert crc32(answer[4:]) == world.kept[sequence % 256], sequence
        sequence += 1
        world.reads += 1


async def tell_time(world, line):
    """Broadcast the true time; one that is an hour off is refused when it is asked for by address."""
    seconds, ms = divmod(START_MS + world.ms, 1000)
    words = [seconds >> 16, seconds & 0xFFFF, ms, 0]
    assert await line.ask(rtu.frame(0, rtu.write_request(200, words))) is None
    seconds += 3600
    words[:2] = [seconds >> 16, seconds & 0xFFFF]
    assert await told(line, rtu.write_request(200, words)) == b"\x90\x03"
    world.refused += 1


async def trouble(world, board, line):
    """Do one thing that happens at a dam."""
    kind = _BITS(3)
    if kind < 2:
        board.dead_slot = _BITS(2) - 1
    elif kind == 2:
        world.clock_error_ms += _BITS(12) - 2048
    elif kind == 3:
        for index in range(len(_NOISE)):
            _NOISE[index] = _BITS(8)
        await line.ask(bytes(_NOISE))
    elif kind == 4:
        world.clock_lost = not _BITS(2)
        await line.ask(b"")  # power off between two scans
    elif kind == 5:
        world.flash.cut_at, world.flash.tear = _BITS(3), random.randrange(5)


async def visits(world, board, line):
    """Visit the logger every few hours until all days are over."""
    while world.ms < DAYS * DAY_MS:
        await asyncio.sleep_ms(HOUR_MS * (1 + _BITS(2)))
        await held(world, line)
        await tell_time(world, line)
        if world.ms < DAYS * DAY_MS:
            world.weigh()
            await trouble(world, board, line)


async def master(world, board, line):
    """Visit the logger; when it does not behave, note why and turn its power off."""
    try:
        await visits(world, board, line)
    except (AssertionError, MemoryError) as fault:
        world.fault = fault
    await line.ask(b"")


def one_boot(world):
    """Run the program until its power goes."""
    asyncio.new_event_loop()
    try:
        app.run(Board(world))
    except desk.PowerCutError:
        world.was_cut = True
        world.cuts += 1
    world.flash.cut_at = -1


def test_every_acknowledged_record_is_there_to_the_end():
    random.seed(SEED)
    app.SUPERVISE_S = 60
    world = World()
    world.install()
    while world.ms < DAYS * DAY_MS and not world.fault:
        one_boot(world)
    if world.fault:
        raise world.fault
    scans = world.newest / 2
    print("days", DAYS, "boots", world.boots, "cuts", world.cuts, "scans", scans, "reads", world.reads)
    print("free after a day", world.free_after_a_day, "at the end", world.free_now)
    assert world.boots > DAYS // 3
    assert scans > 0.97 * 96 * DAYS, scans
    assert world.free_now > 0.98 * world.free_after_a_day, (world.free_after_a_day, world.free_now)


trial.run(globals())
