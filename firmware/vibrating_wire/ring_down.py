"""One ringing wire and the lines beside it, taken apart in the few complex outputs of the band-pass.

Lines farther than some 7 Hz from the wire are found one by one in what is left and fitted in turn. A line nearer
than that hides under the wire's own peak: it is fitted together with the wire where another mains harmonic is in
sight, at the frequency that this one foretells, because the two together are worth little otherwise (the bound is
in bench/vw_estimator.py).
"""

import math

from firmware.vibrating_wire import band, lags
from firmware.vibrating_wire.band import TURN_PER_HZ
from firmware.vibrating_wire.tones import energy, exchange, fit, power, step, step_both, taken_out

LINES = 3  # taken out beside the wire
_EARLY_LESS_LATE = (0, 15, 15, 30)
_LINE_OUT = 14.0  # energy of a line over the mean power of what is left: one in thousands for noise alone
_DECAY_START = -0.03  # per output: about 0.13 s
_SLOW = 4
_SAME_HZ = 5.0
_TRIES = 5  # a line may be found again, or given up for a hidden one and found again
_MAINS_OFF_HZ = 0.25  # how far the mains may be from its nominal frequency
_NEAR_HZ = 12.0


class Parts:
    """What the outputs at one grid point are made of: `wire`, `lines`, `hidden` (a line or None), `rest`."""

    def __init__(self, y: list[complex], centre: int, mains_hz: int, room: lags.Lags, pause) -> None:
        self.rest = y
        self.wire: tuple = (0j, 0j)
        self.lines: list[tuple] = []
        self.hidden: tuple | None = None
        self._tries = 0
        self.centre = centre
        self._mains_hz = mains_hz
        self._room = room
        self._pause = pause

    async def take(self) -> None:
        """Find the wire and up to LINES lines."""
        turn = await lags.turn(self.rest, _EARLY_LESS_LATE, self._room, self._pause)
        self.wire = await fit(self.rest, complex(_DECAY_START, turn), 5, True, self._pause)
        self.rest = taken_out(self.rest, self.wire)
        await self._pause(0)
        for slow in (lags.MOST_SLOW, _SLOW):
            while len(self.lines) < (LINES if slow == _SLOW else LINES - 1):
                if self.hidden and len(self.lines) == LINES - 1:
                    break  # these and the hidden one are what the time allows
                if not await self._add_line(slow):
                    break
                if not self.hidden:
                    await self._uncover()
        if self.lines:
            await self._settle(2 if self.hidden else 1)

    async def _add_line(self, slow: int) -> bool:
        """Take the strongest line out of the rest, unless it is noise or as near to the wire as `slow` takes out.

        What a known line's fit left behind needs another round and no second line.
        """
        around = self.wire[1].imag
        turn, far = await lags.turn_far_from(around, self.rest, slow, self._room, self._pause)
        a, s = await fit(far, complex(0, turn), 2, False, self._pause)
        count = len(far)
        explained, total = energy((a, s), count), power(far)
        await self._pause(0)
        if explained * count < _LINE_OUT * (total - explained):
            return False
        del far
        line = a, s + complex(0, around)
        if not any([self._apart_hz(line, known) < _SAME_HZ for known in self.lines]):
            self.lines.append(line)
            self.rest = taken_out(self.rest, line)
            await self._pause(0)
        await self._settle(1)
        self._tries += 1
        return self._tries < _TRIES

    async def _settle(self, rounds: int) -> None:
        """Fit each tone again to what the others leave, `rounds` times."""
        for _ in range(rounds):
            if self.hidden:
                await self._fit_hidden(self._hidden_turn() or self.hidden[1].imag)
            else:
                self.wire = await self._refitted(self.wire, True)
            for number in range(len(self.lines)):
                self.lines[number] = await self._refitted(self.lines[number], False)

    async def _refitted(self, tone: tuple, damped: bool) -> tuple:
        """Return the tone one step nearer to what the others leave, and let the rest follow."""
        new = step(self.rest, tone, damped)
        exchange(self.rest, tone, new)
        await self._pause(0)
        return new

    async def _uncover(self) -> None:
        """Look for a line hidden under the wire's peak, and keep it when it explains enough.

        Its turn is foretold again as the others settle; lines that crept under the peak give way to it.
        """
        turn = self._hidden_turn()
        if turn is None:
            return
        for line in [line for line in self.lines if self._apart_hz(line, self.wire) < _NEAR_HZ]:
            self.rest = taken_out(self.rest, line, 1)
            self.lines.remove(line)
        for _ in range(2):
            self.wire = await self._refitted(self.wire, True)
        alone, without = self.wire, self.rest  # which is not changed in place from here on, but made anew
        await self._fit_hidden(turn)
        is_there = power(without) >= power(self.rest) * (1 + _LINE_OUT / len(without))
        await self._pause(0)
        if not is_there:
            self.wire, self.hidden, self.rest = alone, None, without
            return
        await self._settle(2)

    async def _fit_hidden(self, turn: float) -> None:
        own = taken_out(self.rest, self.wire, 1)
        if self.hidden:
            own = taken_out(own, self.hidden, 1)
        await self._pause(0)
        self.wire, self.hidden = step_both(own, self.wire[1], turn)
        await self._pause(0)
        self.rest = taken_out(taken_out(own, self.wire), self.hidden)
        await self._pause(0)

    def _apart_hz(self, line: tuple, other: tuple) -> float:
        turn = line[1].imag - other[1].imag
        return abs(turn - 2 * math.pi * round(turn / (2 * math.pi))) / TURN_PER_HZ

    def _hidden_turn(self) -> float | None:
        """Return the turn of the mains harmonic within 12 Hz of the wire, foretold by the strongest in sight."""
        wire_hz = band.hertz(self.wire[1], self.centre)
        best = None
        for a, s in self.lines:
            line_hz = band.hertz(s, self.centre)
            order = round(line_hz / self._mains_hz)
            is_mains = abs(line_hz / order - self._mains_hz) < _MAINS_OFF_HZ
            if is_mains and abs(line_hz - wire_hz) > _NEAR_HZ and (best is None or abs(a) > best[0]):
                best = abs(a), line_hz / order
        if best is None:
            return None
        off_hz = round(wire_hz / best[1]) * best[1] - wire_hz
        return self.wire[1].imag + off_hz * TURN_PER_HZ if abs(off_hz) < _NEAR_HZ else None
