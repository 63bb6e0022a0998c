"""A board that is nothing but sockets, with an input table for what its sensors feel."""

import asyncio
import gc
import os

from firmware.unload import unload
from simulator.device.bench import Bench
from simulator.device.table import InputTable

if hasattr(gc, "threshold"):  # as firmware/app.py does: a heap that is full of garbage is torn by what stays
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)

START_S = 1450425600
PATH = "wiring-test.tmp"


def _checked(config):
    from firmware.config import settings

    unload("firmware.config")
    return settings(config)


class Clock:
    def __init__(self):
        self.now_s = START_S

    def utc_ms(self):
        return 1000 * self.now_s

    def uptime_ms(self):
        return 1000 * (self.now_s - START_S)


class Board:
    """A board that is nothing but sockets."""

    def __init__(self, rows, kinds, instruments):
        gc.collect()  # the board before is gone
        blocks = [{"block": 1, "payload": "scalar", "slots": list(kinds)}]
        if kinds == ("vw",):
            blocks = [{"block": 0, "payload": "vw", "slots": ["vw", "vw"]}]
        with open(PATH, "w") as file:
            file.write("utc_s,0:0,0:1,1:0,1:1,1:2\n")
            for number, row in enumerate(rows):
                cells = row if kinds == ("vw",) else ["", ""] + row
                file.write("%d,%s\n" % (START_S + 900 * number, ",".join(cells + [""] * (5 - len(cells)))))
        config = {"logger_id": 1, "address": 2, "baud": 9600, "scan_s": 900, "blocks": blocks}
        self.settings = _checked(dict(config, instruments=instruments))
        self.clock = Clock()
        self.bench = Bench(self.settings, InputTable(PATH, 900), self.clock)
        os.remove(PATH)
        self.fitted = self._fit()

    def _fit(self):
        from firmware.wiring import fit

        unload("firmware.wiring")
        return fit(self, self.settings)

    def sockets(self, settings):
        return self.bench

    def scan(self, number=0):
        self.clock.now_s = START_S + 900 * number
        return asyncio.run(self.fitted[0].driver.measure())


def cells(*values):
    return [str(value) for value in values]


def same(kinds, instrument, rows, near=0):
    """Check that channels are what the table says, to `near` units of the wire."""
    board = Board([cells(*row) for row in rows], kinds, [instrument])
    for number, row in enumerate(rows):
        found = board.scan(number)
        for one, wanted in zip(found, row):
            assert one.status == 0, (instrument["driver"], one)
            assert abs(one.value - wanted) <= near, (instrument["driver"], one, wanted)


def gone(kinds, instrument, row, expected, fault=None):
    """Check the status of each channel of a row where something is wrong, and the driver's fault; return them."""
    board = Board([row], kinds, [instrument])
    found = board.scan()
    assert [one.status for one in found] == expected, (instrument["driver"], found)
    if fault is not None:
        assert board.fitted[0].driver.fault == fault, board.fitted[0].driver.fault
    return found


def together(kinds, row, instruments):
    """Measure several instruments at once; return the board and what each gave."""
    board = Board([row], kinds, instruments)

    async def all_of_them():
        return await asyncio.gather(*[one.driver.measure() for one in board.fitted])

    return board, asyncio.run(all_of_them())
