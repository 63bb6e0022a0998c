"""The demo site on the desk: real logger programs under MicroPython, read by masters that nobody here wrote."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient
from pymodbus.pdu.file_message import FileRecord

from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.site_file import read_site
from seepline.wire import event, registers, seal
from seepline.wire import record as wire
from seepline.wire.site_clock import iso_ms
from seepline.wire.status import MISSING
from simulator import clock, flash_image, inputs, interpreter, loggers, simulation

DEMO = Path("simulator/demo")
SITE_CLOCK = "2016-01-01T07:45:00Z@900"
START_S = iso_ms("2016-01-01T07:45:00Z") // 1000
COMMAND = [sys.executable, "-m", "seepline.cli", "simulate"]


def until(condition, seconds=200):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def options(**changes):
    found = interpreter.find(require_micropython=True)
    site_clock = clock.anchored({"SEEPLINE_CLOCK": SITE_CLOCK}, clock.real_ms())
    return simulation.Options(interpreter=found, site_clock=site_clock, **changes)


@pytest.fixture(scope="module")
def site():
    return read_site(DEMO / "site.toml")


@pytest.fixture(scope="module")
def demo(site, tmp_path_factory):
    """The whole demo with its memories filled."""
    folder = tmp_path_factory.mktemp("demo")
    what = inputs.read(DEMO / "inputs.toml", site)
    with simulation.running(site, folder, options(), what) as running:
        until(lambda: running.check() or running.ready)
        running.write_ready()
        yield running


@pytest.fixture
def master(demo):
    client = ModbusSerialClient(str(demo.buses["bus1"].tty), baudrate=115200, timeout=10)
    assert client.connect()
    yield client
    client.close()


def words_bytes(words):
    return b"".join(word.to_bytes(2, "big") for word in words)


def records_of(demo, logger):
    image = demo.nodes[logger].files.flash
    records = [wire.decode(data) for data in flash_image.records(image)]
    return [record for record in records if record.block != event.EVENT_BLOCK]


@pytest.mark.parametrize(("logger", "blocks"), [("mvd116", 1), ("waterton-a", 2)])
def test_memory_holds_every_recorded_scan_once_per_block(demo, site, logger, blocks):
    past = [record for record in records_of(demo, logger) if record.utc_s <= START_S]
    scans = inputs.read(DEMO / "inputs.toml", site).scans(logger, site, 1000 * START_S)
    assert sorted(record.utc_s for record in past) == sorted([scan.utc_s for scan in scans] * blocks)
    assert len(past) == demo.past_records[logger] == 1344 * blocks


def test_memory_holds_the_recorded_values(demo, site):
    scans = {s.utc_s: s for s in inputs.read(DEMO / "inputs.toml", site).scans("mvd116", site, 1000 * START_S)}
    for record in (record for record in records_of(demo, "mvd116") if record.utc_s <= START_S):
        for channel in (channel for channel in site.channels if channel.logger == "mvd116"):
            value = scans[record.utc_s].values[channel.id]
            assert read_channel(CHANNEL_KINDS[channel.kind], record, channel.slot) == (value, 0)


def test_recording_that_has_ended_is_missing_and_not_its_last_value(demo, site):
    until(lambda: max(record.utc_s for record in records_of(demo, "mvd116")) > START_S)
    live = [record for record in records_of(demo, "mvd116") if record.utc_s > START_S]
    kind = CHANNEL_KINDS["vw_frequency"]
    assert {read_channel(kind, record, 0) for record in live} == {(None, MISSING)}


def test_pymodbus_reads_who_the_logger_is(master):
    answer = master.report_device_id(device_id=2)
    assert not answer.isError()
    assert b"eepline" in answer.identifier or b"SEEP" in answer.identifier


def test_pymodbus_reads_identification_and_live_block(master):
    words = master.read_holding_registers(0, count=registers.IDENTIFICATION_REGISTERS, device_id=3).registers
    assert registers.field(words, "magic") == registers.MAGIC
    assert registers.field(words, "logger_id") == 116003
    block = master.read_input_registers(registers.live_address(1), count=60, device_id=3).registers
    record = wire.decode(words_bytes(block))
    assert (record.logger_id, record.block, record.channels) == (116003, 1, 8)
    assert read_channel(CHANNEL_KINDS["current"], record, 0)[0] > 4.0


def test_pymodbus_reads_history(master):
    file, number = registers.history_address(700)
    place = FileRecord(file_number=file, record_number=number, record_length=120)  # pymodbus counts bytes here
    answer = master.read_file_record([place], device_id=1)
    record = wire.decode(answer.records[0].record_data)
    assert (record.logger_id, record.sequence) == (116001, 700)


def test_mbpoll_reads_a_live_block(demo):
    register = str(registers.live_address(0))
    arguments = ["-m", "rtu", "-a", "3", "-b", "115200", "-P", "none", "-t", "4", "-0", "-r", register, "-c", "60"]
    answer = subprocess.run(
        ["mbpoll", *arguments, "-1", "-q", "-o", "10", str(demo.buses["bus1"].tty)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    words = [int(line.split("\t")[1].split()[0]) for line in answer.stdout.splitlines() if line.startswith("[")]
    assert wire.decode(words_bytes(words)).logger_id == 116003


def test_ready_file_says_where_everything_is(demo):
    document = json.loads((demo.folder / "ready.json").read_text())
    bus = document["buses"]["bus1"]
    assert (bus["baud"], bus["parity_on_pty"]) == (115200, "none")
    assert Path(bus["tty"]).is_symlink()
    assert set(document["loggers"]) == {"mvd116", "waterton-a", "pond"}
    assert document["loggers"]["pond"]["interpreter"].startswith("MicroPython")
    assert document["loggers"]["pond"]["pid"] == demo.nodes["pond"].pid
    assert Path(document["loggers"]["pond"]["usb"]) == demo.folder / "usb-pond.tty"


def over_usb(running, logger):
    client = ModbusSerialClient(str(running.usb[logger].tty), baudrate=115200, timeout=5)
    assert client.connect()
    return client


def test_each_logger_has_a_usb_port_of_its_own(demo):
    for logger, serial in (("mvd116", 116001), ("pond", 116003)):
        client = over_usb(demo, logger)
        words = client.read_holding_registers(0, count=registers.IDENTIFICATION_REGISTERS, device_id=247).registers
        client.close()
        assert registers.field(words, "logger_id") == serial


def test_a_logger_that_a_command_restarts_comes_back_by_itself(site, tmp_path):
    with simulation.running(site, tmp_path, options()) as running:
        until(lambda: running.ready)
        client, node = over_usb(running, "pond"), running.nodes["pond"]
        key = list(range(1, 17))
        assert not client.write_registers(registers.KEY_REGISTER, key, device_id=247).isError()
        nonce = client.read_holding_registers(registers.NONCE_REGISTER, count=4, device_id=247).registers
        command = seal.sealed(words_bytes(key), 116003, words_bytes(nonce), seal.RESTART, b"")
        words = [int.from_bytes(command[at : at + 2], "big") for at in range(0, len(command), 2)]
        assert not client.write_registers(registers.COMMAND_REGISTER, words, device_id=247).isError()
        client.close()
        first = node.pid
        until(lambda: running.check() or node.pid != first)
        until(lambda: "116003" in running.buses["bus1"].present)
        assert identity(running, 3)[0] == 2


def test_second_simulator_in_one_directory_is_refused(demo, site):
    with pytest.raises(simulation.FolderError, match="another simulator runs in"):
        simulation.running(site, demo.folder, options()).__enter__()


def test_logger_that_ends_is_reported_with_its_last_words(site, tmp_path):
    with simulation.running(site, tmp_path, options()) as running:
        until(lambda: running.ready)
        running.nodes["pond"].files.log.write_text("out of breath\n")
        os.kill(running.nodes["pond"].pid, signal.SIGKILL)
        with pytest.raises(loggers.LoggerError, match=r"logger pond ended with code -9.*\n  out of breath"):
            until(running.check)


def identity(running, address):
    """Return (boot count, ring id) as a master reads them."""
    client = ModbusSerialClient(str(running.buses["bus1"].tty), baudrate=115200, timeout=10)
    assert client.connect()
    words = client.read_holding_registers(0, count=registers.IDENTIFICATION_REGISTERS, device_id=address).registers
    client.close()
    return registers.field(words, "boot"), registers.field(words, "ring")


def test_logger_that_is_restarted_goes_on_with_the_memory_it_had(site, tmp_path):
    what = inputs.read(DEMO / "inputs.toml", site)
    with simulation.running(site, tmp_path, options(restart=True), what) as running:
        until(lambda: running.ready)
        node, bus = running.nodes["pond"], running.buses["bus1"]
        until(lambda: "116003" in bus.present)
        boot, ring = identity(running, 3)
        first = node.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: "116003" not in bus.present)
        until(lambda: running.check() or node.pid != first)
        until(lambda: "116003" in bus.present)
        assert identity(running, 3) == (boot + 1, ring)


def started(folder, *more):
    environment = {**os.environ, "SEEPLINE_CLOCK": SITE_CLOCK}
    process = subprocess.Popen(
        [*COMMAND, str(DEMO / "site.toml"), "--dir", str(folder), *more],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    until((folder / "ready.json").exists)
    pids = [logger["pid"] for logger in json.loads((folder / "ready.json").read_text())["loggers"].values()]
    return process, pids


def alive(pid):
    """Tell whether a process runs; one that has ended and was not yet collected does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_terminated_simulator_ends_its_loggers_and_takes_its_ports_along(tmp_path):
    process, pids = started(tmp_path)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "on a PTY none" in said
    assert not any(alive(pid) for pid in pids)
    assert not (tmp_path / "bus1.tty").is_symlink()
    assert not (tmp_path / "ready.json").exists()


