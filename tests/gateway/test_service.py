"""The whole gateway program as a process: killed, unplugged, locked out and stopped, it loses nothing."""

import json
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway import service
from gateway.bus.line import Line, PortError
from gateway.outbox.file import OutboxFull
from seepline.cli import app

SITE = Path(__file__).parents[2] / "simulator" / "demo" / "site.toml"
HELD = 80


@pytest.fixture
def start(start, demo_wiring, collector):
    return lambda port: start(demo_wiring(port, collector.url))


def identities(collector) -> set[tuple[str, str]]:
    return {
        (line.split(",logger=")[1].split(",")[0], line.split("seq=")[1].split("i,")[0])
        for line in collector.stored
    }


def all_is_there(collector) -> bool:
    return len(identities(collector)) == 3 * HELD


def test_kill_9_at_any_moment_of_back_fill_loses_nothing(tmp_path, demo_slave, wait_for, collector, start):
    for rows in (15, 80, 150):
        program = start(demo_slave.path)
        wait_for(lambda rows=rows: len(collector.rows) > rows)
        program.send_signal(signal.SIGKILL)
        program.wait()
    program = start(demo_slave.path)
    wait_for(lambda: all_is_there(collector))
    wait_for(lambda: json.loads((tmp_path / "data" / "status.json").read_text())["outbox"]["unsent"] == 0)
    assert set(collector.stored) == expected_lines(demo_slave)
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


def test_a_running_gateway_is_seen_and_its_wire_is_read(
    tmp_path, demo_slave, wait_for, collector, start, monkeypatch
):
    monkeypatch.setattr("seepline.cli.gateway.trace._BEGINS_WITHIN_S", 120.0)
    program = start(demo_slave.path)
    wait_for(lambda: all_is_there(collector))
    wait_for(lambda: json.loads((tmp_path / "data" / "status.json").read_text())["outbox"]["rows"] == 3 * HELD)
    data = ["--data", str(tmp_path / "data")]
    shown = CliRunner().invoke(app, ["gateway", "status", *data])
    assert shown.exit_code == 0
    assert "waterton" in shown.output
    assert "240 records" in shown.output
    as_json = json.loads(CliRunner().invoke(app, ["gateway", "status", "--json", *data]).output)
    assert as_json["loggers"]["pond"]["polled_ms"] > 0
    program.kill()
    program.wait()
    for seconds in ("6", "30", "120"):  # as long as it takes to start
        program = start(demo_slave.path)  # at its start it asks every logger who it is
        traced = CliRunner().invoke(app, ["gateway", "trace", "--seconds", seconds, *data])
        program.kill()
        program.wait()
        if traced.exit_code == 0:
            break
    assert traced.exit_code == 0, traced.output
    assert "device 1: read holding 0+60" in traced.output


def test_status_and_trace_of_nothing_are_one_sentence(tmp_path):
    for command in (["status"], ["trace"]):
        done = CliRunner().invoke(app, ["gateway", *command, "--data", str(tmp_path)])
        assert done.exit_code == 2
        assert "expected the" in done.output
        assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 100_000, '{"loggers": 3}'])
def test_a_status_of_another_kind_is_one_sentence(tmp_path, text):
    (tmp_path / "status.json").write_text(text)
    done = CliRunner().invoke(app, ["gateway", "status", "--data", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(tmp_path / "status.json") in done.stderr
    assert len(done.stderr.splitlines()) == 1


def expected_lines(slave) -> set[str]:
    from gateway.uplink.lines import names_of, record_line
    from seepline.site_file import read_site

    names = names_of(read_site(SITE))
    return {
        record_line(memory.record(sequence), None, names)
        for memory in slave.devices.values()
        for sequence in range(1, HELD + 1)
    }


def test_a_bus_that_is_unplugged_comes_back_by_itself(tmp_path, demo_slave, wait_for, collector, start):
    port = tmp_path / "bus1.tty"
    port.symlink_to(demo_slave.path)
    start(str(port))
    wait_for(lambda: len(collector.rows) > 30)
    again = type(demo_slave)(demo_slave.devices)
    port.unlink()
    port.symlink_to(again.path)
    demo_slave.close()
    wait_for(lambda: all_is_there(collector))
    again.close()
    assert "is gone" in (tmp_path / "log").read_text()


def test_a_port_in_use_is_said_and_tried_again(tmp_path, demo_slave, wait_for, collector, start):
    other = Line(demo_slave.path, 115_200, "none")
    other.open()
    with pytest.raises(PortError, match="in use by another program"):
        Line(demo_slave.path, 115_200, "none").open()
    start(demo_slave.path)
    wait_for(lambda: "in use by another program" in (tmp_path / "log").read_text())
    other.close()
    wait_for(lambda: len(collector.rows) > 30)


def test_a_port_that_is_not_there_says_what_to_do():
    with pytest.raises(PortError, match="plug in the adapter"):
        Line("/dev/pts/no-such-bus", 115_200, "none").open()


def test_bad_input_is_refused_with_every_fault_at_once(tmp_path, demo_wiring):
    wiring = tmp_path / "gateway.toml"
    wiring.write_text(demo_wiring("/dev/ttyUSB0", "http://me:s3cret@host").replace("gw1", "gw 1"))
    result = CliRunner().invoke(app, ["gateway", "run", str(wiring)])
    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.output.splitlines()] == [
        "gateway.id",
        "destination[collector].url",
    ]
    assert "s3cret" not in result.output


def test_a_wrong_site_clock_is_refused(tmp_path, demo_wiring, monkeypatch):
    monkeypatch.setenv("SEEPLINE_CLOCK", "yesterday")
    wiring = tmp_path / "gateway.toml"
    wiring.write_text(demo_wiring("/dev/ttyUSB0", "http://127.0.0.1:1"))
    result = CliRunner().invoke(app, ["gateway", "run", str(wiring)])
    assert result.exit_code == 2
    assert "SEEPLINE_CLOCK is 'yesterday'" in result.output


def test_a_status_that_cannot_be_written_ends_no_gateway(tmp_path, demo_slave, wait_for, collector, start):
    (tmp_path / "data" / "status.new").mkdir(parents=True)  # as good as a disk without room
    program = start(demo_slave.path)
    wait_for(lambda: all_is_there(collector))
    program.send_signal(signal.SIGTERM)
    assert program.wait(60) == 0
    log = (tmp_path / "log").read_text()
    assert "the status cannot be told" in log
    assert "Traceback" not in log


def test_a_trace_that_cannot_be_asked_for_is_one_sentence(tmp_path):
    (tmp_path / "status.json").write_text("{}")
    (tmp_path / "trace.log").mkdir()  # as good as a disk that is read-only
    done = CliRunner().invoke(app, ["gateway", "trace", "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


async def test_a_disk_on_which_no_status_can_be_told_is_said_once_for_each_reason(monkeypatch, caplog):
    errors = ["full", "full", "full", "read-only", "full"]

    def tell():
        if not errors:
            raise StopIteration
        raise (OSError, OutboxFull)[len(errors) % 2](errors.pop(0))

    monkeypatch.setattr(service, "_STATUS_EVERY_S", 0)
    with pytest.raises(RuntimeError), caplog.at_level("WARNING"):
        await service.tell_status(tell)
    assert [one.message.rpartition(" ")[2] for one in caplog.records] == ["full", "read-only", "full"]
