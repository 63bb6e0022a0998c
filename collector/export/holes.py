"""Inclinometers as profiles: the displacement of every node at its height above the fixed end, over time.

A chain's nodes are readings of their own; those of a manual survey are made again from its file and its base.
Node 000 is the fixed end. A survey that was withdrawn leaves nodes of quality 9, which are no values.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from collector.hand.table import HandTable
from collector.store import StoredReading
from collector.web.profile import chains, fixed_m
from seepline.hand.evaluation import Survey, declared_at, nodes_of, survey_of
from seepline.hand.method import number
from seepline.hand.methods import INCLINOMETER
from seepline.reading import Quality
from seepline.site import Site
from seepline.site_derived import Derived

_DISPLACEMENT = "displacement"


class Node(NamedTuple):
    """One node of a hole at a time; `displacement_mm` None where it is withheld."""

    hole: str
    number: int
    height_m: float
    displacement_mm: float | None
    quality: Quality
    time_ms: int


def nodes(site: Site, connection: sqlite3.Connection, readings: Iterable[StoredReading]) -> Iterator[Node]:
    """Yield the nodes that some readings are, or are the top of."""
    known: dict[int, list[Sequence[Derived]]] = {}
    for one in readings:
        if one.quantity != _DISPLACEMENT:
            continue
        if one.inputs and one.inputs[0].startswith("act:"):
            yield from _surveyed(site, HandTable(connection), one)
        elif (one.point, one.quantity) in site.derived_by_output:
            if one.time_ms not in known:
                known[one.time_ms] = list(chains(site, one.time_ms).values())
            yield from _of_a_chain(site, known[one.time_ms], one)


def _of_a_chain(site: Site, every: Iterable[Sequence[Derived]], reading: StoredReading) -> Iterator[Node]:
    for chain in every:
        names = [one.point for one in chain]
        if reading.point not in names:
            continue
        heights = [site.point_by_id[name].elevation_m for name in names]
        fixed, place = fixed_m(chain[0], heights), names.index(reading.point)
        if place == 0:
            yield Node(names[0], 0, 0.0, 0.0, Quality.GOOD, reading.time_ms)
        height_m = heights[place] - fixed
        yield Node(names[0], place + 1, height_m, reading.value, reading.quality, reading.time_ms)


def _surveyed(site: Site, table: HandTable, reading: StoredReading) -> Iterator[Node]:
    hand = declared_at(site, reading.point, INCLINOMETER, reading.time_ms)
    surveys = list(_surveys(table, reading))
    if hand is None or not surveys:
        return
    yield Node(reading.point, 0, 0.0, 0.0, Quality.GOOD, reading.time_ms)
    moved: Mapping[float, float] = {}
    if reading.value is not None:
        moved = {one.depth_m: one.along_mm for one in nodes_of(site, hand, surveys[0], surveys[-1])}
    quality = reading.quality if moved else Quality.MISSING
    bottom_m = number(hand.parameters, "bottom_depth_m")
    for place, level in enumerate(reversed(surveys[0].levels), 1):
        height_m = bottom_m - level.depth_m
        yield Node(reading.point, place, height_m, moved.get(level.depth_m), quality, reading.time_ms)


def _surveys(table: HandTable, reading: StoredReading) -> Iterator[Survey]:
    """Yield the survey that a reading is made of, then its base, where it has another."""
    for name in reading.inputs:
        for row in table.of_act(name.removeprefix("act:")):
            if row.name == f"{reading.point}/{INCLINOMETER}":
                yield survey_of(reading.point, row.time_ms, row.body["file"], row.body["probe"], row.act)
