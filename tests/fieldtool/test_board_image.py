"""The MicroPython image with the memory's own partition, as far as it goes without a board."""

import hashlib
import struct
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from fieldtool import board_image, bundle
from fieldtool.board_image import Partition
from fieldtool.connection import FieldError
from seepline.cli import app

# The table of MicroPython's ESP32_GENERIC image (ports/esp32/partitions-4MiB.csv)
STOCK = [
    Partition(1, 2, 0x9000, 0x6000, "nvs"),
    Partition(1, 1, 0xF000, 0x1000, "phy_init"),
    Partition(0, 0, 0x10000, 0x1F0000, "factory"),
    Partition(1, 0x81, 0x200000, 0x200000, "vfs"),
]


@pytest.fixture
def stock(tmp_path):
    data = bytearray(b"\x5a" * 0x20000)
    data[0] = 0xE9
    table = board_image.table(STOCK)
    data[0x7000 : 0x7000 + len(table)] = table
    path = tmp_path / "ESP32_GENERIC.bin"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("flash_mb", "log_bytes"), [(4, 512 * 1024), (16, 12 * 1024 * 1024)])
def test_log_and_program_take_the_end_of_the_flash_and_nothing_else_moves(stock, flash_mb, log_bytes):
    image = board_image.image(stock, flash_mb)
    before, romfs, log = image.partitions[:-2], *image.partitions[-2:]
    assert (log.name, log.size, log.end) == ("log", log_bytes, flash_mb * 1024 * 1024)
    assert list(before[:3]) == STOCK[:3]
    assert (romfs.name, romfs.size, romfs.end) == ("romfs", 384 * 1024, log.offset)
    assert (before[3].offset, before[3].end) == (0x200000, romfs.offset)
    assert all(one.end <= two.offset for one, two in zip(image.partitions, image.partitions[1:], strict=False))
    original = stock.read_bytes()
    assert image.data[:0x7000] == original[:0x7000]
    assert image.data[0x7C00:] == original[0x7C00:]
    assert len(image.data) == len(original)


def test_sixteen_megabytes_hold_a_year_of_eight_wires_every_quarter_of_an_hour():
    records = 2 * 4 * 24 * 366  # two blocks of four
    assert board_image.LOG_BYTES[16] >= (records // 34 + 3) * 4096


def test_the_table_s_checksum_is_the_md5_of_its_entries(stock):
    table = board_image.image(stock, 4).data[0x7000:0x7C00]
    entries = table[: 6 * 32]
    assert table[6 * 32 : 7 * 32] == b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(entries).digest()
    assert struct.unpack_from("<2sBBLL16s", entries, 5 * 32)[5].rstrip(b"\0") == b"log"
    assert set(table[7 * 32 :]) == {0xFF}
    assert board_image.parse(table)[-1].name == "log"


def test_what_is_no_image_for_this_chip_is_refused(tmp_path):
    other = tmp_path / "other.bin"
    other.write_bytes(b"\x00" * 0x9000)
    with pytest.raises(FieldError, match="no MicroPython image for the ESP32"):
        board_image.image(other, 4)
    with pytest.raises(FieldError, match="not known here, expected one of 4, 16"):
        board_image.image(other, 8)
    with pytest.raises(FieldError, match="cannot be read"):
        board_image.image(tmp_path / "none.bin", 4)


def test_esptool_takes_the_commands_as_far_as_the_port(stock):
    """A wrong option would be told before the port is looked for."""
    for command in board_image.commands(stock, 4, "/dev/no-such-port"):
        assert command[0] == sys.executable
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        said = done.stdout + done.stderr
        assert done.returncode != 0
        assert "/dev/no-such-port" in said, said


def test_the_command_shows_the_partitions_and_touches_nothing_on_a_dry_run(stock, monkeypatch):
    monkeypatch.setattr(bundle, "MOST_BYTES", 10**9)  # its weight is another test's matter
    words = ["logger", "flash", "--micropython", str(stock), "--flash-mb", "16", "--dry-run"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "log         0x400000  12288 KiB" in result.stderr
    assert "will take no update" in result.stdout


def test_without_a_board_the_command_says_one_sentence(stock):
    words = ["logger", "flash", "--usb", "/dev/no-such-port", "--micropython", str(stock), "--yes"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert "The board cannot be written" in result.stderr
