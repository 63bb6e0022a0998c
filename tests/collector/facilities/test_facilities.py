"""Several facilities on one page: what collectors tell over HTTP, the worst first, nothing old shown as calm."""

import asyncio
import threading
import time
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from collector.api import state_json
from collector.facilities import page
from collector.facilities.ask import NotToldError, ask, told
from collector.facilities.map import HEIGHT, WIDTH, Spot, drawn
from collector.facilities.settings import Facility, read_facilities
from collector.facilities.watch import FacilityWatch, Word
from collector.present import present
from collector.web.shell import Shell
from seepline.thresholds import Level
from seepline.toml_file import Faulty
from tests.collector.chain import RED, T0_MS

UTC = ZoneInfo("UTC")


@pytest.fixture
def state(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    now = present(chain.site, chain.reader, chain.now_ms)
    return {**state_json(chain.site, now), "exercise": None}


@pytest.fixture
def other(state):
    """Another collector on a real port; `tells` is what it answers with, by token."""
    seen = []

    async def answer(request):
        seen.append(request.headers.get("authorization", ""))
        return tells["answer"]

    tells = {"answer": JSONResponse(state), "seen": seen}
    app = Starlette(routes=[Route("/api/v1/state", answer)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    tells["url"] = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield tells
    server.should_exit = True
    thread.join()


def facility(url, **more):
    return Facility(**{"id": "dam", "name": "Test dam", "url": url, **more})


async def test_a_collector_is_asked_with_its_token_and_believed_for_its_own_site_only(other, tmp_path):
    (tmp_path / "t").write_text("s3cret\n")
    found = await ask(facility(other["url"], token_file="t"), tmp_path)
    assert (found.level, found.valid, found.total) == (Level.RED, 2, 2)
    assert other["seen"] == ["Bearer s3cret"]
    with pytest.raises(NotToldError, match="it keeps site 'dam', not north"):
        await ask(facility(other["url"], id="north"), tmp_path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response("no", 503), "it answers 503"),
        (RedirectResponse("http://127.0.0.1:9/api/v1/state"), "it answers 307"),
        (Response("[" * 100_000), "it answers no JSON"),
        (Response("[]"), "its answer is no state"),
        (Response(b"x" * (4 * 1024 * 1024 + 1)), "longer than"),
    ],
)
async def test_what_is_no_state_is_said_and_never_believed(other, tmp_path, answer, said):
    other["answer"] = answer
    with pytest.raises(NotToldError, match=said):
        await ask(facility(other["url"]), tmp_path)


def test_what_was_told_stays_with_its_age_when_nobody_answers(state, tmp_path):
    watch = FacilityWatch((facility("http://127.0.0.1:9"),), tmp_path, lambda: T0_MS)
    watch.words["dam"] = Word(watch.words["dam"].facility, told(state, "dam"), T0_MS)
    asyncio.run(watch.ask_once("dam"))
    assert watch.words["dam"].told.level is Level.RED
    assert "cannot be reached" in watch.words["dam"].error


def word(name, level=None, age_s=0, grey=False, **place):
    state = None if level is None else told_of(level, grey)
    return Word(Facility(id=name, name=name, url="https://x", **place), state, T0_MS - 1000 * age_s)


def told_of(level, grey=False):
    said = {"site": "x", "level": level, "time_ms": 0, "loggers": [], "limits": {"set": "", "provisional": True}}
    return told({**said, "coverage": {"valid": 1, "total": 2, "grey": grey}}, "x")


def test_the_unknown_stand_beside_the_worst_and_old_calm_is_not_calm():
    words = [
        word("calm", "green"),
        word("old-calm", "green", 400),
        word("old-red", "red", 400),
        word("orange", "orange"),
        word("uncovered", "green", grey=True),
        Word(Facility(id="never", name="never", url="https://x")),
        word("yellow", "yellow"),
    ]
    rows = page.facilities_page(words, "calm", T0_MS, UTC).rows
    assert [(one.id, one.colour) for one in rows] == [
        ("old-red", "red"),
        ("orange", "orange"),
        ("never", "grey"),
        ("old-calm", "grey"),
        ("uncovered", "grey"),
        ("yellow", "yellow"),
        ("calm", "green"),
    ]


@given(st.lists(st.tuples(st.floats(-85, 85), st.floats(-179, 179)), min_size=1, max_size=30))
def test_every_facility_lies_inside_the_map_and_north_is_up(places):
    spots = [Spot(str(number), *place) for number, place in enumerate(places)]
    found = drawn(spots)
    for one in found.placed:
        assert 0 <= one.x <= WIDTH
        assert 0 <= one.y <= HEIGHT
    by_lat = sorted(zip(spots, found.placed, strict=True), key=lambda both: both[0].latitude_deg)
    heights = [placed.y for _, placed in by_lat]
    assert heights == sorted(heights, reverse=True)


def test_degrees_of_the_graticule_are_where_they_say():
    found = drawn([Spot("a", 40.0, 70.0), Spot("b", 42.0, 72.0)])
    (forty,) = [line for line in found.parallels if (line.degrees, line.side) == ("40", "N")]
    (place,) = [one for one in found.placed if one.id == "a"]
    assert forty.at == pytest.approx(place.y, abs=0.2)


async def test_the_page_shows_the_own_site_beside_others_and_the_map(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0))
    others = {"north": word("<b>north</b>", "red", latitude_deg=41.0, longitude_deg=71.0)}
    app = Starlette(routes=page.routes(Shell(chain.site, lambda: chain.now_ms), chain.reader, lambda: others))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as browser:
        text = (await browser.get("/facilities")).text
        listed = (await browser.get("/api/v1/facilities")).json()
    assert "<b>north" not in text
    assert text.index("&lt;b&gt;north") < text.index("Test dam</strong>")
    assert 'class="map"' in text
    assert [(one["id"], one["colour"]) for one in listed] == [("dam", "green"), ("<b>north</b>", "red")]


GOOD = """
[[facility]]
id = "north"
name = "North"
url = "https://north.example"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("https", "http"), "facility[1].url"),
        (GOOD.replace("north.example", "user:pw@north.example"), "facility[1].url"),
        (GOOD + "latitude_deg = 95.0\nlongitude_deg = 3.0", "facility[1].latitude_deg"),
        (GOOD + "latitude_deg = 41.0", "both or neither"),
        (GOOD + 'token_file = "none"', "facility[north].token_file"),
        (GOOD + GOOD, "an id that no other facility has"),
        (GOOD.replace('"north"', '"dam"'), "an id that no other facility has"),
        (GOOD + "colour = 1", "facility[1].colour"),
    ],
)
def test_faults_of_the_file_are_named_with_their_place(tmp_path, text, said):
    (tmp_path / "facilities.toml").write_text(text)
    with pytest.raises(Faulty) as caught:
        read_facilities(tmp_path, "dam")
    assert said in "\n".join(map(str, caught.value.problems))


def test_a_password_in_an_address_is_not_repeated(tmp_path):
    (tmp_path / "facilities.toml").write_text(GOOD.replace("north.example", "user:s3cret@north.example"))
    with pytest.raises(Faulty) as caught:
        read_facilities(tmp_path, "dam")
    assert "s3cret" not in "\n".join(map(str, caught.value.problems))


def test_without_the_file_the_own_site_stands_alone(tmp_path):
    assert read_facilities(tmp_path, "dam") == ()
    (tmp_path / "facilities.toml").write_text(GOOD)
    assert [one.id for one in read_facilities(tmp_path, "dam")] == ["north"]
