"""A real collector with readings, acts and people, axe-core from package-lock.json, and a browser that looks."""

import base64
import fcntl
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from collector import tokens
from collector.people import totp
from collector.people.accounts import invite
from collector.people.book import FILE_NAME, Book
from tests.acts import Persons
from tests.browser import Tab, chromium
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS
from tests.collector.conftest import ROOT, RunningCollector
from tests.collector.hand.conftest import dam_text
from tests.ports import free_port

HERE, PLACE = Path(__file__).parent, ROOT / "var" / "axe"
PASSWORD = "four words of mine, together"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
SECRET = re.compile(r'<code class="said">([A-Z2-7]{32})</code>')
COOKIE = "seepline_session"


def installed() -> Path:
    """Return axe's script, as package-lock.json names it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    script, there = PLACE / "node_modules" / "axe-core" / "axe.min.js", PLACE / "installed.json"
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (HERE / "package-lock.json").read_bytes()
        if not there.exists() or there.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy2(HERE / name, PLACE)
            install = ("npm", "ci", "--no-audit", "--no-progress")
            about = {"cwd": PLACE, "capture_output": True, "text": True, "timeout": 250, "check": False}
            done = subprocess.run(install, **about)
            assert done.returncode == 0, done.stderr[-2000:]
            there.write_bytes(wanted)
    return script


@dataclass
class Place:
    """A running collector, and the cookie of whoever has signed in."""

    collector: RunningCollector
    persons: Persons
    token: str
    cookies: dict[str, str] = field(default_factory=dict)
    event: str = ""
    preview: str = ""

    @property
    def url(self) -> str:
        return self.collector.url

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=120)

    def fill(self) -> None:
        with self.client() as client:
            for scan in range(12):
                tail = f"ring=7i,boot=1i,seq={scan + 1}i,tq=2i {T0_MS - (20 - scan) * SCAN_MS}\n"
                lines = f"raw,site=dam,logger=b,block=0 baro=2100,{tail}"
                lines += f"raw,site=dam,logger=a,block=0 f={CALM if scan < 8 else RED},t=3000,{tail}"
                headers = {"Authorization": f"Token {self.token}"}
                answer = client.post("/api/v2/write?precision=ms", content=lines, headers=headers)
                assert answer.status_code == 204, answer.text
            works = {"work": "drilling", "from_ms": T0_MS - SCAN_MS, "points": ["P1"], "text": "beside the toe"}
            sent = self.persons.sent("operator", "diary", works, T0_MS)
            assert client.post("/api/v1/acts", json=sent).status_code == 201
            end_s = time.monotonic() + 120
            while not (events := client.get("/api/v1/events?kind=level").json()) and time.monotonic() < end_s:
                time.sleep(0.1)
            self.event = events[-1]["id"]
            begun = client.post("/recompute/previews", data={"point": "P1"})
            self.preview = begun.headers["location"].rpartition("/")[2]

    def join(self, person: str, proves: bool) -> None:
        """Take up an invitation; who `proves` enters the first code too."""
        secret = invite(Book(self.collector.data / FILE_NAME), person, time.time_ns() // 1_000_000)
        with self.client() as client:
            answer = client.post("/invite", data={"invitation": secret, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            if proves:
                page = client.get("/totp").text
                key = base64.b32decode(SECRET.search(page)[1])
                about = {"csrf": CSRF.search(page)[1], "code": totp.hotp(key, int(time.time()) // 30)}
                assert client.post("/totp", data=about).status_code == 303
            self.cookies[person] = client.cookies[COOKIE]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[Place]:
    data, persons = tmp_path_factory.mktemp("place"), Persons()
    persons.write_policy(data)
    (data / "site.toml").write_text(dam_text())
    token = tokens.add(data / tokens.FILE_NAME, "gw1")
    running = RunningCollector(data, free_port(), data / "site.toml")
    running.start()
    made = Place(running, persons, token)
    try:
        made.fill()
        made.join("engineer_of_record", proves=True)
        made.join("inspector", proves=False)
        yield made
    finally:
        running.processes[-1].terminate()
        try:
            running.processes[-1].wait(30)
        except subprocess.TimeoutExpired:
            running.kill()


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("browser") / "profile") as opened:
        yield opened
