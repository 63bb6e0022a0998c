"""The life of the logger from boot to boot: why the last one ended, whether this one is good, when to play safe.

* A boot is good once it has lasted 60 s and a scan was finished or a request answered. Every boot counts as bad
  until then, in the store, so that no power cut forgets it. After five bad boots in a row comes safe mode: the
  logger shows who it is, gives its records and takes sealed commands; it does not scan and loads no driver.
* Safe mode ends by a sealed command that restarts, which gives five new tries, and after an hour by one try: what
  stopped the logger may have been the cold, a flat battery or a wet plug, and nobody may be able to reach it. If
  the try is bad too, safe mode is back for another hour.
* A brown-out is inferred, for the ESP32 reports it as power-on (1): the breadcrumb survived, which no true loss of
  power allows, or the supply was low before. 101 is power lost without such a sign, while the logger ran.
* After the 5 bad boots only the 8th, 16th, 32nd ... is told as an event: a supply that comes and goes every second
  must not fill the ring.
"""

import struct
from collections import namedtuple

from firmware import breadcrumb as crumbs
from firmware.facts import SAFE
from firmware.supervise import NO_TASK, STARTING
from seepline.wire.event import BOOT, SAFE_MODE, SUPPLY_LOW
from seepline.wire.record import MISSING_I32, MISSING_U16

GOOD_S = 60
MOST_BAD = 5
TRIAL_BAD = 3
SAFE_S = 3600
CRUMB_S = 10
SUPPLY_AGAIN_MV = 300  # above the limit: a supply that hovers there is low once

POWER_ON, WATCHDOG, DEEP_SLEEP = 1, 3, 4  # of machine.reset_cause()
BROWN_OUT, POWER_LOST = 100, 101
BY_BAD_BOOTS, BY_CONFIGURATION = 1, 2  # why safe mode

KEPT = "life"  # in the store: bad boots u8, state u8, supply mV u16, 1 = it is low u8
_LAYOUT = ">BBHB"

Kept = namedtuple("Kept", ("bad", "state", "supply_mv", "is_low"))
_UNKNOWN = Kept(0, crumbs.LEFT, MISSING_U16, 0)


def kept(store) -> Kept:
    """Return what the store knows of the boots before; of a new logger, that there were none."""
    data = store.get(KEPT) or b""
    return Kept(*struct.unpack(_LAYOUT, data)) if len(data) == struct.calcsize(_LAYOUT) else _UNKNOWN


def why(reset_cause: int, crumb, known: Kept) -> int:
    """Return the reset cause with what can be inferred about a loss of power.

    >>> why(WATCHDOG, None, _UNKNOWN), why(POWER_ON, None, _UNKNOWN)
    (3, 1)
    >>> [why(POWER_ON, None, Kept(0, crumbs.RUNNING, mv, low)) for mv, low in ((12600, 0), (10900, 1))]
    [101, 100]
    """
    if reset_cause != POWER_ON:
        return reset_cause
    if crumb is not None or known.is_low:
        return BROWN_OUT
    return POWER_LOST if known.state == crumbs.RUNNING else POWER_ON


def is_told(bad: int) -> bool:
    """Tell whether a boot after so many bad ones is worth an event.

    >>> [bad for bad in range(70) if is_told(bad)]
    [0, 1, 2, 3, 4, 5, 8, 16, 32, 64]
    """
    return bad <= MOST_BAD or bad & (bad - 1) == 0


