"""Masters that nobody here wrote read the real logger program over a PTY: libmodbus, pymodbus, minimalmodbus."""

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import minimalmodbus
import pytest
from pymodbus.client import ModbusSerialClient
from pymodbus.pdu.file_message import FileRecord

from seepline.site_wiring import Bus as SiteBus
from seepline.wire import record, registers
from simulator.bus import Bus

BAUD = 115200
LOGGER_ID = 116002


@pytest.fixture(scope="module")
def tty(desk_on, rom32, tmp_path_factory) -> Iterator[Path]:
    """The port at which a master finds the logger of address 2."""
    folder = tmp_path_factory.mktemp("peers")
    line = SiteBus(id="bus1", gateway="gw1", baud=BAUD, parity="none")
    bus = Bus(line, folder / "bus1.tty", [str(LOGGER_ID)])
    desk = desk_on(folder, rom32, "100k", ("127.0.0.1", bus.port))
    desk.launch()
    desk.wait_ready()
    yield bus.tty
    desk.kill()
    bus.close()


@pytest.fixture
def pymodbus(tty: Path) -> Iterator[ModbusSerialClient]:
    client = ModbusSerialClient(str(tty), baudrate=BAUD, timeout=10)
    assert client.connect()
    yield client
    client.close()


@pytest.fixture
def instrument(tty: Path) -> Iterator[minimalmodbus.Instrument]:
    made = minimalmodbus.Instrument(str(tty), 2)
    made.serial.baudrate = BAUD
    made.serial.timeout = 1.0  # it always waits so long for an exception, which is shorter than the answer
    yield made
    made.serial.close()


def mbpoll(tty: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run libmodbus' command-line master once, at protocol addresses from 0."""
    command = ["mbpoll", "-m", "rtu", "-a", "2", "-b", str(BAUD), "-P", "none", "-0", "-1", "-q", "-o", "10"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_libmodbus_reads_and_writes(tty: Path) -> None:
    for table in ("3", "4"):
        read = mbpoll(tty, "-t", table, "-r", "4", "-c", "2", str(tty))
        assert [line.split()[1] for line in read.stdout.splitlines() if line.startswith("[")] == ["1", "50466"]
    assert mbpoll(tty, "-t", "4", "-r", "210", str(tty), "1").returncode == 0
    assert mbpoll(tty, "-t", "4", "-r", "210", str(tty), "0").returncode == 0


def test_libmodbus_is_told_each_refusal(tty: Path) -> None:
    refused = [
        (("-t", "4", "-r", "320", "-c", "1", str(tty)), "Illegal data address"),
        (("-t", "4", "-r", "0", str(tty), "1"), "Illegal data address"),
        (("-t", "4", "-r", "210", str(tty), "61"), "Illegal data value"),
        (("-t", "0", "-r", "1", "-c", "1", str(tty)), "Illegal function"),
        (("-t", "1", "-r", "1", "-c", "1", str(tty)), "Illegal function"),
    ]
    for arguments, reason in refused:
        answer = mbpoll(tty, *arguments)
        assert reason in answer.stderr + answer.stdout, (arguments, answer)


def test_libmodbus_reads_the_nonce_and_the_result_of_no_command_yet(tty: Path) -> None:
    for register, is_zero in (("300", False), ("308", True)):
        read = mbpoll(tty, "-t", "4", "-r", register, "-c", "4", str(tty))
        words = [line.split()[1] for line in read.stdout.splitlines() if line.startswith("[")]
        assert (len(words), set(words) == {"0"}) == (4, is_zero), read


def test_libmodbus_is_refused_a_command_without_a_seal(tty: Path) -> None:
    unsealed = mbpoll(tty, "-t", "4", "-r", "320", str(tty), "1280", *["0"] * 8)
    assert "Illegal data value" in unsealed.stderr + unsealed.stdout
    keyless = mbpoll(tty, "-t", "4", "-r", "360", str(tty), *["7"] * 16)
    assert "Illegal data address" in keyless.stderr + keyless.stdout


def test_libmodbus_reads_the_identity_string(tty: Path) -> None:
    assert "Seepline logger 116002" in mbpoll(tty, "-u", str(tty)).stdout


def test_pymodbus_reads_registers_history_and_counters(pymodbus: ModbusSerialClient) -> None:
    words = pymodbus.read_input_registers(0, count=registers.IDENTIFICATION_REGISTERS, device_id=2).registers
    assert registers.field(words, "logger_id") == LOGGER_ID
    newest = registers.field(words, "newest_sequence")
    file, number = registers.history_address(newest)
    place = FileRecord(file_number=file, record_number=number, record_length=120)  # pymodbus counts bytes here
    stored = record.decode(pymodbus.read_file_record([place], device_id=2).records[0].record_data)
    assert stored.sequence == newest
    assert pymodbus.diag_query_data(b"\xa5\x37", device_id=2).message == b"\xa5\x37"
    assert pymodbus.diag_read_bus_comm_error_count(device_id=2).message == 0
    assert pymodbus.report_device_id(device_id=2).identifier == b"S\xffSeepline logger 116002 firmware 0.1"


def test_pymodbus_reads_the_device_identification(pymodbus: ModbusSerialClient) -> None:
    for code in (1, 2, 3):
        listed = pymodbus.read_device_information(read_code=code, object_id=0, device_id=2)
        assert listed.information == {0: b"Seepline", 1: b"Seepline logger", 2: b"0.1"}
        assert (listed.conformity, listed.more_follows, listed.number_of_objects) == (0x81, 0, 3)
    single = pymodbus.read_device_information(read_code=4, object_id=1, device_id=2)
    assert single.information == {1: b"Seepline logger"}
    refused = pymodbus.read_device_information(read_code=4, object_id=3, device_id=2)
    assert refused.exception_code == 2


def test_pymodbus_is_told_each_refusal(pymodbus: ModbusSerialClient) -> None:
    assert pymodbus.read_coils(0, device_id=2).exception_code == 1
    assert pymodbus.read_holding_registers(60, device_id=2).exception_code == 2
    assert pymodbus.write_register(0, 1, device_id=2).exception_code == 2
    assert pymodbus.write_registers(200, [1, 2], device_id=2).exception_code == 2
    assert pymodbus.write_register(210, 61, device_id=2).exception_code == 3


def test_minimalmodbus_reads_numbers_and_a_live_block(instrument: minimalmodbus.Instrument) -> None:
    instrument.serial.timeout = 10  # no exception is to come
    assert instrument.read_long(0) == registers.MAGIC
    assert instrument.read_long(4, functioncode=4) == LOGGER_ID
    words = instrument.read_registers(registers.live_address(1), record.RECORD_REGISTERS)
    live = record.decode(struct.pack(">60H", *words))
    assert (live.logger_id, live.block) == (LOGGER_ID, 1)
    instrument.write_register(210, 1, functioncode=6)
    instrument.write_register(210, 0, functioncode=16)


def test_minimalmodbus_is_told_each_refusal(instrument: minimalmodbus.Instrument) -> None:
    with pytest.raises(minimalmodbus.SlaveReportedException, match="illegal data address"):
        instrument.read_register(60)
    with pytest.raises(minimalmodbus.SlaveReportedException, match="illegal function"):
        instrument.read_bit(0)
    with pytest.raises(minimalmodbus.SlaveReportedException, match="illegal data value"):
        instrument.write_register(210, 61, functioncode=6)
