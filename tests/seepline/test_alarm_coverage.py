"""Every branch of what decides about levels and alarms is taken by a test: measured with coverage.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = ("tests/seepline/alarm", "tests/seepline/test_thresholds.py")


@pytest.mark.soak
def test_every_branch_of_alarms_and_thresholds_is_tested(tmp_path: Path):
    environment = {**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage")}
    about = ("--branch", "--source=seepline.alarm,seepline.thresholds")

    def coverage(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "coverage", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)

    ran = coverage("run", *about, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    assert ran.returncode == 0, ran.stdout
    told = coverage("report", "--show-missing", "--skip-covered", "--fail-under=100")
    assert told.returncode == 0, told.stdout
