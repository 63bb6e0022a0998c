"""From the site to a logger's own configuration: the JSON that the firmware checks and keeps (firmware/config.py).

What is not said has the firmware's default, so that the JSON stays short: it travels over the bus.
"""

from collections.abc import Sequence
from typing import Any

from seepline.channels import CHANNEL_KINDS
from seepline.device import Device
from seepline.site import Site
from seepline.site_wiring import Channel, Logger
from seepline.wire.record import PAYLOADS

_LOGGER_DEFAULTS = {"mode": "continuous", "window_s": 5}


def configuration(site: Site, logger: Logger) -> dict[str, Any]:
    """Return the configuration of one logger of a checked site."""
    bus = next(bus for bus in site.buses if bus.id == logger.bus)
    channels = [channel for channel in site.channels if channel.logger == logger.id]
    found: dict[str, Any] = {
        "logger_id": logger.serial,
        "address": logger.address,
        "baud": bus.baud,
        "scan_s": logger.scan_s,
        "blocks": blocks(channels),
    }
    if bus.parity != "none":
        found["parity"] = bus.parity
    found |= {
        key: getattr(logger, key) for key, usual in _LOGGER_DEFAULTS.items() if getattr(logger, key) != usual
    }
    if site.info.mains_hz != 50:
        found["mains_hz"] = site.info.mains_hz
    devices = [device for device in site.devices if device.logger == logger.id]
    if devices:
        found["instruments"] = [_instrument(site, device) for device in devices]
    return found


def blocks(channels: Sequence[Channel]) -> list[dict[str, Any]]:
    """Return the block list: per block the payload and the kind in each slot, 'none' in a gap."""
    found = []
    for number in sorted({channel.block for channel in channels}):
        inside = [channel for channel in channels if channel.block == number]
        payload = PAYLOADS[CHANNEL_KINDS[inside[0].kind].payload_type].name
        kinds = {channel.slot: "vw" if payload == "vw" else channel.kind for channel in inside}
        slots = [kinds.get(slot, "none") for slot in range(max(kinds) + 1)]
        found.append({"block": number, "payload": payload, "slots": slots})
    return found


def _instrument(site: Site, device: Device) -> dict[str, Any]:
    """Return one entry of `instruments`: the device with its channels as places and its options beside them."""
    own = {"scan_s": device.scan_s, "retries": device.retries or None, "power": device.power}
    return {
        "driver": device.driver,
        "at": [_place(site, device.logger, name) for name in device.channels],
        **{key: value for key, value in own.items() if value is not None},
        **{key: list(value) if isinstance(value, tuple) else value for key, value in device.options.items()},
    }


def _place(site: Site, logger: str, name: str) -> str | None:
    if not name:
        return None
    channel = site.channel_by_name[f"{logger}/{name}"]
    return f"{channel.block}:{channel.slot}"
