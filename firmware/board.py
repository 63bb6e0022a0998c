"""The ESP32 board: the only module of the logger that imports `machine` and `esp32`.

The board interface, which `simulator/device/board.py` implements as well
--------------------------------------------------------------------------
``open_board(arguments) -> board``           called once by `firmware/main.py`
``board.config() -> dict``                   given at the factory or at commissioning
``board.use(settings)``                      the configuration in force (`firmware/settings.py`), once, before
                                             anything that depends on it: line, sensors
``board.flash()``                            block device as esp32.Partition: readblocks(block, buffer, offset),
                                             writeblocks(block, data, offset) that programs without erasing,
                                             ioctl(4) blocks, ioctl(6, block) erase; blocks of 4096 bytes
``board.mounted(empty: bool)``               the ring is mounted; a simulation may make its past into an empty one
``board.clock``                              ``utc_ms()`` since 1970, ``set(utc_ms)``, ``quality`` at boot (never
                                             set or RTC), ``uptime_ms()``, ``tolerance_ms`` (a smaller difference
                                             says nothing), ``async pause(ms)``: at most `ms` pass, and a second;
                                             ``resume(uptime_ms)``: uptime goes on from there
``await board.line() -> line``               ``async read() -> (bytes, ms of silence before them)`` waits for
                                             bytes; ``async send(data)`` returns after the last stop bit, own
                                             bytes are not heard; ``answer_ms`` (t3.5, rounded up), ``gap_ms``
                                             (silence that ends a broken frame)
``await board.usb() -> line or None``        a second line of the same kind, over USB; None: the board has none
``await board.read(block, slot, scan_ms)``   VwChannel or ScalarChannel, as the block's payload says
``board.sockets(settings)``                  what sensors are plugged into, with the makers of `firmware/wiring.py`
``board.power(switch, on)``                  a sensor supply, once the sockets are made
``board.rtc_i2c() -> bus or None``           machine.I2C with the DS3231 on it; None: the board has none
``board.feed()``                             the watchdog, which bites after ``patience_s``
``board.recall() -> bytes``, ``remember(data)``  at most 512 bytes that outlive a reset, though no loss of power
``board.sleep(ms, by_bus)``                  deep sleep; the program starts anew after `ms`, or when the bus stirs
                                             and `by_bus`; ``woken_by`` then says "bus". A simulation that makes
                                             its past lets the time go by and returns
``board.boot_count, board.reset_cause``      as in the identification registers; waking is no boot
``board.random16() -> int``                  true randomness, for the ring id
``board.store``                              small things kept over every loss of power: ``get(name) -> bytes or
                                             None``, ``put(name, data)``, committed when it returns, the old or
                                             the new whatever is cut (b"" forgets); names of at most 15
                                             characters, at most 4096 bytes each
``board.restart()``                          start the program again, with everything that is kept; calls
                                             ``leave()`` first, where somebody has set it
``board.slots()``                            (flash, memory) of both slots, as firmware.rom_slots.Halves takes them
``board.staged``                             path of the file in which a bundle is staged
"""

import asyncio
import json
import os
import select
import sys
import time

import esp32
import machine
import micropython

from firmware import pins
from seepline.wire.status import NOT_FITTED, TIME_NEVER_SET, TIME_RTC

PIN_TX, PIN_RX, PIN_DE = pins.BUS_TX, pins.BUS_RX, pins.BUS_DRIVE
BUFFER_BYTES = 512  # the longest frame and as much again
WATCHDOG_MS = 60000  # a scan of every channel and the longest flash erase fit in well
LONGEST_PAUSE_MS = 1000
BLOB_BYTES = (64, 512, 4096)  # tried in this order, so that a key of 32 bytes needs no 4 KiB to be read
_NVS_TOO_SHORT = 0x110C  # ESP_ERR_NVS_INVALID_LENGTH: the blob is longer than the buffer
EPOCH_2000_S = 946684800  # the ESP32 port counts from 2000-01-01
_FIRST_SANE_YEAR = 2024
_I2C_HZ = 100000  # of the RTC alone; firmware/sockets.py opens the same bus for the sensors later


class Store:
    """Blobs in NVS, which writes the new beside the old and then turns to it: a power cut leaves one of them."""

    def __init__(self, nvs: esp32.NVS) -> None:
        self._nvs = nvs

    def get(self, name: str) -> bytes | None:
        for size in BLOB_BYTES:
            buffer = bytearray(size)
            try:
                return bytes(memoryview(buffer)[: self._nvs.get_blob(name, buffer)])
            except OSError as error:
                if abs(error.args[0]) != _NVS_TOO_SHORT:
                    return None
        return None

    def put(self, name: str, data: bytes) -> None:
        if data:
            self._nvs.set_blob(name, data)
        elif self.get(name) is not None:
            self._nvs.erase_key(name)
        self._nvs.commit()


class Line:
    """UART with a driver-enable pin. The receiver is off while the driver is on, so own bytes are not heard."""

    def __init__(self, baud: int) -> None:
        self._drive = machine.Pin(PIN_DE, machine.Pin.OUT, value=0)  # first: never hold the bus
        self._uart = machine.UART(
            2, baud, tx=PIN_TX, rx=PIN_RX, rxbuf=BUFFER_BYTES, txbuf=BUFFER_BYTES, timeout=0, timeout_char=0
        )
        self._reader = asyncio.StreamReader(self._uart)
        self._last = time.ticks_ms()
        from seepline.wire.rtu import silence_us  # as all of the program not before it is wanted: it may not load

        self.answer_ms = silence_us(baud) // 1000 + 2  # whole milliseconds, of which the first may be a short one
        self.gap_ms = self.answer_ms

    async def read(self) -> tuple[bytes, int]:
        data = await self._reader.read(256)
        now = time.ticks_ms()
        quiet_ms, self._last = time.ticks_diff(now, self._last), now
        return data, quiet_ms

    async def send(self, data: bytes) -> None:
        """Send with the driver on. Nothing is allocated between the last bit and the release of the bus."""
        drive, write, flush = self._drive, self._uart.write, self._uart.flush
        drive(1)
        write(data)
        flush()
        drive(0)
        self._last = time.ticks_ms()


