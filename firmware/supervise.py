"""Between the tasks and the watchdog: it is fed only while every task moves, each within its own limit.

A task that stands is named in the breadcrumb, and then nothing is fed any more: the watchdog resets the chip. A
program that is stuck as a whole feeds nothing either; the breadcrumb then tells which task moved last.
"""

import asyncio

# Numbers of the tasks, on the wire and in the breadcrumb; their names stand in seepline/logger_words.py.
NO_TASK, STARTING, SCAN, SERVE, CLOCK, USB, SLEEP, MOTION = range(8)
SUPERVISE_S = 1


class Beats:
    """When each task moved last. `changed(task)` is called when another task moves than the one before.

    A task may stand for `limit_s`, unless it has a limit of its own: a scan of every channel fits in well.
    """

    def __init__(self, changed=lambda _task: None, limit_s: int = 60) -> None:
        self._default_s = limit_s
        self._still_s: dict[int, int] = {}
        self._limit_s: dict[int, int] = {}
        self._changed = changed
        self.last = STARTING

    def of(self, task: int, limit_s: int = 0):
        """Return the function by which a task says that it moves."""
        still_s = self._still_s
        still_s[task], self._limit_s[task] = 0, limit_s or self._default_s

        def beat() -> None:
            still_s[task] = 0
            if self.last != task:
                self.last = task
                self._changed(task)

        return beat

    def standing(self, passed_s: int) -> int:
        """Let so much time pass and return a task that stands for longer than its limit, or NO_TASK."""
        for task in self._still_s:
            self._still_s[task] += passed_s
        for task, still_s in self._still_s.items():
            if still_s > self._limit_s[task]:
                return task
        return NO_TASK


async def supervise(beats: Beats, feed, stands, turn) -> None:
    """Feed the watchdog while every task moves, else call `stands(task)`; `turn()` is for the rest."""
    while True:
        await asyncio.sleep(SUPERVISE_S)
        task = beats.standing(SUPERVISE_S)
        if task:
            stands(task)
        else:
            feed()
        turn()
