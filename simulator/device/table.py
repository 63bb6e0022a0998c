"""What the simulated sensors show: a CSV table read forward, one row per scan time.

    utc_s,0:0,0:1,1:0
    1450425600,2923000/5781000/////,2835000/5694000/////,2056000

A vibrating-wire cell is frequency_mhz/thermistor_mohm/amplitude_uv/snr_tenth/decay_e4/noise_tenth_hz/
agreement_mhz in one piece, a scalar cell one integer, as on the wire; both may end in /status. What is empty is
missing.
"""

from seepline.wire.record import MISSING_I32, MISSING_U16, MISSING_U32, ScalarChannel, VwChannel
from seepline.wire.status import MISSING

_VW_MISSING = (MISSING_U32, MISSING_U32, MISSING_U16, MISSING_U16, MISSING_U16, MISSING_U16, MISSING_U16)


def _numbers(cell: str, missing: tuple) -> tuple[list[int], int]:
    """Return (values, status) of a cell; a value that is not there is the missing number of its place."""
    parts = cell.split("/")
    parts += [""] * (len(missing) + 1 - len(parts))
    values = [int(part) if part else none for part, none in zip(parts, missing)]
    status = int(parts[len(missing)] or 0)
    nothing = not status and values[0] == missing[0] and values == list(missing)
    return values, MISSING if nothing else status


def vw_channel(cell: str) -> VwChannel:
    values, status = _numbers(cell, _VW_MISSING)
    return VwChannel(status, *values, MISSING_U16)


def scalar_channel(cell: str) -> ScalarChannel:
    values, status = _numbers(cell, (MISSING_I32,))
    return ScalarChannel(status, values[0])


class InputTable:
    """The rows of one logger; a row holds for scan times from its own until one scan interval later."""

    def __init__(self, path: str, scan_s: int) -> None:
        self._file = open(path)
        self._path = path
        self._scan_s = scan_s
        self._columns = self._file.readline().strip().split(",")
        if self._columns[0] != "utc_s":
            raise ValueError("%s, line 1: expected utc_s,<block>:<slot>,... as header" % path)
        self._row = (-1 << 40, [])
        self._ahead = self._next()

    def cell(self, block: int, slot: int, utc_s: int) -> str:
        """Return the cell of a channel for the scan at `utc_s`, empty when no row holds for it."""
        while self.step(utc_s):
            pass
        column = "%d:%d" % (block, slot)
        if not self.holds(utc_s) or column not in self._columns:
            return ""
        return self._row[1][self._columns.index(column)]

    def step(self, utc_s: int) -> bool:
        """Go on to the next row, if its time is not after `utc_s`."""
        if not self._ahead or self._ahead[0] > utc_s:
            return False
        self._row, self._ahead = self._ahead, self._next()
        return True

    def holds(self, utc_s: int) -> int:
        """Return the time of the row that holds for a scan at `utc_s`, 0 when none does."""
        return self._row[0] if self._row[0] > utc_s - self._scan_s else 0

    def _next(self) -> tuple[int, list[str]] | None:
        line = self._file.readline().strip()
        if not line:
            return None
        cells = line.split(",")
        if len(cells) != len(self._columns):
            raise ValueError("%s: expected %d cells in '%s'" % (self._path, len(self._columns), line))
        return int(cells[0]), cells
