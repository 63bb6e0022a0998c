"""Requests from people that wait for a free moment of one bus, and are answered in their turn.

    ErrandRefused               it cannot be done: one sentence

One is done between two polls of our own, so that neither live polls nor back-fill stand still for an update.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from gateway.bus.exchange import Request
from gateway.bus.line import PortError
from gateway.bus.master import BusError, Master

MOST_WAITING = 8
PATIENCE_S = 60.0
_PATIENCE = 3


class ErrandRefused(Exception):  # noqa: N818 - says what it is
    """The gateway does not do it: one sentence that says why."""


class Errands:
    """The queue of one bus."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Request, asyncio.Future[bytes]]] = deque()
        self._stirred = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    async def ask(self, address: int, request: Request) -> bytes:
        """Return the PDU of the answer, once it was this request's turn.

        Raises
        ------
        BusError
            When no right answer came.
        ErrandRefused
            When too many wait already, or the bus does not get to it.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise ErrandRefused(f"{MOST_WAITING} requests wait for this bus already: try again later")
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.append((address, request, answer))
        self.stir()
        try:
            return await asyncio.wait_for(answer, PATIENCE_S)
        except TimeoutError as error:
            text = "the gateway did not get to it in a minute: see `seepline gateway status`, is its port open?"
            raise ErrandRefused(text) from error

    def stir(self) -> None:
        """Wake the bus when it waits for its next poll."""
        self._stirred.set()

    async def wait(self, timeout_s: float) -> None:
        """Wait until something is to be done for people, at most so long."""
        if not self._waiting:
            self._stirred.clear()
            waiting = asyncio.ensure_future(self._stirred.wait())
            await asyncio.wait((waiting,), timeout=timeout_s)
            waiting.cancel()

    async def do_one(self, master: Master, wake: Callable[[int], Awaitable[None]]) -> bool:
        """Do the errand that waits longest; tell whether there was one. `wake(address)` wakes who sleeps."""
        while self._waiting and self._waiting[0][2].done():
            self._waiting.popleft()  # nobody waits for it any more
        if not self._waiting:
            return False
        address, request, answer = self._waiting.popleft()
        try:
            await wake(address)
            longest_s = _PATIENCE * master.pace.turn_round_s  # a sealed command writes flash before it is answered
            said = await master.transact(address, request, turn_round_s=longest_s)
        except BusError as error:
            _settle(answer, error)
        except PortError as error:
            _settle(answer, ErrandRefused(str(error)))
            raise
        else:
            if not answer.done():
                answer.set_result(said)
        return True


def _settle(answer: "asyncio.Future[bytes]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
