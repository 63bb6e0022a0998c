"""The task of one Modbus TCP address: its instruments are polled when due, until the gateway ends."""

import asyncio
import logging
from collections.abc import Mapping

from gateway.instruments.poller import Instruments
from gateway.modbus_tcp.client import TcpDevice
from gateway.outbox.file import OutboxFull

log = logging.getLogger(__name__)

_FULL_DISK_PAUSE_S = 5.0


async def run(device: TcpDevice, instruments: Instruments) -> None:
    """Poll until cancelled, and close the connection then."""
    try:
        while True:
            await _step(instruments)
    finally:
        device.close()


async def _step(instruments: Instruments) -> None:
    try:
        await instruments.poll_due()
    except OutboxFull as error:
        log.warning("%s", error)
        await asyncio.sleep(_FULL_DISK_PAUSE_S)
    else:
        await asyncio.sleep(instruments.idle_s())


def status(device: TcpDevice, instruments: Instruments) -> Mapping[str, object]:
    """Return this address's part of the status file."""
    return {
        "open": device.is_open,
        "counters": dict(sorted(device.counters.items())),
        "stations": station_status(instruments),
    }


def station_status(instruments: Instruments) -> dict[str, object]:
    """Return what is known of the instruments of one port, for the status file."""
    return {
        one.name: {
            "profile": one.instrument.station.profile,
            "polled_ms": one.polled_ms if one.polled_ms >= 0 else None,
            "failures": one.failures,
            "last_error": one.last_error,
        }
        for one in instruments.watched
    }
