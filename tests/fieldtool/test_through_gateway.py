"""The operator's commands through a running gateway that owns the bus: a real gateway, a real logger program."""

import asyncio
import csv
import json
import socket

import pytest
from typer.testing import CliRunner

from fieldtool import key_file
from fieldtool.connection import FieldError, Way, connected
from seepline.cli import app
from seepline.gateway_socket import MOST_BYTES, NAME, line_of, said_in
from tests.fieldtool.conftest import SITE_FILE
from tests.fieldtool.test_logger_reading import WELL

RATE = 10  # a scan every 6 s


def seepline(*words, code=0):
    result = CliRunner().invoke(app, list(map(str, words)))
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return result


@pytest.fixture
def keys(tmp_path, monkeypatch):
    monkeypatch.setattr(key_file, "_N", 2**4)
    monkeypatch.setattr(key_file.open_or_make, "__defaults__", (2**4,))
    (tmp_path / "word").write_text("correct horse battery")
    return ["--keys", tmp_path / "keys.json", "--passphrase-file", tmp_path / "word"]


def test_a_logger_is_identified_read_configured_and_asked_while_live_polls_go_on(desk, gateway, keys, tmp_path):
    here = desk((0, WELL, {}), rate=RATE)
    book = ["--records", tmp_path / "book", "--yes", "--json"]
    seepline("logger", "configure", SITE_FILE, "toe", *keys, *book, *here.usb)  # its key comes over USB only
    running = gateway(here)
    assert "--through DIR" in seepline("logger", "identify", *here.bus, code=1).stderr

    found = json.loads(seepline("logger", "identify", *running.through, "--json").stdout)
    assert (found["logger_id"], found["mode"]) == (501, 0)
    seepline("logger", "check", *running.through)

    told = json.loads(seepline("logger", "read-log", tmp_path / "log.csv", *running.through, "--json").stdout)
    assert told["records"] > 20
    with (tmp_path / "log.csv").open() as file:
        by_hand = {(int(row["ring"]), int(row["sequence"])) for row in csv.DictReader(file)}
    assert by_hand <= {(ring, sequence) for ring, sequence, _ in running.rows()} | {
        (found["ring"], sequence) for sequence in range(found["newest_sequence"] - 3, told["newest"] + 1)
    }

    slower = tmp_path / "slower.toml"
    slower.write_text(SITE_FILE.read_text().replace("scan_s = 60", "scan_s = 30"))
    through = ["--through", running.data]
    made = json.loads(seepline("logger", "configure", slower, "toe", *keys, *book, *through).stdout)
    assert made["generation_after"] == made["generation_before"] + 1

    lives = running.lives()
    seepline("gateway", "ask", "toe", "--data", running.data, "--repeat", 1)
    running.wait_for(lambda: any("1 scans at once of toe was asked of it" in event for event in running.events()))
    running.wait_for(lambda: running.lives() > lives)
    assert (
        "expected toe"
        in seepline("gateway", "ask", "nobody", "--data", running.data, "--repeat", 1, code=1).stderr
    )
    said = [event for event in running.events() if event.startswith("operator")]
    assert any("(uid " in event and "reads from address 7" in event for event in said)
    assert not [event for event in running.events() if event.startswith(("gap", "conflict", "stranger"))]
    refuses_what_no_logger_has(running)


def refuses_what_no_logger_has(running):
    wrong = [
        ({"bus": "bus1", "address": 7, "pdu": "2b0e0100"}, "only functions 3, 4, 6, 8, 16, 20"),
        ({"bus": "bus1", "address": 0, "pdu": "0300000001"}, "expected 1 to 247"),
        ({"bus": "bus9", "address": 7, "pdu": "0300000001"}, "this gateway has bus1"),
        ({"bus": "bus1", "address": 7, "pdu": "030000007e"}, "1 to 125 registers"),
        ({"bus": "bus1", "address": 7, "pdu": "100140000104"}, "a whole write"),
        ({"wish": {"id": "x", "kind": "flood"}}, "kind is 'flood'"),
    ]
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answers:
        line.connect(str(running.data / NAME))
        for said, why in wrong:
            line.sendall(line_of(said))
            assert why in said_in(answers.readline())["error"]
        line.sendall(b"no json\n")
        assert "expected one JSON object" in said_in(answers.readline())["error"]
        line.sendall(line_of({"bus": "bus1", "address": 9, "pdu": "0300000001"}))
        assert "(timeout)" in said_in(answers.readline())["no_answer"]
        line.sendall(b"x" * (2 * MOST_BYTES) + b"\n")
        assert answers.readline() == b""
    assert (running.data / NAME).stat().st_mode & 0o777 == 0o600


def test_where_no_gateway_runs_it_is_said(tmp_path):
    said = seepline("logger", "identify", "--through", tmp_path, "--address", 7, code=1).stderr
    assert "No gateway runs in" in said

    async def ask():
        async with connected(Way(str(tmp_path), False, 7, 9600, "none", through=True)):
            pass

    with pytest.raises(FieldError, match="give the --data directory"):
        asyncio.run(ask())


def test_two_ways_at_once_are_refused(tmp_path):
    words = ["logger", "identify", "--through", tmp_path, "--port", "/dev/null", "--address", 7]
    assert "--through DIR" in seepline(*words, code=2).stderr
