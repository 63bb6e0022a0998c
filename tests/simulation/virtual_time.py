"""An event loop whose time jumps to the next moment at which something happens: a year passes in minutes.

Nothing waits for the machine: selectors are asked without waiting, what would run in a thread runs at once. So the
order of everything depends on the program and the seed alone.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import patch


class _Jumping(selectors.SelectSelector):
    """Instead of waiting it moves the loop's time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing will ever happen again"
            self.now_s += max(timeout, 0.0)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """asyncio in virtual time, from 0 s."""

    def __init__(self) -> None:
        self._virtual = _Jumping()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now_s

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


async def _at_once(func: Callable[..., Any], *args: Any, **_how: Any) -> Any:
    """Do what a worker thread would do: a thread takes real time, in which virtual time would run away."""
    return func(*args)


def run(story: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in virtual time."""
    with patch("anyio.to_thread.run_sync", _at_once), asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(story)
