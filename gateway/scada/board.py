"""The registers themselves: written anew every second from what is judged, read by any number of clients."""

import struct
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.scada import register_map
from gateway.scada.derived import sources_of
from gateway.scada.evaluate import Evaluator
from gateway.scada.register_map import AGE_NEVER, PLACE_REGISTERS, PLACES_BASE, ROW_REGISTERS, Entry
from seepline.convert import assignment_at
from seepline.coverage import assigned_points, point_is_valid, silence_ms, site_state
from seepline.reading import Quality, Reading
from seepline.site import Site, in_commissioning
from seepline.thresholds import Level, in_force

_AT_LEAST, _AT_MOST, _TOO_OLD, _COMMISSIONING = 1, 2, 4, 8
_BOUNDS = {"": 0, "at_least": _AT_LEAST, "at_most": _AT_MOST}
_NAN = float("nan")
_ROW = struct.Struct(">fIHHHH")
_NOTHING = _ROW.pack(_NAN, AGE_NEVER, Quality.MISSING, 0, 0, 0)
_MOST = {"u16": 0xFFFF, "u32": 0xFFFFFFFF}

LIMITS_NONE, LIMITS_SITE, LIMITS_BUNDLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class InForce:
    """Which limits judge: their source, the bundle's number, and whether a newer bundle was refused."""

    source: int = LIMITS_SITE
    bundle: int = 0
    refused: bool = False


def level_code(level: Level | None, valid: bool) -> int:
    """Return a level as a register shows it: green without a valid reading is unknown, worse levels stay.

    >>> level_code(Level.GREEN, True), level_code(Level.GREEN, False), level_code(Level.RED, False)
    (1, 0, 4)
    """
    if level is None or (level is Level.GREEN and not valid):
        return 0
    return int(level) + 1


class Board:
    """The registers of one gateway's map; a row of a point that the site in force does not name holds nothing."""

    def __init__(self, site: Site, gateway: str) -> None:
        self._rows = register_map.entries(register_map.site_of(site, gateway))
        self._state = array("H", bytes(2 * register_map.STATE_REGISTERS))
        last = max((row.address for row in self._rows), default=PLACES_BASE - PLACE_REGISTERS)
        places = (last - PLACES_BASE) // PLACE_REGISTERS + 1
        self._places = array("H", bytes(2 * PLACE_REGISTERS * places))
        for start in range(0, len(self._places), ROW_REGISTERS):
            self._places[start : start + ROW_REGISTERS] = _words(_NOTHING)
        self._heartbeat = 0
        self._write(
            magic=register_map.MAGIC,
            map_version=register_map.MAP_VERSION,
            row_registers=ROW_REGISTERS,
            map_crc=register_map.map_crc(self._rows),
            site=site.info.id,
            gateway=gateway,
        )

    def read(self, address: int, count: int) -> Sequence[int] | None:
        """Return registers, None where one of them does not exist."""
        for start, kept in ((0, self._state), (PLACES_BASE, self._places)):
            if start <= address and address + count <= start + len(kept):
                return kept[address - start : address - start + count]
        return None

    def refresh(self, evaluator: Evaluator, limits: InForce, now_ms: int, polling: bool) -> None:
        """Write every register anew; the heartbeat goes on only while the buses are polled."""
        self._heartbeat = (self._heartbeat + polling) & 0xFFFF
        site, latest = evaluator.site, evaluator.latest
        points = assigned_points(site, now_ms)
        valid = {point: point_is_valid(site, point, latest, frozenset(), now_ms) for point in points}
        levels = {
            key: evaluator.level(*key, now_ms)
            for key in (*((row.point, row.quantity) for row in self._rows), *site.derived_by_output)
            if key[0] in site.point_by_id
        }
        for row in self._rows:
            self._place(row, _row(evaluator, row, levels.get((row.point, row.quantity)), now_ms))
        known = [level for level in levels.values() if level is not None]
        state = site_state(site, now_ms, known, valid)
        self._write(
            heartbeat=self._heartbeat,
            level=level_code(state.level, not state.grey),
            valid=state.valid,
            total=state.total,
            grey=int(state.grey),
            limits=limits.source if in_force(site, now_ms) else LIMITS_NONE,
            bundle=limits.bundle,
            utc_s=now_ms // 1000,
            bundle_refused=int(limits.refused),
            polling=int(polling),
            limits_elsewhere=len(evaluator.elsewhere),
            newest_age_s=_age_s(max((one.time_ms for one in latest.values()), default=None), now_ms),
        )

    def _place(self, row: Entry, content: bytes) -> None:
        start = row.address - PLACES_BASE
        self._places[start : start + ROW_REGISTERS] = _words(content)

    def _write(self, **values: int | str) -> None:
        _write(self._state, values)


def _row(evaluator: Evaluator, row: Entry, level: Level | None, now_ms: int) -> bytes:
    """Return the sixteen bytes of one row."""
    reading = evaluator.latest.get((row.point, row.quantity))
    if reading is None or row.point not in evaluator.site.point_by_id:
        return _NOTHING
    flags = _BOUNDS[reading.bound]
    flags |= _COMMISSIONING * in_commissioning(evaluator.site, row.point, now_ms)
    too_old = _is_too_old(evaluator.site, reading, now_ms)
    flags |= _TOO_OLD * too_old
    value = _NAN if reading.value is None or too_old else reading.value
    quality = Quality.MISSING if too_old else reading.quality
    code = level_code(level, reading.judged and not too_old)
    return _ROW.pack(value, _age_s(reading.time_ms, now_ms), quality, code, flags, 0)


def _is_too_old(site: Site, reading: Reading, now_ms: int) -> bool:
    """Tell whether a reading is older than its logger's silence, or of an instrument that is no longer there."""
    sources = sources_of(site, (reading.point, reading.quantity))
    behind = [assignment_at(site, point, now_ms) for point, _ in sources]
    return any(one is None or now_ms - reading.time_ms > silence_ms(site, one) for one in behind)


def _age_s(time_ms: int | None, now_ms: int) -> int:
    return AGE_NEVER if time_ms is None else min(max(0, now_ms - time_ms) // 1000, AGE_NEVER - 1)


def _words(data: bytes) -> "array[int]":
    return array("H", struct.unpack(f">{len(data) // 2}H", data))


def _write(registers: "array[int]", values: Mapping[str, int | str]) -> None:
    """Write values of the state block by their names."""
    for one in register_map.STATE:
        if one.name in values:
            registers[one.start : one.start + one.words] = _words(_bytes(one, values[one.name]))


def _bytes(register: register_map.Register, value: int | str) -> bytes:
    size = 2 * register.words
    if isinstance(value, str):
        return value.encode("ascii", "replace")[:size].ljust(size, b"\0")
    return min(value, _MOST[register.form]).to_bytes(size, "big")
