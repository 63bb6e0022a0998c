"""Keeps the newest word of every other facility: asked once a minute, each by itself: none delays another."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from collector.facilities.ask import NotToldError, Told, ask
from collector.facilities.settings import Facility

EVERY_S = 60.0
_log = logging.getLogger("collector.facilities")


@dataclass(frozen=True, slots=True)
class Word:
    """The newest word of a facility: what it told and when it was heard here; `error` why not since."""

    facility: Facility
    told: Told | None = None
    heard_ms: int | None = None
    error: str = ""


class FacilityWatch:
    """The words of all other facilities; `words` is read by pages, `run` is the task."""

    def __init__(self, facilities: tuple[Facility, ...], folder: Path, now_ms: Callable[[], int]) -> None:
        self.words = {one.id: Word(one) for one in facilities}
        self._folder, self._now_ms = folder, now_ms

    async def run(self) -> None:
        """Ask for ever."""
        async with asyncio.TaskGroup() as group:
            for name in self.words:
                group.create_task(self._follow(name))

    async def _follow(self, name: str) -> None:
        while True:
            await self.ask_once(name)
            await asyncio.sleep(EVERY_S)

    async def ask_once(self, name: str) -> None:
        """Ask one facility; what it told before stays when it cannot be reached, with its age."""
        before = self.words[name]
        try:
            told = await ask(before.facility, self._folder)
        except (NotToldError, OSError, UnicodeDecodeError) as error:
            if str(error) != before.error:
                _log.warning("facility %s: %s", name, error)
            self.words[name] = replace(before, error=str(error))
            return
        self.words[name] = Word(before.facility, told, self._now_ms())
