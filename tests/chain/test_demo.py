"""`make demo` as a newcomer runs it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chain.conftest import ROOT
from tests.influxdb_v2 import TOKEN, influxdb_v2
from tests.ports import free_port


@contextlib.contextmanager
def demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the demo in a folder, output in <folder>/out.txt; a test that fails leaves nothing running."""
    command = [sys.executable, "-m", "seepline.cli", "demo", "--port", str(free_port()), *options]
    environment = {**os.environ, "COLUMNS": "110", "PYTHONPATH": str(ROOT)}
    with (folder / "out.txt").open("ab") as out:
        run = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield run
    finally:
        if run.poll() is None:
            run.send_signal(signal.SIGTERM)
            run.wait(timeout=120)


def printed(folder: Path) -> str:
    return (folder / "out.txt").read_text(encoding="utf-8")


def wait(run: subprocess.Popen[bytes], folder: Path, happened: Callable[[], bool], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not happened():
        assert run.poll() is None, printed(folder)
        assert time.monotonic() < deadline, printed(folder)
        time.sleep(0.1)


def living(folder: Path) -> list[str]:
    """Return the command lines of processes that mention a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found


@pytest.mark.timeout(700)
def test_the_demo_holds_all_it_claims_and_what_it_says_to_look_at_is_there(tmp_path, tmp_path_factory):
    (tmp_path / "influx.token").write_text(TOKEN)
    copy = ("--influx-token-file", "influx.token", "--influx")
    with (
        influxdb_v2(tmp_path_factory.mktemp("influxdb")) as server,
        demo(tmp_path, "--keep", *copy, server.url) as run,
    ):
        server.ask("CREATE DATABASE dam")
        wait(run, tmp_path, lambda: "Everything keeps running" in printed(tmp_path), 620)
        out = printed(tmp_path)
        assert "All of it holds" in out
        assert "1344 of 1344 scans" in out
        assert "MicroPython" in out
        assert re.search(r"\d{4,} readings are in InfluxDB", out)
        page = re.search(r"the page +(\S+)", out)
        with urllib.request.urlopen(page.group(1), timeout=60) as answer:
            assert "TOE-P1" in answer.read().decode()
        gateway = re.search(r"kill (\d+)", out)
        os.kill(int(gateway.group(1)), signal.SIGTERM)
        wait(run, tmp_path, lambda: "The gateway has ended; the others go on" in printed(tmp_path), 120)
        *mbpoll, tty = re.search(r"mbpoll .*", out).group(0).split()
        slow = [*mbpoll, "-o", "10", tty]  # it waits for 1 s unless told
        foreign = subprocess.run(slow, cwd=tmp_path, capture_output=True, text=True, timeout=30)
        assert foreign.returncode == 0, foreign.stdout + foreign.stderr
        assert "[1060]:" in foreign.stdout
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=120) == 0, printed(tmp_path)
        assert living(tmp_path) == []


@pytest.mark.timeout(700)
def test_a_second_demo_ends_what_a_killed_one_left_behind(tmp_path):
    with demo(tmp_path) as first:
        wait(first, tmp_path, (tmp_path / "var" / "demo" / "ready.json").exists, 240)
        first.kill()
        first.wait()
        left = (tmp_path / "var" / "demo" / "pids.json").read_text()
        with demo(tmp_path) as second:
            wait(second, tmp_path, lambda: "an earlier demo had left running" in printed(tmp_path), 240)
            pids = tmp_path / "var" / "demo" / "pids.json"
            wait(second, tmp_path, lambda: pids.exists() and pids.read_text() != left, 240)
            second.send_signal(signal.SIGTERM)
            assert second.wait(timeout=120) == 130, printed(tmp_path)
    assert living(tmp_path) == []
