"""From a line of line protocol to one raw row: what a logger said at one scan time.

    raw,site=S,logger=L,block=B <channel>=<float>,<channel>_status=<i>,ring=<i>,boot=<i>,seq=<i>,tq=<i> <scan time>

A channel without a value has only its `_status`. `ring`, `boot`, `seq` and `tq` are absent for foreign writers; a
logger's record may say nothing else, when none of its channels was due.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from collector.line_protocol import FieldValue, Line, Refused, time_ms
from seepline.wire import status as bits

MEASUREMENT = "raw"
TQ_ARRIVAL = 3  # no timestamp came with the line: the time is that of its arrival
_ID = re.compile(r"[A-Za-z0-9._-]+")
_TAGS = frozenset({"site", "logger", "block"})
IDENTITY_FIELDS = {"ring": range(2**16), "boot": range(2**16), "seq": range(2**32), "tq": range(2**16)}
STATUS = "_status"
YEAR_2200_MS = 7_258_118_400_000


class RawValue(NamedTuple):
    """One channel of a row: value in the channel's unit, None when the logger had none; status bits."""

    channel: str
    value: float | None
    status: int


@dataclass(frozen=True, slots=True)
class RawRow:
    """One scan of one block, as it came. `time_ms` None: no timestamp. `line` counts from 1 in the body."""

    line: int
    logger: str
    block: int | None
    time_ms: int | None
    values: tuple[RawValue, ...]
    ring: int | None = None
    boot: int | None = None
    seq: int | None = None
    tq: int | None = None


class _RowError(ValueError):
    """The line is no raw row of this site."""


def rows(lines: list[Line], precision: str, site: str) -> tuple[list[RawRow], list[Refused]]:
    """Return the lines that are raw rows of `site`, and the refused ones with the reason of each."""
    good: list[RawRow] = []
    refused: list[Refused] = []
    for line in lines:
        try:
            good.append(_row(line, precision, site))
        except _RowError as error:
            refused.append(Refused(line.number, str(error)))
    return good, refused


def _row(line: Line, precision: str, site: str) -> RawRow:
    _check_tags(line, site)
    whole = {name: _whole(line.fields, name, allowed) for name, allowed in IDENTITY_FIELDS.items()}
    if (whole["ring"] is None) != (whole["seq"] is None):
        raise _RowError("fields ring and seq: expected both or neither")
    values = _values(line.fields)
    if not values and whole["seq"] is None:
        raise _RowError("no channel: expected <channel>=<number> or <channel>_status=<i>")
    stamp = None if line.time is None else time_ms(line.time, precision)
    if stamp is not None and not 0 <= stamp < YEAR_2200_MS:
        raise _RowError(f"timestamp {line.time} in {precision}: expected a time from 1970 to 2199")
    block = int(line.tags["block"]) if "block" in line.tags else None
    return RawRow(line=line.number, logger=line.tags["logger"], block=block, time_ms=stamp, values=values, **whole)


def _check_tags(line: Line, site: str) -> None:
    tags = line.tags
    if line.measurement != MEASUREMENT:
        raise _RowError("measurement must be raw")
    if unknown := sorted(tags.keys() - _TAGS):
        raise _RowError(f"tag {unknown[0]!r} is unknown: expected site, logger and block only")
    if tags.get("site") != site:
        raise _RowError(f"tag site is {tags.get('site', '')!r}: expected {site!r}")
    if not _ID.fullmatch(tags.get("logger", "")):
        raise _RowError(
            f"tag logger is {tags.get('logger', '')!r}: expected an id of letters, digits, '.', '_', '-'"
        )
    if not re.fullmatch(r"[0-9]{1,3}", tags.get("block", "0")) or int(tags.get("block", "0")) > 255:
        raise _RowError(f"tag block is {tags['block']!r}: expected 0 to 255")


def _whole(fields: dict[str, FieldValue], name: str, allowed: range) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise _RowError(f"field {name!r} is {value!r}: expected a whole number (with i) up to {allowed[-1]}")
    return value


def _values(fields: dict[str, FieldValue]) -> tuple[RawValue, ...]:
    names = {name.removesuffix(STATUS): None for name in fields if name not in IDENTITY_FIELDS}
    return tuple(_one(fields, name) for name in names)


def _one(fields: dict[str, FieldValue], name: str) -> RawValue:
    if not _ID.fullmatch(name):
        raise _RowError(f"field {name!r}: expected a channel id of letters, digits, '.', '_', '-'")
    status = _whole(fields, name + STATUS, range(2**16)) or 0
    value = fields.get(name)
    if value is None:
        return RawValue(name, None, status or bits.MISSING)
    if isinstance(value, bool | str):
        raise _RowError(f"field {name!r} is {value!r}: expected a number")
    return RawValue(name, float(value), status)
