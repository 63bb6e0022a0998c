"""asyncio in virtual time: a sleep costs nothing, and the world's clock `ms` stands while anything else happens.

MicroPython's own tasks and queues are written in C and take the real clock, so these stand in for them; what they
must do is read off their use in asyncio/core.py, event.py, lock.py and funcs.py.
"""

import asyncio
import asyncio.core as core
import time


class Queue:
    """Tasks in the order of their times, of equal ones first come, first served."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        return self._tasks[0] if self._tasks else None

    def push(self, task, at=None):
        task.data = None
        task.ph_key = at = core.ticks() if at is None else at
        tasks = self._tasks
        place = len(tasks)
        while place and time.ticks_diff(tasks[place - 1].ph_key, at) > 0:
            place -= 1
        tasks.insert(place, task)

    def pop(self):
        return self._tasks.pop(0)

    def remove(self, task):
        self._tasks.remove(task)


class Task:
    """A coroutine; `state` is True while nobody waits for it, a queue of those who do, then None or False."""

    def __init__(self, coro, _globals=None):
        self.coro = coro
        self.data = None
        self.state = True
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = Queue()
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        task = self
        while isinstance(task.data, Task):
            task = task.data
        queue = task.data if isinstance(task.data, Queue) else core._task_queue
        queue.remove(task)
        core._task_queue.push(task)
        task.data = core.CancelledError
        return True


def install(world):
    """Make asyncio sleep in the virtual time `world.ms`."""
    ticks = [0]

    def wait(_queue, ms):
        assert ms >= 0, "no task waits for a time"
        world.ms += ms
        ticks[0] = time.ticks_add(ticks[0], ms)

    core.ticks = lambda: ticks[0]
    core.Task, core.TaskQueue = Task, Queue
    core.IOQueue.wait_io_event = wait
    asyncio.new_event_loop()
