"""The instruments of a dam in virtual time: drivers of the firmware over simulated chips, and what befalls them.

Real drivers: supply, tipping bucket, barometer and current loop, over the chips of simulator/chips. The vibrating
wires are faked at the level of a reading, since an estimate takes 0.3 s of real time; they share one front end.
"""

import asyncio

from firmware.drivers.ads1220 import SPI_BAUD, SPI_PHASE, Ads1220
from firmware.drivers.driver import Driver
from firmware.drivers.inputs import CurrentLoops
from firmware.drivers.ms5611 import ADDRESS, Ms5611
from firmware.drivers.spi import SpiDevice
from firmware.drivers.supply import Supply
from firmware.drivers.tipping_bucket import HardwareCounter, TippingBucket
from firmware.fitted import Fitted
from seepline.wire import record, status
from simulator.chips.ads1220 import Ads1220Chip
from simulator.chips.buses import I2cBus, SpiBus
from simulator.chips.ms5611 import Ms5611Chip
from simulator.chips.pin_adc import PinAdc
from simulator.chips.rain_switch import RainSwitch

BLOCKS = [
    {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
    {"block": 1, "payload": "scalar", "slots": ["voltage", "pulses", "pressure", "temperature", "current"]},
]
MOST_TIPS = 100
FREQUENCY_MHZ = 2923000

# (part, attribute, ill, well): one at a time
ILLS = (
    ("wires", "silent", 0, -1),
    ("wires", "hanging", 1, -1),
    ("wires", "broken", 0, -1),
    ("barometer", "dead", True, False),
    ("barometer", "never_converts", True, False),
    ("converter", "never_ready", True, False),
    ("converter", "dead", True, False),
    ("converter", "input_uv", [0, 0, 0, 0], [400000, 0, 0, 0]),
    ("rain", "closed_for_good", True, False),
    ("battery", "pin_uv", 0, 1200000),
)

# Lowest and highest right value per slot of block 1, in wire integers.
RIGHT = ((12000000, 12000000), (0, MOST_TIPS), (1000090, 1000090), (20070, 20070), (399999, 400001))
ALL_ILLS = (
    status.MISSING
    | status.NO_SIGNAL
    | status.INSTRUMENT_FAULT
    | status.NOT_FITTED
    | status.LOOP_FAULT
    | status.NOT_DUE
)


class Time:
    """What simulated chips take for time."""

    def __init__(self, world):
        self._world = world

    @property
    def now_us(self):
        return 1000 * self._world.ms


class Wires:
    """Which wire is silent, hangs its driver, or makes it fail; -1 for none."""

    silent = hanging = broken = -1


class Wire(Driver):
    """One wire of a shared front end."""

    CHANNELS = ("vw",)
    MEASURE_MS = 1500

    def __init__(self, wires, number, front_end):
        self._wires = wires
        self._number = number
        self._front_end = front_end

    async def measure(self):
        async with self._front_end:
            await asyncio.sleep_ms(1400)
            if self._wires.hanging == self._number:
                await asyncio.Event().wait()
        if self._wires.broken == self._number:
            raise IndexError
        if self._wires.silent == self._number:
            return [record.missing_vw(status.NO_SIGNAL)]
        return [record.VwChannel(0, FREQUENCY_MHZ + self._number, 5781000, 900, 200, 8000, 500, 3, 65535)]


class Dam:
    """The instruments, which know nothing of the logger's resets."""

    def __init__(self, world):
        time = Time(world)
        self.wires = Wires()
        self.barometer = Ms5611Chip(time)
        self.i2c = I2cBus()
        self.i2c.attach(ADDRESS, self.barometer)
        self.converter = Ads1220Chip(time)
        self.spi = SpiBus()
        self.select = self.spi.attach(self.converter)
        self.rain = RainSwitch(time)
        self.battery = PinAdc(1200000)
        self.befall(-1)

    def befall(self, number):
        """Make everything well, and one thing ill."""
        for index in range(len(ILLS)):
            part, attribute, ill, well = ILLS[index]
            if index != number:
                setattr(getattr(self, part), attribute, well)
        if 0 <= number < len(ILLS):
            part, attribute, ill, _ = ILLS[number]
            setattr(getattr(self, part), attribute, ill)

    def fitted(self, uptime_ms):
        """Return new drivers, as after a boot."""
        pause, front_end = asyncio.sleep_ms, asyncio.Lock()
        device = SpiDevice(self.spi, self.select, SPI_BAUD, SPI_PHASE)
        loop = CurrentLoops(Ads1220(device, pause, self.converter.ready_pin, 3300000), (0,), 100000, 3600, 20400)
        loop.WARM_UP_MS = 5000
        rain = TippingBucket(HardwareCounter(self.rain.value), self.rain.closed, uptime_ms, 300)
        return [
            Fitted(Wire(self.wires, 0, front_end), ((0, 0),), 900, 0, None),
            Fitted(Wire(self.wires, 1, front_end), ((0, 1),), 900, 1, None),
            Fitted(Supply(self.battery, pause, 9, 1, 20000), ((1, 0),), 900, 1, None),
            Fitted(rain, ((1, 1),), 900, 0, None),
            Fitted(Ms5611(self.i2c, pause), ((1, 2), (1, 3)), 3600, 2, None),
            Fitted(loop, ((1, 4),), 900, 1, 0),
        ]


def judge(entry):
    """Assert that each channel of a record is right or says why not; return all its status bits."""
    found = 0
    if entry.block == 0:
        for number, channel in enumerate(record.decode_vw(entry.payload, 2)):
            well = not channel.status and channel.frequency_mhz == FREQUENCY_MHZ + number
            assert well or channel == record.missing_vw(channel.status), channel
            found |= channel.status
    elif entry.block == 1:
        for channel, (lowest, highest) in zip(record.decode_scalar(entry.payload, 5), RIGHT):
            well = channel.status in (0, status.DISAGREE) and lowest <= channel.value <= highest
            missing = channel.status & (status.EXCLUDES | status.NOT_DUE) and channel.value == record.MISSING_I32
            assert well or missing or channel.status == status.LOOP_FAULT, channel
            found |= channel.status
    return found
