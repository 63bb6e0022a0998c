"""The ESP32's own sockets over a chip that is made up here: which pin, in which order, not how fast."""

import asyncio
import sys

import trial

from simulator.chips.buses import I2cBus
from simulator.chips.tca9535 import Tca9535Chip

heard = []  # what the chip was told, in order


class Pin:
    IN, OUT, IRQ_FALLING = 0, 1, 2
    level = 1
    handler = None

    def __init__(self, number, mode=0, value=None):
        self.number = number
        if value is not None:
            heard.append(("pin", number, value))

    def __call__(self, level):
        heard.append(("pin", self.number, level))

    def value(self):
        return Pin.level

    def irq(self, handler, trigger):
        Pin.handler = handler


class UART:
    INV_TX, INV_RX = 32, 4

    def __init__(self, number, baud, bits=8, parity=None, stop=1, **more):
        heard.append(("uart", number, baud, bits, parity, more["tx"], more["rx"], more.get("invert", 0)))

    def init(self, baud, bits=8, parity=None, stop=1, **more):
        heard.append(("init", baud, bits, parity, more.get("invert", 0)))

    def write(self, data):
        heard.append(bytes(data))

    def flush(self):
        heard.append("flush")

    def read(self):
        heard.append("thrown away")


class PCNT:
    IGNORE, INCREMENT = 0, 1
    count = 0

    def __init__(self, unit, **settings):
        heard.append((unit, settings["pin"].number, settings["falling"], settings["max"]))

    def start(self):
        heard.append("counts")

    def value(self):
        return PCNT.count


class RMT:
    def __init__(self, channel, pin, clock_div):
        heard.append(("rmt", pin.number, clock_div))

    def write_pulses(self, halves, first):
        heard.append(("sweep", len(halves), first, chips[0x20].driven[1]))

    def wait_done(self, timeout):
        heard.append("done?")
        return heard.count("done?") > 1


class I2S:
    RX = MONO = 0

    def __init__(self, number, **settings):
        heard.append(("i2s", settings["sck"].number, settings["rate"], chips[0x20].driven[1]))

    def deinit(self):
        heard.append("i2s ends")


