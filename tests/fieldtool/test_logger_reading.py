"""`seepline logger` against the real logger program over a PTY: identify, check, watch, read-log, compare."""

import csv
import json
import time

import pytest
from typer.testing import CliRunner

from seepline.cli import app
from seepline.instruments.vw_signal import hz_of_digits
from seepline.wire import status
from tests.fieldtool.conftest import SITE_FILE

WELL = {"p1_hz": 2983.287, "p1_ohm": 3756.2, "p2_hz": 2900.5, "p2_ohm": 3746.5, "baro": 1250.0, "level": 8.0}
SITE = ["--site", str(SITE_FILE)]


def seepline(*words, code=0, said=None):
    result = CliRunner().invoke(app, ["logger", *map(str, words)], input=said)
    assert result.exit_code == code, (result.exit_code, result.output, result.exception)
    return result


def test_identify_says_who_it_is_and_how_its_clock_stands(desk):
    here = desk((0, WELL, {}))
    found = json.loads(seepline("identify", *here.bus, "--json").stdout)
    assert (found["logger_id"], found["scan_s"], found["mode"]) == (501, 60, 0)
    assert found["blocks"] == {"0": {"payload": 1, "channels": 2}, "1": {"payload": 2, "channels": 2}}
    assert abs(found["clock_offset_ms"]) < 1500
    assert found["records_held"] == found["newest_sequence"] - found["oldest_sequence"] + 1 > 20
    text = seepline("identify", *here.bus).stdout
    assert "Logger 501" in text
    assert "against this computer" in text


def test_over_usb_no_address_is_needed_and_the_same_logger_answers(desk):
    here = desk((0, WELL, {}))
    assert json.loads(seepline("identify", *here.usb, "--json").stdout)["logger_id"] == 501


def test_what_is_wrong_with_the_line_is_one_sentence_that_says_what_to_do(desk, tmp_path):
    here = desk((0, WELL, {}))
    nobody = seepline("identify", *here.port, "--address", 9, "--baud", 115200, code=1)
    assert "No logger answers at address 9" in nobody.stderr
    assert "check its power, A and B" in nobody.stderr
    missing = seepline("identify", "--usb", tmp_path / "no-such-port", code=1)
    assert "is not there" in missing.stderr
    assert seepline("identify", code=2).stderr.startswith("Give --usb TTY")
    assert "--address is missing" in seepline("identify", *here.port, code=2).stderr
    assert all(one.stderr.count("\n") == 1 for one in (nobody, missing))


def test_check_passes_a_well_logger_and_names_the_cause_of_a_dead_wire(desk):
    sick = {"p2_hz": status.NO_SIGNAL, "p2_ohm": status.NO_SIGNAL}
    ill = {name: value for name, value in WELL.items() if not name.startswith("p2")}
    here = desk((0, ill, sick))
    verdict = json.loads(seepline("check", *here.bus, *SITE, "--json", code=1).stdout)
    by_name = {one["what"]: one for one in verdict["findings"]}
    dead = by_name["channel 0:1 p2_hz, p2_ohm"]
    assert verdict["passed"] is False
    assert dead["verdict"] == "fail"
    assert "the wire is silent" in dead["cause"]
    assert by_name["channel 0:0 p1_hz, p1_ohm"]["verdict"] == "pass"
    assert by_name["clock"]["verdict"] == "pass"


def test_watch_once_shows_values_in_units_and_digits(desk):
    here = desk((0, WELL, {}))
    text = seepline("watch", "--once", *here.bus, *SITE).stdout
    assert "2983.287" in text
    assert "8900.0" in text  # digits
    assert "p1_hz p1_ohm" in text
    blocks = json.loads(seepline("watch", *here.bus, *SITE, "--json").stdout)["blocks"]
    values = {row["what"]: row["value"] for block in blocks for row in block["values"]}
    assert values["level"] == 8.0
    assert values["baro"] == 1250.0


def test_read_log_holds_every_record_once_and_goes_on_after_a_torn_line(desk, tmp_path):
    here = desk((0, WELL, {}))
    file = tmp_path / "log.csv"
    seepline("read-log", file, *here.bus, *SITE)
    whole = list(csv.DictReader(file.read_text().splitlines()))
    sequences = sorted({int(row["sequence"]) for row in whole})
    assert sequences == list(range(1, sequences[-1] + 1))
    assert {row["what"] for row in whole} >= {"p1_hz", "p1_ohm", "vw_snr", "baro", "level", "boot"}
    assert {row["value"] for row in whole if row["what"] == "p1_hz"} == {"2983.287"}
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:100]) + lines[100][:7])  # the cable was pulled
    seepline("read-log", file, *here.bus, *SITE)
    again = list(csv.DictReader(file.read_text().splitlines()))
    assert again[: len(whole)] == whole


