"""Where what stands in the registers for the plant's SCADA. Pure: the map follows from SITE.toml alone.

    0    identification   magic, versions, CRC-32 of the map, site, gateway
    64   state            heartbeat, level and coverage, which limits are in force, time
    1000 places           32 registers for each point: four rows of eight, a quantity in each

A point's place is its `scada` number; in a file where no point has one it is its number in the file, from 0. So an
address stays when points are added at the end. The rows of a place are the quantities of the instruments ever
assigned to the point, in the order of the assignments: a new gauge adds rows and moves none. What is derived
there and can be made here stands from the last row backwards, as far as rows are free.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

from gateway.scada.derived import divided
from seepline.convert import kind_of
from seepline.quantities import QUANTITIES
from seepline.site import Assignment, Site
from seepline.site_rules.scada_places import ROWS_A_POINT

MAP_VERSION = 1
MAGIC = 0x53454550  # ASCII SEEP
PLACES_BASE = 1000
ROW_REGISTERS = 8
PLACE_REGISTERS = ROW_REGISTERS * ROWS_A_POINT
AGE_NEVER = 0xFFFFFFFF


class Register(NamedTuple):
    """One thing in the registers: where it begins (a row: behind the row's first), how many, how to read it."""

    start: int
    words: int
    name: str
    form: str
    meaning: str


STATE = (
    Register(0, 2, "magic", "u32", "0x53454550, ASCII SEEP"),
    Register(2, 1, "map_version", "u16", "version of this page"),
    Register(3, 1, "row_registers", "u16", "registers of one row"),
    Register(4, 2, "map_crc", "u32", "CRC-32 of the list of addresses; another one: compare the map again"),
    Register(6, 16, "site", "text", "id of the site, 32 bytes of ASCII, zeros behind"),
    Register(22, 16, "gateway", "text", "id of the gateway, 32 bytes of ASCII, zeros behind"),
    Register(64, 1, "heartbeat", "u16", "one more every second, from 65535 to 0; only while every bus is polled"),
    Register(65, 1, "level", "u16", "worst level of all points: 0 unknown, 1 green, 2 yellow, 3 orange, 4 red"),
    Register(66, 1, "valid", "u16", "points with a valid reading ..."),
    Register(67, 1, "total", "u16", "... of so many in service"),
    Register(68, 1, "grey", "u16", "1: a critical point, or too many, have no valid reading"),
    Register(69, 1, "limits", "u16", "whose limits judge: 0 none, 1 SITE.toml of the gateway, 2 signed bundle"),
    Register(70, 2, "bundle", "u32", "number of the signed bundle in force, 0 without one"),
    Register(72, 2, "utc_s", "u32", "the gateway's UTC seconds since 1970"),
    Register(74, 1, "bundle_refused", "u16", "1: the newest bundle that came was refused, an older one stays"),
    Register(75, 1, "polling", "u16", "1: every bus is polled"),
    Register(76, 2, "newest_age_s", "u32", "age of the newest reading of all, s; 4294967295: none yet"),
    Register(78, 1, "limits_elsewhere", "u16", "limits on points here that only the collector can judge"),
    Register(79, 1, "spare", "u16", "0"),
)
STATE_REGISTERS = 80

ROW = (
    Register(0, 2, "value", "f32", "engineering value, high word first; NaN when there is none or it is too old"),
    Register(2, 2, "age_s", "u32", "seconds since it was measured; 4294967295: never"),
    Register(4, 1, "quality", "u16", "QARTOD: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing"),
    Register(5, 1, "level", "u16", "0 unknown or no limits, 1 green, 2 yellow, 3 orange, 4 red"),
    Register(6, 1, "flags", "u16", "1 at least this value, 2 at most, 4 too old, 8 point in commissioning"),
    Register(7, 1, "spare", "u16", "0"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the map: where it begins, what stands there, in which unit."""

    address: int
    point: str
    quantity: str
    unit: str


def site_of(site: Site, gateway: str) -> Site:
    """Return the site as one gateway sees it: the instruments whose signal comes over its buses or TCP."""
    buses = {bus.id for bus in site.buses if bus.gateway == gateway}
    loggers = {one.id for one in site.loggers if one.bus in buses}
    loggers |= {one.id for one in site.stations if one.bus in buses or one.gateway == gateway}
    ours = tuple(one for one in site.assignments if _primary_logger(site, one) in loggers)
    seen = replace(site, assignments=ours, hands=())
    return replace(seen, derived=divided(seen).site.derived)


def _primary_logger(site: Site, assignment: Assignment) -> str:
    return assignment.inputs[kind_of(site, assignment).primary].partition("/")[0]


def entries(site: Site) -> tuple[Entry, ...]:
    """Return the rows of a site's map in the order of their addresses.

    >>> entries(Site(info=None))
    ()
    """
    found = []
    for order, point in enumerate(site.points):
        place = order if point.scada is None else point.scada
        for row, quantity in _rows(site, point.id):
            address = PLACES_BASE + PLACE_REGISTERS * place + ROW_REGISTERS * row
            unit = QUANTITIES[quantity].unit
            found.append(Entry(address=address, point=point.id, quantity=quantity, unit=unit))
    return tuple(sorted(found, key=lambda entry: entry.address))


def _rows(site: Site, point: str) -> Iterator[tuple[int, str]]:
    measured = _quantities(site, site.assignments_by_point.get(point, ()))
    derived = dict.fromkeys(quantity for owner, quantity in site.derived_by_output if owner == point)
    yield from enumerate(measured)
    yield from zip(reversed(range(len(measured), ROWS_A_POINT)), derived, strict=False)


def _quantities(site: Site, assignments: Iterable[Assignment]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in assignments for name in kind_of(site, one).quantities))


def map_crc(rows: Iterable[Entry]) -> int:
    """Return the CRC-32 of a map: of one line 'address point quantity unit' a row."""
    return crc32("".join(f"{row.address} {row.point} {row.quantity} {row.unit}\n" for row in rows).encode())


def moved(before: Iterable[Mapping[str, object]], now: Iterable[Entry]) -> list[str]:
    """Return a sentence for each row of an older map whose address is free now or holds something else."""
    standing = {row.address: f"{row.point} {row.quantity} in {row.unit}" for row in now}
    found = []
    for row in before:
        was = f"{row['point']} {row['quantity']} in {row['unit']}"
        here = standing.get(int(str(row["address"])), "nothing")
        if here != was:
            found.append(f"register {row['address']}: {was} before, {here} now")
    return found
