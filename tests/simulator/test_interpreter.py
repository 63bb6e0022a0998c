import os
import stat
import sys
from pathlib import Path

import pytest

from simulator.interpreter import InterpreterError, find

ANSWER = "echo micropython; echo {version}"


def program(folder: Path, script: str, name: str = "micropython") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def named(tmp_path):
    return program(tmp_path / "named", ANSWER.format(version="1 1 0"), "mp")


@pytest.fixture
def wheel(tmp_path):
    return program(tmp_path / "venv", ANSWER.format(version="1 2 0 preview"))


@pytest.fixture
def packaged(tmp_path):
    return program(tmp_path / "usr", ANSWER.format(version="1 3 0"))


def test_variable_goes_before_all(named, wheel, packaged):
    environment = {"MICROPYTHON": str(named), "PATH": str(packaged.parent)}
    assert find(environment, str(wheel.parent / "python")).label == "MicroPython 1.1.0"


def test_wheel_goes_before_the_path(wheel, packaged):
    found = find({"PATH": str(packaged.parent)}, str(wheel.parent / "python"))
    assert found.label == "MicroPython 1.2.0-preview"
    assert found.command[0] == str(wheel)


def test_path_is_searched_last(packaged, tmp_path):
    assert find({"PATH": str(packaged.parent)}, str(tmp_path / "python")).label == "MicroPython 1.3.0"


def test_program_that_is_no_micropython_is_passed_over(packaged, tmp_path):
    program(tmp_path / "venv", "echo cpython; echo 3.11")
    found = find({"PATH": str(packaged.parent)}, str(tmp_path / "venv" / "python"))
    assert found.label == "MicroPython 1.3.0"


def test_cpython_stands_in_and_says_so(tmp_path):
    found = find({"PATH": str(tmp_path)}, str(tmp_path / "python"))
    assert not found.is_micropython
    assert found.label.startswith("CPython")
    assert "no MicroPython found" in found.label


def test_cpython_is_refused_when_micropython_is_required(tmp_path):
    with pytest.raises(InterpreterError, match="no MicroPython on this machine: install"):
        find({"PATH": str(tmp_path)}, str(tmp_path / "python"), require_micropython=True)


@pytest.mark.parametrize(
    ("value", "reason"),
    [("/no/such/program", "is no program here"), (sys.executable, "does not answer as MicroPython")],
)
def test_variable_that_names_no_micropython_is_an_error(value, reason):
    with pytest.raises(InterpreterError, match=reason):
        find({"MICROPYTHON": value})


def test_the_one_of_this_environment_is_the_real_one():
    found = find(dict(os.environ), require_micropython=True)
    assert found.is_micropython
