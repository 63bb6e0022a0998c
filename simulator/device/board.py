"""A logger board on a desk; its interface is written down in `firmware/board.py`.

    micropython -m firmware.main simulator.device.board CONFIG.json

CONFIG.json: {"logger": {as the firmware's own configuration}, "bus": [host, port], "flash": path,
"flash_blocks": n, "inputs": path of the input table, "history_from_s": UTC seconds or null, "ready": path}.
The file `ready` appears when the past from `history_from_s` to now is in the flash, at once when there is none
to make. SEEPLINE_CLOCK sets the clock. The boot count stands beside the flash, in <flash>.boot.
"""

import json
import os

from simulator.device import table
from simulator.device.clock import SiteClock
from simulator.device.line import Line, connect
from simulator.device.nor import Nor

_KEYS = ("logger", "bus", "flash", "flash_blocks", "inputs", "history_from_s", "ready")
_POWER_ON = 1  # machine.PWRON_RESET
_CHANNEL = {"vw": table.vw_channel, "scalar": table.scalar_channel}


def _next_boot(path: str) -> int:
    """Count this boot in a file and return the count."""
    try:
        with open(path) as file:
            boot = int(file.read()) + 1
    except OSError:
        boot = 1
    with open(path + ".new", "w") as file:
        file.write("%d\n" % boot)
    os.rename(path + ".new", path)
    return boot


class Board:
    """The simulated board over one CONFIG.json."""

    reset_cause = _POWER_ON

    def __init__(self, desk: dict) -> None:
        self._desk = desk
        self._payload = {block["block"]: block["payload"] for block in desk["logger"]["blocks"]}
        self._table = table.InputTable(desk["inputs"], desk["logger"]["scan_s"])
        self.clock = SiteClock(self._say_ready)
        self.boot_count = _next_boot(desk["flash"] + ".boot")

    def config(self) -> dict:
        return self._desk["logger"]

    def flash(self) -> Nor:
        return Nor(self._desk["flash"], self._desk["flash_blocks"])

    def mounted(self, empty: bool) -> None:
        """Begin the past when the ring is empty: what a ring remembers is not made a second time."""
        past_s = self._desk["history_from_s"]
        self.clock.begin(1000 * past_s if empty and past_s else 0)

    async def line(self) -> Line:
        host, port = self._desk["bus"]
        return await connect(host, port, self._desk["logger"]["logger_id"])

    async def read(self, block: int, slot: int, scan_ms: int):
        return _CHANNEL[self._payload[block]](self._table.cell(block, slot, scan_ms // 1000))

    def feed(self) -> None:
        """No watchdog here."""

    def random16(self) -> int:
        high, low = os.urandom(2)
        return high << 8 | low

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
