"""Tasks that come and go while the gateway runs: each made of a plan, started anew only when its plan differs."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar


class Part(Protocol):
    """Something that runs until it is cancelled."""

    async def run(self) -> None:
        """Run until cancelled."""


Plan = TypeVar("Plan")
Made = TypeVar("Made", bound=Part)


class Parts(Generic[Plan, Made]):
    """The running parts of one kind, by name, in a task group that somebody else holds."""

    def __init__(self, group: asyncio.TaskGroup, make: Callable[[str, Plan], Made]) -> None:
        self._group = group
        self._make = make
        self._running: dict[str, tuple[Plan, Made, asyncio.Task[None]]] = {}

    async def become(self, wanted: Mapping[str, Plan]) -> list[str]:
        """Run exactly the wanted parts; return the names of those that were ended or begun. Others never stop."""
        changed = [name for name in {**self._running, **wanted} if self._plan(name) != wanted.get(name)]
        await _ended([self._running.pop(name)[2] for name in changed if name in self._running])
        for name in changed:
            if name in wanted:
                made = self._make(name, wanted[name])
                self._running[name] = (wanted[name], made, self._group.create_task(made.run(), name=name))
        return changed

    async def end(self) -> None:
        """End all of them; what they are can still be asked."""
        await _ended([task for _, _, task in self._running.values()])

    def _plan(self, name: str) -> Plan | None:
        return self._running[name][0] if name in self._running else None

    def __iter__(self) -> Iterator[tuple[str, Made]]:
        for name, (_, made, _) in self._running.items():
            yield name, made


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
