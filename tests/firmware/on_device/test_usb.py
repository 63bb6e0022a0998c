"""The USB port over made-up streams: frames pass whatever they hold, and the prompt is had in two ways only."""

import asyncio

import trial

from firmware import usb
from firmware.deframe import Deframer
from firmware.serve import USB_ADDRESS, answer, listen
from firmware.traffic import Traffic
from seepline.wire import rtu

REQUEST = rtu.frame(2, rtu.read_request(3, 0x0303, 3))  # full of Ctrl-C


class Pipe:
    """sys.stdin.buffer and sys.stdout.buffer in one: what a laptop said, and what it heard."""

    def __init__(self):
        self.waiting = b""
        self.heard = []

    def read(self, size):
        assert len(self.waiting) >= size, "the read would block the whole logger"
        data, self.waiting = self.waiting[:size], self.waiting[size:]
        return data

    def write(self, data):
        self.heard.append(bytes(data))


class Reader:
    """Instead of asyncio's reader, which wants a real stream."""

    def __init__(self, pipe):
        self._pipe = pipe

    async def read(self, size):
        while not self._pipe.waiting:
            await asyncio.sleep_ms(1)
        return self._pipe.read(size)


usb.asyncio = type("asyncio", (), {"StreamReader": Reader, "sleep": asyncio.sleep})


class Port:
    def __init__(self, address=2):
        self.pipe = Pipe()
        self.left = 0
        self.line = usb.UsbLine(self.pipe, self.pipe, lambda: bool(self.pipe.waiting), address, self.leave)

    def leave(self):
        self.left += 1

    async def say(self, *pieces):
        """Say pieces with a silence before each; bytes right after each other are one piece."""
        for piece in pieces:
            await asyncio.sleep_ms(usb.UsbLine.gap_ms + 10)
            self.pipe.waiting += piece
            while self.pipe.waiting:
                await asyncio.sleep_ms(1)
        await asyncio.sleep_ms(40)

    async def hears(self, said):
        while True:
            said.append(await self.line.read())


def heard(port, *pieces):
    """Return the bytes that the logger got, None when the prompt took the port."""

    async def both():
        said = []
        reader = asyncio.create_task(port.hears(said))
        await port.say(*pieces)
        reader.cancel()
        return b"".join([data for data, _ in said])

    try:
        return asyncio.run(both())
    except KeyboardInterrupt:
        assert port.left == 1
        return None


def test_a_frame_full_of_ctrl_c_is_a_frame():
    port = Port()
    assert heard(port, REQUEST, REQUEST) == 2 * REQUEST
    whole = bytes(range(256))
    assert heard(port, whole, whole) == 2 * whole
    assert port.left == 0


def test_a_frame_for_address_3_or_13_is_one_too():
    for address in (3, 13):
        frame = rtu.frame(address, rtu.read_request(3, 0, 60))
        assert heard(Port(address), frame, frame, frame, frame) == 4 * frame, address


def test_enter_and_ctrl_c_as_mpremote_sends_them_give_the_prompt():
    port = Port()
    assert heard(port, b"\r\x03\r\x01") is None
    assert port.pipe.waiting == b"\r\x01"  # what comes after is the prompt's
    assert heard(Port(), REQUEST, b"\r\x03") is None
    assert heard(Port(13), b"\r\x03") is None


def test_three_times_ctrl_c_alone_gives_the_prompt():
    assert heard(Port(), b"\x03", b"\x03", b"\x03") is None
    assert heard(Port(), b"\x03", REQUEST, b"\x03", b"\x03") == b"\x03" + REQUEST + b"\x03\x03"
    assert heard(Port(), b"\x03", b"\x03\x03", b"\r", b"\x03", b"\x03") is not None


def test_nothing_else_gives_the_prompt():
    for noise in (b"\x00", b"\xff\xff", b"\x01", b"\x04", b"\r", b"\r\n\x03", b"\x03\x03\x03\x03", b"exit\r\x03"):
        assert heard(Port(), noise, noise) == 2 * noise, noise


def test_an_answer_goes_out_as_it_is():
    port = Port()
    asyncio.run(port.line.send(b"\x02\n\x03"))
    assert port.pipe.heard == [b"\x02\n\x03"]


class Slave:
    def answer(self, pdu):
        return pdu[:1] + b"\x00"

    def hear(self, pdu):
        raise AssertionError("no broadcast was sent")


async def served(port, deframer, *pieces):
    """Let the logger serve the port for as long as it takes to say pieces."""
    arrived = asyncio.Event()
    tasks = (
        asyncio.create_task(listen(port.line, deframer, arrived)),
        asyncio.create_task(answer(port.line, deframer, Slave(), arrived, dict, dict)),
    )
    await port.say(*pieces)
    for task in tasks:
        task.cancel()


def test_the_port_answers_to_its_own_address_and_to_247():
    port = Port()
    deframer = Deframer(2, port.line.gap_ms, Traffic(), USB_ADDRESS)
    asked = [rtu.frame(address, b"\x11") for address in (2, 247, 3, 1)]
    asyncio.run(served(port, deframer, *asked))
    assert port.pipe.heard == [rtu.frame(2, b"\x11\0"), rtu.frame(247, b"\x11\0")]


trial.run(globals())
