"""`seepline check`: what a person and a machine see, and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO_FILE = Path("simulator/demo/site.toml").resolve()
DEMO = DEMO_FILE.read_text(encoding="utf-8")


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, without a terminal."""
    result = subprocess.run(
        [sys.executable, "-m", "seepline.cli", "check", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=60,
    )
    assert "Traceback" not in result.stdout + result.stderr
    return result


def edited(anchor: str, old: str, new: str, text: str = DEMO) -> str:
    start = text.index(anchor)
    at = text.index(old, start)
    return text[:at] + new + text[at + len(old) :]


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


UNKNOWN_KEY = ('[[logger]]\nid = "mvd116"', "silence_s = 14400", "silence_s = 14400\nsilense_s = 3")
MISSING_UNIT = ('id = "battery"', 'unit = "mV"\n', "")
WRONG_SIGN = ('[[calibration]]\nid = "vw-toe"', '"T1-T0"', '"T1+T0"')
ADDRESS_TWICE = ('[[logger]]\nid = "pond"', "address = 3", "address = 2")
GAP = ('[[calibration]]\nid = "vw-83808"', "2015-01-01", "2015-03-01")
DEADBAND = ('point = "POND"\nquantity', "0.05", "-0.05")

BAD_INPUT = {
    "unknown key": (UNKNOWN_KEY, "logger[mvd116].silense_s", "silence_s"),
    "missing unit": (MISSING_UNIT, "channel[waterton-a/battery].unit", "a unit in quotes"),
    "wrong sign convention": (WRONG_SIGN, "calibration[vw-toe:1].thermal.sign", "'T1-T0', 'T0-T1'"),
    "duplicate logger address": (ADDRESS_TWICE, "logger[pond].address", "an address of its own"),
    "calibration gap": (GAP, "calibration[vw-83808:1].valid_from", "2015-01-01T00:00:00Z to 2015-03-01T00:00:00Z"),
    "negative deadband": (DEADBAND, "threshold[3].deadband", "0 or more"),
}


def test_the_demo_site_is_summed_up():
    result = check(str(DEMO_FILE))
    assert result.returncode == 0
    words = result.stdout.split()
    assert "Mukilteo demo dam (mukilteo-demo): no problem found" in result.stdout
    assert [words[words.index(name) + 1] for name in ("loggers", "channels", "points", "thresholds")] == [
        "3", "27", "16", "11"
    ]  # fmt: skip
    assert "\x1b" not in result.stdout


def test_a_machine_reads_the_same_summary():
    result = check(str(DEMO_FILE), "--json")
    assert result.returncode == 0
    told = json.loads(result.stdout)
    rules = {one["rule"]: one for one in told.pop("rules")}
    toe = rules["TOE-P1/pore_pressure/above"]
    assert (toe["message_s"], toe["longest_s"], toe["with_repeats_s"]) == (4170, 32970, 3460)
    assert told == {
        "valid": True, "site": "mukilteo-demo", "loggers": 3, "stations": 1, "foreign": 0, "channels": 27,
        "points": 16, "instruments": 14, "calibrations": 14, "thresholds": 11, "quality_tests": 3,
        "derived": 3,
    }  # fmt: skip


@pytest.mark.parametrize(("change", "place", "expected"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_each_kind_of_bad_input_is_listed_with_its_place(change, place, expected, tmp_path: Path):
    result = check(written(tmp_path / "site.toml", edited(*change)))
    assert result.returncode == 2
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(f"{place}: found ")]
    assert expected in line.split("; expected ")[1]
    assert "1 problem\n" in result.stdout


def test_all_of_them_at_once_are_all_listed(tmp_path: Path):
    text = DEMO
    for change, _, _ in BAD_INPUT.values():
        text = edited(*change, text)
    result = check(written(tmp_path / "site.toml", text), "--json")
    assert result.returncode == 2
    report = json.loads(result.stdout)
    assert report["valid"] is False
    assert {problem["path"] for problem in report["problems"]} == {place for _, place, _ in BAD_INPUT.values()}
    assert all(problem["found"] and problem["expected"] for problem in report["problems"])


def test_a_file_that_is_not_utf_8(tmp_path: Path):
    path = tmp_path / "site.toml"
    path.write_bytes(DEMO.encode().replace(b"Mukilteo demo dam", b"Mukilteo d\xe9mo", 1))
    result = check(str(path))
    assert result.returncode == 2
    assert "byte 0xe9 at byte " in result.stdout
    assert "expected text saved as UTF-8" in result.stdout


def test_a_file_that_is_not_there():
    result = check("/nonexistent/site.toml")
    assert result.returncode == 2
    assert "/nonexistent/site.toml: found No such file or directory" in result.stdout


def test_signs_of_markup_and_of_the_terminal_in_the_file_are_shown_as_they_are(tmp_path: Path):
    text = edited('[[gateway]]\nid = "gw1"', '"gw1"', r'"[red]gw1[/red]\u001b[31m"')
    result = check(written(tmp_path / "site.toml", text))
    assert result.returncode == 2
    assert r"found '[red]gw1[/red]\x1b[31m'" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_long_problem_stays_on_its_line_in_a_narrow_window(tmp_path: Path):
    text = edited('id = "battery"', 'kind = "voltage"', 'kind = "zzz"')
    result = check(written(tmp_path / "site.toml", text), COLUMNS="40")
    assert any(
        line.endswith("vw_thermistor") and line.startswith("channel[") for line in result.stdout.splitlines()
    )
