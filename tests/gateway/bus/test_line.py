"""The port itself: who turns the transceiver and when, ports that vanish and come back, slow adapters."""

import asyncio
import logging
import os
import pty
import tty

import pytest

from gateway.bus.direction import Direction, DirectionError, direction_of
from gateway.bus.exchange import Pace, answer_words, read_registers
from gateway.bus.line import Line, PortError
from gateway.bus.master import BusError, Master
from gateway.bus.ports import NotFoundError, find, latency_ms
from seepline.site_wiring import Bus as SiteBus
from simulator.bus import Bus
from simulator.faults import LineFaults

BAUD = 19200
PATIENCE_S = 30


class Recorder(Direction):
    """Stands where the transceiver's driver-enable would be, and writes down what happens in which order."""

    by_us = True

    def __init__(self, events):
        self.events = events

    def open(self, fd):
        self.events.append("open")

    def send(self, fd):
        self.events.append("drive")

    def listen(self, fd):
        self.events.append(("listen", asyncio.get_running_loop().time()))

    def close(self):
        self.events.append("close")


@pytest.fixture
def bus(desk, tmp_path):
    site_bus = SiteBus(id="bus1", gateway="g", baud=BAUD, parity="none", stop_bits=2)
    running = Bus(site_bus, tmp_path / "bus1.tty", [], devices={1: desk.device(1)})
    yield running
    running.close()


async def read_one(master, word):
    pdu = await master.transact(1, read_registers(3, 5, 2), turn_round_s=2.0)
    assert answer_words(pdu) == [word(1, 3, 5), word(1, 3, 6)]


async def test_the_driver_is_off_after_the_last_bit_and_before_the_answer(bus, desk):
    events = []
    line = Line(str(bus.tty), BAUD, "none", 2, Recorder(events))
    line.tap = lambda way, data: events.append((way, asyncio.get_running_loop().time()))
    line.open()
    pace = Pace(BAUD, 11, 0.05)
    await read_one(Master(line, pace, line.release), desk.word)
    line.close()
    assert [event if isinstance(event, str) else event[0] for event in events[:4]] == [
        "open",
        "drive",
        ">",
        "listen",
    ]
    assert events[2][1] + pace.wire_s(8) - 0.001 <= events[3][1] <= events[4][1]
    assert events[-1] == "close"


async def test_the_driver_is_off_after_a_broadcast_and_when_a_request_is_cut_short(bus, desk):
    events = []
    line = Line(str(bus.tty), BAUD, "none", 2, Recorder(events))
    line.open()
    master = Master(line, Pace(BAUD, 11, 0.01), line.release)
    await master.broadcast(bytes((16, 0, 200, 0, 1, 2, 0, 0)))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.06):  # cancelled while it waits
            await master.transact(7, read_registers(3, 0, 100), turn_round_s=9.0)
    line.close()
    drives = [n for n, event in enumerate(events) if event == "drive"]
    assert drives
    assert all(events[n + 1][0] == "listen" for n in drives)


def test_a_port_that_has_no_rts_is_refused_with_what_to_do(bus):
    line = Line(str(bus.tty), BAUD, "none", direction=direction_of("rts"))
    with pytest.raises(PortError, match=r"no RTS to turn .* use direction hardware or gpio"):
        line.open()
    assert not line.is_open


def test_a_gpio_line_that_is_not_there_is_refused_with_what_to_do(bus):
    line = Line(str(bus.tty), BAUD, "none", direction=direction_of("gpio:gpiochip99/17"))
    with pytest.raises(PortError, match="GPIO line 17 of /dev/gpiochip99 cannot be taken"):
        line.open()
    assert not line.is_open


@pytest.mark.parametrize("words", ["", "RTS", "gpio", "gpio:17", "gpio:gpiochip0/", "gpio:gpiochip0/x", "gpio:/3"])
def test_a_direction_that_is_none_is_refused(words):
    with pytest.raises(DirectionError, match='expected "hardware", "rts" or "gpio:<chip>/<line>"'):
        direction_of(words)