class Life:
    """One boot: make it first, `open` it when events can be said, and `turn` it once a second.

    `safe` says that this boot plays safe. `good` lists functions that are called once, when this boot is good.
    """

    def __init__(self, board, facts) -> None:
        self._board = board
        self._facts = facts
        memory = board.recall()
        self.last = crumbs.parsed(memory)
        known = kept(board.store)
        self.cause = why(board.reset_cause, self.last, known)
        self.last_supply_mv = self.last.supply_mv if self.last else known.supply_mv
        self.bad = known.bad
        self.safe = BY_BAD_BOOTS if known.bad >= MOST_BAD else 0
        self.gives_up = TRIAL_BAD <= known.bad < MOST_BAD  # a configuration that was never good may be the cause
        self.good: list = []
        self._is_good = False
        self._is_low = known.is_low
        self._keeper = None
        self._task, self._standing = STARTING, NO_TASK
        self._dropped_s = 0
        woken = board.reset_cause == DEEP_SLEEP and self.last is not None and self.last.state == crumbs.ASLEEP
        self.carried = bytes(memory[crumbs.LENGTH :]) if woken else b""  # what `rest` was given
        self._kept = known
        if not woken:  # what went to sleep in good order wakes too often to be counted in flash
            self._keep(min(known.bad + 1, 255), crumbs.RUNNING)
        facts.mode = SAFE if self.safe else facts.mode
        facts.last_reset_task = self.last_task()
        board.leave = self.leave
        self._drop(crumbs.RUNNING)

    def last_task(self) -> int:
        """Return the task that stood, or that moved last before a reset which nobody wanted; 0 = none known."""
        last = self.last
        if last is None or last.state in (crumbs.LEFT, crumbs.ASLEEP):
            return NO_TASK
        hung = self._board.reset_cause == WATCHDOG or last.state == crumbs.CRASHED
        return last.standing or (last.task if hung else NO_TASK)

    def play_safe(self) -> None:
        """Make this boot a safe one because there is no configuration to run with."""
        self.safe = self.safe or BY_CONFIGURATION
        self._facts.mode = SAFE

    def open(self, keeper, say, proof, supply_low_mv: int) -> None:
        """Tell of this boot, and go on with what a restart must not give back.

        `proof()` tells whether a scan was finished or a request answered.
        """
        self._keeper, self._say, self._proof, self._low_mv = keeper, say, proof, supply_low_mv
        last = self.last
        if last is not None:
            asleep_s = keeper.utc_ms() // 1000 - last.utc_s if last.state == crumbs.ASLEEP and last.utc_s else 0
            keeper.resume(last.slewed_ms, last.slew_day_s + max(0, asleep_s))
        if self.cause != DEEP_SLEEP and is_told(self.bad):
            self._tell_boot()
            if self.safe:
                say(SAFE_MODE, self.bad, (self.safe,))

    def moved(self, task: int) -> None:
        """Note that another task moves now."""
        self._task = task
        if task == self._standing:  # it was only slow, and the watchdog is fed again
            self._standing = NO_TASK
        self._drop(crumbs.RUNNING)

    def stands(self, task: int) -> None:
        """Note that a task stands: the watchdog will bite."""
        self._standing = task
        self._drop(crumbs.RUNNING)

    def turn(self) -> None:
        """Do what a second brings: the breadcrumb, the supply, the proof of a good boot, the end of safe mode."""
        now_s = self._board.clock.uptime_ms() // 1000
        if now_s - self._dropped_s >= CRUMB_S:
            self._drop(crumbs.RUNNING)
        self._watch_supply(self._facts.supply_mv)
        if self.safe == BY_BAD_BOOTS and now_s >= SAFE_S:
            self._keep(MOST_BAD - 1, crumbs.LEFT)
            self._drop(crumbs.LEFT)
            self._board.leave = None
            self._board.restart()
        elif not (self.safe or self._is_good) and now_s >= GOOD_S and self._proof():
            self._prove()

    def leave(self) -> None:
        """Note a restart that was ordered: that is no bad boot, and ends safe mode."""
        self._keep(0, crumbs.LEFT)
        self._drop(crumbs.LEFT)

    def rest(self, carried: bytes = b"") -> None:
        """Note that the logger goes into deep sleep, its work done, and takes some bytes along."""
        if not self._is_good:
            self._prove()
        self._drop(crumbs.ASLEEP, carried)

    def _prove(self) -> None:
        self._is_good = True
        if self._kept.bad:
            self._keep(0, crumbs.RUNNING)
        for call in self.good:
            call()

    def _tell_boot(self) -> None:
        last, supply_mv = self.last, self.last_supply_mv
        self._say(
            BOOT,
            self.cause,
            (
                self._board.boot_count,
                self.last_task() if last else MISSING_I32,
                last.uptime_s if last else MISSING_I32,
                MISSING_I32 if supply_mv == MISSING_U16 else supply_mv,
                self.bad,
            ),
        )

    def _watch_supply(self, supply_mv: int) -> None:
        """Say once that the supply is low, and once that it is not any more; keep it for after a loss of power."""
        if supply_mv == MISSING_U16:
            return
        is_low = supply_mv < self._low_mv + (SUPPLY_AGAIN_MV if self._is_low else 0)
        if is_low != self._is_low:
            self._is_low = is_low
            self._keep(self._kept.bad, crumbs.RUNNING)
            self._say(SUPPLY_LOW, 0 if is_low else 1, (supply_mv,))

    def _keep(self, bad: int, state: int) -> None:
        supply_mv = self._facts.supply_mv
        known_mv = self._kept.supply_mv if supply_mv == MISSING_U16 else supply_mv
        known = Kept(bad, state, known_mv, int(self._is_low))
        if known != self._kept:
            self._kept = known
            self._board.store.put(KEPT, struct.pack(_LAYOUT, *known))

    def _drop(self, state: int, carried: bytes = b"") -> None:
        """Leave a breadcrumb."""
        keeper, facts = self._keeper, self._facts
        uptime_s = self._board.clock.uptime_ms() // 1000
        utc_s, slewed = (keeper.utc_ms() // 1000, keeper.spent()) if keeper else (0, self._resumed())
        crumb = crumbs.Crumb(state, self._task, self._standing, uptime_s, utc_s, facts.supply_mv, *slewed)
        self._board.remember(crumbs.packed(crumb) + carried)
        self._dropped_s = uptime_s

    def _resumed(self) -> tuple:
        return (self.last.slewed_ms, self.last.slew_day_s) if self.last else (0, 0)
