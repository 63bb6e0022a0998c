import os
import select
import socket
import time

import pytest
import serial

from seepline.site_wiring import Bus as SiteBus
from simulator.bus import Bus, BusError
from simulator.faults import LineFaults

ALL_BYTES = bytes(range(256))


class Node:
    """A stand-in for a logger program: a socket with a name."""

    def __init__(self, bus, name):
        self.socket = socket.create_connection(("127.0.0.1", bus.port), timeout=5)
        self.socket.sendall(f"NODE {name}\n".encode())
        if name in ("7", "8"):
            while name not in bus.present:
                time.sleep(0.005)

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            assert part, "the bus hung up"
            data += part
        return data


@pytest.fixture
def site_bus():
    return SiteBus(id="bus1", gateway="g", baud=115200, parity="none")


@pytest.fixture
def bus(site_bus, tmp_path):
    running = Bus(site_bus, tmp_path / "bus1.tty", ["7", "8"])
    yield running
    if running.running:
        running.close()


@pytest.fixture
def node(bus):
    node = Node(bus, "7")
    yield node
    node.socket.close()


def master(bus, baud=115200):
    return serial.Serial(str(bus.tty), baud, timeout=5)


def joined(port, *nodes):
    """Let every node hear the master."""
    port.write(b"?")
    assert [node.read(1) for node in nodes] == [b"?"] * len(nodes)


def test_every_byte_value_crosses_unchanged_both_ways(bus, node):
    with master(bus) as port:
        port.write(ALL_BYTES)
        assert node.read(256) == ALL_BYTES
        node.socket.sendall(ALL_BYTES)
        assert port.read(256) == ALL_BYTES


def test_port_is_raw_before_any_master_sets_it(bus, node):
    port = os.open(bus.tty, os.O_RDWR | os.O_NOCTTY)
    try:
        speed = serial.Serial(str(bus.tty), 115200)  # only the baud rate: what is raw was so before
        speed.close()
        os.write(port, b"\r\n\x03\x04")
        assert node.read(4) == b"\r\n\x03\x04"
        assert select.select([port], [], [], 0.05)[0] == [], "the port echoes"
    finally:
        os.close(port)


def test_nodes_hear_each_other(bus, node):
    other = Node(bus, "8")
    with master(bus) as port:
        joined(port, node, other)
    node.socket.sendall(b"answer")
    assert other.read(6) == b"answer"
    other.socket.close()


def test_next_master_finds_the_port_as_the_first_did(bus, node):
    for question in (b"one", b"two", b"three"):
        with master(bus) as port:
            port.write(question)
            assert node.read(len(question)) == question


def test_master_with_another_baud_rate_hears_and_says_garble(bus, node):
    with master(bus, 9600) as port:
        port.write(b"question")
        heard = node.read(8)
        node.socket.sendall(b"answered")
        answer = port.read(8)
    assert all(a != b for a, b in zip(heard + answer, b"questionanswered", strict=True))
    assert bus.statistics.mismatched == 16


def test_stranger_is_put_off_the_line(bus):
    stranger = Node(bus, "9")
    assert stranger.socket.recv(1) == b""
    stranger.socket.close()


def test_node_that_comes_back_takes_its_old_place(bus, node):
    with master(bus) as port:
        joined(port, node)
        again = Node(bus, "7")  # present already: wait for the old one's end
        assert node.socket.recv(1) == b"", "the old connection should be closed"
        joined(port, again)
        again.socket.close()


def test_faults_can_change_while_it_runs(bus, node):
    with master(bus) as port:
        joined(port, node)
        bus.set_faults(LineFaults(duplicate_share=1.0))
        time.sleep(0.05)
        node.socket.sendall(b"twice")
        assert port.read(10) == b"twicetwice"


def test_nodes_lose_their_power_when_the_bus_ends(bus, node):
    with master(bus) as port:
        joined(port, node)
    bus.close()
    assert node.socket.recv(1) == b""
    assert not bus.tty.is_symlink()


def test_link_of_a_killed_run_is_replaced(site_bus, tmp_path):
    link = tmp_path / "bus1.tty"
    link.symlink_to("/dev/pts/999999")
    bus = Bus(site_bus, link, ["7"])
    assert link.resolve().exists()
    bus.close()


def test_file_in_the_place_of_the_link_is_refused(site_bus, tmp_path):
    (tmp_path / "bus1.tty").write_text("mine")
    with pytest.raises(BusError, match=r"bus1.tty \(File exists\), remove it or give another --dir"):
        Bus(site_bus, tmp_path / "bus1.tty", ["7"])


def test_baud_rate_that_no_pty_has_is_refused(tmp_path):
    odd = SiteBus(id="bus1", gateway="g", baud=12345, parity="none")
    with pytest.raises(BusError, match="no baud rate 12345"):
        Bus(odd, tmp_path / "bus1.tty", ["7"])
