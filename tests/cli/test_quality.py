"""`seepline quality barometric`: the gauge's own answer, from a collector's store, and an entry to accept."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from collector.judged import stored_reading
from collector.store_writing import StoreWriter
from seepline.reading import Quality, Reading
from seepline.site_file import SiteError, parse_site

ROOT = Path(__file__).parents[2]
DAM = ROOT / "tests" / "collector" / "dam.toml"
T0_MS, SCAN_MS, SCANS = 1_451_635_200_000, 900_000, 600
QUIET = ["--from", "2016-01-01T08:00:00Z", "--to", "2016-01-07T14:00:00+00:00"]


def reading(point, quantity, scan, value):
    return Reading(
        point=point, instrument="i", quantity=quantity, time_ms=T0_MS + scan * SCAN_MS, value=value,
        quality=Quality.GOOD, calibration="c:1", judged=True,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path):
    """A store in which P1 feels 0.8 of the air and its sheet takes off all of it."""
    rng, air = random.Random(1), 100.0
    store = StoreWriter(tmp_path / "store.sqlite")
    with store.transaction():
        for scan in range(SCANS):
            air += rng.gauss(0, 0.03)
            left = 30.0 + (0.8 - 1.0) * air + rng.gauss(0, 0.005)
            for one in (
                reading("P1", "pore_pressure", scan, left),
                reading("BARO", "barometric_pressure", scan, air),
            ):
                store.put(stored_reading(one, (), one.time_ms, late=False), None)
    store.close()
    return tmp_path


def ask(data, *arguments):
    command = [
        sys.executable,
        "-m",
        "seepline.cli",
        "quality",
        "barometric",
        str(DAM),
        *arguments,
        "--data",
        str(data),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_answer_has_slope_and_interval_and_an_entry_that_waits_for_a_name(data):
    said = ask(data, "P1", *QUIET)
    assert said.returncode == 0, said.stderr
    assert "P1 pore_pressure: 0.799 kPa per kPa of air at BARO" in said.stdout
    assert "95 % interval 0.7" in said.stdout
    assert "takes off 1 kPa per kPa" in said.stdout
    entry = said.stdout[said.stdout.index("[[quality]]") :]
    dam = DAM.read_text(encoding="utf-8")
    with pytest.raises(SiteError) as caught:
        parse_site(f"{dam}\n{entry}")
    open_ones = {"quality[1].accepted_by", "quality[1].tolerance_kpa_per_kpa"}
    assert {one.path for one in caught.value.problems} == open_ones
    filled = entry.replace('accepted_by = ""', 'accepted_by = "N. N."').replace("_kpa = 0 ", "_kpa = 0.05 ")
    (accepted,) = parse_site(f"{dam}\n{filled}").quality_rules
    assert accepted.response_kpa_per_kpa == pytest.approx(0.8, abs=0.01)
    assert (accepted.neighbour, accepted.period_s) == ("BARO", SCANS * 900)


def test_machines_get_one_object(data):
    found = json.loads(ask(data, "P1", *QUIET, "--json").stdout)
    low, high = found["interval_kpa_per_kpa"]
    assert low < found["response_kpa_per_kpa"] < high
    assert (found["pairs"], found["taken_off_kpa_per_kpa"], found["barometer"]) == (SCANS, 1.0, "BARO")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["P1", "--from", "2016-01-01", "--to", "2016-01-07T14:00:00Z"], 2, "--from: found '2016-01-01'"),
        (["P1", "--from", "2016-01-07T14:00:00Z", "--to", "2016-01-01T08:00:00Z"], 1, "not before --to"),
        (["BARO", *QUIET], 1, "no point where a gauge measured water pressure"),
        (["P7", *QUIET], 1, "P7 is no point"),
        (["P1", *QUIET, "--barometer", "P1"], 1, "P1 is no point with a barometer"),
        (["P1", "--from", "2017-01-01T00:00:00Z", "--to", "2017-02-01T00:00:00Z"], 1, "0 pairs of P1 and BARO"),
        (["P1", "--from", "2014-01-01T00:00:00Z", "--to", "2016-02-01T00:00:00Z"], 1, "is no point where"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_sentence(data, arguments, code, word):
    said = ask(data, *arguments)
    assert (said.returncode, said.stdout) == (code, "")
    assert word in said.stderr
    assert "Traceback" not in said.stderr


def test_a_directory_without_a_store_is_said_so(tmp_path):
    said = ask(tmp_path, "P1", *QUIET)
    assert said.returncode == 2
    assert "no such store" in said.stderr
