"""What an ESP32's sensors are plugged into; beside board.py the only module that imports `machine` and `esp32`.

Pins: `firmware/pins.py`. What each maker returns stands in `firmware/wiring.py`. A maker opens its peripheral when
it is first asked for: a logger without an instrument of a kind never touches its pins. Nothing here has run on a
chip: docs/bench-checklist.md, rows S1 to S10.
"""

import asyncio
import time

import esp32
import machine

from firmware import pins
from firmware.drivers.tipping_bucket import PCNT_MAX
from firmware.expander import Expander
from firmware.second_line import Sdi12Line, SecondLine

SECOND_UART = 1
BUFFER_BYTES = 256
I2C_HZ = 400000
FILTER_TICKS = 1023  # of 80 MHz: 12.8 us
AUDIO_BUFFER_BYTES = 4096
_PARITY = {"none": None, "even": 0, "odd": 1}


class Switch:
    """A counter's pin: a hardware counter, and interrupts for who listens."""

    ticks_diff = staticmethod(time.ticks_diff)

    def __init__(self, unit: int, number: int) -> None:
        self._pin = machine.Pin(number, machine.Pin.IN)
        self._counter = esp32.PCNT(
            unit,
            pin=self._pin,
            rising=esp32.PCNT.IGNORE,
            falling=esp32.PCNT.INCREMENT,
            min=0,
            max=PCNT_MAX,
            filter=FILTER_TICKS,
        )
        self._counter.start()
        self.value = self._counter.value

    def closed(self) -> bool:
        return not self._pin.value()

    def listen(self, listener) -> None:
        ticks_ms, edge = time.ticks_ms, listener.edge
        self._pin.irq(handler=lambda _: edge(ticks_ms()), trigger=machine.Pin.IRQ_FALLING)


class Select:
    """A chip's select line on the second expander."""

    def __init__(self, selects: Expander, number: int) -> None:
        self._selects = selects
        self._bit = 1 << pins.FIRST_SELECT + number

    def __call__(self, level: int) -> None:
        self._selects.put(self._bit, self._bit if level else 0)


class Sockets:
    """The sockets of one board; `clock` is the board's."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self._opened: dict = {}

    async def pause(self, ms: int) -> None:
        await asyncio.sleep(ms / 1000)

    pause_sampling = pause

    def i2c(self):
        return self._once("i2c", _i2c)

    def spi(self, select: int) -> tuple:
        return self._once("spi", _spi), Select(self._selects(), select)

    def ready(self, select: int):
        selects = self._selects()
        return lambda: selects.level(pins.FIRST_READY + select)

    def adc(self) -> machine.ADC:
        return machine.ADC(machine.Pin(pins.SUPPLY), atten=machine.ADC.ATTN_11DB)

    def counter(self, number: int) -> Switch:
        return Switch(number, pins.COUNTERS[number])

    def second_uart(self, baud: int, parity: str) -> SecondLine:
        drive = machine.Pin(pins.SECOND_DRIVE, machine.Pin.OUT, value=0)
        uart = machine.UART(SECOND_UART, baud, 8, _PARITY[parity], 1, **_SECOND_PINS)
        return SecondLine(uart, drive, asyncio.StreamReader(uart))

    def sdi12_line(self) -> Sdi12Line:
        drive = machine.Pin(pins.SECOND_DRIVE, machine.Pin.OUT, value=0)
        uart = machine.UART(SECOND_UART, 1200, **_SECOND_PINS)

        def set_baud(baud: int) -> None:
            uart.init(baud, 7, 0, 1, invert=machine.UART.INV_TX | machine.UART.INV_RX, **_SECOND_PINS)

        set_baud(1200)
        return Sdi12Line(uart, drive, asyncio.StreamReader(uart), set_baud, self._clock.uptime_ms)

    def vibrating_wire_bus(self, coil: int):
        return self._once("front end", self._front_end).coil(coil)

    def power(self, switch: int, on: bool) -> None:
        bit = 1 << pins.FIRST_SUPPLY + switch
        self._switches().put(bit, bit if on else 0)

    def _front_end(self):
        from firmware.front_end import FrontEnd

        sweep = esp32.RMT(0, pin=machine.Pin(pins.SWEEP), clock_div=80)
        return FrontEnd(sweep, _converter, self._switches(), self.pause)

    def _switches(self) -> Expander:
        outputs = pins.RELAYS | pins.SUPPLIES | pins.TO_AMPLIFIER | pins.THERMISTORS
        return self._once("switches", lambda: Expander(self.i2c(), pins.SWITCHES, outputs, 0))

    def _selects(self) -> Expander:
        levels = pins.ALL_SELECTS
        return self._once("selects", lambda: Expander(self.i2c(), pins.SELECTS, pins.ALL_SELECTS, levels))

    def _once(self, name: str, make):
        if name not in self._opened:
            self._opened[name] = make()
        return self._opened[name]


_SECOND_PINS = {
    "tx": pins.SECOND_TX,
    "rx": pins.SECOND_RX,
    "rxbuf": BUFFER_BYTES,
    "txbuf": BUFFER_BYTES,
    "timeout": 0,
    "timeout_char": 0,
}


def _i2c() -> machine.I2C:
    return machine.I2C(0, scl=machine.Pin(pins.I2C_CLOCK), sda=machine.Pin(pins.I2C_DATA), freq=I2C_HZ)


def _spi() -> machine.SPI:
    return machine.SPI(
        2, sck=machine.Pin(pins.SPI_CLOCK), mosi=machine.Pin(pins.SPI_OUT), miso=machine.Pin(pins.SPI_IN)
    )


def _converter() -> tuple:
    """Start the audio converter and return (stream reader, what ends it)."""
    from firmware.front_end import SAMPLE_HZ

    audio = machine.I2S(
        0,
        sck=machine.Pin(pins.AUDIO_CLOCK),
        ws=machine.Pin(pins.AUDIO_WORD),
        sd=machine.Pin(pins.AUDIO_DATA),
        mode=machine.I2S.RX,
        bits=16,
        format=machine.I2S.MONO,
        rate=SAMPLE_HZ,
        ibuf=AUDIO_BUFFER_BYTES,
    )
    return asyncio.StreamReader(audio), audio.deinit
