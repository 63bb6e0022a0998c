"""The list of readings by hand and the form's own data, as a browser gets them."""

import httpx
import pytest
from starlette.applications import Starlette

from collector.hand import pages
from collector.web.shell import Shell
from tests.collector.chain import T0_MS
from tests.collector.hand.conftest import DAY_MS, survey_text


@pytest.fixture
async def browser(people, dam, tmp_path):
    store = people.chain.folder / "store.sqlite"
    routes = pages.routes(Shell(dam, lambda: people.chain.now_ms), tmp_path, store)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://x"
    ) as it:
        yield it


async def test_the_list_shows_what_is_due_what_was_written_and_the_profile(browser, people):
    wrong = people.dips(3.0, photos={"a" * 64: 9})
    people.dips(13.0, T0_MS, corrects=wrong, note="<b>misread</b>", signed_ms=T0_MS + 60_000)
    base = people.surveys(survey_text(), T0_MS)
    people.does("inclinometer_base", {"point": "INC1", "survey": base, "reason": "x"}, by="engineer_of_record")
    people.surveys(survey_text(shift=110.0), T0_MS + DAY_MS)
    people.surveys(survey_text(swap=True), T0_MS + 2 * DAY_MS)
    people.chain.pass_time(T0_MS + 8 * DAY_MS)
    text = (await browser.get("/hand")).text
    assert text.index("of a standpipe") < text.index("Daily round") < text.index("of a surveyed mark")
    assert "dip below the collar 13.0 m" in text
    assert text.count("corrected") == 1
    assert f'href="./api/v1/photos/{"a" * 64}"' in text
    assert text.count('class="survey') == 2  # the one that was turned round is not drawn
    assert "<b>" not in text
    assert '<a href="./points/SP1"><strong>SP1</strong></a>' in text
    russian = (await browser.get("/hand?lang=ru")).text
    assert "глубина воды от устья 13.0 м" in russian
    assert "of a standpipe" not in russian


async def test_the_form_knows_what_is_to_be_read_and_no_reading(browser, people):
    people.dips(13.25)
    people.chain.pass_time(T0_MS + 8 * DAY_MS)
    answer = await browser.get("/field/site.json")
    tasks = {one["name"]: one for one in answer.json()["tasks"]}
    dip, daily = tasks["SP1/standpipe"], tasks["round daily"]
    assert (dip["last_ms"], dip["overdue"], [one["name"] for one in dip["fields"]]) == (
        T0_MS,
        True,
        ["dip_m", "seen"],
    )
    assert [one["id"] for one in daily["items"]] == ["crest", "toe"]
    assert "13.25" not in answer.text
    assert (await browser.get("/field/secret.js")).status_code == 404
    worker = await browser.get("/field/worker.js")
    assert worker.text.startswith('const VERSION = "')
    assert "script-src 'self'" in worker.headers["Content-Security-Policy"]
