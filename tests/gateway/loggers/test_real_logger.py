"""The gateway reads the real logger program under MicroPython, through a PTY, record for record."""

import json
import os
import select
import socket
import subprocess
import threading
import time
import tty
from pathlib import Path

import pytest

from gateway.bus.line import Line
from gateway.bus.master import Master, ModbusException
from gateway.loggers.client import LoggerClient
from seepline.site_wiring import Logger
from seepline.wire import record as wire
from seepline.wire.event import EVENT_BLOCK
from simulator import interpreter

ROOT = Path(__file__).parents[3]
SCANS = 40
FIRST_S = 1_451_634_300 - SCANS * 900


class Wire:
    """A TCP node on one side, a PTY on the other, nothing between."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.master_fd, self.slave_fd = os.openpty()
        tty.setraw(self.slave_fd)
        self.tty = os.ttyname(self.slave_fd)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._carry)

    def _carry(self) -> None:
        node, _ = self.server.accept()
        with node, node.makefile("rb", buffering=0) as greeting:
            assert greeting.readline().startswith(b"NODE ")
            while not self.stop.is_set():
                ready = select.select([node, self.master_fd], [], [], 0.05)[0]
                if node in ready:
                    os.write(self.master_fd, node.recv(4096))
                if self.master_fd in ready:
                    node.sendall(os.read(self.master_fd, 4096))

    def close(self) -> None:
        self.stop.set()
        self.thread.join()
        self.server.close()
        os.close(self.master_fd)
        os.close(self.slave_fd)


@pytest.fixture
def logger_tty(tmp_path):
    line = Wire()
    slots = [{"block": 0, "payload": "vw", "slots": ["vw", "vw"]}]
    scans = [f"{FIRST_S + 900 * n},{2_800_000 + n}/{3_000_000 + n}/////,\n" for n in range(SCANS)]
    (tmp_path / "inputs.csv").write_text("utc_s,0:0,0:1\n" + "".join(scans))
    config = {
        "logger": {"logger_id": 501, "address": 1, "baud": 115_200, "scan_s": 900, "blocks": slots},
        "bus": ["127.0.0.1", line.server.getsockname()[1]],
        "flash": str(tmp_path / "flash"),
        "flash_blocks": 8,
        "inputs": str(tmp_path / "inputs.csv"),
        "history_from_s": FIRST_S,
        "ready": str(tmp_path / "ready"),
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    found = interpreter.find(require_micropython=True)
    clock = f"2016-01-01T07:45:00Z@1@{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    program = subprocess.Popen(
        [*found.command, "-m", "firmware.main", "simulator.device.board", str(tmp_path / "config.json")],
        cwd=ROOT,
        env=os.environ | {"SEEPLINE_CLOCK": clock},
        stdin=subprocess.DEVNULL,
    )
    line.thread.start()
    while not (tmp_path / "ready").exists():
        assert program.poll() is None
        time.sleep(0.05)
    yield line.tty
    program.kill()
    program.wait()
    line.close()


async def test_history_and_live_block_of_the_real_program_are_the_same_records(logger_tty, pace):
    line = Line(logger_tty, 115_200, "none")
    line.open()
    logger = Logger(id="real", serial=501, bus="bus1", address=1, scan_s=900, silence_s=3600)
    master = Master(line, pace._replace(baud=115_200, turn_round_s=1.0))
    client = LoggerClient(master, logger)
    identity = await client.identify()
    assert (identity.oldest, identity.scan_s, identity.blocks) == (1, 900, (0,))
    assert identity.newest >= SCANS
    held = []
    for sequence in range(1, identity.newest, 2):
        held += await client.history(identity.ring, [sequence, sequence + 1])
    assert {record.block for _, record in held} == {0, EVENT_BLOCK}
    held = [(raw, record) for raw, record in held if record.block != EVENT_BLOCK]
    times = [record.utc_s for _, record in held]
    assert times == list(range(times[0], times[0] + 900 * len(times), 900))
    gauges = [wire.decode_vw(record.payload, 2)[0] for _, record in held if record.utc_s < FIRST_S + SCANS * 900]
    assert [gauge.frequency_mhz for gauge in gauges] == list(range(2_800_000, 2_800_000 + SCANS))
    assert [gauge.thermistor_mohm for gauge in gauges] == list(range(3_000_000, 3_000_000 + SCANS))
    live = await client.live(0, identity.ring)
    if live is not None:
        assert live in await client.history(identity.ring, [live[1].sequence])
    with pytest.raises(ModbusException):
        await client.history(identity.ring, [identity.newest + 50])
    line.close()
