"""Scanning on a schedule: every channel measured at even multiples of its interval, stored, then shown.

The multiples are those of UTC, or of uptime while the clock was never set. One scan is one record per block, all
with the same scan time; a block of which nothing is due gets none. A channel that gave nothing is missing, one
with a longer interval of its own is not due; no value is carried over from an earlier scan.
"""

import struct
from collections import namedtuple

from firmware.drivers.driver import NO_FAULT
from firmware.drivers.scale import VOLTAGE
from firmware.fast_scan import FAST_SCAN_S, FastScan
from firmware.layout import Layout
from firmware.scan_plan import Outcome, Power, Rounds, lead_ms, measuring_ms
from firmware.self_check import SelfCheck
from firmware.settings import Settings
from firmware.timekeeping import Keeper
from seepline.wire.record import MISSING_U16, encode
from seepline.wire.registers import SELF_CHECK_BASE
from seepline.wire.status import CLOCK_STEPPED, EXCLUDES, NOT_FITTED

_CARRIED = ">BQ"  # 1 = the clock was set; time of the last scan, ms
_REPEAT_MS = 1000  # repeats follow each other at this distance at least

# When a scan was: UTC in ms (0 = clock never set), status bits of its records, uptime in ms.
Moment = namedtuple("Moment", ("utc_ms", "status", "uptime_ms"))


