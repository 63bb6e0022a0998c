"""Two real Campbell loggers' files through a collector that is killed on the way, against published values."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "import"
DATA = ROOT / "tests" / "data" / "usgs-mukilteo"
DAYS, SCANS = 2, 192
LIMIT_S = 120


def seepline(*words: object, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "seepline.cli", *map(str, words)]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.fixture
def processes():
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for one in running:
        if one.poll() is None:
            one.kill()
        one.wait()


def start(data: Path, port: int, environment, processes) -> str:
    command = [
        "collector",
        "run",
        str(EXAMPLE / "site.toml"),
        "--data",
        str(data),
        "--listen",
        f"127.0.0.1:{port}",
    ]
    with (data / "log").open("ab") as log:
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "seepline.cli", *command], env=environment, stdout=log, stderr=log
            )
        )
    return f"http://127.0.0.1:{port}"


def ask(url: str):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.load(answer)
    except OSError:
        return None


def wait_for(what):
    deadline_s = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline_s:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("not within the limit")


def test_imported_files_give_the_published_pressures_and_a_report(tmp_path, environment, processes):
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    (data / "imports.toml").write_text((EXAMPLE / "imports.toml").read_text(), encoding="utf-8")
    for source, name in (("mvd116", "station-mvd116.tsv"), ("waterton", "station-waterton-a.tsv")):
        part = tmp_path / name
        part.write_text("".join((DATA / name).read_text().splitlines(keepends=True)[:SCANS]), encoding="utf-8")
        done = seepline(
            "collector", "import", EXAMPLE / "site.toml", source, part, "--data", data, environment=environment
        )
        assert done.returncode == 0, done.stderr
        assert f"{SCANS} rows" in done.stdout
    url = start(data, port, environment, processes)
    wait_for(lambda: (ask(f"{url}/api/v1/state") or {"counts": {"journal_rows": 0}})["counts"]["journal_rows"])
    processes[-1].send_signal(signal.SIGKILL)
    processes[-1].wait()
    url = start(data, port, environment, processes)
    series = f"{url}/api/v1/points/MV-P2/series?quantity=pore_pressure"
    wait_for(lambda: sum(one["value"] is not None for one in ask(series) or ()) == SCANS)
    wait_for(lambda: not [*(data / "imports" / "inbox").glob("*/*")])
    assert ask(f"{url}/api/v1/state")["counts"]["duplicates"] == 0
    shown = seepline("collector", "imports", "--collector", url, environment=environment)
    assert shown.returncode == 0, shown.stderr

    marks = (EXAMPLE / "parallel.toml").read_text().replace("days = 14", f"days = {DAYS}")
    marks = marks.replace("2016-01-01T08:00:00Z", "2015-12-20T08:00:00Z").replace(
        "../../../tests", f"{ROOT}/tests"
    )
    (tmp_path / "parallel.toml").write_text(marks, encoding="utf-8")
    report = (EXAMPLE / "site.toml", tmp_path / "parallel.toml", "--data", data, "--pdf", tmp_path / "report.pdf")
    done = seepline("collector", "parallel-run", *report, "--json", environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert [(one["pairs"], one["passed"]) for one in found] == [(SCANS, True)] * 4
    assert all(abs(one["largest"]) < 1e-6 for one in found)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_a_file_with_a_fault_is_named_and_nothing_of_it_is_handed_in(tmp_path, environment):
    data = tmp_path / "data"
    data.mkdir()
    (data / "imports.toml").write_text((EXAMPLE / "imports.toml").read_text(), encoding="utf-8")
    part = tmp_path / "bad.tsv"
    lines = (DATA / "station-mvd116.tsv").read_text().splitlines(keepends=True)[:4]
    lines[2] = lines[2].replace("2923", "29,23")
    part.write_text("".join(lines), encoding="utf-8")
    done = seepline(
        "collector", "import", EXAMPLE / "site.toml", "mvd116", part, "--data", data, environment=environment
    )
    assert done.returncode == 2
    assert (
        f"{part} line 3, column 18: found '29,23'; expected a number with '.' before its decimals" in done.stderr
    )
    assert f"Nothing of {part} was imported." in done.stderr
    assert not (data / "imports").exists()
