"""Sign-in as the collector's program mounts it: its pages, its gate, and the sentence while reading is open."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from collector.acts.key_book import KeyBook
from collector.acts.table import KeptAct
from collector.people import audit_page, door, me, people_page, provider_door
from collector.people.answers import Office
from collector.people.book import FILE_NAME, Book, has_any
from collector.people.desk import Desk, PolicyFile
from collector.people.gate import Gate
from collector.people.provider import Provider
from collector.people.seal import key_file
from collector.people.sealing import seal_all, trouble
from collector.people.settings import client_secret, read_oidc
from collector.people.shown import NO_CODES
from collector.rooms import Rooms
from collector.web.shell import Shell
from collector.web.words import noted
from seepline.acts.chain import Head
from seepline.acts.keys import KeyRing
from seepline.site import Site

_OPEN = noted("Nobody has an account yet: everything can be read without signing in, on this machine only.")


@dataclass(frozen=True, slots=True)
class People:
    """Sign-in of one collector."""

    desk: Desk
    provider: Provider | None

    def notices(self) -> Iterable[str]:
        """Yield what everybody must read who looks."""
        if not has_any(self.desk.book):
            yield _OPEN
        if trouble(self.desk.book, self.desk.key):
            yield NO_CODES

    def routes(
        self, shell: Shell, chain: audit_page.Chain, on_duty: people_page.OnDuty = people_page.nobody_on_duty
    ) -> list[BaseRoute]:
        """Return the routes of its pages."""
        office, name = Office(shell, self.desk), self.provider.settings.name if self.provider else ""
        others = provider_door.routes(office, self.provider) if self.provider else []
        pages = [*people_page.routes(office, on_duty), *audit_page.routes(office, chain)]
        return [*door.routes(office, name), *others, *me.routes(office, chain.ring), *pages]

    def gate(self, routes: Sequence[BaseRoute]) -> Middleware:
        """Return the gate before these routes."""
        return Middleware(Gate, desk=self.desk, routes=routes)


def chain_of(rooms: Rooms) -> audit_page.Chain:
    """Return how pages ask the journal about acts."""

    async def before(line: int, limit: int, person: str, kind: str) -> list[KeptAct]:
        return await rooms.ask(rooms.journal.acts.before, line, limit, person, kind)

    async def heads(limit: int) -> list[Head]:
        return await rooms.ask(rooms.journal.acts.heads, limit)

    keys = KeyBook(rooms.journal.acts)

    async def ring() -> KeyRing:
        return await rooms.ask(keys.ring)

    return audit_page.Chain(before, heads, ring)


def people_of(
    site: Site, data: Path, policy: Path, now_ms: Callable[[], int], site_ms: Callable[[], int]
) -> People:
    """Return sign-in of a data directory. Raises Faulty when people.toml has faults, OSError for its secret."""
    settings = read_oidc(data)
    provider = Provider(settings, client_secret(settings, data)) if settings else None
    book, key = Book(data / FILE_NAME), key_file(data, os.environ.get("CREDENTIALS_DIRECTORY", ""))
    seal_all(book, key)
    return People(Desk(site.info.id, book, PolicyFile(policy), now_ms, site_ms, key), provider)