def test_killed_simulator_leaves_no_logger_and_the_next_run_cleans_up(tmp_path):
    process, pids = started(tmp_path)
    process.kill()
    process.communicate()
    until(lambda: not any(alive(pid) for pid in pids))
    assert (tmp_path / "bus1.tty").is_symlink()
    (tmp_path / "ready.json").unlink()
    process, _ = started(tmp_path)
    assert Path(json.loads((tmp_path / "ready.json").read_text())["buses"]["bus1"]["tty"]).exists()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)


@pytest.mark.parametrize(
    ("more", "environment", "code", "sentence"),
    [
        (["--inputs", "nowhere.toml"], {}, 2, "nowhere.toml: cannot be read"),
        (["--fault", "gremlins=1"], {}, 2, "--fault gremlins=1: expected NAME=VALUE with a name of seed"),
        (["--fault", "flip_rate=2"], {}, 2, "--fault flip_rate=2: expected 0 to 1"),
        ([], {"SEEPLINE_CLOCK": "noon"}, 2, "SEEPLINE_CLOCK is 'noon', expected"),
        ([], {"MICROPYTHON": "/nowhere"}, 1, "MICROPYTHON is '/nowhere', which is no program here: install"),
        (["--dir", "/proc/nowhere"], {}, 1, "cannot write to /proc/nowhere"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_one_sentence(tmp_path, more, environment, code, sentence):
    ended = subprocess.run(
        [*COMMAND, str(DEMO / "site.toml"), "--dir", str(tmp_path), *more],
        env={**os.environ, "COLUMNS": "300", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