class Clock:
    """The chip's own clock, kept over resets but not over a loss of power."""

    tolerance_ms = 100

    def __init__(self) -> None:
        self._last = time.ticks_ms()
        self._uptime_ms = 0
        self.quality = TIME_RTC if time.gmtime()[0] >= _FIRST_SANE_YEAR else TIME_NEVER_SET

    def utc_ms(self) -> int:
        return time.time_ns() // 1000000 + 1000 * EPOCH_2000_S

    def set(self, utc_ms: int) -> None:
        seconds, ms = divmod(utc_ms, 1000)
        year, month, day, hour, minute, second, weekday = time.gmtime(seconds - EPOCH_2000_S)[:7]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 1000 * ms))

    def uptime_ms(self) -> int:
        """Return milliseconds since boot; ticks come round after 12 days, the scan task asks once a second."""
        now = time.ticks_ms()
        self._uptime_ms += time.ticks_diff(now, self._last)
        self._last = now
        return self._uptime_ms

    def resume(self, uptime_ms: int) -> None:
        self._uptime_ms = uptime_ms

    async def pause(self, ms: int) -> None:
        await asyncio.sleep(min(ms, LONGEST_PAUSE_MS) / 1000)


class Board:
    """ESP32 with an RS-485 transceiver, a flash partition `log` and the sockets of `firmware/sockets.py`."""

    staged = "/staged.bundle"
    patience_s = WATCHDOG_MS // 1000
    leave = None

    def __init__(self) -> None:
        self._nvs = esp32.NVS("seepline")
        self.store = Store(self._nvs)
        self.clock = Clock()
        self.reset_cause = machine.reset_cause()
        self.woken_by = "bus" if machine.wake_reason() == machine.EXT0_WAKE else ""
        self.boot_count = self._count_boot()
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    def config(self) -> dict:
        """Return the configuration: JSON in the blob `config` of NVS, written at commissioning."""
        return json.loads(self.store.get("config") or b"null")

    def use(self, settings) -> None:
        self._settings = settings
        self._payload = {block.block: block.payload for block in settings.blocks}

    def flash(self) -> esp32.Partition:
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="log")
        if not found:
            raise OSError("this ESP32 has no partition 'log': see firmware/README.md")
        return found[0]

    def mounted(self, empty: bool) -> None:
        """Nothing to do: a real past is not made up."""

    async def line(self) -> Line:
        return Line(self._settings.baud)

    async def usb(self):
        from firmware.usb import UsbLine

        micropython.kbd_intr(-1)  # a frame may hold Ctrl-C
        poll = select.poll()
        poll.register(sys.stdin.buffer, select.POLLIN)
        address, streams = self._settings.address, (sys.stdin.buffer, sys.stdout.buffer)
        return UsbLine(*streams, lambda: bool(poll.poll(0)), address, self._to_prompt)

    def _to_prompt(self) -> None:
        micropython.kbd_intr(3)
        from firmware.usb import PROMPT_S

        self._watchdog = machine.WDT(timeout=1000 * PROMPT_S)

    async def read(self, block: int, slot: int, scan_ms: int):
        return self._payload[block].missing(NOT_FITTED)

    def sockets(self, settings):
        from firmware.sockets import Sockets

        self._sockets = Sockets(self.clock)
        return self._sockets

    def power(self, switch: int, on: bool) -> None:
        self._sockets.power(switch, on)

    def feed(self) -> None:
        self._watchdog.feed()

    def rtc_i2c(self) -> machine.I2C:
        clock, data = machine.Pin(pins.I2C_CLOCK), machine.Pin(pins.I2C_DATA)
        return machine.I2C(0, scl=clock, sda=data, freq=_I2C_HZ)

    def recall(self) -> bytes:
        return machine.RTC().memory()

    def remember(self, data: bytes) -> None:
        machine.RTC().memory(data)

    def slots(self):
        from firmware.rom_partition import flash_and_memory

        return flash_and_memory()

    def sleep(self, ms: int, by_bus: bool) -> None:
        if by_bus:  # a start bit is low; UART pins are none of the RTC's, so the receiver has a second one
            esp32.wake_on_ext0(machine.Pin(pins.WAKE, machine.Pin.IN), esp32.WAKEUP_ALL_LOW)
        machine.deepsleep(ms)

    def restart(self) -> None:
        if self.leave:
            self.leave()
        machine.reset()

    def random16(self) -> int:
        high, low = os.urandom(2)
        return high << 8 | low

    def _count_boot(self) -> int:
        try:
            boot = self._nvs.get_i32("boot")
        except OSError:  # never counted before
            boot = 0
        if boot and self.reset_cause == machine.DEEPSLEEP_RESET:
            return boot
        boot += 1
        self._nvs.set_i32("boot", boot)
        self._nvs.commit()
        return boot


def open_board(arguments: list[str]) -> Board:
    """Return the ESP32 board; it takes no arguments."""
    return Board()
