"""How the instruments of one scan are measured side by side: supplies, limits of time, retries.

    supply on ── WARM_UP_MS + STABILISE_MS ── scan time ── measure ── (again, `retries` times) ── supply off

Supplies are switched on so early that all instruments are ready at the scan time, whatever each of them needs.
Then all are measured at once, as tasks; drivers that share a bus wait for each other at its lock. Drivers of one
class are taken to share a bus: the limit of each holds the times of those before it, so that one that hangs takes
nothing from the others. Faulty ones are measured again once the round is over; the last attempt counts.
"""

import asyncio
from collections import namedtuple

from firmware.drivers.driver import BROKEN, NO_ANSWER, NO_FAULT, STUCK
from seepline.wire.status import EXCLUDES

LIMIT_FACTOR = 2  # MEASURE_MS is the time when nothing is wrong
GRACE_MS = 5000  # longer than the retries and time-outs within any driver
_BEAT_MS = 1000

# What one instrument gave: its channels (None: nothing came), and its fault and detail as in drivers/driver.py.
Outcome = namedtuple("Outcome", ("channels", "fault", "detail"))


def lead_ms(instrument) -> int:
    """Return the time from supply on until it may be measured."""
    return instrument.driver.WARM_UP_MS + instrument.driver.STABILISE_MS


def measuring_ms(instruments: list) -> int:
    """Return the time that measuring them once takes, those of one class after each other."""
    sums: dict = {}
    for instrument in instruments:
        kind = type(instrument.driver)
        sums[kind] = sums.get(kind, 0) + instrument.driver.MEASURE_MS
    return max(sums.values()) if sums else 0


def limits_ms(instruments: list) -> list:
    """Return when each is cut off, from the start of a round: after its own time and that of those before it."""
    ends: dict = {}
    limits = []
    for instrument in instruments:
        kind = type(instrument.driver)
        ends[kind] = ends.get(kind, 0) + LIMIT_FACTOR * instrument.driver.MEASURE_MS + GRACE_MS
        limits.append(ends[kind])
    return limits


class Power:
    """The switched supplies: each is on while any instrument holds it. `switch(number, on)` is the board's."""

    def __init__(self, instruments: list, switch, now_ms: int) -> None:
        self._switch = switch
        self._instruments = instruments
        self._users: dict = {}  # switch -> indices of the instruments that hold it
        self._since_ms = {None: now_ms}  # switch -> uptime when it came on; None is the supply without a switch
        for instrument in instruments:
            self._users[instrument.power] = set()

    def ready_ms(self, index: int) -> int:
        """Return the uptime from which an instrument that holds its supply may be measured."""
        instrument = self._instruments[index]
        return self._since_ms[instrument.power] + lead_ms(instrument)

    def hold(self, index: int, now_ms: int) -> None:
        number = self._instruments[index].power
        if number is not None and not self._users[number]:
            self._turn(number, True)
            self._since_ms[number] = now_ms
        self._users[number].add(index)

    def release(self, index: int) -> None:
        number = self._instruments[index].power
        if index in self._users[number]:
            self._users[number].remove(index)
            if number is not None and not self._users[number]:
                self._turn(number, False)

    def release_all(self) -> None:
        for index in range(len(self._instruments)):
            self.release(index)

    def _turn(self, number: int, on: bool) -> None:
        try:
            self._switch(number, on)
        except OSError:
            return  # the instruments behind it say so by their silence


class Rounds:
    """Measures instruments, and outlives every one of them. `beat()` is called once a second at least."""

    def __init__(self, instruments: list, power: Power, check) -> None:
        self._instruments = instruments
        self._power = power
        self._check = check  # (index, channels): raises when the wire cannot carry them
        self._busy: dict = {}  # index -> task that has not ended
        self.broken = 0  # exceptions of drivers since boot

    async def measure(self, due: list, with_retries: bool, beat) -> dict:
        """Return an `Outcome` per index of `due`; each supply is released as soon as its last attempt is over."""
        found: dict = {}
        attempt = 0
        while due:
            outcomes = await self._round(due, beat)
            found.update(outcomes)
            again = []
            for index in due:
                if with_retries and attempt < self._instruments[index].retries and faulty(outcomes[index]):
                    again.append(index)
                else:
                    self._power.release(index)
            due, attempt = again, attempt + 1
        return found

    async def _round(self, due: list, beat) -> dict:
        """Measure each once, all at the same time."""
        found: dict = {}
        ended = asyncio.Event()
        for index in due:
            if index in self._busy:  # cut off in an earlier round, and has not ended since
                found[index] = Outcome(None, STUCK, 0)
            else:
                self._busy[index] = asyncio.create_task(self._attempt(index, found, len(due), ended))
        await asyncio.sleep(0)  # all have begun, and those that wait for nothing are through
        limits = limits_ms([self._instruments[index] for index in due])
        now_ms, hung = 0, set()
        while len(found) < len(due):
            next_ms = min([limit for limit, index in zip(limits, due) if index not in found])
            now_ms += await _wait(ended, min(_BEAT_MS, next_ms - now_ms))
            beat()
            late = [pair for pair in zip(due, limits) if pair[0] not in found and pair[1] <= now_ms]
            for index, limit in late:
                found[index] = self._cut(index, limit, hung)
            if late:
                await asyncio.sleep(0)  # let them end, and their buses go
        return found

    def _cut(self, index: int, limit: int, hung: set) -> Outcome:
        """Cancel what is beyond its limit: the first of a class is stuck, others may have waited for it."""
        self._busy[index].cancel()
        kind = type(self._instruments[index].driver)
        fault = NO_ANSWER if kind in hung else STUCK
        hung.add(kind)
        return Outcome(None, fault, limit)

    async def _attempt(self, index: int, found: dict, expected: int, ended: asyncio.Event) -> None:
        instrument = self._instruments[index]
        driver = instrument.driver
        try:
            channels = await driver.measure()
            self._check(index, channels)
            outcome = Outcome(channels, driver.fault, driver.detail)
        except Exception:
            self.broken += 1
            outcome = Outcome(None, BROKEN, self.broken)
        finally:
            self._busy.pop(index)
        if index not in found:  # else it was cut off
            found[index] = outcome
        if len(found) >= expected:
            ended.set()


def faulty(outcome: Outcome) -> bool:
    """Tell whether a measurement is worth another attempt."""
    return outcome.fault != NO_FAULT or any([channel[0] & EXCLUDES for channel in outcome.channels])


async def _wait(ended: asyncio.Event, ms: int) -> int:
    """Wait for the end of a round, at most `ms`; return `ms`."""
    try:
        await asyncio.wait_for(ended.wait(), ms / 1000)
    except asyncio.TimeoutError:
        return ms
    return ms
