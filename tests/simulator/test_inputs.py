import tomllib
from pathlib import Path

import pytest

from seepline.site_file import read_site
from seepline.wire.site_clock import iso_ms
from seepline.wire.status import LOOP_FAULT, NO_SIGNAL
from simulator import input_table, inputs
from simulator.input_table import InputError, Scan

DEMO = Path("simulator/demo")
START_MS = iso_ms("2016-01-01T07:45:00Z")
RECORDING = """
[[recording]]
logger = "waterton-a"
file = "{file}"
separator = "\\t"
time_column = 0
time_format = "%Y-%m-%d %H:%M:%S"
utc_offset_hours = -8
missing = "NAN"
[recording.columns]
p1_frequency = 1
battery = 2
[recording.scale]
battery = 1000
"""


@pytest.fixture(scope="module")
def site():
    return read_site(DEMO / "site.toml")


@pytest.fixture(scope="module")
def demo(site):
    return inputs.read(DEMO / "inputs.toml", site)


def channels_of(site, logger):
    return [channel for channel in site.channels if channel.logger == logger]


@pytest.fixture
def recorded(site, tmp_path):
    """Return a function that reads lines of a recording of waterton-a."""

    def read(*lines):
        (tmp_path / "data.tsv").write_text("\n".join(lines) + "\n")
        (tmp_path / "inputs.toml").write_text(RECORDING.format(file="data.tsv"))
        return inputs.read(tmp_path / "inputs.toml", site).scans("waterton-a", site, START_MS)

    return read


def test_demo_replays_every_scan_of_the_recordings(site, demo):
    for logger in ("mvd116", "waterton-a"):
        scans = demo.scans(logger, site, START_MS)
        assert len(scans) == 1344
        assert (scans[0].utc_s, scans[-1].utc_s) == (iso_ms("2015-12-18T08:00:00Z") // 1000, START_MS // 1000)


def test_table_holds_wire_integers(site, demo, tmp_path):
    path = tmp_path / "waterton-a.csv"
    channels = channels_of(site, "waterton-a")
    assert input_table.write(path, channels, demo.scans("waterton-a", site, START_MS)) == 1344
    lines = path.read_text().splitlines()
    assert lines[0] == "utc_s,0:0,0:1,1:0,1:1,1:2"
    assert lines[1] == "1450425600,2903000/5741000/////,2928000/5647000/////,2056000,0,13000000"


def test_status_stands_behind_all_numbers(site):
    first = [channel for channel in channels_of(site, "pond") if (channel.block, channel.slot) == (0, 0)]
    frequency, thermistor = first
    scan = Scan(0, {thermistor.id: 6000.0}, {frequency.id: NO_SIGNAL})
    assert input_table.cell([frequency, thermistor], scan) == "/6000000//////2"


def test_cell_without_reading_is_empty(site):
    level = next(channel for channel in channels_of(site, "pond") if channel.id == "level")
    assert input_table.cell([level], Scan(0, {})) == ""
    assert input_table.cell([level], Scan(0, {"level": 3.5}, {"level": LOOP_FAULT})) == "350000/4"


def test_missing_cells_are_left_out(recorded):
    scans = recorded("2015-12-18 00:00:00\tNAN\t12.5", "2015-12-18 00:15:00\t2900.5\t")
    assert [dict(scan.values) for scan in scans] == [{"battery": 12500.0}, {"p1_frequency": 2900.5}]


def test_every_fault_of_a_recording_is_found_at_once(recorded):
    with pytest.raises(InputError) as caught:
        recorded(
            "2015-12-18 00:00:00\t2900\t12.5",
            "18.12.2015\t2900\t12.5",
            "2015-12-18 00:00:00\t2900\t12.5",
            "2015-12-18 00:30:00\tfast\t12.5",
            "2015-12-18 00:45:00\t2900",
            "2015-12-18 01:00:00\t-5\tinf",
        )
    faults = [fault.partition("data.tsv: ")[2] for fault in caught.value.faults]
    assert faults == [
        "line 2, column 0: found '18.12.2015', expected a time as %Y-%m-%d %H:%M:%S",
        "line 3, column 0: found '2015-12-18 00:00:00', expected a time after the line before",
        "line 4, column 1: found 'fast', expected a number for channel p1_frequency",
        "line 5, column 2: no such column, the line has 2",
        "line 6, column 1: found '-5' for channel p1_frequency, expected 0 to 4.29497e+06 Hz",
        "line 6, column 2: found 'inf' for channel battery, expected -2.14748e+06 to 2.14748e+06 mV",
    ]


def test_file_that_is_not_there_is_named(site, tmp_path):
    (tmp_path / "inputs.toml").write_text(RECORDING.format(file="nowhere.tsv"))
    with pytest.raises(InputError, match=r"nowhere.tsv: cannot be read \(No such file"):
        inputs.read(tmp_path / "inputs.toml", site).scans("waterton-a", site, START_MS)


def test_every_fault_of_the_inputs_is_found_at_once(site, tmp_path):
    path = tmp_path / "inputs.toml"
    path.write_text(
        """
        unknown = 1
        [[recording]]
        logger = "waterton-b"
        file = "a.tsv"
        separator = ";"
        time_column = 0
        time_format = "%Y"
        utc_offset_hours = 0
        [recording.columns]
        [[recording]]
        logger = "mvd116"
        file = 5
        [scenario]
        logger = "pond"
        seed = 1
        history_hours = 24
        [[scenario.rainfall]]
        from_h = 0
        to_h = "eight"
        intensity_mm_per_h = 12
        """
    )
    with pytest.raises(InputError) as caught:
        inputs.read(path, site)
    text = str(caught.value)
    for part in (
        "unknown: an unknown key",
        "recording[1].logger: no logger 'waterton-b'",
        "recording[2].file: found 5",
        "recording[2].separator: found nothing",
        "scenario.live_hours: found nothing",
        "scenario.rainfall[1].to_h: found",
    ):
        assert part in text
    assert all(line.startswith(f"{path}: ") for line in text.splitlines())


def test_logger_with_two_inputs_is_refused(site, tmp_path):
    text = (DEMO / "inputs.toml").read_text().replace('logger = "pond"', 'logger = "mvd116"')
    (tmp_path / "inputs.toml").write_text(text)
    with pytest.raises(InputError, match="logger mvd116 has two inputs"):
        inputs.read(tmp_path / "inputs.toml", site)


def test_logger_without_inputs_measures_nothing(site):
    assert inputs.NO_INPUTS.scans("pond", site, START_MS) == []


def test_demo_file_names_files_of_the_repository():
    document = tomllib.loads((DEMO / "inputs.toml").read_text())
    assert all((DEMO / part["file"]).exists() for part in document["recording"])
