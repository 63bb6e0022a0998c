"""What one running collector has open, and the one thread that may touch it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from collector.engine import Engine
from collector.journal import Journal
from collector.recompute.work import Recompute
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.site import Site

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What one running collector has open, and the one thread that may touch it."""

    site: Site
    journal: Journal
    store: StoreWriter
    engine: Engine
    recompute: Recompute
    reader: StoreReader
    now_ms: Callable[[], int]
    thread: ThreadPoolExecutor

    async def ask(
        self, function: Callable[Arguments, Result], *values: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Call a function in the thread that owns journal and store."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: function(*values, **named))