def test_stop_bits_and_parity_reach_the_port():
    master, slave = pty.openpty()
    tty.setraw(slave)
    line = Line(os.ttyname(slave), BAUD, "even", 2)
    line.open()
    assert (line._port.stopbits, line._port.parity) == (2, "N")  # a PTY has no parity
    line.close()
    os.close(master)
    os.close(slave)


async def until_it_answers(line, pattern_master, word):
    """Do as the gateway does: close a port that is gone, find it again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                if not line.is_open:
                    line.open()
                    pattern_master.distrust("opened")
                return await read_one(pattern_master, word)
            except (PortError, BusError):
                line.close()
                await asyncio.sleep(0.02)


async def reads_for_ever(master, word):
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await read_one(master, word)


@pytest.mark.parametrize(("away_s", "elsewhere"), [(0.0, False), (0.1, False), (0.1, True)])
async def test_an_adapter_that_comes_back_is_found_again(bus, desk, tmp_path, away_s, elsewhere):
    line = Line(str(tmp_path / "bus1*.tty"), BAUD, "none", 2)
    master = Master(line, Pace(BAUD, 11, 0.05))
    await until_it_answers(line, master, desk.word)
    name = bus.tty.name
    bus.set_faults(LineFaults(unplug_every_s=1.0, unplug_for_s=away_s, elsewhere=elsewhere))
    with pytest.raises(PortError):  # EIO, whoever holds the old one
        await reads_for_ever(master, desk.word)
    line.close()
    bus.set_faults(LineFaults(unplug_every_s=1000.0, unplug_for_s=away_s, elsewhere=elsewhere))
    await until_it_answers(line, master, desk.word)
    line.close()
    assert (bus.tty.name != name) is elsewhere


def test_a_pattern_must_fit_one_port(tmp_path):
    pattern = str(tmp_path / "tty*")
    with pytest.raises(NotFoundError, match="fits no port"):
        find(pattern)
    (tmp_path / "ttyUSB0").touch()
    assert find(pattern) == str(tmp_path / "ttyUSB0")
    (tmp_path / "ttyUSB1").touch()
    with pytest.raises(NotFoundError, match=r"ttyUSB0 and .*ttyUSB1: name one of them"):
        find(pattern)
    assert find("/dev/ttyUSB7") == "/dev/ttyUSB7"


@pytest.fixture
def sys_tty(tmp_path):
    """The kernel's view of two USB adapters and a UART, in sysfs's shape."""
    root = tmp_path / "class/tty"
    for name, serial in (("ttyUSB0", "A50285BI"), ("ttyUSB1", None)):
        usb = tmp_path / f"devices/usb1/1-{name[-1]}"
        port = usb / f"1-{name[-1]}:1.0" / name
        (port / "tty" / name).mkdir(parents=True)
        (usb / "idVendor").write_text("0403\n")
        if serial:
            (usb / "serial").write_text(f"{serial}\n")
            (port / "latency_timer").write_text("16\n")
        (root / name).mkdir(parents=True)
        (root / name / "device").symlink_to(port)
    (root / "ttyAMA0").mkdir()
    return root


def test_an_adapter_is_found_by_its_serial_number(sys_tty):
    assert find("usb:A50285BI", sys_tty) == "/dev/ttyUSB0"
    with pytest.raises(NotFoundError, match="usb:B1 fits no port: plug in the adapter"):
        find("usb:B1", sys_tty)


def test_only_an_ftdi_adapter_holds_bytes_back(sys_tty):
    assert latency_ms("/dev/ttyUSB0", sys_tty) == 16
    assert latency_ms("/dev/ttyUSB1", sys_tty) is None
    assert latency_ms("/dev/ttyAMA0", sys_tty) is None


def test_a_slow_adapter_is_told_once(bus, caplog, monkeypatch):
    monkeypatch.setattr("gateway.bus.line.latency_ms", lambda path: 16)
    line = Line(str(bus.tty), BAUD, "none", 2)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            line.open()
            line.close()
    assert [record.message.partition(" ")[2] for record in caplog.records] == [
        "holds bytes back for 16 ms: install 99-seepline-rs485.rules (gateway/deploy)"
    ]
