"""RTS and GPIO in the right order; the kernel and the chip are stood in for, for no machine here has them."""

import errno
import struct
import termios

import gpiod
import pytest
from gpiod.line import Value

from gateway.bus import direction
from gateway.bus.direction import direction_of, sent

FD = 7
SET_RS485, LINE_STATE = 0x542F, 0x5459  # <asm-generic/ioctls.h>


class Kernel:
    """The ioctls of one serial driver: those it `knows`, in the order in which they came."""

    def __init__(self, *knows):
        self.knows = knows
        self.calls = []
        self.full = 0  # looks until the transmitter is empty

    def ioctl(self, fd, request, data=0):
        assert fd == FD
        self.calls.append(request)
        if request not in self.knows:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        if request == LINE_STATE:
            self.full -= 1
            return struct.pack("i", int(self.full < 0))
        return data


@pytest.fixture
def kernel(monkeypatch):
    def make(*knows):
        made = Kernel(*knows)
        monkeypatch.setattr(direction.fcntl, "ioctl", made.ioctl)
        return made

    return make


def test_a_driver_that_knows_rs485_turns_rts_itself(kernel):
    serial = kernel(SET_RS485)
    rts = direction_of("rts")
    rts.open(FD)
    assert (rts.by_us, serial.calls) == (False, [SET_RS485])


def test_without_such_a_driver_rts_is_low_then_raised_and_dropped_by_us(kernel):
    serial = kernel(termios.TIOCMBIS, termios.TIOCMBIC)
    rts = direction_of("rts")
    rts.open(FD)
    rts.send(FD)
    rts.listen(FD)
    assert rts.by_us
    assert serial.calls == [SET_RS485, termios.TIOCMBIC, termios.TIOCMBIS, termios.TIOCMBIC]


async def test_the_last_bit_is_waited_for_as_long_as_the_driver_says(kernel):
    serial = kernel(LINE_STATE)
    serial.full = 3
    await sent(FD, 0.001)
    assert serial.calls == [LINE_STATE] * 4


async def test_a_transmitter_that_is_never_empty_does_not_hold_the_bus_for_ever(kernel):
    serial = kernel(LINE_STATE)
    serial.full = 10**9
    await sent(FD, 0.001)
    assert 100 < len(serial.calls) < 1000


async def test_a_driver_that_cannot_say_is_drained(kernel, monkeypatch):
    drained = []
    kernel()
    monkeypatch.setattr(direction.termios, "tcdrain", drained.append)
    await sent(FD, 0.001)
    assert drained == [FD]


def test_a_gpio_line_is_taken_low_turned_and_given_back_low(monkeypatch):
    events = []

    class Request:
        def set_value(self, line, value):
            events.append((line, value))

        def release(self):
            events.append("released")

    def take(chip, lines, consumer):
        ((line, settings),) = lines.items()
        events.append((chip, line, settings.direction, settings.output_value))
        return Request()

    monkeypatch.setattr(gpiod, "request_lines", take)
    gpio = direction_of("gpio:gpiochip0/17")
    gpio.open(FD)
    gpio.send(FD)
    gpio.listen(FD)
    gpio.close()
    assert events == [
        ("/dev/gpiochip0", 17, gpiod.line.Direction.OUTPUT, Value.INACTIVE),
        (17, Value.ACTIVE),
        (17, Value.INACTIVE),
        (17, Value.INACTIVE),
        "released",
    ]
    gpio.close()  # once more does no harm
