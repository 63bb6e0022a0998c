"""What the parts that tell people share: the book behind its own thread, the store to look at, the contacts."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from collector.notify.book import Book
from collector.notify.outlook import Outlook, outlook
from collector.notify.together import Compose
from collector.store import StoredEvent, StoreReader
from seepline.notices.contacts import Contacts
from seepline.site import Site

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One site's telling of people. `add_event` puts an event of the collector's own into the store."""

    site: Site
    data: Path
    reader: StoreReader
    contacts: Contacts
    book: Book
    compose: Compose
    now_ms: Callable[[], int]
    add_event: Callable[[StoredEvent], Awaitable[None]]
    thread: ThreadPoolExecutor
    news: asyncio.Event = field(default_factory=asyncio.Event)  # something is to be sent

    async def ask(
        self, function: Callable[Arguments, Result], *values: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Call a function in the thread that owns the book."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: function(*values, **named))

    def outlook(self) -> Outlook:
        """Look at who is to be told now; takes files and the store, so never in the event loop."""
        return outlook(self.site, self.reader, self.data, self.contacts, self.now_ms())
