"""Flashing, as far as it goes without a board: all that the logger needs compiles, nothing else is copied."""

import subprocess
import sys
from pathlib import Path

import pytest

from fieldtool import flash

ROOT = Path(__file__).parents[2]


def test_every_module_of_the_logger_compiles_for_the_esp32(tmp_path):
    made = flash.compile_into(ROOT, tmp_path)
    assert {Path("firmware/main.mpy"), Path("firmware/ring.mpy"), Path("seepline/wire/record.mpy")} <= set(made)
    assert all((tmp_path / file).read_bytes()[:2] == b"M\x06" for file in made)  # .mpy version 6
    assert not [file for file in made if "cli" in file.parts or "instruments" in file.parts]


def test_a_module_that_does_not_compile_is_named(tmp_path):
    for name in (*flash.FOLDERS, "out"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    (tmp_path / "seepline" / "__init__.py").touch()
    (tmp_path / "firmware" / "broken.py").write_text("def f(:\n")
    with pytest.raises(flash.FlashError, match=r"firmware/broken\.py does not compile"):
        flash.compile_into(tmp_path, tmp_path / "out")


def test_a_dry_run_lists_what_would_be_copied():
    script = str(ROOT / "fieldtool" / "flash.py")
    done = subprocess.run([sys.executable, script, "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "firmware/ring.mpy" in done.stdout


def test_without_a_board_the_answer_is_one_sentence():
    script = str(ROOT / "fieldtool" / "flash.py")
    command = [sys.executable, script, "--port", "/dev/no-such-port"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "The board does not take the program" in done.stderr
    assert "Traceback" not in done.stderr
