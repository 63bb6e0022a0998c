"""Journals as PDFs: their numbers are the store's, days those of the site's calendar, in Russian too."""

import subprocess
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.applications import Starlette

from collector.journals import pages
from collector.journals.period import Period, period
from collector.journals.sums import day_sums, series_sums
from collector.web.shell import Shell
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS

DAY_MS = 86_400_000
JANUARY = "2016-01"


@pytest.fixture
def filled(chain, rows):
    for scan in range(200):  # two days and two hours
        chain.take(rows.barometer(scan), rows.piezometer(scan, RED if scan >= 198 else CALM + scan % 3))
    return chain


@pytest.fixture
def browser(filled):
    shell = Shell(filled.site, lambda: filled.now_ms)
    app = Starlette(routes=pages.routes(shell, filled.reader))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


async def words_of(browser, path: str, folder) -> str:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return printed(answer.content, folder)


def printed(pdf: bytes, folder) -> str:
    file = folder / "journal.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


async def test_a_month_of_a_point_day_by_day(browser, filled, tmp_path):
    words = await words_of(browser, f"/journals/point/P1.pdf?period={JANUARY}", tmp_path)
    values = [one.value for one in filled.reader.series("P1", "pore_pressure", 0, 2**50, 5000)]
    assert f"2016-01-01 64 {min(values[:64]):.2f} {max(values[:64]):.2f} {values[63]:.2f} 0 0 green" in words
    assert f"2016-01-03 40 {min(values[160:]):.2f} {max(values[160:]):.2f} {values[-1]:.2f} 0 0 red" in words
    last = values[-1]
    beside = f"Last: {last:.2f} kPa = {last / 9.80665:.3f} m H₂O = "
    for said in ("Journal of a measuring point P1", "Responsible engineer", "Signature", "green – red", beside):
        assert said in words


async def test_the_report_counts_what_the_store_holds(browser, filled, tmp_path):
    words = await words_of(browser, f"/journals/report.pdf?period={JANUARY}", tmp_path)
    assert "Report on the monitoring of the dam, 2016-01" in words
    assert "Levels entered: red 1" in words
    assert "P1 pore pressure, kPa 200 100.0" in words
    assert "Engineer of record" in words
    assert "P1 pore pressure green – red" in words
    assert "2016-01-03 09:30:00 UTC+00:00" in words
    assert "2016-01-03 09:30:00 UTC " in words


async def test_an_act_of_commissioning_holds_gauge_sheet_cable_and_limits(browser, filled, tmp_path):
    words = await words_of(browser, "/journals/commissioning/P1.pdf", tmp_path)
    gauge = filled.site.instruments[0]
    for said in (gauge.serial, "frequency: a/f, Hz", "bus1", "Judged since its assignment", "Installed by"):
        assert said in words


async def test_they_are_printed_in_russian_too(browser, tmp_path):
    for path in (f"point/P1.pdf?period={JANUARY}&", f"report.pdf?period={JANUARY}&", "commissioning/P1.pdf?"):
        words = await words_of(browser, f"/journals/{path}lang=ru", tmp_path)
        assert "Подпись" in words
        assert "стр. 1" in words


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/journals/point/P9.pdf?period=2016-01", 404, "no such point"),
        ("/journals/point/P1.pdf", 400, "expected a month"),
        ("/journals/report.pdf?period=2016-13", 400, "expected a month"),
        ("/journals/report.pdf?period=../2016", 400, "expected a month"),
    ],
)
async def test_what_cannot_be_printed_is_said_in_one_sentence(browser, path, status, said):
    answer = await browser.get(path)
    assert answer.status_code == status
    assert said in answer.text


async def test_an_empty_month_is_a_journal_without_readings(browser, tmp_path):
    words = await words_of(browser, "/journals/point/P1.pdf?period=2015-06", tmp_path)
    assert "No event has been recorded." in words


def test_days_are_those_of_the_site_also_where_clocks_change(filled):
    zone = ZoneInfo("Asia/Tashkent")  # UTC+5: 08:00 UTC is 13:00, so its first day ends after 44 scans
    with filled.reader.connected() as connection:
        whole = Period("", T0_MS, T0_MS + 3 * DAY_MS)
        found = list(day_sums(connection, ("P1", "pore_pressure"), whole, zone))
        (sums,) = [one for one in series_sums(connection, whole) if one.quantity == "pore_pressure"]
    assert [one.readings for one in found] == [44, 96, 60]
    assert (sums.readings, sums.low) == (200, min(one.low for one in found))
    october = period("2026-10", ZoneInfo("Europe/Kyiv"))
    assert october.to_ms - october.from_ms == 31 * DAY_MS + 3_600_000
    assert SCAN_MS * 44 == 11 * 3_600_000


async def test_the_page_offers_every_point(browser, filled):
    text = (await browser.get("/journals")).text
    for one in filled.site.points:
        assert f'href="./journals/commissioning/{one.id}.pdf"' in text