def next_scan(now_ms: int, interval_ms: int, last_ms: int, late_ms: int) -> int:
    """Return the time of the next scan: a multiple of the interval after `last_ms` (the last scan, or the start).

    A multiple that is at most `late_ms` past is still taken; an older one is left out rather than dated wrongly.

    >>> next_scan(950, 900, 949, 90), next_scan(1801, 900, 900, 90), next_scan(2000, 900, 900, 90)
    (1800, 1800, 2700)
    >>> next_scan(1797, 900, 1800, 90)  # the clock was set back by 3 after the scan: no second scan at 1800
    2700
    """
    due_ms = now_ms // interval_ms * interval_ms
    if now_ms - due_ms > late_ms:
        due_ms += interval_ms
    if due_ms <= last_ms:
        due_ms = (last_ms // interval_ms + 1) * interval_ms
    return due_ms


def fast_intervals_s(instruments: list) -> list:
    """Return the interval of each while scans are fast.

    What cannot be ready and measured within 10 s keeps its own. The others come every 10 s, or every 20, 30 and so
    on where several on one bus need longer than that together.
    """
    limit_ms = 1000 * FAST_SCAN_S
    quick = [lead_ms(one) + one.driver.MEASURE_MS <= limit_ms for one in instruments]
    all_ms = measuring_ms([one for one, is_quick in zip(instruments, quick) if is_quick])
    fast_s = FAST_SCAN_S * max(1, (all_ms + limit_ms - 1) // limit_ms)
    return [min(fast_s, one.scan_s) if is_quick else one.scan_s for one, is_quick in zip(instruments, quick)]


def store(image, payloads: list, moment: Moment) -> None:
    """Append one record per (block, payload), all of one moment, and show them."""
    uptime_s, stored = moment.uptime_ms // 1000, []
    for block, payload in payloads:

        def build(_ring_id: int, sequence: int, block=block, payload=payload) -> bytes:
            record = encode(image.record(block, payload, sequence, moment.utc_ms, moment.status, uptime_s))
            stored.append((block.block, record))
            return record

        image.ring.append(build)
    for number, record in stored:
        image.show(number, record, uptime_s)


def supply_mv(outcome: Outcome) -> int:
    """Return what a supply instrument gave as the identification register shows it."""
    if outcome.channels is None or outcome.channels[0].status & EXCLUDES:
        return MISSING_U16
    return max(0, min(outcome.channels[0].value // VOLTAGE, MISSING_U16 - 1))


def _fitted(board, settings: Settings) -> list:
    """Return what the board has ready-made (in tests), else the configuration's instruments in its sockets."""
    if hasattr(board, "fitted"):
        return board.fitted()
    if not settings.instruments:  # then what makes them is never imported
        return []
    from firmware import wiring
    from firmware.unload import unload

    fitted = wiring.fit(board, settings)
    unload("firmware.wiring")
    return fitted


def _watches(triggers: tuple) -> list:
    """Return what looks at the readings, by a module that a logger without triggers never imports."""
    if not triggers:
        return []
    from firmware.trigger import watches

    return watches(triggers)


class Scan:
    """The scan task (`run`), and what others ask of it.

    fast             FastScan: takes registers 210 and 211, and a shake
    idle_until_ms    uptime of the next thing to do, 0 while it is at it: a logger may sleep until then
    scans            made since boot
    """

    def __init__(self, board, settings: Settings, image, keeper: Keeper, facts, say) -> None:
        self._clock, self._image, self._keeper, self._facts = board.clock, image, keeper, facts
        fitted = _fitted(board, settings)
        self._layout = Layout(settings.blocks, fitted, board, settings.scan_s, lambda: self._scan_ms)
        self._instruments = self._layout.instruments
        self._watches = _watches(settings.triggers)
        self._intervals_s = ([one.scan_s for one in self._instruments], fast_intervals_s(self._instruments))
        self._power = Power(self._instruments, board.power, self._clock.uptime_ms())
        self._rounds = Rounds(self._instruments, self._power, self._layout.check)
        self._check = SelfCheck(settings.blocks, say)
        self._scan_ms = 0
        self._last_ms, self._was_set = -1, None
        self._repeat_from_ms = 0
        self.fast = FastScan(keeper, say)
        self.idle_until_ms = 0
        self.scans = 0
        image.intervals_s = self._layout.intervals_s()
        image.windows[SELF_CHECK_BASE] = self._check.registers
        for place in self._layout.vacant():
            self._check.note(place, NOT_FITTED, NO_FAULT, 0)

    async def run(self, beat) -> None:
        """Scan for ever; `beat()` is called at least once a second. No supply stays on when it ends."""
        try:
            while True:
                beat()
                await self._turn(beat)
        finally:
            self._power.release_all()

    def parts(self) -> list:
        """Return what is carried through a sleep (firmware/window.py), the more important first."""
        return [self, self.fast, self._check] + self._watches

    def sampled(self) -> list:
        """Return the drivers that sample all the time, whose task is another one (firmware/shake.py)."""
        return [one.driver for one in self._instruments if hasattr(one.driver, "drain")]

    def carry(self) -> bytes:
        return struct.pack(_CARRIED, bool(self._was_set), max(0, self._last_ms))

    def resume(self, data: bytes) -> None:
        """Take the scan before the sleep for the last one: the next is due after it, and may be late."""
        was_set, self._last_ms = struct.unpack(_CARRIED, data)
        self._was_set = bool(was_set)

    async def _turn(self, beat) -> None:
        """Scan if a scan is due, or asked for, else wait for it."""
        now_ms, is_set = self._now()
        if is_set != self._was_set:  # from here on multiples of UTC, or of uptime: none before this moment
            self._last_ms, self._was_set = now_ms - 1, is_set
        intervals_s = self._intervals_s[self.fast.on()]
        nexts_ms: dict = {}
        for interval_s in intervals_s:
            if interval_s not in nexts_ms:
                nexts_ms[interval_s] = self._next(now_ms, 1000 * interval_s)
        due_ms = min(nexts_ms.values())
        self._facts.next_scan_s = due_ms // 1000 if is_set else 0
        if due_ms <= now_ms:
            due = [index for index, interval_s in enumerate(intervals_s) if nexts_ms[interval_s] == due_ms]
            await self._scan_due(due, due_ms, beat)
        elif self.fast.repeats and self._clock.uptime_ms() >= self._repeat_from_ms:
            await self._scan_at_once(beat)
        else:
            await self._rest([nexts_ms[interval_s] - now_ms for interval_s in intervals_s])

    def _now(self) -> tuple:
        """Return (ms of the schedule's clock, whether that is UTC)."""
        utc_ms = self._keeper.utc_ms()
        return (utc_ms, True) if utc_ms else (self._clock.uptime_ms(), False)

    def _next(self, now_ms: int, interval_ms: int) -> int:
        return next_scan(now_ms, interval_ms, self._last_ms, max(interval_ms // 10, self._clock.tolerance_ms))

    async def _rest(self, ahead_ms: list) -> None:
        """Wait until something is due or must warm up; `ahead_ms` is the time to each instrument's next scan."""
        wait_ms, uptime_ms = min(ahead_ms), self._clock.uptime_ms()
        for index, instrument in enumerate(self._instruments):
            until_ms = ahead_ms[index] - lead_ms(instrument)
            if until_ms <= 0:
                self._power.hold(index, uptime_ms)
            else:
                self._power.release(index)
                wait_ms = wait_ms if instrument.power is None else min(wait_ms, until_ms)
        if self.fast.repeats:
            wait_ms = min(wait_ms, self._repeat_from_ms - uptime_ms)
        self.idle_until_ms = uptime_ms + wait_ms
        await self._clock.pause(wait_ms)
        self.idle_until_ms = 0

    async def _scan_due(self, due: list, due_ms: int, beat) -> None:
        """Make the scan of an even time, which it keeps whatever happens to the clock meanwhile."""
        self._last_ms = self._scan_ms = due_ms
        moment = self._moment(due_ms)
        await self._warm_up(due, beat)
        self._take(await self._rounds.measure(due, not self.fast.on(), beat), moment)

    async def _scan_at_once(self, beat) -> None:
        """Make a scan of everything that was asked for between the even times."""
        due = list(range(len(self._instruments)))
        self.fast.repeats -= 1
        self._repeat_from_ms = self._clock.uptime_ms() + _REPEAT_MS
        await self._warm_up(due, beat)
        self._scan_ms = self._now()[0] | 1  # no whole second, so that it never has the time of a scan that is due
        moment = self._moment(self._scan_ms)
        self._take(await self._rounds.measure(due, True, beat), moment)

    def _moment(self, at_ms: int) -> Moment:
        keeper = self._keeper
        status, keeper.stepped = keeper.quality | (CLOCK_STEPPED if keeper.stepped else 0), False
        return Moment(at_ms if keeper.utc_ms() else 0, status, self._clock.uptime_ms())

    async def _warm_up(self, due: list, beat) -> None:
        """Wait until all are ready, which they are already unless nobody could know of this scan before."""
        for index in due:
            self._power.hold(index, self._clock.uptime_ms())
        ready_ms = max([self._power.ready_ms(index) for index in due])
        while self._clock.uptime_ms() < ready_ms:
            beat()
            await self._clock.pause(ready_ms - self._clock.uptime_ms())

    def _take(self, found: dict, moment: Moment) -> None:
        """Store what was measured, then look at it."""
        self.scans += 1
        shown = self._layout.channels(found)
        store(self._image, self._layout.payloads(shown), moment)
        for index, outcome in found.items():
            for place in self._instruments[index].places:
                if place is not None:
                    self._check.note(place, shown[place[0]][place[1]].status, outcome.fault, outcome.detail)
            if self._instruments[index].driver.IS_SUPPLY:
                self._facts.supply_mv = supply_mv(outcome)
        for watch in self._watches:
            block, slot = watch.place
            if block in shown:
                watch.look(shown[block][slot], moment.uptime_ms, self.fast)
