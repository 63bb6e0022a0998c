"""The page over HTTP, and in a browser."""

import re
import struct
import threading
import time
import zlib
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from collector.store import StoreReader
from collector.store_writing import StoreWriter
from collector.web.menu import MENU
from collector.web.shell import Shell
from collector.web.state_page import routes
from tests.collector.page.conftest import event

NOW_MS = 1451634300000


def serve(site, store) -> Iterator[str]:
    app = Starlette(routes=routes(Shell(site, lambda: NOW_MS), store))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def address(world) -> Iterator[str]:
    yield from serve(world.site, world)


@pytest.fixture
def new_collector(world, tmp_path) -> Iterator[str]:
    """A collector with the real store, one reading of the toe piezometer and no other."""
    writer = StoreWriter(tmp_path / "store.db")
    with writer.transaction():
        toe = next(one for one in world.readings if one.point == "TOE-P1")
        writer.put(toe, None)
    yield from serve(world.site, StoreReader(tmp_path / "store.db"))
    writer.close()


def test_the_page_forbids_foreign_scripts_frames_and_foreign_sources(address):
    answer = httpx.get(address, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_needs_nothing_from_the_internet(address):
    page = httpx.get(address, timeout=60).text
    linked = set(re.findall(r'(?:href|src)="([^"#?][^"]*)"', page))
    linked = {one for one in linked if not one.startswith(("./points/", "./alarms/"))}
    assert linked == {"./static/page.css", "./static/icon.svg", "./signin", *(f"./{one.path}" for one in MENU)}
    for name in linked - {
        "./signin",
        *(f"./{one.path}" for one in MENU),
    }:  # a page of the collector, not of this one
        answer = httpx.get(f"{address}/{name}", timeout=60)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", answer.text)
    assert " style=" not in page  # the policy would not apply it


@pytest.mark.parametrize("name", ["missing.css", "..%2Frender.py", "%2e%2e/render.py", "page.css%00"])
def test_only_the_named_static_files_are_served(address, name):
    assert httpx.get(f"{address}/static/{name}", timeout=60).status_code == 404


def test_days_and_refresh_are_taken_from_the_address(address):
    page = httpx.get(address, params={"days": "7", "refresh": "5"}, timeout=60).text
    assert 'content="5"' in page
    assert '<a href="?days=7&amp;refresh=5" aria-current="true">' in page


@pytest.mark.parametrize("query", ["days=3", "days=x", "refresh=1", "days=", "days=-7"])
def test_another_choice_is_refused_in_one_sentence(address, query):
    answer = httpx.get(f"{address}/?{query}", timeout=60)
    assert answer.status_code == 400
    assert "expected one of" in answer.text


def test_the_heading_is_the_site_with_its_level_beside_it(address):
    (heading,) = re.findall("<h1>(.*)</h1>", httpx.get(address, timeout=60).text)
    assert re.sub("<[^>]+>", "", heading).split() == ["Test", "dam", "GREEN"]


def test_events_are_said_in_the_reader_s_language_and_what_cannot_be_is_marked_as_english(world, address):
    kept = "Logger pond: no reading for more than 2700 s; last reading 2016-01-01 06:00:00 UTC, noticed {}."
    known = event(kind="silence", level_to=0, text=kept.format("2016-01-01 07:00:00 UTC"))
    other = event(kind="silence", level_to=0, text=kept.format("today"))
    world.happened = [known, other]
    russian, english = (httpx.get(f"{address}?lang={one}", timeout=60).text for one in ("ru", "en"))
    assert "Логгер pond: нет отсчётов дольше 2700 с; последний отсчёт 2016-01-01 06:00:00 UTC" in russian
    assert f'логгер молчит<br><small class="said" lang="en">{other.text}</small>' in russian
    assert known.text not in russian
    assert f'<span class="said">{known.text}</span>' in english


def test_the_page_cannot_be_posted_to(address):
    assert httpx.post(address, timeout=60).status_code == 405


def test_a_collector_that_has_just_begun_shows_a_grey_page(new_collector):
    page = httpx.get(new_collector, timeout=60).text
    assert "1 of 7 instruments valid" in page
    assert "no reading yet" in page


def pixels(png: bytes) -> tuple[int, list[bytes]]:
    """Return (bytes a pixel, rows) of an 8-bit PNG without interlace: filters of PNG 1.2, 6."""
    at, data, width, height, depth = 8, b"", 0, 0, 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IHDR":
            width, height, bits, colour = struct.unpack(">IIBB", png[at + 8 : at + 18])
            assert bits == 8
            depth = {2: 3, 6: 4}[colour]
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, rows, before = zlib.decompress(data), [], bytes(width * depth)
    for n in range(height):
        start = n * (width * depth + 1)
        before = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * depth]), before, depth)
        rows.append(before)
    return depth, rows


def _unfiltered(kind: int, line: bytearray, before: bytes, depth: int) -> bytes:
    for n in range(len(line)):
        left = line[n - depth] if n >= depth else 0
        corner = before[n - depth] if n >= depth else 0
        line[n] = (
            line[n] + (0, left, before[n], (left + before[n]) // 2, _paeth(left, before[n], corner))[kind]
        ) & 255
    return bytes(line)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_the_state_the_section_and_the_charts(world, address, screenshot, width):
    world.levels["TOE-P1"] = 3
    depth, rows = pixels(screenshot(address, width, 900).read_bytes())
    colours = {row[n : n + 3] for row in rows for n in range(0, len(row), depth)}
    assert bytes.fromhex("b3121d") in colours  # the red mark
    assert bytes.fromhex("e9dfca") in colours  # the dam's body
    assert len(colours) > 50
