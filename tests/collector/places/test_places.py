"""Pages of points: every unit people speak, gauge, sheet and cable as they are now, history, labels."""

import re
import subprocess
from dataclasses import replace
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette

from collector.places import pages
from collector.places.route import cable_route
from collector.web.shell import Shell
from seepline.instruments.units import PRESSURE_KPA
from seepline.spoken_units import spoken
from tests.collector.chain import RED, T0_MS


@pytest.fixture
def browser(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0))
    chain.take(rows.barometer(1), rows.piezometer(1, RED))
    sources = pages.Sources(chain.folder / "journal.sqlite", chain.reader, tuple)
    app = Starlette(routes=pages.routes(Shell(chain.site, lambda: chain.now_ms), sources))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dam.example")


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_a_point_says_its_value_in_every_unit_beside_hertz_and_digits(browser):
    words = words_of((await browser.get("/points/P1")).text)
    kpa = float(re.search(r"(\d+\.\d+) kPa =", words)[1])
    assert f"{kpa} kPa = {kpa / 9.80665:.3f} m H₂O" in words
    for unit in ("kgf/cm²", "psi", "bar", "°C"):
        assert unit in words
    assert "2700.000 Hz = 7290.0 digits" in words
    listed = words_of((await browser.get("/points")).text)
    assert f"= {kpa / 9.80665:.3f} m H₂O" in listed
    assert "red" in words


async def test_a_point_shows_gauge_sheet_cable_limits_and_history(browser, chain):
    words = words_of((await browser.get("/points/P1")).text)
    (gauge,) = [one for one in chain.site.instruments if one.id == "vw"]
    for said in (gauge.serial, "a, address 1", "bus1", "gw1", "No event" if not chain.reader.events() else "→"):
        assert said in words
    assert all(f"{limit:g}" in words for limit in (chain.site.thresholds[0].yellow, chain.site.thresholds[0].red))


async def test_russian_is_complete_where_the_site_s_own_words_end(browser):
    words = words_of((await browser.get("/points/P1?lang=ru")).text)
    assert "поровое давление" in words
    assert "Трасса кабеля" in words


@pytest.mark.parametrize(
    ("path", "status"), [("/points/P9", 404), ("/points/%3Cb%3E", 404), ("/points/P1?days=3", 400)]
)
async def test_what_is_not_there_is_said_in_one_sentence(browser, path, status):
    answer = await browser.get(path)
    assert answer.status_code == status
    assert "<" not in answer.text


async def test_lists_lead_to_points(browser):
    for page in ("/points", "/instruments"):
        assert 'href="./points/P1"' in (await browser.get(page)).text


async def test_names_of_the_site_are_escaped(chain, rows, tmp_path):
    first, *others = chain.site.points
    site = replace(chain.site, points=(replace(first, name="<script>x</script>"), *others))
    sources = pages.Sources(chain.folder / "journal.sqlite", chain.reader, tuple)
    app = Starlette(routes=pages.routes(Shell(site, lambda: chain.now_ms), sources))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as browser:
        for page in ("/points", "/points/P1", "/labels"):
            assert "<script>" not in (await browser.get(page)).text


async def test_a_label_opens_its_point_at_the_address_that_the_page_was_asked_at(browser, tmp_path):
    text = (await browser.get("/labels")).text
    assert text.count('class="labels"') == 1
    picture = unquote(re.search(r'src="data:image/svg\+xml;charset=utf-8,([^"]+)" alt="Code of P1"', text)[1])
    (tmp_path / "code.svg").write_text(picture.replace("&#39;", "'"))
    assert read_code(tmp_path) == "http://dam.example/points/P1"


def read_code(folder) -> str:
    """Return what a scanner reads from the picture: drawn by Chromium, read by zbar."""
    (folder / "code.html").write_text('<img src="code.svg" width="400">')
    png = folder / "code.png"
    chromium = (
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--screenshot={png}",
        "--window-size=440,440",
    )
    subprocess.run([*chromium, (folder / "code.html").as_uri()], check=True, capture_output=True, timeout=120)
    found = subprocess.run(["zbarimg", "--quiet", "--raw", png], check=True, capture_output=True, timeout=60)
    return found.stdout.decode().strip()


def test_a_point_without_a_gauge_has_no_route(chain):
    assert cable_route(chain.site, "P1", 0) == ()
    assert [hop.use for hop in cable_route(chain.site, "P1", T0_MS)] == ["frequency", "thermistor"]


@pytest.mark.parametrize("kpa", [-12.5, 0.0, 94.17])
def test_units_lead_back_to_the_value(kpa):
    names = {"m H2O": "m H2O", "kgf/cm2": "kgf/cm2"}
    for one in spoken(kpa, "kPa"):
        assert one.value * PRESSURE_KPA[names.get(one.unit, one.unit)] == pytest.approx(kpa)
