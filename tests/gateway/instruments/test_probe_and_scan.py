"""`seepline gateway probe` and `scan` as a person calls them, on a simulated bus and over Modbus TCP."""

import asyncio
import json
import subprocess
import sys
import threading

import pytest
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

from gateway.bus.line import Line
from gateway.instruments.scan import BAUDS, PARITIES, Settings, settings_to_try
from tests.gateway.instruments.conftest import BAUD


def seepline(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "seepline.cli", "gateway", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_probe_shows_registers_values_units_and_remarks(bus, keller):
    done = seepline("probe", "keller-30-40", "--port", bus.tty, "--address", 5, "--baud", BAUD, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    rows = {row["field"]: row for row in said["fields"]}
    assert rows["p1"]["raw"] == "3f75 f07b"
    assert rows["p1"]["value"] == pytest.approx(96.0701, abs=1e-4)
    assert rows["p1"]["unit"] == "kPa"
    assert rows["p2"]["value"] is None
    assert "instrument fault" in rows["p2"]["remark"]
    assert rows["ch0"]["value"] is None
    assert any("exception 2" in error for error in said["errors"])


def test_probe_in_words(bus, keller):
    done = seepline("probe", "keller-30-40", "--port", bus.tty, "--address", 5, "--baud", BAUD)
    assert "96.0701" in done.stdout
    assert "3f75 f07b" in done.stdout


def test_probe_says_who_does_not_answer(bus, keller):
    done = seepline("probe", "keller-30-40", "--port", bus.tty, "--address", 6, "--baud", BAUD)
    assert done.returncode == 1
    assert "device 6 gave no right answer" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("keler-30-40", "--port", "/dev/null"), "did you mean keller-30-40?"),
        (("keller-30-40",), "expected one of --port TTY and --tcp HOST:PORT"),
        (("keller-30-40", "--tcp", "nowhere"), "expected a host and a port"),
        (("geokon-6150f", "--port", "/dev/null", "--setting", "wait_ms=300"), "settings.error_register"),
        (("keller-30-40", "--port", "/dev/null", "--setting", "most_registers"), "expected NAME=VALUE"),
        (("keller-30-40", "--port", "/dev/null", "--parity", "mark"), "expected none, even or odd"),
    ],
)
def test_probe_refuses_bad_input(arguments, words):
    done = seepline("probe", *arguments, "--address", 5)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


async def test_probe_over_modbus_tcp():
    words = ModbusSequentialDataBlock(1, [0x41B5, 0xC079] * 20)
    coils = ModbusSequentialDataBlock(1, [True] * 20)
    context = ModbusServerContext(devices={9: ModbusDeviceContext(hr=words, co=coils)}, single=False)
    server = ModbusTcpServer(context, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    where = f"127.0.0.1:{server.transport.sockets[0].getsockname()[1]}"
    said: list[subprocess.CompletedProcess[str]] = []
    arguments = ("probe", "campbell-table", "--tcp", where, "--address", 9, "--setting", "word_order=high_first")
    try:
        caller = threading.Thread(target=lambda: said.append(seepline(*arguments, "--json")))
        caller.start()
        await asyncio.to_thread(caller.join)
    finally:
        await server.shutdown()
    assert said[0].returncode == 0, said[0].stderr
    rows = {row["field"]: row["value"] for row in json.loads(said[0].stdout)["fields"]}
    assert rows["value20"] == pytest.approx(22.719, abs=1e-3)
    assert rows["coil8"] == 1


def test_scan_finds_a_device_and_the_line_s_baud(bus, keller):
    done = seepline("scan", "--port", bus.tty, "--first", 4, "--last", 6, "--turn-round-s", 0.3, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [(one["address"], one["baud"], one["kind"]) for one in said["devices"]] == [(5, BAUD, "device")]
    assert "parity was not tried" in said["remark"]


def test_scan_knows_our_loggers(slave):
    done = seepline("scan", "--port", slave.path, "--baud", 115200, "--last", 3, "--turn-round-s", 0.3)
    assert done.returncode == 0, done.stderr
    assert "Seepline logger 501" in done.stdout
    assert "Seepline logger 502" in done.stdout


def test_scan_refuses_a_port_that_a_gateway_owns(bus):
    line = Line(str(bus.tty), BAUD, "none")
    line.open()
    try:
        done = seepline("scan", "--port", bus.tty, "--last", 2)
    finally:
        line.close()
    assert done.returncode == 1
    assert "in use by another program" in done.stderr


def test_scan_says_when_nobody_is_there(bus):
    done = seepline("scan", "--port", bus.tty, "--baud", BAUD, "--last", 2)
    assert done.returncode == 1
    assert "nobody answered at 115200 baud" in done.stderr


def test_a_real_line_is_tried_with_every_parity():
    assert len(settings_to_try("/dev/ttyUSB0", None, None)) == len(BAUDS) * len(PARITIES)
    assert settings_to_try("/dev/ttyUSB0", 9600, "odd") == [Settings(9600, "odd")]
