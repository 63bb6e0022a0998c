"""The drivers as the laptop sees them: their own tests under CPython, and what they agree on with the rest."""

import ast
import contextlib
import importlib
import os
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline import logger_words
from seepline.channels import CHANNEL_KINDS
from seepline.wire import drivers as wire
from seepline.wire.record import PAYLOAD_SCALAR
from seepline.wire.status import EXCLUDES
from simulator.interpreter import find

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware.drivers import DRIVERS, load, sdi12_protocol  # noqa: E402
from firmware.drivers.driver import BY_STATUS, Driver, NoReadingError, rounded, status_of  # noqa: E402
from firmware.drivers.modbus_probe import F32, F32_LOW_FIRST, float32_times, number_times  # noqa: E402
from firmware.drivers.scale import SCALE  # noqa: E402
from firmware.drivers.scl3300 import crc8  # noqa: E402

FILES = sorted((Path(__file__).parent / "on_device").glob("test_drivers_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_passes_under_cpython_too(path: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(path)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("cpython")
    assert " 0 failed" in done.stdout


def test_the_doctests_of_the_drivers_hold() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--doctest-modules",
        "firmware/drivers",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_each_row_leads_to_a_driver(kind: str) -> None:
    assert issubclass(load(kind), Driver)


def test_a_kind_without_a_row_is_named() -> None:
    with pytest.raises(ValueError, match=r"no driver 'thermometer': expected one of accelerometer, barometer"):
        load("thermometer")


def test_the_scales_are_those_of_the_channels() -> None:
    kinds = {name: kind.scale for name, kind in CHANNEL_KINDS.items() if kind.payload_type == PAYLOAD_SCALAR}
    assert kinds == SCALE


def test_every_fault_withholds_the_reading() -> None:
    assert all(status_of(fault) & EXCLUDES for fault in range(1, BY_STATUS + 1))


def test_the_table_alone_imports_no_driver() -> None:
    said = "import sys, firmware.drivers; print([m for m in sys.modules if m.startswith('firmware.drivers.')])"
    program = find(require_micropython=True).command[0]
    for command, variable in (
        ([program, "-c", said], "MICROPYPATH"),
        ([sys.executable, "-c", said], "PYTHONPATH"),
    ):
        environment = {**os.environ, variable: f"{ROOT}:.frozen" if variable == "MICROPYPATH" else str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=True)
        assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted((ROOT / "firmware/drivers").glob("*.py")), ids=lambda path: path.stem)
def test_a_driver_opens_nothing_and_knows_no_clock(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert not {name.partition(".")[0] for name in names} - {"asyncio", "errno", "firmware", "seepline"}
    assert ast.get_docstring(ast.parse(path.read_text()))


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from([1, 1000, 1000000]))
def test_singles_are_scaled_exactly(value: float, factor: int) -> None:
    (bits,) = struct.unpack(">I", struct.pack(">f", value))
    exact = Fraction(value) * factor
    assert abs(Fraction(float32_times(bits, factor, 1)) - exact) <= Fraction(1, 2)


@given(st.binary(min_size=4, max_size=4), st.integers(1, 1000))
def test_word_order_is_the_only_difference_between_the_two_float_forms(data: bytes, factor: int) -> None:
    try:
        expected = number_times(data, F32, factor, 1)
    except NoReadingError:
        with pytest.raises(NoReadingError):
            number_times(data[2:] + data[:2], F32_LOW_FIRST, factor, 1)
        return
    assert number_times(data[2:] + data[:2], F32_LOW_FIRST, factor, 1) == expected


@given(st.decimals(-9999999, 9999999, places=3), st.sampled_from([1, 1000, 100000]))
def test_sdi12_numbers_are_scaled_exactly(number, scale: int) -> None:
    text = f"{number:+f}"
    if number in sdi12_protocol.SENTINELS:
        with pytest.raises(NoReadingError):
            sdi12_protocol.scaled(text, scale)
        return
    assert abs(Fraction(sdi12_protocol.scaled(text, scale)) - Fraction(number) * scale) <= Fraction(1, 2)


@given(st.binary(max_size=80))
def test_no_bytes_from_an_sdi12_line_are_more_than_no_reading(answer: bytes) -> None:
    for with_crc in (False, True):
        with contextlib.suppress(NoReadingError):  # anything else would stop the logger's scan
            sdi12_protocol.values(sdi12_protocol.content(answer, "0", with_crc))


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_and_odd(numerator: int, denominator: int) -> None:
    found = rounded(numerator, denominator)
    assert abs(found - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert found == -rounded(-numerator, denominator)


@given(st.binary(min_size=3, max_size=3), st.integers(0, 23), st.integers(0, 23))
def test_the_inclinometers_crc_sees_every_one_and_two_flipped_bits(body: bytes, first: int, second: int) -> None:
    damaged = bytearray(body)
    for bit in {first, second}:
        damaged[bit // 8] ^= 1 << bit % 8
    assert crc8(damaged) != crc8(body)


def test_drivers_are_listed_where_they_are_loaded_from() -> None:
    for module, name in DRIVERS.values():
        assert getattr(importlib.import_module(module), name).__module__ == module


def test_a_converter_s_number_means_one_chip_to_the_logger_the_site_and_the_simulated_board() -> None:
    import firmware.drivers as own
    from firmware.drivers import ads1115
    from simulator.device import bench, converter_sensors

    assert own.ON_I2C == wire.ON_I2C == bench._ON_I2C == converter_sensors.ON_I2C
    assert own.FIRST_CONVERTER == ads1115.ADDRESS == bench._FIRST_CONVERTER
    assert converter_sensors.SUPPLY_INPUT == ads1115.SUPPLY_INPUT
    highest = [high for name, _, _, high, _ in wire.DRIVERS["current_loop"][2] if name == "converter"]
    assert highest == [own.ON_I2C + 3]  # as many as the pin ADDR has addresses


def test_the_collector_has_a_word_for_every_fault_of_a_driver() -> None:
    assert len(logger_words.FAULTS) == BY_STATUS + 1
