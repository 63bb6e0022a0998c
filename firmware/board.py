"""The ESP32 board: the only module of the logger that imports `machine` and `esp32`.

The board interface, which `simulator/device/board.py` implements as well
--------------------------------------------------------------------------
``open_board(arguments) -> board``           called once by `firmware/main.py`
``board.config() -> dict``                   checked by `firmware.config.settings`
``board.flash()``                            block device as esp32.Partition: readblocks(block, buffer, offset),
                                             writeblocks(block, data, offset) that programs without erasing,
                                             ioctl(4) blocks, ioctl(6, block) erase; blocks of 4096 bytes
``board.mounted(empty: bool)``               the ring is mounted; a simulation may make its past into an empty one
``board.clock``                              ``utc_ms()`` since 1970, ``set(utc_ms)``, ``quality`` at boot (never
                                             set or RTC), ``uptime_ms()``, ``tolerance_ms`` (a smaller difference
                                             says nothing), ``async pause(ms)``: at most `ms` pass, and a second
``await board.line() -> line``               ``async read() -> (bytes, ms of silence before them)`` waits for
                                             bytes; ``async send(data)`` returns after the last stop bit, own
                                             bytes are not heard; ``answer_ms`` (t3.5, rounded up), ``gap_ms``
                                             (silence that ends a broken frame)
``await board.read(block, slot, scan_ms)``   VwChannel or ScalarChannel, as the block's payload says
``board.feed()``                             the watchdog
``board.boot_count, board.reset_cause``      as in the identification registers
``board.random16() -> int``                  true randomness, for the ring id
"""

import asyncio
import json
import os
import time

import esp32
import machine

from firmware.config import Settings, settings
from seepline.wire.rtu import silence_us
from seepline.wire.status import NOT_FITTED, TIME_NEVER_SET, TIME_RTC

PIN_TX, PIN_RX, PIN_DE = 17, 16, 4
BUFFER_BYTES = 512  # the longest frame and as much again
WATCHDOG_MS = 60000  # a scan of every channel and the longest flash erase fit in well
LONGEST_PAUSE_MS = 1000
CONFIG_BYTES = 1984  # the longest blob that fits one entry of NVS
EPOCH_2000_S = 946684800  # the ESP32 port counts from 2000-01-01
_FIRST_SANE_YEAR = 2024


class Line:
    """UART with a driver-enable pin. The receiver is off while the driver is on, so own bytes are not heard."""

    def __init__(self, baud: int) -> None:
        self._drive = machine.Pin(PIN_DE, machine.Pin.OUT, value=0)  # first: never hold the bus
        self._uart = machine.UART(
            2, baud, tx=PIN_TX, rx=PIN_RX, rxbuf=BUFFER_BYTES, txbuf=BUFFER_BYTES, timeout=0, timeout_char=0
        )
        self._reader = asyncio.StreamReader(self._uart)
        self._last = time.ticks_ms()
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

    async def pause(self, ms: int) -> None:
        await asyncio.sleep(min(ms, LONGEST_PAUSE_MS) / 1000)


class Board:
    """ESP32 with an RS-485 transceiver and a flash partition `log`. Sensor drivers come with a later part."""

    def __init__(self) -> None:
        self._store = esp32.NVS("seepline")
        self._settings: Settings = settings(self.config())
        self._payload = {block.block: block.payload for block in self._settings.blocks}
        self.clock = Clock()
        self.reset_cause = machine.reset_cause()
        self.boot_count = self._count_boot()
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    def config(self) -> dict:
        """Return the configuration: JSON in the blob `config` of NVS, written at commissioning."""
        blob = bytearray(CONFIG_BYTES)
        length = self._store.get_blob("config", blob)
        return json.loads(bytes(blob[:length]))

    def flash(self) -> esp32.Partition:
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="log")
        if not found:
            raise OSError("this ESP32 has no partition 'log': see firmware/README.md")
        return found[0]

    def mounted(self, empty: bool) -> None:
        """Nothing to do: a real past is not made up."""

    async def line(self) -> Line:
        return Line(self._settings.baud)

    async def read(self, block: int, slot: int, scan_ms: int):
        return self._payload[block].missing(NOT_FITTED)

    def feed(self) -> None:
        self._watchdog.feed()

    def random16(self) -> int:
        high, low = os.urandom(2)
        return high << 8 | low

    def _count_boot(self) -> int:
        try:
            boot = self._store.get_i32("boot") + 1
        except OSError:  # never counted before
            boot = 1
        self._store.set_i32("boot", boot)
        self._store.commit()
        return boot


def open_board(arguments: list[str]) -> Board:
    """Return the ESP32 board; it takes no arguments."""
    return Board()