class Reader:
    """Instead of asyncio's reader, which wants a real stream: bursts for a UART, counting samples for I2S."""

    bursts: list = []  # noqa: RUF012
    sample = 0

    def __init__(self, stream):
        pass

    async def read(self, size):
        if not Reader.bursts:
            await asyncio.sleep(10)
        return Reader.bursts.pop(0)

    async def readinto(self, room):
        for place in range(len(room) // 2 or 1):  # not all that was asked for
            room[place] = Reader.sample
            Reader.sample += 1
        return 2 * (len(room) // 2 or 1)


class Chip:
    """A module `machine` or `esp32`."""

    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


class Clock:
    def uptime_ms(self):
        return 5


chips = {}


def i2c(number, scl, sda, freq):
    bus = I2cBus()
    for address in (0x20, 0x21):
        chips[address] = Tca9535Chip()
        bus.attach(address, chips[address])
    heard.append(("i2c", scl.number, sda.number, freq))
    return bus


sys.modules["machine"] = Chip(
    Pin=Pin, UART=UART, I2C=i2c, I2S=I2S, ADC=None, SPI=lambda number, sck, mosi, miso: ("spi", sck.number)
)
sys.modules["esp32"] = Chip(PCNT=PCNT, RMT=RMT)
asyncio.StreamReader = Reader

from firmware import pins, sockets  # noqa: E402
from firmware.expander import Expander  # noqa: E402


def fresh():
    heard.clear()
    return sockets.Sockets(Clock())


def test_a_board_without_instruments_touches_no_pin():
    fresh()
    assert heard == []


def test_an_expander_shows_its_levels_before_it_drives_and_again_after_a_brown_out():
    bus, chip = I2cBus(), Tca9535Chip()
    bus.attach(0x20, chip)
    expander = Expander(bus, 0x20, 0x0F00, 0x0100)
    expander.put(0x0200, 0x0200)
    assert chip.seen == [(0, 0), (0x0F00, 0x0300)]
    chip.brown_out()
    expander.put(0x0100, 0)
    assert chip.driven == (0x0F00, 0x0200)
    chip.pins_in = 0x1000
    assert (expander.level(12), expander.level(13), expander.level(9)) == (1, 0, 1)


def test_a_select_line_goes_low_for_its_chip_alone():
    bus, select = fresh().spi(1)
    assert bus == ("spi", pins.SPI_CLOCK)
    select(1)
    select(0)
    assert chips[0x21].driven == (0x000F, 0x000D)
    select(1)
    assert chips[0x21].driven == (0x000F, 0x000F)


def test_drdy_is_read_through_the_expander():
    made = fresh()
    made.spi(0)[1](1)
    ready = made.ready(1)
    chips[0x21].pins_in = 1 << pins.FIRST_READY + 1
    assert ready() == 1
    chips[0x21].pins_in = 0
    assert ready() == 0


def test_supplies_are_switched_one_by_one():
    made = fresh()
    made.power(0, True)
    made.power(3, True)
    made.power(0, False)
    assert chips[0x20].driven == (0xFFFF, 0x0800)


def test_a_counter_counts_falling_edges_and_tells_who_listens():
    edges = []
    made = fresh().counter(1)
    assert heard == [(1, pins.COUNTERS[1], 1, 32767), "counts"]
    PCNT.count = 7
    assert made.value() == 7
    made.listen(Chip(edge=edges.append))
    Pin.handler(None)
    assert len(edges) == 1
    Pin.level = 0
    assert made.closed()


def test_the_second_line_drives_for_its_bytes_only():
    line = fresh().second_uart(9600, "even")
    uart = ("uart", 1, 9600, 8, 0, pins.SECOND_TX, pins.SECOND_RX, 0)
    assert heard == [("pin", pins.SECOND_DRIVE, 0), uart]
    heard.clear()
    asyncio.run(line.send(b"\x03\x04"))
    assert heard == [("pin", pins.SECOND_DRIVE, 1), b"\x03\x04", "flush", ("pin", pins.SECOND_DRIVE, 0)]


def test_a_burst_is_read_until_the_line_is_quiet():
    line = fresh().second_uart(9600, "none")
    Reader.bursts = [b"\x03", b"\x04\x02"]
    assert asyncio.run(line.read(30, 10)) == b"\x03\x04\x02"
    assert asyncio.run(line.read(10, 10)) == b""


def test_a_break_is_a_zero_at_a_low_rate_and_the_echo_is_thrown_away():
    line = fresh().sdi12_line()
    heard.clear()
    asyncio.run(line.wake(13, 9))
    both = UART.INV_TX | UART.INV_RX
    assert heard == [
        ("pin", pins.SECOND_DRIVE, 1),
        ("init", 692, 7, 0, both),
        b"\0",
        "flush",
        ("init", 1200, 7, 0, both),
    ]
    heard.clear()
    asyncio.run(line.send(b"0M!"))
    assert heard[-2:] == [("pin", pins.SECOND_DRIVE, 0), "thrown away"]
    assert line.ms() == 5


def test_a_coil_is_at_the_bridge_for_the_sweep_and_at_the_amplifier_for_the_capture():
    Reader.sample = 0
    coil = fresh().vibrating_wire_bus(2)

    async def reading():
        await coil.excite([200] * 10)
        return await coil.capture(4096)

    samples = asyncio.run(reading())
    relay = 1 << 2
    assert ("sweep", 10, True, relay) in heard
    assert ("i2s", pins.AUDIO_CLOCK, 16000, relay | pins.TO_AMPLIFIER) in heard
    assert heard[-1] == "i2s ends"
    assert len(samples) == 4096
    assert samples[0] >= 512
    coil.turn_thermistor()
    assert chips[0x20].driven[1] >> pins.FIRST_THERMISTOR == 2
    coil.open()
    assert chips[0x20].driven[1] & (pins.RELAYS | pins.TO_AMPLIFIER) == 0


trial.run(globals())
