"""The logger program: two tasks, scanning and serving, and a supervisor between them and the watchdog."""

import asyncio

from firmware import config
from firmware.deframe import Deframer
from firmware.facts import Facts
from firmware.identity import device_objects, name
from firmware.image import Image
from firmware.ring import Ring
from firmware.scan import FastScan, scan
from firmware.serve import answer, listen
from firmware.slave import Slave
from firmware.timekeeping import Keeper
from firmware.traffic import Traffic
from seepline.wire.registers import FAST_SCAN_REGISTER, TIME_REGISTER, TIME_WORDS

SUPERVISE_S = 1


class Beats:
    """One counter per task: the watchdog is fed only when all of them moved since it was fed last."""

    def __init__(self, tasks: int) -> None:
        self._counts = [0] * tasks
        self._fed = [0] * tasks

    def of(self, task: int):
        """Return the function by which a task says that it lives."""

        def beat() -> None:
            self._counts[task] = (self._counts[task] + 1) & 0xFFFF

        return beat

    def all_moved(self) -> bool:
        """Tell whether every task moved since the last True."""
        if any([now == before for now, before in zip(self._counts, self._fed)]):
            return False
        self._fed = list(self._counts)
        return True


async def supervise(beats: Beats, feed, nudge: asyncio.Event) -> None:
    """Feed the watchdog while every task makes progress; the nudge lets the server show life on a quiet line."""
    while True:
        await asyncio.sleep(SUPERVISE_S)
        if beats.all_moved():
            feed()
        nudge.set()


async def main(board) -> None:
    """Run the logger on a board until its line ends (never, on hardware)."""
    settings = config.settings(board.config())
    ring = Ring(board.flash(), board.random16)
    board.mounted(ring.oldest > ring.newest)
    traffic, keeper, beats = Traffic(), Keeper(board.clock), Beats(2)
    facts = Facts()
    image = Image(settings, ring, keeper, traffic, (board.boot_count, board.reset_cause), facts)
    fast = FastScan(keeper)
    writable = {TIME_REGISTER: (TIME_WORDS, keeper.take_words), FAST_SCAN_REGISTER: (1, fast.ask)}
    slave = Slave(image, writable, traffic, name(settings.logger_id), device_objects())
    line, arrived = await board.line(), asyncio.Event()
    deframer = Deframer(settings.address, line.gap_ms, traffic)
    await asyncio.gather(
        scan(board, settings, ring, image, keeper, fast, beats.of(0)),
        listen(line, deframer, arrived),
        answer(line, deframer, slave, arrived, beats.of(1), ring.erase_ahead),
        supervise(beats, board.feed, arrived),
    )


def run(board) -> None:
    """Run the logger; returns when the line ends, which is power off in a simulation."""
    try:
        asyncio.run(main(board))
    except EOFError:
        return
