"""Starts the firmware's own tests under both MicroPythons, one process per file."""

import subprocess
from pathlib import Path

import pytest

ESP32_HEAP = "100k"
ROOMY_HEAP = "2m"  # sources are compiled on the way, words are twice as long
CI = {"FRAMES": "100000", "MUTATIONS": "10000", "DAYS": "14"}
FILES = sorted(path.stem for path in (Path(__file__).parent / "on_device").glob("test_*.py"))


def passes(runner, heap: str, name: str, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        runner.command(heap, name),
        cwd=folder,
        env=runner.environment(**environment),
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("micropython")
    assert " 0 failed" in done.stdout


@pytest.mark.parametrize("name", FILES)
def test_passes_with_words_of_64_bits(name: str, runner64, tmp_path: Path) -> None:
    passes(runner64, ROOMY_HEAP, name, tmp_path, **CI)


@pytest.mark.parametrize("name", FILES)
def test_passes_with_words_of_32_bits_in_the_heap_of_an_esp32(name: str, tests32, tmp_path: Path) -> None:
    passes(tests32, ESP32_HEAP, name, tmp_path, **CI)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_million_frames_get_no_answer_they_do_not_deserve(seed: int, tests32, tmp_path: Path) -> None:
    passes(tests32, ESP32_HEAP, "test_fuzz", tmp_path, FRAMES="100000", SEED=str(seed))


@pytest.mark.soak
def test_a_hundred_thousand_mutants_of_sealed_commands_change_nothing(tests32, tmp_path: Path) -> None:
    passes(tests32, ESP32_HEAP, "test_sealed_fuzz", tmp_path, MUTATIONS="100000")


@pytest.mark.soak
def test_a_year_of_scans_and_faults_loses_nothing(tests32, tmp_path: Path) -> None:
    passes(tests32, ESP32_HEAP, "test_long_run", tmp_path, DAYS="365")
