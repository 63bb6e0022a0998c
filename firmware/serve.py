"""The line: listening, and answering once it is silent. Nothing here polls; bytes wake it."""

import asyncio

from firmware.deframe import Deframer
from firmware.slave import Slave
from seepline.wire.rtu import BROADCAST, frame


async def listen(line, deframer: Deframer, arrived: asyncio.Event) -> None:
    """Feed the deframer for ever. EOFError from the line (its end, in a simulation) ends it."""
    while True:
        data, quiet_ms = await line.read()
        deframer.put(data, quiet_ms)
        arrived.set()


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
