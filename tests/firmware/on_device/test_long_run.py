"""The whole program for DAYS days (environment) of virtual time, with what a dam does to a logger.

Power fails at any flash operation, sensors die, lie, hang and make their drivers fail, the line babbles, the clock
runs away or is lost, the ring comes round many times. A master reads all the while, and asks for fast scans and
repeats. What was acknowledged once is there, byte for byte, until the ring has come round; every reading is right
or says why there is none; the free heap at the end is that of the first day.
"""

import asyncio
import gc
import os
import random
import struct

import dam
import desk
import trial
import virtual_time
from arena import outside

from firmware import app, rtc_keeping, supervise
from firmware.ring import Ring
from seepline.wire import event, record, registers, rtu, status
from seepline.wire.crc import crc32

DAYS = int(os.getenv("DAYS") or 2)
SEED = int(os.getenv("SEED") or 116002)
HOUR_MS, DAY_MS = 3600000, 86400000
START_MS = 1450425600000
LATEST_ANSWER_MS = 2 + 5  # t3.5 above 19 200 baud, whole milliseconds, and 5 ms more
BLOCKS = 6
PATIENCE_S = 300  # turns, once a second on hardware, are rare here, and the watchdog is as patient
PAUSE_MS, TURN_S = 120000, 150
CONFIG = {key: desk.CONFIG[key] for key in ("logger_id", "address", "baud", "scan_s")}
CONFIG["blocks"] = dam.BLOCKS
_BITS = random.getrandbits
_append = Ring.append
_KEPT = outside(4 * 256)  # CRC-32 of each acknowledged record, by its sequence modulo 256
_NOISE = bytearray(40)


class Store:
    """Names and bytes, kept over resets."""

    def __init__(self):
        self._blobs = {}

    def get(self, name):
        return self._blobs.get(name)

    def put(self, name, data):
        self._blobs[name] = bytes(data)


class World:
    """Virtual time, and what outlives a reset: flash, clock and what is known to be stored."""

    def __init__(self, kinds):
        self.kinds = kinds  # of trouble; from the sixth on the power goes
        self.ms = 0
        self.store = Store()
        self.flash = desk.Flash(BLOCKS)
        self.boots = 0
        self.clock_error_ms = 0
        self.clock_lost = False
        self.kept = _KEPT
        self.newest = 0
        self.reads = 0
        self.scans = 0
        self.extra = 0
        self.events = 0
        self.statuses = 0
        self.powered_ms = 0
        self.dam = dam.Dam(self)
        self.refused = 0
        self.cuts = 0
        self.fault = None
        self.was_cut = False
        self.free_after_a_day = 0
        self.free_now = 0
        self.day = 0

    def install(self):
        """Make asyncio sleep in virtual time, and every append known."""
        virtual_time.install(self)

        def noted(ring, build):
            self.adopt(ring)
            sequence = _append(ring, build)
            assert sequence == self.newest + 1, (sequence, self.newest)
            data = ring.read(sequence)
            self.keep(sequence, data)
            self.newest = sequence
            self.look(record.decode(data))
            return sequence

        Ring.append = noted

    def look(self, entry):
        """Judge a record when it is stored, and count it."""
        self.events += entry.block == event.EVENT_BLOCK
        self.statuses |= dam.judge(entry)
        if entry.block == 0:
            even = entry.utc_s % 900 == 0 and entry.utc_ms == 0
            self.scans += even
            self.extra += not even

    def keep(self, sequence, data):
        struct.pack_into(">I", self.kept, sequence % 256 * 4, crc32(data))

    def has_kept(self, sequence, data):
        return struct.unpack_from(">I", self.kept, sequence % 256 * 4)[0] == crc32(data)

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
            self.keep(self.newest, ring.read(self.newest))
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
        await asyncio.sleep_ms(min(ms, PAUSE_MS))


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
    """The interface of firmware/board.py; RTC memory is lost at every boot, which follows a loss of power."""

    reset_cause = 1
    staged = "staged"
    patience_s = PATIENCE_S

    def __init__(self, world):
        world.boots += 1
        self._world = world
        self.boot_count = world.boots
        self.clock = Clock(world)
        self.store = world.store
        self._fed_ms = world.ms
        self._on_ms = -1  # when the sensor supply came on

    def config(self):
        return CONFIG

    def use(self, settings):
        assert settings.logger_id == CONFIG["logger_id"]

    def fitted(self):
        return self._world.dam.fitted(self.clock.uptime_ms)

    def power(self, switch, on):
        assert (switch, self._on_ms < 0) == (0, on)
        if not on:
            self._world.powered_ms += self._world.ms - self._on_ms
        self._on_ms = self._world.ms if on else -1

    def recall(self):
        return b""

    def remember(self, data):
        assert len(data) <= 256

    def rtc_i2c(self):
        return None

    async def usb(self):
        return None

    def flash(self):
        return self._world.flash

    def random16(self):
        return 0xBEEF

    def mounted(self, empty):
        assert empty == (self._world.newest == 0)

    async def line(self):
        line = Line(self._world)
        self.master = asyncio.create_task(master(self._world, line))
        return line

    def feed(self):
        assert self._world.ms - self._fed_ms <= 1000 * PATIENCE_S, "the watchdog would have bitten"
        self._fed_ms = self._world.ms


