"""box.toml read and checked: holes inside their plate, far enough from one another, one gland for each input."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from math import dist
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BOX = HERE / "box.toml"
_TWICE = "BUS"  # comes in and goes on


class BoxError(Exception):
    """box.toml cannot be made: one line for each fault, with the table and the key."""


def read(inputs: Collection[str], path: Path = BOX) -> dict[str, Any]:
    """Return the tables of the box; `inputs` of the pin map have a gland each, the bus two.

    Raises
    ------
    BoxError
        With every fault of the file.
    """
    try:
        box = tomllib.loads(path.read_text(encoding="utf-8"))
        found = [*_plate_faults(box["plate"]), *_wall_faults(box["wall"]), *_bracket_faults(box["bracket"])]
        found += _gland_faults(box["wall"], inputs)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BoxError(f"{path.name}: {error!r} where the shape of box.toml was expected") from error
    if found:
        raise BoxError("\n".join(f"{path.name}: {fault}" for fault in found))
    return box


def wall_holes(wall: Mapping[str, Any]) -> list[tuple[str, float, float, float]]:
    """Return (what goes through, x, y, diameter) of every hole of the cable wall."""
    glands = [(name, x, y, wall["gland"]) for name, x, y in wall["holes"]]
    return [*glands, ("drain", *wall["drain_at"], wall["drain"]), ("EARTH M8", *wall["earth_at"], wall["earth"])]


def plate_holes(plate: Mapping[str, Any]) -> list[tuple[str, float, float, float]]:
    """Return (what for, x, y, diameter) of every hole of the mounting plate, as plate.scad has them."""
    inset, width, height = plate["corner_inset"], plate["width"], plate["height"]
    corners = [
        ("boss", x, y, plate["corner_hole"]) for x in (inset, width - inset) for y in (inset, height - inset)
    ]
    half = plate["rail_length"] / 2 - 20
    rails = [
        ("rail", width / 2 + side * half, y, plate["rail_hole"]) for y in plate["rails_y"] for side in (-1, 1)
    ]
    return [*corners, *rails, ("EARTH M8", width - 2 * inset - 10, inset + 10, plate["earth_bolt"])]


def _plate_faults(plate: Mapping[str, Any]) -> Iterator[str]:
    yield from _outside("plate", plate_holes(plate), plate["width"], plate["height"], 3)
    if plate["rail_length"] > plate["width"]:
        yield f"[plate] rail_length is {plate['rail_length']}, expected at most the width, {plate['width']}"


def _wall_faults(wall: Mapping[str, Any]) -> Iterator[str]:
    holes = wall_holes(wall)
    yield from _outside("wall", holes, wall["width"], wall["depth"], wall["margin"] - wall["gland"] / 2)
    for (one, x, y, _), (other, u, v, _) in combinations(holes, 2):
        if dist((x, y), (u, v)) < wall["gland_pitch"]:
            apart = dist((x, y), (u, v))
            yield f"[wall] {one} and {other} are {apart:.0f} mm apart, expected {wall['gland_pitch']}"


def _outside(
    table: str, holes: list[tuple[str, float, float, float]], width: float, height: float, edge: float
) -> Iterator[str]:
    for name, x, y, across in holes:
        room = min(x, y, width - x, height - y) - across / 2
        if room < edge:
            yield f"[{table}] {name} at {x:g}, {y:g} leaves {room:g} mm to the edge, expected {edge:g} or more"


def _bracket_faults(bracket: Mapping[str, Any]) -> Iterator[str]:
    if bracket["box_pitch"] + bracket["box_hole"] + 10 > bracket["length"]:
        yield f"[bracket] box_pitch is {bracket['box_pitch']}, expected less than {bracket['length']} by 17"
    if bracket["pole"] + 2 * bracket["bolt"] + 2 * bracket["bolt_slack"] + 20 > bracket["box_pitch"]:
        yield f"[bracket] pole is {bracket['pole']}, expected one whose U-bolt clears the holes to the box"


def _gland_faults(wall: Mapping[str, Any], inputs: Collection[str]) -> Iterator[str]:
    named = [name for name, _, _ in wall["holes"]]
    wanted = [one for one in inputs if one != _TWICE] + (
        [f"{_TWICE} in", f"{_TWICE} out"] if _TWICE in inputs else []
    )
    for name in wanted:
        if named.count(name) != 1:
            yield f"[wall] holes has {name} {named.count(name)} times, expected once: each cable its own gland"
    for name in named:
        if name not in wanted and name != "spare":
            yield f"[wall] holes has {name}, expected an input of pinmap.toml or spare"
