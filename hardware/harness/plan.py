"""From the channel table to WireViz's description of a harness: one for each place where cables end."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hardware.channels import Channel, Channels
from hardware.pinmap import Input, PinMap

HERE = Path(__file__).parent
EARTHING = HERE / "earthing.toml"
_NOTE_WIDTH = 44

Drawing = dict[str, Any]


def earthing() -> dict[str, Any]:
    """Return what each kind of line gets against lightning and hum."""
    return tomllib.loads(EARTHING.read_text(encoding="utf-8"))


def is_far(channel: Channel, rule: Mapping[str, Any]) -> bool:
    """Tell whether a cable is so long that its far end gets an arrester too."""
    return bool(channel.cable_m > rule["far_m"])


def places(table: Channels) -> list[str]:
    """Return the places of the table, in its order."""
    return list(dict.fromkeys(channel.place for channel in table.channels))


def name_of(place: str) -> str:
    """Return the file name of a place's drawing.

    >>> name_of("BH-1")
    'bh-1'
    """
    return "".join(one if one.isalnum() else "-" for one in place.lower())


def drawing(table: Channels, pins: PinMap, place: str) -> Drawing:
    """Return what WireViz draws of a place: terminals, cables, sensors, shields, earths."""
    rules = earthing()
    inputs = {one.id: one for one in pins.inputs}
    here = [channel for channel in table.channels if channel.place == place]
    found: Drawing = {
        "metadata": {"title": f"{table.logger.id}, {place}"},
        "options": {"fontname": "DejaVu Sans", "mini_bom_mode": False},
        "connectors": {},
        "cables": {},
        "connections": [],
    }
    for channel in here:
        rule = rules[table.sensors[channel.sensor].kind]
        found["connectors"][channel.id] = _sensor(table, channel, rule)
        found["connectors"][_terminal(table, channel)] = _strip(inputs[channel.input], rule)
        found["cables"][f"W-{channel.id}"] = _cable(table, channel)
        found["connections"] += _connections(table, channel)
    return found


def _terminal(table: Channels, channel: Channel) -> str:
    return f"{table.logger.id} {channel.input}"


def _sensor(table: Channels, channel: Channel, rule: Mapping[str, Any]) -> Drawing:
    sensor, far = table.sensors[channel.sensor], is_far(channel, rule)
    level = f", tip at {channel.elevation_m:g} m" if channel.elevation_m is not None else ""
    remarks = [rule["sensor"], rule["far"] if far else "", _check(sensor.check)]
    return {
        "type": f"{sensor.name}{level}",
        "pinlabels": [way for way in sensor.ways if way != "SHD"],
        "notes": _lines(remarks),
        "additional_components": rule["far_parts"] if far else [],
    }


def _strip(one: Input, rule: Mapping[str, Any]) -> Drawing:
    return {
        "type": f"terminals {one.id} (carrier: {one.terminal})",
        "pinlabels": list(one.ways),
        "notes": _lines([rule["logger"]]),
        "additional_components": rule["parts"],
    }


def _check(text: str) -> str:
    return f"Check on the sheet: {text}." if text else ""


def _lines(remarks: list[str]) -> str:
    lines: list[str] = []
    for remark in filter(None, remarks):
        lines.append("")
        for word in remark.split():
            if len(lines[-1]) + len(word) > _NOTE_WIDTH:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _cable(table: Channels, channel: Channel) -> Drawing:
    cable = table.cables[channel.cable]
    return {
        "type": cable.name,
        "gauge": f"{cable.mm2:g} mm2",
        "length": channel.cable_m,
        "colors": list(cable.wires),
        "shield": cable.shield,
        "notes": f"{cable.ohm_per_km * channel.cable_m / 1000:.2f} ohm a wire",
    }


def _connections(table: Channels, channel: Channel) -> Iterator[list[dict[str, Any]]]:
    ways = table.sensors[channel.sensor].ways
    wires = [number for number, way in enumerate(ways, 1) if way != "SHD"]
    cable = f"W-{channel.id}"
    yield [{channel.id: wires}, {cable: wires}, {_terminal(table, channel): wires}]
    if table.cables[channel.cable].shield:
        yield [{cable: "s"}, {_terminal(table, channel): len(ways)}]
