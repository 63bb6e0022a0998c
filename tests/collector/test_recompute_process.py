"""A running collector makes history again: previewed, asked for, killed, gone on with, live readings meanwhile."""

import json
import sqlite3
import time
from contextlib import closing

import pytest
from typer.testing import CliRunner

from seepline.cli import app
from tests.acts import Persons
from tests.collector.chain import SCAN_MS, T0_MS
from tests.collector.conftest import CLOCK, DAM

PERSONS = Persons()
SCANS = 700


@pytest.fixture
def corrected(tmp_path):
    """The dam with version 2 of the piezometer's sheet, 40 kPa higher."""
    path = tmp_path / "corrected.toml"
    sheet = 'id = "vw"\nversion = 1\ninstrument'
    text = DAM.read_text()
    assert sheet in text
    path.write_text(text.replace(sheet, sheet.replace("1", "2")).replace("C = 828.53", "C = 868.53"))
    return path


def lines(scans):
    for scan in scans:
        at_ms = T0_MS - SCAN_MS * (SCANS - scan)
        yield f"raw,site=dam,logger=a,block=0 f=2900.0,t=3000.0,ring=7i,boot=1i,seq={scan}i,tq=2i {at_ms}"
        yield f"raw,site=dam,logger=b,block=0 baro=2100.0,ring=7i,boot=1i,seq={scan}i,tq=2i {at_ms}"


def post(client, scans):
    answer = client.post("/api/v2/write?precision=ms", content="\n".join(lines(scans)))
    assert answer.status_code == 204


def wait_for(found, what):
    end = time.monotonic() + 120
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def pressures(folder):
    sql = (
        "SELECT current, calibration, count(*) FROM readings WHERE point = 'P1' AND quantity = 'pore_pressure'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    with closing(sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def preview(site, folder, monkeypatch):
    monkeypatch.setenv("SEEPLINE_CLOCK", CLOCK)
    done = CliRunner().invoke(
        app, ["collector", "recompute", "preview", str(site), "--data", str(folder), "--json"]
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_history_is_previewed_asked_for_killed_and_made_again_while_readings_come(
    client, collector_process, corrected, tmp_path, monkeypatch
):
    PERSONS.write_policy(tmp_path)
    post(client, range(1, SCANS))
    wait_for(lambda: pressures(tmp_path) == [(1, "vw:1", SCANS - 1)], "judged by the first sheet")
    told = preview(corrected, tmp_path, monkeypatch)
    assert pressures(tmp_path) == [(1, "vw:1", SCANS - 1)]
    (count,) = [one for one in told["series"] if (one["point"], one["quantity"]) == ("P1", "pore_pressure")]
    assert (count["compared"], count["changed"], count["most"]) == (SCANS - 1, SCANS - 1, pytest.approx(40.0))
    (level,) = told["levels"]
    assert (level["level_from"], level["level_to"], level["readings"]) == (0, 1, SCANS - 1)
    collector_process.stop()
    collector_process.site = corrected
    collector_process.start()
    body = {"reason": "sheet 2 came", "site": told["site"], "points": ["P1"]}
    act = PERSONS.sent("engineer_of_record", "recompute", body, T0_MS)
    assert client.post("/api/v1/acts", json=PERSONS.sent("operator", "recompute", body, T0_MS)).status_code == 403
    assert client.post("/api/v1/acts", json=act).status_code == 201
    wait_for(lambda: len(pressures(tmp_path)) > 1, "some history is made again")
    collector_process.kill()
    collector_process.start()
    post(client, [SCANS])
    wait_for(lambda: pressures(tmp_path) == [(0, "vw:1", SCANS - 1), (1, "vw:2", SCANS)], "all history made again")
    wait_for(lambda: client.get("/api/v1/recomputes").json()[0]["state"] == "ended", "the run is at its end")
    (run,) = client.get("/api/v1/recomputes").json()
    assert (run["person"], run["reason"], run["points"]) == ("The engineer_of_record", "sheet 2 came", ["P1"])
    assert run["series"][0]["changed"] in (SCANS - 1, SCANS)
    kinds = [one["kind"] for one in client.get("/api/v1/state").json()["events"]]
    assert kinds.count("recompute") == 1
    assert kinds.count("level") == 1  # of the reading that came live, by the new sheet
    about = f"/api/v1/points/P1/versions?quantity=pore_pressure&time={T0_MS - SCAN_MS}"
    assert [one["calibration"] for one in client.get(about).json()] == ["vw:2", "vw:1"]
    assert client.get(about + "x").status_code == 400


def test_what_was_not_previewed_is_not_done(client, tmp_path):
    PERSONS.write_policy(tmp_path)
    act = PERSONS.sent("engineer_of_record", "recompute", {"reason": "x", "site": "0" * 64}, T0_MS)
    assert client.post("/api/v1/acts", json=act).status_code == 201

    def ended():
        runs = client.get("/api/v1/recomputes").json()
        return bool(runs) and runs[0]["state"] == "ended"

    wait_for(ended, "the run is refused")
    assert "another site file" in client.get("/api/v1/recomputes").json()[0]["what"]


BAD = [
    ({"reason": " "}, "reason: found 1 characters; expected 1 to 2000"),
    ({"reason": "x", "points": ["P9"]}, "points: found 'P9'; expected points of the site"),
    ({"reason": "x", "site": "abc"}, "site: found 'abc'"),
    ({"reason": "x", "from_ms": "1 May"}, "from_ms: found '1 May'; expected a whole number"),
]


@pytest.mark.parametrize(("body", "says"), BAD)
def test_a_wrong_wish_is_refused_with_what_is_wrong(dam, body, says):
    from seepline.acts.check import body_of
    from seepline.acts.errors import BadBody

    with pytest.raises(BadBody, match="recompute") as refused:
        body_of(PERSONS.act("engineer_of_record", "recompute", body, T0_MS), dam)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--data", "nowhere"], "there is no such file"),
        (["--data", "nowhere", "--point", "P9"], "expected a point of the site"),
        (["--data", "nowhere", "--from", "May"], "expected ISO 8601 with an offset"),
    ],
)
def test_a_preview_that_cannot_be_made_says_why(words, says, monkeypatch):
    monkeypatch.setenv("SEEPLINE_CLOCK", CLOCK)
    done = CliRunner().invoke(app, ["collector", "recompute", "preview", str(DAM), *words])
    assert done.exit_code != 0
    assert says in done.output
