"""The program with both its lines, over sockets: a laptop at its USB port, a gateway without key at its bus."""

import json
import random
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from seepline.wire import event, registers, rtu, seal
from seepline.wire.crc import crc32
from simulator.device.chip import RESTART_CODE

LOGGER_ID, ADDRESS, ANY = 116002, 2, 247
KEY = bytes(range(32))
END_S = 1450425600 + 900 * 60  # as in conftest.py


class Line:
    """The master's end of one line."""

    def __init__(self, connection: socket.socket, address: int) -> None:
        self.connection = connection
        self.address = address
        connection.settimeout(20)

    def ask(self, pdu: bytes) -> bytes:
        """Return the answer PDU to a request."""
        self.connection.sendall(rtu.frame(self.address, pdu))
        data = b""
        while not (size := rtu.answer_length(data)) or len(data) < size:
            piece = self.connection.recv(300)
            assert piece, "the logger program has ended"
            data += piece
        assert (len(data), data[0], rtu.crc_fits(data)) == (size, self.address, True)
        return data[1:-2]

    def words(self, register: int, count: int) -> tuple[int, ...]:
        answer = self.ask(rtu.read_request(rtu.READ_HOLDING, register, count))
        assert answer[0] == rtu.READ_HOLDING, answer
        return struct.unpack(f">{count}H", answer[2:])

    def fact(self, name: str) -> int:
        return registers.field(list(self.words(0, registers.IDENTIFICATION_REGISTERS)), name)

    def nonce(self) -> bytes:
        return struct.pack(">4H", *self.words(registers.NONCE_REGISTER, registers.NONCE_WORDS))

    def result(self) -> tuple[int, ...]:
        """Return (code, result, detail) of the last command."""
        return self.words(registers.RESULT_REGISTER, registers.RESULT_WORDS)[1:]

    def write(self, register: int, data: bytes) -> bytes:
        return self.ask(rtu.write_request(register, list(struct.unpack(f">{len(data) // 2}H", data))))

    def command(self, code: int, payload: bytes = b"", key: bytes = KEY) -> bytes:
        """Give a command sealed with the key and return the bytes that were written."""
        data = seal.sealed(key, LOGGER_ID, self.nonce(), code, payload)
        assert self.write(registers.COMMAND_REGISTER, data)[0] == rtu.WRITE_MULTIPLE, self.result()
        assert self.result() == (code, seal.DONE, 0)
        return data

    def stage(self, data: bytes) -> None:
        for offset in range(0, len(data), seal.STAGE_BYTES):
            piece = data[offset : offset + seal.STAGE_BYTES]
            self.command(seal.STAGE, struct.pack(">BI", seal.STAGE_CONFIG, offset) + piece)


class Both:
    """A logger program with a bus and a USB port; `start` again keeps what it had."""

    def __init__(self, node) -> None:
        self.node = node
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(30)
        path = node.directory / "config.json"
        desk = json.loads(path.read_text())
        self.given = desk["logger"]
        path.write_text(json.dumps({**desk, "usb": self.server.getsockname()}))

    def start(self, rate: int = 1) -> None:
        self.node.start(rate=rate)
        connection, _ = self.server.accept()
        assert connection.recv(12) == b"NODE 116002\n"
        self.usb, self.bus = Line(connection, ANY), Line(self.node.line, ADDRESS)
        self.node.wait_ready()

    def ended(self) -> int:
        """Wait for the program to end by itself and return its code."""
        code: int = self.node.process.wait(20)
        self.close()
        return code

    def close(self) -> None:
        if self.node.line:
            self.node.line.close()
            self.usb.connection.close()

    def again(self, code: int = RESTART_CODE) -> None:
        assert self.ended() == code
        self.start()


@pytest.fixture
def both(node) -> Iterator[Both]:
    made = Both(node)
    made.start()
    yield made
    made.close()
    made.server.close()


def _with_key(both: Both) -> None:
    assert both.usb.write(registers.KEY_REGISTER, KEY)[0] == rtu.WRITE_MULTIPLE


def _variant(both: Both, **changes: object) -> bytes:
    return json.dumps({**both.given, **changes}).encode()


def test_a_key_goes_in_over_usb_once_and_never_comes_out(both) -> None:
    assert both.bus.write(registers.KEY_REGISTER, KEY) == b"\x90\x02"
    assert both.usb.fact("key_fingerprint") == 0
    _with_key(both)
    assert both.usb.write(registers.KEY_REGISTER, bytes(31) + b"\1") == b"\x90\x03"
    for line in (both.bus, both.usb):
        assert line.fact("key_fingerprint") == seal.fingerprint(KEY)
        assert line.ask(rtu.read_request(3, registers.KEY_REGISTER, 16)) == b"\x83\x02"
    said = both.node.events(event.KEY_SET)
    assert [(one.detail, one.values) for _, one in said] == [(1, (event.as_i32(seal.fingerprint(KEY)),))]


def test_the_usb_port_answers_to_its_own_address_too(both) -> None:
    both.usb.address = ADDRESS
    assert both.usb.fact("logger_id") == LOGGER_ID


