"""`seepline replay` on the recorded fortnight: the published numbers, in whatever order the rows stand."""

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "simulator" / "demo" / "site.toml"
DATA = ROOT / "tests" / "data" / "usgs-mukilteo"
HEADER = ["time", "logger", "channel", "value"]

COLUMNS = {
    "mvd116": {"p1_frequency": 17, "p1_thermistor": 18, "p2_frequency": 19, "p2_thermistor": 20},
    "waterton-a": {"barometer": 5, "rain": 6, "p1_frequency": 18, "p1_thermistor": 19},
}


def recorded_rows() -> list[list[str]]:
    rows = []
    for logger, columns in COLUMNS.items():
        for line in (DATA / f"station-{logger}.tsv").read_text().splitlines():
            cells = line.split("\t")
            time = cells[0].replace(" ", "T") + "-08:00"
            rows += [[time, logger, channel, cells[column]] for channel, column in columns.items()]
    return rows


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def replay(raw: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "seepline.cli", "replay", str(SITE), str(raw), str(out), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def replayed(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("replay")
    raw = write(folder / "raw.csv", recorded_rows())
    result = replay(raw, folder / "out.csv", "--alarms", str(folder / "alarms.csv"))
    assert result.returncode == 0, result.stderr
    return folder / "out.csv", folder / "alarms.csv"


def test_the_recorded_fortnight_gives_the_published_pressures(replayed):
    got = {(row["time"], row["point"], row["quantity"]): row for row in read(replayed[0])}
    expected = read(DATA / "expected-mvd116.csv")
    assert len(expected) == 1344
    for hour, row in enumerate(expected):
        time = read_time(hour)
        for point, pressure, temperature in (("MV-P1", "p1_kpa", "t1_degc"), ("MV-P2", "p2_kpa", "t2_degc")):
            made = got[time, point, "pore_pressure"]
            assert float(made["value"]) == pytest.approx(float(row[pressure]), abs=1e-5)
            assert (made["unit"], made["calibration"].count(":")) == ("kPa", 1)
            made = got[time, point, "temperature"]
            assert float(made["value"]) == pytest.approx(float(row[temperature]), abs=1e-5)


def read_time(scan: int) -> str:
    from collector.replay import iso_time

    return iso_time(1450425600000 + scan * 900_000)  # 2015-12-18 00:00 at UTC-8


def test_rows_in_any_order_give_the_same_bytes(replayed, tmp_path):
    rows = recorded_rows()
    random.Random(7).shuffle(rows)
    result = replay(write(tmp_path / "raw.csv", rows), tmp_path / "out.csv")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out.csv").read_bytes() == replayed[0].read_bytes()


def test_a_rising_toe_piezometer_is_written_with_its_limits(tmp_path):
    rows = []
    for scan in range(40):
        time = read_time(scan).replace("Z", "+00:00")
        rows += [
            [time, "pond", "toe_frequency", str(2950.0 - 12.0 * scan)],
            [time, "pond", "toe_thermistor", "5967.6"],
            [time, "pond", "barometer", "2056"],
        ]
    result = replay(
        write(tmp_path / "raw.csv", rows), tmp_path / "out.csv", "--alarms", str(tmp_path / "alarms.csv")
    )
    assert result.returncode == 0, result.stderr
    alarms = [row for row in read(tmp_path / "alarms.csv") if float(row["limit"]) in (40, 60, 80)]
    assert [(row["from"], row["to"]) for row in alarms] == [
        ("green", "yellow"), ("yellow", "orange"), ("orange", "red"),
    ]  # fmt: skip
    assert {row["set"] for row in alarms} == {"demo-1"}
    assert all(len(row["event"]) == 64 and float(row["value"]) >= float(row["limit"]) for row in alarms)


BAD = [
    (["2016-01-01T00:00:00", "mvd116", "p1_frequency", "2900"], "line 2: time: found '2016-01-01T00:00:00'"),
    (["2016-01-01T00:00:00Z", "mvd116", "p9", "2900"], "line 2: channel: found 'mvd116/p9'"),
    (["2016-01-01T00:00:00Z", "mvd116", "p1_frequency", "2,9"], "line 2: value: found '2,9'"),
    (["2016-01-01T00:00:00Z", "mvd116", "p1_frequency", "nan"], "line 2: value: found 'nan'"),
    (["2016-01-01T00:00:00Z", "mvd116"], "line 2: 2 fields, expected 4"),
]


@pytest.mark.parametrize(("row", "words"), BAD)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path, row, words):
    result = replay(write(tmp_path / "raw.csv", [row]), tmp_path / "out.csv")
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_two_values_of_one_channel_at_one_time_are_refused(tmp_path):
    rows = [["2016-01-01T00:00:00Z", "mvd116", "p1_frequency", value] for value in ("2900", "2901")]
    result = replay(write(tmp_path / "raw.csv", rows), tmp_path / "out.csv")
    assert result.returncode == 2
    assert "mvd116/p1_frequency has two values" in result.stderr


def test_a_missing_or_binary_file_is_one_sentence(tmp_path):
    (tmp_path / "binary.csv").write_bytes(b"time,logger,channel,value\n\xff\xfe")
    for name, words in (("nowhere.csv", "No such file"), ("binary.csv", "not UTF-8")):
        result = replay(tmp_path / name, tmp_path / "out.csv")
        assert result.returncode == 2
        assert words in result.stderr
        assert "Traceback" not in result.stderr


def test_memory_stays_flat_however_many_rows(tmp_path):
    """45,000 rows here, a million in `make soak`: the limit is the same 300 MB."""
    assert peak_mb(tmp_path, 45_000) < 300


@pytest.mark.soak
def test_a_million_rows_stay_under_300_mb(tmp_path):
    assert peak_mb(tmp_path, 1_000_000) < 300


def peak_mb(folder: Path, rows: int) -> float:
    raw = folder / "raw.csv"
    with raw.open("w") as file:
        file.write(",".join(HEADER) + "\n")
        for scan in range(rows // 3):
            time = read_time(scan)
            file.write(f"{time},pond,toe_frequency,{2950 - scan % 7}\n{time},pond,toe_thermistor,5967.6\n")
            file.write(f"{time},pond,barometer,2056\n")
    told = [sys.executable, "-c", TELL_PEAK, "replay", str(SITE), str(raw), str(folder / "out.csv")]
    result = subprocess.run(told, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return int(result.stderr.split()[-2]) / 1024  # kB


# The high-water mark of this program alone: ru_maxrss has what the process before the exec needed, too.
TELL_PEAK = """
import atexit, sys
atexit.register(lambda: sys.stderr.writelines(one for one in open("/proc/self/status") if one.startswith("VmHWM")))
from seepline.cli import app
app()
"""
