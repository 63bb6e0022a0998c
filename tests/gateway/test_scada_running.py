"""A running gateway serves the plant when gateway.toml says so, and stops serving when it does not any more."""

import contextlib
import signal

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from tests.ports import free_port

HEARTBEAT = 64


def heartbeat(port: int) -> int | None:
    """Return what the plant reads; nothing when nobody serves it, or who did ends just now."""
    with (
        contextlib.suppress(ModbusException, OSError),
        ModbusTcpClient("127.0.0.1", port=port, timeout=20) as plant,
    ):
        if plant.connected:
            return plant.read_holding_registers(HEARTBEAT, count=1).registers[0]
    return None


def test_the_plant_sees_a_heartbeat_until_its_table_is_taken_out(
    tmp_path, demo_slave, collector, start, demo_wiring, wait_for
):
    port, text = free_port(), demo_wiring(demo_slave.path, collector.url)
    program = start(f"{text}[scada]\nlisten = '127.0.0.1:{port}'\n")
    wait_for(lambda: heartbeat(port) is not None)
    first = heartbeat(port)
    wait_for(lambda: heartbeat(port) != first)
    (tmp_path / "gateway.toml").write_text(text)
    program.send_signal(signal.SIGHUP)
    wait_for(lambda: heartbeat(port) is None)
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0


def test_a_policy_that_cannot_be_read_is_a_fault_of_gateway_toml(tmp_path, start, demo_wiring):
    program = start(demo_wiring("/dev/ttyUSB0", "http://127.0.0.1:1") + "[bundle]\npolicy = 'nowhere.toml'\n")
    assert program.wait(60) == 2
    assert "bundle.policy: " in (tmp_path / "log").read_text()