def test_a_command_over_the_bus_is_done_once_and_a_replay_is_refused_counted_and_told(both) -> None:
    _with_key(both)
    command = both.bus.command(seal.SET_CLOCK, struct.pack(">IH", END_S + 10**6, 0))
    assert both.usb.fact("utc_s") >= END_S + 10**6
    nonce = both.bus.nonce()
    for _ in range(3):
        assert both.bus.write(registers.COMMAND_REGISTER, command) == b"\x90\x03"
    assert both.bus.result() == (seal.SET_CLOCK, seal.WRONG_SEAL, 0)
    assert (both.bus.nonce(), both.bus.fact("commands_refused")) == (nonce, 3)
    while not (told := both.node.events(event.COMMAND_REFUSED)):  # what could not be said at once is said soon
        time.sleep(0.1)
    told = [(one.detail, one.values) for _, one in told]
    assert told[0] == (seal.WRONG_SEAL, (seal.SET_CLOCK, 1))


def test_a_configuration_over_the_bus_is_in_force_after_the_restart_it_makes(both) -> None:
    _with_key(both)
    data = _variant(both, scan_s=60)
    both.bus.stage(data)
    assert both.bus.fact("staged_bytes") == len(data)
    both.bus.command(seal.COMMIT_CONFIG, struct.pack(">HI", len(data), crc32(data)))
    assert both.bus.fact("config_generation") == 0  # not before the restart
    both.again()
    assert (both.bus.fact("scan_s"), both.bus.fact("config_generation")) == (60, 1)
    assert both.bus.fact("config_crc") == crc32(data)
    assert both.bus.fact("key_fingerprint") == seal.fingerprint(KEY)
    told = [(one.detail, one.values) for _, one in both.node.events(event.CONFIGURED)]
    assert told == [(1, (event.as_i32(crc32(data)),))]


def test_a_configuration_of_4000_bytes_finds_room_in_the_heap(both) -> None:
    _with_key(both)
    data = _variant(both, scan_s=60).ljust(4000)
    both.bus.stage(data)
    both.bus.command(seal.COMMIT_CONFIG, struct.pack(">HI", len(data), crc32(data)))
    both.again()
    assert (both.bus.fact("scan_s"), both.bus.fact("config_crc")) == (60, crc32(data))


def test_a_configuration_that_cannot_run_is_refused_with_the_reason(both) -> None:
    _with_key(both)
    data = _variant(both, scan_s=1)
    both.usb.stage(data)
    commit = struct.pack(">HI", len(data), crc32(data))
    sealed = seal.sealed(KEY, LOGGER_ID, both.usb.nonce(), seal.COMMIT_CONFIG, commit)
    assert both.usb.write(registers.COMMAND_REGISTER, sealed) == b"\x90\x03"
    assert both.bus.result() == (seal.COMMIT_CONFIG, seal.REFUSED, seal.BAD_CONFIG)
    assert both.bus.fact("scan_s") == 900


def test_an_address_at_which_nobody_asks_is_given_up_for_the_one_before(both) -> None:
    _with_key(both)
    for changes in ({"scan_s": 60}, {"scan_s": 60, "address": 77}):
        data = _variant(both, **changes)
        both.usb.stage(data)
        both.usb.command(seal.COMMIT_CONFIG, struct.pack(">HI", len(data), crc32(data)))
        if "address" not in changes:
            both.again()
    assert both.ended() == RESTART_CODE
    both.start(rate=900)  # an hour is four seconds
    both.again()
    assert (both.bus.fact("config_generation"), both.bus.fact("scan_s")) == (3, 60)


def test_restart_and_forget_key(both) -> None:
    _with_key(both)
    boot, nonce = both.bus.fact("boot"), both.bus.nonce()
    both.bus.command(seal.RESTART)
    both.again()
    assert both.bus.fact("boot") == boot + 1
    assert both.bus.nonce() != nonce
    both.usb.command(seal.FORGET_KEY)
    assert both.bus.fact("key_fingerprint") == 0
    _with_key(both)


def test_kills_while_a_configuration_is_committed_leave_the_old_or_the_new(both) -> None:
    _with_key(both)
    chance, expected = random.Random(360), {900}
    for scan_s in (60, 70, 80, 90):
        data = _variant(both, scan_s=scan_s)
        both.bus.stage(data)
        commit = struct.pack(">HI", len(data), crc32(data))
        sealed = seal.sealed(KEY, LOGGER_ID, both.bus.nonce(), seal.COMMIT_CONFIG, commit)
        words = list(struct.unpack(f">{len(sealed) // 2}H", sealed))
        both.node.send(ADDRESS, rtu.write_request(registers.COMMAND_REGISTER, words))
        time.sleep(chance.uniform(0, 0.02))
        both.node.kill()
        both.close()
        both.start()
        found = both.bus.fact("scan_s")
        assert found in expected | {scan_s}
        expected = {found}


def _ask_much(line: Line, mark: int, count: int) -> None:
    """Ask for echoes and numbers of registers that only this line asks for, and for nothing else be told."""
    chance = random.Random(mark)
    for _ in range(count):
        echo = bytes([8, 0, 0, mark, chance.randrange(256)])
        assert line.ask(echo) == echo
        words = 2 * chance.randrange(1, 28) + mark
        assert line.ask(rtu.read_request(3, 0, words))[1] == 2 * words


def test_both_lines_are_served_at_once_and_no_answer_goes_astray(both) -> None:
    before = both.bus.fact("frames_served")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_ask_much, line, mark, 100) for line, mark in ((both.bus, 0), (both.usb, 1))]:
            done.result()
    assert both.bus.fact("frames_served") == before + 2 * 100 + 1  # the bus's own, without those over USB


def test_the_end_of_the_usb_line_is_power_off_too(both: Both) -> None:
    both.usb.connection.close()
    assert both.node.process.wait(10) == 0
