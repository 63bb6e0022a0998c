"""`make demo` as a newcomer runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chain.conftest import ROOT, free_port


def demo(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "seepline.cli", "demo", "--port", str(free_port()), *options]
    environment = {**os.environ, "COLUMNS": "110", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


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


@pytest.mark.timeout(240)
def test_the_demo_holds_all_it_claims_and_leaves_nothing_running(tmp_path):
    run = demo(tmp_path)
    out, _ = run.communicate(timeout=200)
    assert run.returncode == 0, out
    assert "All of it holds" in out
    assert "1344 of 1344 scans" in out
    assert "MicroPython" in out
    assert out.index("orange") < out.rindex("red")
    assert living(tmp_path) == []


@pytest.mark.timeout(180)
def test_a_second_demo_ends_what_a_killed_one_left_behind(tmp_path):
    first = demo(tmp_path)
    deadline = time.monotonic() + 40
    while not (tmp_path / "var" / "demo" / "ready.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    first.kill()
    first.communicate()
    left = (tmp_path / "var" / "demo" / "pids.json").read_text()
    second = demo(tmp_path)
    while (tmp_path / "var" / "demo" / "pids.json").read_text() == left:
        assert second.poll() is None, second.communicate()[0]
        assert time.monotonic() < deadline + 40
        time.sleep(0.1)
    second.send_signal(signal.SIGTERM)
    out, _ = second.communicate(timeout=60)
    assert "an earlier demo had left running" in out
    assert second.returncode == 130
    assert living(tmp_path) == []