async def told(line, pdu):
    """Return the answer PDU to a request for this logger."""
    answer = await line.ask(rtu.frame(2, pdu))
    assert answer, pdu
    assert (answer[0], rtu.crc_fits(answer)) == (2, True), (pdu, answer)
    return answer[1:-2]


async def held(world, line):
    """Read the limits of what is held and every record between; each must be the one that was acknowledged."""
    before = world.newest
    words = await told(line, rtu.read_request(3, 8, 4))
    oldest, newest = int.from_bytes(words[2:6], "big"), int.from_bytes(words[6:10], "big")
    if world.was_cut:
        return  # the first record after a power cut comes first
    assert before <= newest <= world.newest, (before, newest, world.newest)
    assert oldest <= max(1, newest - (BLOCKS - 2) * 34 + 1), (oldest, newest)
    sequence = max(1, newest - (BLOCKS - 2) * 34 + 1)
    while sequence <= newest:
        answer = await told(line, rtu.file_request([registers.history_address(sequence) + (60,)]))
        assert world.has_kept(sequence, answer[4:]), sequence
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


async def repeated(world, line):
    """Ask for two scans at once, and expect them."""
    before = world.extra
    assert (await told(line, rtu.write_request(registers.REPEAT_REGISTER, [2])))[0] == rtu.WRITE_MULTIPLE
    await asyncio.sleep_ms(300000)
    assert world.extra >= before + 2, (before, world.extra)


async def trouble(world, line):
    """Do one thing that happens at a dam."""
    kind = _BITS(3) % world.kinds
    world.dam.rain.tip(_BITS(7) % dam.MOST_TIPS)
    if kind < 2:
        world.dam.befall(_BITS(4) - 3)
    elif kind == 2:
        world.clock_error_ms += _BITS(12) - 2048
    elif kind == 3:
        for index in range(len(_NOISE)):
            _NOISE[index] = _BITS(8)
        await line.ask(bytes(_NOISE))
    elif kind == 4:
        await told(line, rtu.write_request(registers.FAST_SCAN_REGISTER, [_BITS(3)]))
    elif kind == 5:
        await repeated(world, line)
    elif kind == 6:
        world.clock_lost = not _BITS(2)
        await line.ask(b"")  # power off between two scans
    else:
        world.flash.cut_at, world.flash.tear = _BITS(3), random.randrange(5)


async def visits(world, line):
    """Visit the logger every few hours until all days are over."""
    while world.ms < DAYS * DAY_MS:
        await asyncio.sleep_ms(HOUR_MS * (1 + _BITS(2)))
        await held(world, line)
        await tell_time(world, line)
        if world.ms < DAYS * DAY_MS:
            world.weigh()
            await trouble(world, line)


async def master(world, line):
    """Visit the logger; when it does not behave, note why and turn its power off."""
    try:
        await visits(world, line)
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


def lived(kinds):
    """Return the world after all days."""
    random.seed(SEED)
    supervise.SUPERVISE_S = rtc_keeping.TEND_S = TURN_S
    world = World(kinds)
    world.install()
    while world.ms < DAYS * DAY_MS and not world.fault:
        one_boot(world)
    if world.fault:
        raise world.fault
    print("days", DAYS, "boots", world.boots, "cuts", world.cuts, "reads", world.reads)
    print("scans", world.scans, "extra", world.extra, "events", world.events, "statuses", hex(world.statuses))
    print("free after a day", world.free_after_a_day, "at the end", world.free_now)
    assert world.scans > 0.97 * 96 * DAYS
    assert world.events > world.boots
    assert 0 < world.powered_ms < 12000 * (world.scans + world.extra)
    assert DAYS < 14 or world.statuses & dam.ALL_ILLS == dam.ALL_ILLS
    assert world.free_now > 0.98 * world.free_after_a_day
    return world


def test_every_acknowledged_record_is_there_to_the_end():
    assert lived(8).boots > DAYS // 3


def test_a_program_that_is_never_reset_does_not_grow():
    assert lived(6).boots == 1


trial.run(globals())
