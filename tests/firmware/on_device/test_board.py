"""The ESP32's own board over a chip that is made up here: what it does with the pins, not how fast."""

import asyncio
import sys

import micropython
import trial

from seepline.wire.status import TIME_NEVER_SET

heard = []  # what the chip was told, in order


class Pin:
    OUT = 1

    def __init__(self, number, mode, value):
        heard.append(("pin", number, value))

    def __call__(self, level):
        if level:
            heard.append("drive on")
            return
        micropython.heap_unlock()  # everything since the last byte went without allocation
        heard.append("drive off")


class UART:
    def __init__(self, number, baud, **settings):
        heard.append(("uart", baud, settings["rxbuf"], settings["txbuf"]))

    def write(self, data):
        heard.append(bytes(data))
        micropython.heap_lock()
        return len(data)

    def flush(self):
        return None


class Reader:
    """Instead of asyncio's reader, which wants a real stream."""

    def __init__(self, stream):
        pass

    async def read(self, size):
        return b"\x02\x11"


class Chip:
    """A module `machine` or `esp32`."""

    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


sys.modules["machine"] = Chip(Pin=Pin, UART=UART, WDT=None, RTC=None)
sys.modules["esp32"] = Chip(NVS=None, Partition=None)
asyncio.StreamReader = Reader

from firmware import board  # noqa: E402


def line(baud=19200):
    heard.clear()
    return board.Line(baud)


def test_the_driver_is_off_before_the_port_opens():
    line()
    assert heard == [("pin", board.PIN_DE, 0), ("uart", 19200, 512, 512)]


def test_the_driver_is_on_for_the_bytes_and_off_after_them_without_an_allocation():
    made = line()
    heard.clear()
    asyncio.run(made.send(b"\x02\x11\xc0\xdc"))
    assert heard == ["drive on", b"\x02\x11\xc0\xdc", "drive off"]


def test_an_answer_waits_for_at_least_the_silence_of_the_standard():
    for baud, silence_ms in ((9600, 4.02), (19200, 2.01), (115200, 1.75)):
        assert silence_ms + 1 <= line(baud).answer_ms <= silence_ms + 3, baud


def test_bytes_come_with_the_silence_before_them():
    data, quiet_ms = asyncio.run(line().read())
    assert data == b"\x02\x11"
    assert 0 <= quiet_ms < 1000


class Nvs:
    """Blobs as esp32.NVS keeps them: a buffer that is too short is an error, and so is an unknown name."""

    def __init__(self):
        self.blobs = {}
        self.commits = 0

    def get_blob(self, name, buffer):
        if name not in self.blobs:
            raise OSError(-0x1102, "ESP_ERR_NVS_NOT_FOUND")
        data = self.blobs[name]
        if len(data) > len(buffer):
            raise OSError(-0x110C, "ESP_ERR_NVS_INVALID_LENGTH")
        buffer[: len(data)] = data
        return len(data)

    def set_blob(self, name, data):
        self.blobs[name] = bytes(data)

    def erase_key(self, name):
        if name not in self.blobs:
            raise OSError(-0x1102, "ESP_ERR_NVS_NOT_FOUND")
        del self.blobs[name]

    def commit(self):
        self.commits += 1


def test_the_store_keeps_blobs_of_any_length_and_commits_each():
    nvs = Nvs()
    store = board.Store(nvs)
    assert store.get("key") is None
    for number, size in enumerate((1, 63, 64, 65, 512, 513, 4095, 4096)):
        store.put("key", bytes([size & 0xFF]) * size)
        assert store.get("key") == bytes([size & 0xFF]) * size
        assert nvs.commits == number + 1
    store.put("key", b"")
    store.put("key", b"")
    assert (store.get("key"), nvs.blobs) == (None, {})


def test_the_prompt_has_ctrl_c_and_a_patient_watchdog_back():
    told = []
    board.micropython = Chip(kbd_intr=lambda char: told.append(("ctrl-c", char)))
    board.machine.WDT = lambda timeout: told.append(("watchdog", timeout))
    board.Board._to_prompt(Chip())
    assert told == [("ctrl-c", 3), ("watchdog", 900000)]


def test_a_clock_that_counts_from_the_epoch_was_never_set():
    board.time = Chip(ticks_ms=lambda: 0, ticks_diff=lambda new, old: new - old, gmtime=lambda: (2000, 1, 1))
    assert board.Clock().quality == TIME_NEVER_SET


trial.run(globals())
