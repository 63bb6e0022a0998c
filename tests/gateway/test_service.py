"""The whole gateway program as a process: killed, unplugged, locked out and stopped, it loses nothing."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway import service
from gateway.bus.line import Line, PortError
from seepline.cli import app

ROOT = Path(__file__).parents[2]
SITE = ROOT / "simulator" / "demo" / "site.toml"
HELD = 80


@pytest.fixture
def slave(slave):
    """Make the scripted slave the demo's bus."""
    memory = type(slave.devices[1])
    slave.devices = {
        1: memory(116001, newest=HELD),
        2: memory(116002, newest=HELD, ring=78, blocks=2),
        3: memory(116003, newest=HELD, ring=79, blocks=2),
    }
    return slave


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def start(tmp_path, collector, token_file):
    started = []

    def start(port: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "seepline.cli", "gateway", "run", str(SITE), "--gateway", "gw1"]
        command += ["--data", str(tmp_path / "data"), "--port", f"bus1={port}", "--collector", collector.url]
        command += ["--token-file", str(token_file), "--turn-round-s", "0.05"]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log))
        return started[-1]

    yield start
    for program in started:
        program.kill()
        program.wait()


def wait_for(condition) -> None:
    deadline_s = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < deadline_s, "this never happened"
        time.sleep(0.02)


def identities(collector) -> set[tuple[str, str]]:
    return {
        (line.split(",logger=")[1].split(",")[0], line.split("seq=")[1].split("i,")[0])
        for line in collector.stored
    }


def all_is_there(collector) -> bool:
    return len(identities(collector)) == 3 * HELD


def test_kill_9_at_any_moment_of_back_fill_loses_nothing(tmp_path, slave, collector, start):
    for rows in (15, 80, 150):
        program = start(slave.path)
        wait_for(lambda rows=rows: len(collector.rows) > rows)
        program.send_signal(signal.SIGKILL)
        program.wait()
    program = start(slave.path)
    wait_for(lambda: all_is_there(collector))
    wait_for(lambda: json.loads((tmp_path / "data" / "status.json").read_text())["outbox"]["unsent"] == 0)
    assert set(collector.stored) == expected_lines(collector, slave)
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0
    status = json.loads((tmp_path / "data" / "status.json").read_text())
    assert {name: logger["stored"] for name, logger in status["loggers"].items()} == {
        "mvd116": HELD,
        "waterton-a": HELD,
        "pond": HELD,
    }
    assert status["outbox"]["rows"] == status["outbox"]["committed"] == 3 * HELD
    assert "s3cret" not in (tmp_path / "log").read_text()


def test_a_running_gateway_is_seen_and_its_wire_is_read(tmp_path, slave, collector, start):
    program = start(slave.path)
    wait_for(lambda: all_is_there(collector))
    wait_for(lambda: json.loads((tmp_path / "data" / "status.json").read_text())["outbox"]["rows"] == 3 * HELD)
    data = ["--data", str(tmp_path / "data")]
    shown = CliRunner().invoke(app, ["gateway", "status", "--once", *data])
    assert shown.exit_code == 0
    assert "waterton" in shown.output
    assert "240 records" in shown.output
    as_json = json.loads(CliRunner().invoke(app, ["gateway", "status", "--json", *data]).output)
    assert as_json["loggers"]["pond"]["polled_ms"] > 0
    program.kill()
    program.wait()
    program = start(slave.path)  # at its start it asks every logger who it is
    traced = CliRunner().invoke(app, ["gateway", "trace", "--seconds", "6", *data])
    assert traced.exit_code == 0, traced.output
    assert "device 1: read holding 0+60" in traced.output
    program.kill()
    program.wait()


def test_status_and_trace_of_nothing_are_one_sentence(tmp_path):
    for command in (["status", "--once"], ["trace"]):
        done = CliRunner().invoke(app, ["gateway", *command, "--data", str(tmp_path)])
        assert done.exit_code == 2
        assert "expected the" in done.output
        assert len(done.output.splitlines()) == 1


def expected_lines(collector, slave) -> set[str]:
    from gateway.uplink.lines import names_of, record_line
    from seepline.site_file import read_site

    names = names_of(read_site(SITE))
    return {
        record_line(memory.record(sequence), None, names)
        for memory in slave.devices.values()
        for sequence in range(1, HELD + 1)
    }


def test_a_bus_that_is_unplugged_comes_back_by_itself(tmp_path, slave, collector, start):
    port = tmp_path / "bus1.tty"
    port.symlink_to(slave.path)
    start(str(port))
    wait_for(lambda: len(collector.rows) > 30)
    again = type(slave)(slave.devices)
    port.unlink()
    port.symlink_to(again.path)
    slave.close()
    wait_for(lambda: all_is_there(collector))
    again.close()
    assert "is gone" in (tmp_path / "log").read_text()


def test_a_port_in_use_is_said_and_tried_again(tmp_path, slave, collector, start):
    other = Line(slave.path, 115_200, "none")
    other.open()
    with pytest.raises(PortError, match="in use by another program"):
        Line(slave.path, 115_200, "none").open()
    start(slave.path)
    wait_for(lambda: "in use by another program" in (tmp_path / "log").read_text())
    other.close()
    wait_for(lambda: len(collector.rows) > 30)


def test_a_port_that_is_not_there_says_what_to_do():
    with pytest.raises(PortError, match="plug in the adapter"):
        Line("/dev/pts/no-such-bus", 115_200, "none").open()


GOOD = {
    "--gateway": "gw1",
    "--data": "data",
    "--port": "bus1=/dev/ttyUSB0",
    "--collector": "http://127.0.0.1:1",
    "--token-file": "token",
}


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--gateway", "gw9", "the site has no such gateway, expected one of gw1"),
        ("--port", "bus1", "expected BUS=TTY"),
        ("--port", "bus9=/dev/ttyUSB0", "gateway gw1 has no bus bus9, expected bus1"),
        ("--collector", "collector", "expected an address such as https://"),
        ("--collector", "http://127.0.0.1:99999", "expected an address such as https://"),
        ("--collector", "http://127.0.0.1:port", "expected an address such as https://"),
        ("--collector", "http://me:secret@host", "must not hold a password"),
        ("--token-file", "nowhere", "make one with `seepline collector token`"),
        ("--token-file", "empty", "does not hold one token"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(option, value, says, tmp_path, token_file, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("")
    arguments = [part for pair in (GOOD | {option: value}).items() for part in pair]
    result = CliRunner().invoke(app, ["gateway", "run", str(SITE), *arguments])
    assert result.exit_code == 2
    assert says in result.output
    assert "secret" not in result.output


def test_a_wrong_site_clock_is_refused(tmp_path, token_file, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEEPLINE_CLOCK", "yesterday")
    arguments = [part for pair in GOOD.items() for part in pair]
    result = CliRunner().invoke(app, ["gateway", "run", str(SITE), *arguments])
    assert result.exit_code == 2
    assert "SEEPLINE_CLOCK is 'yesterday'" in result.output


async def test_a_status_file_that_cannot_be_written_is_told_once_for_each_reason(monkeypatch, caplog):
    errors = ["full", "full", "full", "read-only", "full"]

    def tell():
        if not errors:
            raise StopIteration
        raise OSError(errors.pop(0))

    monkeypatch.setattr(service, "_STATUS_EVERY_S", 0)
    with pytest.raises(RuntimeError), caplog.at_level("WARNING"):
        await service._tell_status(tell)
    assert [one.message.rpartition(" ")[2] for one in caplog.records] == ["full", "read-only", "full"]
