"""The whole application in this process, full of readings, acts and events whose every text is hostile."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from collector import service, tokens, wishes
from collector.application import application
from collector.facilities.watch import FacilityWatch
from collector.imports.running import watch_of
from collector.rooms import Rooms
from collector.works.seen import works
from seepline.site_file import read_site
from tests.acts import Persons
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS
from tests.collector.conftest import DAM

HOST = "127.0.0.1:8000"
SCRIPT = "<script>alert(1)</script>"
EVIL = f"x' OR 1=1;--\"'>{SCRIPT}<img src=x onerror=alert(1)>{{{{7*7}}}}${{7*7}}../../etc/passwd%00"


class Inside(httpx.BaseTransport):
    """Asks an application in this process, on a loop of its own."""

    def __init__(self, app: Starlette, runner: asyncio.Runner) -> None:
        self._asgi, self._runner = httpx.ASGITransport(app=app, client=("127.0.0.1", 4711)), runner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asgi.handle_async_request(request)
        content, headers = await answer.aread(), answer.headers  # read, and so unpacked
        if encoding := headers.pop("Content-Encoding", ""):
            headers["X-Was"] = encoding
        return httpx.Response(answer.status_code, headers=headers, content=content)


@dataclass
class Fort:
    """One collector, whoever comes to it from this machine, and the tokens of its gateways."""

    app: Starlette
    rooms: Rooms
    data: Path
    client: httpx.Client
    persons: Persons
    now_ms: int = T0_MS
    tokens: dict[str, str] = field(default_factory=dict)

    def lines(self, first: int, count: int = 1, hertz: float = CALM, logger: str = "a") -> str:
        text = ""
        for scan in range(first, first + count):
            tail = f"ring=7i,boot=1i,seq={scan + 1}i,tq=2i {T0_MS + scan * SCAN_MS}\n"
            fields = {"a": f"f={hertz},t=3000", "b": "baro=2100"}.get(logger, "x=1")
            text += f"raw,site=dam,logger={logger},block=0 {fields},{tail}"
        return text

    def write(self, text: str | bytes, gateway: str = "gw1", **headers: str):
        named = {"Authorization": f"Token {self.tokens.get(gateway, gateway)}"}
        named |= {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.post("/api/v2/write?bucket=dam&precision=ms", content=text, headers=named)

    def act(self, person: str, kind: str, body: dict):
        return self.client.post("/api/v1/acts", json=self.persons.sent(person, kind, body, self.now_ms))

    def judge(self) -> None:
        while self.rooms.thread.submit(self.rooms.engine.judge, 100).result():
            pass

    def stored(self) -> dict[str, int]:
        return self.rooms.thread.submit(self.rooms.journal.counts).result()

    def works(self) -> list:
        return works(self.rooms.reader, withdrawn=True)


def fill(fort: Fort) -> None:
    """Let there be something of everything."""
    fort.now_ms = T0_MS + 6 * SCAN_MS
    for logger in ("b", "a"):
        assert fort.write(fort.lines(0, 3, logger=logger)).status_code == 204
        assert fort.write(fort.lines(3, 3, RED, logger)).status_code == 204
    fort.judge()
    acts = {
        "note": {"text": EVIL, "at_ms": fort.now_ms, "point": "P1"},
        "diary": {"work": "drilling", "from_ms": T0_MS, "points": ["P1"], "text": EVIL},
        "observe": {"place": "P1", "what": "crack", "level": "yellow", "seen_ms": fort.now_ms, "text": EVIL},
    }
    for kind, body in acts.items():
        answer = fort.act("engineer_of_record", kind, body)
        assert answer.status_code == 201, answer.text
    fort.judge()


@pytest.fixture(scope="module")
def fort(tmp_path_factory) -> Iterator[Fort]:
    data, persons, site = tmp_path_factory.mktemp("fort"), Persons(), read_site(DAM)
    text = persons.policy_text().replace('name = "The observer"', f"name = '''The {EVIL}'''")
    (data / "policy.toml").write_text(text)
    held: list[Fort] = []
    rooms = service.open_rooms(site, data, lambda: held[0].now_ms if held else T0_MS)
    news, book = asyncio.Event(), wishes.WishBook(data / wishes.FILE_NAME)
    watch, others = watch_of(rooms, data, news, ()), FacilityWatch((), data, rooms.now_ms)
    app = application(rooms, data, news, book, watch, others)
    with (
        asyncio.Runner() as runner,
        httpx.Client(transport=Inside(app, runner), base_url=f"http://{HOST}", trust_env=False) as client,
    ):
        made = Fort(app, rooms, data, client, persons)
        held.append(made)
        made.tokens = {one: tokens.add(data / tokens.FILE_NAME, one) for one in ("gw1", "gw2")}
        fill(made)
        yield made
    app.state.close()
    rooms.thread.shutdown()
    with closing(rooms.store), closing(rooms.journal):
        rooms.recompute.close()
