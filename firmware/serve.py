"""The line: listening, and answering once it is silent. Nothing here polls; bytes wake it."""

import asyncio

from firmware.deframe import Deframer
from firmware.slave import Slave
from firmware.traffic import Traffic
from seepline.wire.rtu import BROADCAST, frame

USB_ADDRESS = 247  # over USB there is one logger, whose own address need not be known


async def listen(line, deframer: Deframer, arrived: asyncio.Event) -> None:
    """Feed the deframer for ever. EOFError from the line (its end, in a simulation) ends it."""
    while True:
        data, quiet_ms = await line.read()
        deframer.put(data, quiet_ms)
        arrived.set()


def serve_usb(line, address: int, slave: Slave, traffic: Traffic, rest) -> tuple:
    """Return the two tasks of the USB port; nobody waits for their beat, for a laptop may hold them up."""
    deframer, arrived = Deframer(address, line.gap_ms, traffic, USB_ADDRESS), asyncio.Event()
    return listen(line, deframer, arrived), answer(line, deframer, slave, arrived, _no_beat, rest)


def _no_beat() -> None:
    """Stand where the supervisor does not look."""


async def answer(line, deframer: Deframer, slave: Slave, arrived: asyncio.Event, beat, rest) -> None:
    """Answer each request after the silence that ends it, then `rest()`: the quiet time for slow flash work."""
    while True:
        await arrived.wait()
        arrived.clear()
        beat()
        heard = deframer.heard
        await asyncio.sleep(line.answer_ms / 1000)
        if deframer.heard != heard:  # not silent
            continue
        request = deframer.take()
        if request is None:
            continue
        address, pdu = request
        if address == BROADCAST:
            slave.hear(pdu)
        else:
            await line.send(frame(address, slave.answer(pdu)))
        rest()
