"""A collector in a process of its own, the pages on which people act, and people with browsers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from collector import tokens
from tests.browser import Tab, chromium
from tests.collector.conftest import RunningCollector
from tests.ports import free_port
from tests.sets import joint_policy, people

T0_MS = 1_451_635_200_000


def send_scan(url: str, token: str, number: int, hertz: float) -> None:
    """Send what the barometer and the piezometer gave at one scan."""
    tail = f"ring=7i,boot=1i,seq={number}i,tq=2i {T0_MS + 180_000 + 30_000 * number}"
    lines = f"raw,site=dam,logger=b,block=0 baro=2100,{tail}\n"
    lines += f"raw,site=dam,logger=a,block=0 f={hertz},t=3000,{tail}\n"
    headers, address = {"Authorization": f"Token {token}"}, f"{url}/api/v2/write?bucket=dam&precision=ms"
    assert httpx.post(address, content=lines, headers=headers, trust_env=False, timeout=60).status_code == 204


class Site:
    """A running collector of the dam, and the policy that grows with the keys of people's browsers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = tokens.add(folder / tokens.FILE_NAME, "gw1")
        self.persons = people()
        self.write_policy()
        self.collector = RunningCollector(folder, free_port())
        self.collector.start()

    @property
    def url(self) -> str:
        return self.collector.url

    def write_policy(self) -> None:
        (self.folder / "policy.toml").write_text(joint_policy(self.persons))

    def enrol(self, tab: Tab, person: str) -> None:
        """Make a person's key in the browser; its public half goes into the policy."""
        tab.open(f"{self.url}/field/")
        tab.until("document.querySelector('#enrol input')")
        # at once, for the page may draw itself anew
        named = f"document.querySelector('#enrol input').value = {person!r}"
        tab.js(f"{named}; document.querySelector('#enrol button').click()")
        public = tab.until("document.querySelector('#key')?.textContent")
        path = self.folder / "policy.toml"
        path.write_text(path.read_text().replace(self.persons.keys[person].public.hex(), public))

    def scan(self, number: int, hertz: float) -> None:
        send_scan(self.url, self.token, number, hertz)

    def asked(self, path: str) -> dict:
        return httpx.get(f"{self.url}/api/v1/{path}", trust_env=False, timeout=60).json()

    def events(self, kind: str) -> list[dict]:
        return [one for one in self.asked("state")["events"] if one["kind"] == kind]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    for process in made.collector.processes:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def browsers(tmp_path_factory, site) -> Iterator[dict[str, Tab]]:
    """A page in a profile of its own for each of three people."""
    with chromium(tmp_path_factory.mktemp("browser") / "profile") as first:
        tabs = {"ravshan": first, "anna": first.beside(), "askar": first.beside()}
        for person, tab in tabs.items():
            site.enrol(tab, person)
        yield tabs
