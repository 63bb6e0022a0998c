"""The after-storm check over a real journal, its page, and the gateway's report of its buses."""

import json
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from collector.raw_lines import RawValue
from collector.storm import door, page
from collector.storm.bus_table import KEEP_MS, BusTable
from collector.storm.found import Times, storm_check
from collector.storm.raw import raw_stretches
from collector.web.shell import Shell
from seepline.bus_report import BusReport, DeviceCounts, report_json
from seepline.wire import status as bits
from tests.collector.chain import SCAN_MS, T0_MS

STORM = 40  # scans before it
SCANS = 60


@pytest.fixture
def struck(chain, rows, dam):
    """Logger a's gauge lost its cable at the storm; logger b fell silent with it."""
    for scan in range(SCANS):
        hit = scan >= STORM
        wire = (RawValue("f", None, bits.NO_SIGNAL), RawValue("t", None, bits.THERMISTOR_OPEN))
        chain.take(rows.row("a", scan, wire) if hit else rows.piezometer(scan))
        if not hit:
            chain.take(rows.barometer(scan))
    chain.pass_time(T0_MS + SCANS * SCAN_MS)
    near, far = (replace(one, trunk_m=at_m) for one, at_m in zip(dam.loggers, (40.0, 310.0), strict=False))
    return replace(dam, loggers=(near, far, *dam.loggers[2:]))


def client(chain, site, table, gateway="gw1"):
    shell = Shell(site, lambda: chain.now_ms)
    sources = page.Sources(chain.folder / "journal.sqlite", chain.reader, table)
    known = door.Door(
        lambda said: gateway if said else None, {"gw1": frozenset("ab")}, table, lambda: chain.now_ms
    )
    app = Starlette(routes=[*page.routes(shell, sources), *door.routes(known)])
    headers = {"Authorization": "Token x"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers)


def storm_text() -> str:
    return "2016-01-01T18:00"  # 40 scans after 08:00, at UTC


async def test_the_page_says_what_to_look_at_first(chain, struck, tmp_path):
    async with client(chain, struck, BusTable(tmp_path / "bus.sqlite")) as browser:
        answer = await browser.get(f"/after-storm?storm={storm_text()}&baseline_days=3")
        russian = await browser.get(f"/after-storm?storm={storm_text()}&lang=ru")
    assert answer.status_code == 200
    assert "the trunk is probably cut between 40 m and 310 m of cable from the gateway" in answer.text
    assert "no signal and the thermistor is open: the gauge&#39;s cable is probably cut" in answer.text
    assert "магистраль, вероятно, перерезана между 40 м и 310 м" in russian.text
    assert answer.text.index("<strong>a f, t</strong>") < answer.text.index("<strong>b baro</strong>")


@pytest.mark.parametrize("query", ["storm=yesterday", "storm=1970-01-01T00:00", "baseline_days=5"])
async def test_what_cannot_be_compared_is_refused_in_one_sentence(chain, struck, tmp_path, query):
    async with client(chain, struck, BusTable(tmp_path / "bus.sqlite")) as browser:
        answer = await browser.get(f"/after-storm?{query}")
    assert answer.status_code == 400
    assert "expected" in answer.text


def report(run, **oks):
    devices = [DeviceCounts(name, "bus1", ok, {"crc": ok // 10, "retries": 3}) for name, ok in oks.items()]
    return BusReport(run, T0_MS, tuple(devices))


def test_counts_are_compared_within_a_run_only(tmp_path):
    table = BusTable(tmp_path / "bus.sqlite")
    for at_ms, run, ok in ((0, "r1", 100), (10, "r1", 200), (20, "r2", 10), (30, "r2", 60)):
        table.put("gw1", report(run, a=ok), at_ms)
    assert table.asked("a", 0, 30) == (10 + 5, 110 + 55)
    assert table.asked("a", 15, 30) == (5, 55)
    assert table.asked("b", 0, 30) == (0, 0)
    table.put("gw1", report("r2", a=70), 31 + KEEP_MS)
    assert table.asked("a", 0, 30) == (0, 0)


async def test_a_gateway_reports_its_own_devices_and_no_others(chain, struck, tmp_path):
    table = BusTable(tmp_path / "bus.sqlite")
    async with client(chain, struck, table) as gateway:
        path = "/api/v1/gateways/gw1/bus"
        good = await gateway.post(path, content=json.dumps(report_json(report("r1", a=10))))
        foreign = await gateway.post(path, content=json.dumps(report_json(report("r1", c=10))))
        other = await gateway.post("/api/v1/gateways/gw2/bus", content="{}")
        nobody = await gateway.post(path, content="{}", headers={"Authorization": ""})
    answers = [one.status_code for one in (good, foreign, other, nobody)]
    assert answers == [204, 403, 403, 401]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("[" * 100_000, "the body is no JSON"),
        ("[]", "the report: expected an object"),
        ('{"run": "../x", "at_ms": 1, "devices": []}', "run: expected"),
        ('{"run": "r", "at_ms": 1.5, "devices": []}', "at_ms: expected"),
        (
            '{"run": "r", "at_ms": 1, "devices": [{"device": "a", "bus": "b", "ok": -1, "counts": {}}]}',
            "devices[1].ok",
        ),
        ('{"run": "r", "at_ms": 1, "devices": [{"device": 1}]}', "devices[1].device: expected a text"),
    ],
)
async def test_what_is_no_report_is_refused_with_its_place(chain, struck, tmp_path, body, place):
    async with client(chain, struck, BusTable(tmp_path / "bus.sqlite")) as gateway:
        answer = await gateway.post("/api/v1/gateways/gw1/bus", content=body)
    assert answer.status_code == 400
    assert place in answer.json()["message"]
    assert not (tmp_path / "bus.sqlite").exists()


def test_more_refused_frames_than_before_are_told(chain, struck, tmp_path):
    table = BusTable(tmp_path / "bus.sqlite")
    storm_ms = T0_MS + STORM * SCAN_MS
    for at_ms, ok, crc in (
        (T0_MS, 0, 0),
        (storm_ms - 1, 4000, 4),
        (storm_ms + 1, 4000, 4),
        (chain.now_ms, 4100, 40),
    ):
        counts = DeviceCounts("a", "bus1", ok, {"crc": crc})
        table.put("gw1", BusReport("r1", at_ms, (counts,)), at_ms)
    times = Times(from_ms=T0_MS, storm_ms=storm_ms, to_ms=chain.now_ms)
    with raw_stretches(chain.folder / "journal.sqlite") as raw:
        found = storm_check(struck, chain.reader.loggers(), raw, table, times)
    (asked,) = [one.asked for one in found.buses[0].devices if one.device == "a"]
    assert (asked.before, asked.since, asked.more) == ((4, 4004), (36, 136), True)