def test_read_log_as_json_lines_from_a_given_record(desk, tmp_path):
    here = desk((0, WELL, {}))
    file = tmp_path / "log.jsonl"
    told = json.loads(seepline("read-log", file, *here.bus, "--from-sequence", 5, "--json").stdout)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert told["first"] == 5
    assert {row["sequence"] for row in rows} == set(range(5, told["newest"] + 1))
    assert {row["unit"] for row in rows if row["field"] == "scalar"} == {""}  # without a site: the wire's integers
    refused = seepline("read-log", file, *here.bus, "--from-sequence", 5, code=1)
    assert "holds records already" in refused.stderr


def test_another_memory_is_not_mixed_into_a_file_and_nothing_is_cut(desk, tmp_path):
    here = desk((0, WELL, {}))
    file = tmp_path / "log.csv"
    seepline("read-log", file, *here.bus)
    text = file.read_text()
    ring = text.splitlines()[1].split(",")[0]
    other = text.replace(f"\n{ring},", f"\n{(int(ring) + 1) % 65536},")
    file.write_text(other)
    assert "give a new file" in seepline("read-log", file, *here.bus, code=1).stderr
    assert file.read_text() == other
    foreign = tmp_path / "other.csv"
    foreign.write_text("a,b\n1,2\n")
    assert "another table" in seepline("read-log", foreign, *here.bus, code=1).stderr


def test_compare_keeps_a_dated_record_of_passing_and_failing(desk, tmp_path):
    here = desk((0, WELL, {}))
    more = ["P1", *here.port, "--who", "Aigul", "--records", tmp_path / "book", "--json"]
    near = json.loads(seepline("compare", SITE_FILE, *more, "--frequency-hz", 2983.5).stdout)
    assert near["values"]["pairs"][0]["difference"] == pytest.approx(-0.213, abs=1e-6)
    assert (near["verdict"], near["record"], near["who"]) == ("pass", "comparison", "Aigul")
    far = json.loads(seepline("compare", SITE_FILE, *more, "--frequency-hz", 2984.0, code=1).stdout)
    assert (far["verdict"], far["causes"]) == ("FAIL", ["differs"])
    stated = seepline("compare", SITE_FILE, *more, "--frequency-hz", 2984.0, "--tolerance", 1)
    assert json.loads(stated.stdout)["limits"][0]["source"] == "stated by the operator"
    kept = [json.loads(line) for line in (tmp_path / "book" / "P1.jsonl").read_text().splitlines()]
    assert [one["verdict"] for one in kept] == ["pass", "FAIL", "pass"]
    assert kept[0]["at"].startswith("2016-01-01T00:")


def test_compare_takes_digits_ohms_and_milliampere_and_asks_when_nothing_is_given(desk, tmp_path):
    here = desk((0, WELL, {}))
    more = [*here.port, "--who", "A", "--records", tmp_path, "--json"]
    both = seepline("compare", SITE_FILE, "P1", *more, "--digits", 8901.0, "--thermistor-ohm", 3700.0)
    assert [one["what"] for one in json.loads(both.stdout)["values"]["pairs"]] == ["digits", "thermistor"]
    loop = json.loads(seepline("compare", SITE_FILE, "POND", *more, "--current-ma", 8.03, code=1).stdout)
    assert loop["values"]["pairs"][0]["difference"] == pytest.approx(-0.03)
    asked = seepline("compare", SITE_FILE, "POND", *more, said="8.01\n")
    assert '"verdict": "pass"' in asked.stdout
    assert hz_of_digits(8900.0) == pytest.approx(2983.287, abs=0.001)


def test_a_point_the_site_does_not_have_is_said(desk, tmp_path):
    here = desk((0, WELL, {}))
    wrong = seepline("compare", SITE_FILE, "P9", *here.port, "--who", "A", "--digits", 8900, code=1)
    assert wrong.stderr == "The site has no point P9.\n"


def test_compare_takes_a_reading_of_this_moment_not_the_last_scan_s(desk, tmp_path):
    later = {**WELL, "level": 9.0}
    here = desk((0, WELL, {}), (60, later, {}), rate=60)
    words = ["POND", *here.port, "--who", "A", "--records", tmp_path, "--json", "--current-ma", 9.0]
    time.sleep(2.2)  # more than a scan later: what the last scan showed is old
    before = json.loads(seepline("identify", *here.bus, "--json").stdout)["newest_sequence"]
    assert json.loads(seepline("compare", SITE_FILE, *words).stdout)["verdict"] == "pass"
    assert json.loads(seepline("identify", *here.bus, "--json").stdout)["newest_sequence"] > before
