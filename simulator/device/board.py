"""A logger board on a desk; its interface is written down in `firmware/board.py`.

    micropython -m firmware.main simulator.device.board CONFIG.json

CONFIG.json: {"logger": {as the firmware's own configuration}, "bus": [host, port], "flash": path,
"flash_blocks": n, "inputs": path of the input table, "history_from_s": UTC seconds or null, "ready": path}.
With "usb": [host, port] the logger has a USB port there. The file `ready` appears when the past from
`history_from_s` to now is in the flash, at once when there is none to make. SEEPLINE_CLOCK sets the clock. The
boot count stands beside the flash, in <flash>.boot, and what the logger stores otherwise in <flash>.nvs; resets,
RTC memory and mishaps are those of `simulator/device/chip.py`. With "rtc": seconds by which it is wrong, or
"stopped", there is a DS3231, and the chip's own clock knows no time at power-on. "patience_s" is the watchdog's
(60).
"""

import asyncio
import json
import os

from seepline.wire.status import TIME_NEVER_SET
from simulator.device import table
from simulator.device.chip import DEEP_SLEEP, HARD, POWER_ON, Chip
from simulator.device.clock import SiteClock
from simulator.device.line import Line, connect
from simulator.device.nor import Nor
from simulator.device.store import Store

_KEYS = ("logger", "bus", "flash", "flash_blocks", "inputs", "history_from_s", "ready")
_PATIENCE_S = 60
_CHANNEL = {"vw": table.vw_channel, "scalar": table.scalar_channel}


def _next_boot(path: str, counts: bool) -> int:
    """Count this boot in a file, unless it is a waking, and return the count."""
    try:
        with open(path) as file:
            boot = int(file.read()) + counts
    except OSError:
        boot = 1
    with open(path + ".new", "w") as file:
        file.write("%d\n" % boot)
    os.rename(path + ".new", path)
    return boot


class Board:
    """The simulated board over one CONFIG.json."""

    def __init__(self, desk: dict) -> None:
        self._desk = desk
        self.store = Store(desk["flash"] + ".nvs")
        self.staged = desk["flash"] + ".staged"
        self.patience_s = desk.get("patience_s", _PATIENCE_S)
        self._chip = Chip(desk["flash"], self.patience_s)
        self.reset_cause, self.woken_by = self._chip.reset_cause, self._chip.woken_by
        self.recall, self.remember, self.feed = self._chip.recall, self._chip.remember, self._chip.feed
        self.leave = None
        self.clock = SiteClock(self._say_ready)
        self.clock.mishap = self._chip.mishap
        if desk.get("rtc") is not None and self.reset_cause == POWER_ON:
            self.clock.quality = TIME_NEVER_SET
        self.boot_count = _next_boot(desk["flash"] + ".boot", self.reset_cause != DEEP_SLEEP)

    def config(self) -> dict:
        return self._desk["logger"]

    def use(self, settings) -> None:
        self._payload = {block.block: block.payload.name for block in settings.blocks}
        self._table = table.InputTable(self._desk["inputs"], settings.scan_s)

    def flash(self) -> Nor:
        return Nor(self._desk["flash"], self._desk["flash_blocks"])

    def mounted(self, empty: bool) -> None:
        """Begin the past when the ring is empty: what a ring remembers is not made a second time."""
        past_s = self._desk["history_from_s"]
        self.clock.begin(1000 * past_s if empty and past_s else 0)

    async def line(self) -> Line:
        self._watchdog = asyncio.create_task(self._chip.watch())
        host, port = self._desk["bus"]
        self._line = await connect(host, port, self._desk["logger"]["logger_id"])
        return self._line

    async def usb(self) -> Line | None:
        if not self._desk.get("usb"):
            return None
        host, port = self._desk["usb"]
        return await connect(host, port, self._desk["logger"]["logger_id"])

    async def read(self, block: int, slot: int, scan_ms: int):
        return _CHANNEL[self._payload[block]](self._table.cell(block, slot, scan_ms // 1000))

    def sockets(self, settings):
        """Return what sensors are wired to: simulated chips that feel what the input table says."""
        from simulator.device.bench import Bench

        self._sockets = Bench(settings, table.InputTable(self._desk["inputs"], settings.scan_s), self.clock)
        return self._sockets

    def power(self, switch: int, on: bool) -> None:
        self._sockets.power(switch, on)

    def slots(self):
        from simulator.device.slot_flash import SlotFlash

        flash = SlotFlash(self._desk["flash"])
        return flash, flash.memory

    def sleep(self, ms: int, by_bus: bool) -> None:
        """Wait beside the bus, deaf to all but its first byte, then end as `restart` does."""
        if not self.clock.skip(ms):
            stirred = self._line.doze(self.clock.real_s(ms), by_bus)
            self._chip.reset(DEEP_SLEEP, "bus" if stirred else "")

    def restart(self) -> None:
        """End with the code at which whoever started this program starts it again."""
        if self.leave:
            self.leave()
        self._chip.reset(HARD)

    def random16(self) -> int:
        high, low = os.urandom(2)
        return high << 8 | low

    def rtc_i2c(self):
        """Return the bus of the DS3231, where there is one."""
        if self._desk.get("rtc") is None:
            return None
        from simulator.device.rtc import bus_with_clock

        return bus_with_clock(self.clock, self._desk["rtc"])

    def _say_ready(self) -> None:
        with open(self._desk["ready"], "w") as file:
            file.write("ready\n")


def open_board(arguments: list[str]) -> Board:
    """Return the board of the configuration file named first."""
    if len(arguments) != 1:
        raise ValueError("expected one argument: the configuration file of the simulated logger")
    with open(arguments[0]) as file:
        desk = json.load(file)
    lacking = [key for key in _KEYS if key not in desk]
    if lacking:
        raise ValueError("%s lacks %s" % (arguments[0], ", ".join(lacking)))
    return Board(desk)


def open_slots(arguments: list[str]):
    """Return (store, flash of the slots, its bytes) for `firmware.starter`."""
    from simulator.device.slot_flash import SlotFlash

    with open(arguments[0]) as file:
        path = json.load(file)["flash"]
    flash = SlotFlash(path)
    return Store(path + ".nvs"), flash, flash.memory
