"""The collector's whole application in this process, with a clock that tests turn, and people who sign in."""

import asyncio
import base64
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from collector import application, service, wishes
from collector.facilities.watch import FacilityWatch
from collector.imports.running import watch_of
from collector.people import password, totp
from collector.people.accounts import invite
from collector.people.book import FILE_NAME, Book
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.site_file import read_site
from tests.acts import Persons
from tests.collector.chain import T0_MS
from tests.collector.conftest import DAM

PASSWORD = "four words of mine, together"
REAL_MS = 1_795_000_000_000
HERE, AFAR = "127.0.0.1", "192.0.2.9"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
SECRET = re.compile(r'<code class="said">([A-Z2-7]{32})</code>')


@dataclass
class House:
    """One collector and those who come to it."""

    data: Path
    app: object
    rooms: object
    persons: Persons
    real_ms: int = REAL_MS
    codes: dict[str, str] = field(default_factory=dict)  # the secret in each person's phone

    @property
    def book(self) -> Book:
        return Book(self.data / FILE_NAME)

    def browser(self, address: str = AFAR, scheme: str = "http", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=(address, 4711), raise_app_exceptions=True)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://127.0.0.1:8000", headers=named)

    def act(self, person: str, kind: str, body: dict) -> None:
        signed = self.persons.act(person, kind, body, T0_MS)
        accepted = checked(signed, self.persons.policy(), self.rooms.site, T0_MS)
        self.rooms.journal.append_policy(self.persons.policy_text(), T0_MS)
        self.rooms.journal.append_act(accepted.id, accepted_text(accepted), T0_MS)

    def code(self, person: str) -> str:
        """Return what the person's phone shows, half a minute later than the last one."""
        self.real_ms += 30_000
        return totp.hotp(base64.b32decode(self.codes[person]), self.real_ms // 30_000)

    async def join(self, person: str, browser: httpx.AsyncClient) -> httpx.Response:
        """Take up an invitation, in a browser that is signed in then."""
        secret = invite(self.book, person, self.real_ms)
        answer = await browser.post("/invite", data={"invitation": secret, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self.codes.pop(person, None)
        if (await browser.get("/")).status_code == 303:
            page = await browser.get("/totp")
            self.codes[person] = SECRET.search(page.text)[1]
            about = {"csrf": CSRF.search(page.text)[1], "code": self.code(person)}
            answer = await browser.post("/totp", data=about)
            assert answer.status_code == 303, answer.text
        return answer

    async def sign_in(self, person: str, browser: httpx.AsyncClient, **more: str) -> httpx.Response:
        code = self.code(person) if person in self.codes else ""
        return await browser.post("/signin", data={"person": person, "password": PASSWORD, "code": code, **more})


@pytest.fixture(scope="module")
def prepared() -> dict[str, str]:
    """Files of the data directory, by name, before the collector starts."""
    return {}


@pytest.fixture(scope="module")
def opened(tmp_path_factory, prepared) -> Iterator[House]:
    """A house without accounts; what a module does to it, it does to all of its tests."""
    data, persons = tmp_path_factory.mktemp("people"), Persons()
    persons.write_policy(data)
    for name, text in prepared.items():
        (data / name).write_text(text)
        (data / name).chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        site = read_site(DAM)
        rooms = service.open_rooms(site, data, lambda: T0_MS)
        house = House(data, None, rooms, persons)
        cheap = PasswordHasher(
            time_cost=1, memory_cost=8, parallelism=1
        )  # a real one takes 0.1 s, or 1 s when busy
        patch.setattr(password, "_HASHER", cheap)
        patch.setattr(password, "_NOBODY", cheap.hash("nobody"))
        patch.setattr(application, "real_ms", lambda: house.real_ms)
        news = asyncio.Event()
        watch, others = watch_of(rooms, data, news, ()), FacilityWatch((), data, rooms.now_ms)
        house.app = application.application(
            rooms, data, news, wishes.WishBook(data / wishes.FILE_NAME), watch, others
        )
        yield house
        house.app.state.close()
        rooms.thread.shutdown()
        with closing(rooms.store), closing(rooms.journal):
            rooms.recompute.close()


@pytest.fixture
def house(opened) -> Iterator[House]:
    """The house with an account of nobody who signs in, so that it is closed; no brake of the test before."""
    invite(opened.book, "observer", opened.real_ms)
    with opened.book.open() as db:
        db.execute("DELETE FROM brake")
    return opened
