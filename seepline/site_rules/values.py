"""What a single value of SITE.toml may be, whatever stands around it: ids, ranges, known words."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from seepline.acts.roles import ROLES
from seepline.wire.registers import MAX_BLOCKS

Test = Callable[[object], bool]
Row = tuple[Test, str]

_ID = re.compile(r"[A-Za-z0-9._-]+")
_HOST_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_SHOWN = 60
MOST_PLACES = 2000  # of points in the plant's register map: 32 registers each
BAUDS = (1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200)


def is_id(value: object) -> bool:
    """Tell whether a value may be an id: letters, digits, dot, underline, hyphen."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_number(value: object) -> bool:
    """Tell whether a TOML value is a number (TOML's true and false are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: object) -> str:
    """Return a TOML value as a person would write it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of more than 64 bits"
    text = (
        value.isoformat() if isinstance(value, datetime) else repr(value) if isinstance(value, str) else str(value)
    )
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def printed(key: str) -> str:
    """Return a key as it stands in a path: quoted when it is not a plain one."""
    return key if is_id(key) else repr(key[:_SHOWN])


def is_host(text: str) -> bool:
    """Tell whether a text can be looked up as the name or address of a machine; a label has at most 63 letters.

    >>> [is_host(text) for text in ("plc.example", "192.0.2.7", "::1", "a..b", "a" * 64)]
    [True, True, True, False, False]
    """
    try:
        return bool(text.encode("idna"))
    except UnicodeError:
        return False


def host_and_port(text: str) -> tuple[str, int] | None:
    """Return (host, port) of 'host:port', None when it is not that.

    >>> [host_and_port(text) for text in ("192.0.2.7:502", "[2001:db8::7]:502", "plc", "a:0")]
    [('192.0.2.7', 502), ('2001:db8::7', 502), None, None]
    """
    found = _HOST_PORT.fullmatch(text)
    if found is None or not 0 < int(found[3]) < 65536 or not is_host(found[1] or found[2]):
        return None
    return found[1] or found[2], int(found[3])


@lru_cache
def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return True


def between(low: float, high: float) -> Test:
    """Return the test for a number from `low` to `high`."""
    return lambda value: isinstance(value, int | float) and low <= value <= high


def _above(low: float) -> Test:
    return lambda value: isinstance(value, int | float) and value > low


def at_least(low: float) -> Test:
    """Return the test for a number that is not below `low`."""
    return lambda value: isinstance(value, int | float) and value >= low


def has_text(value: object) -> bool:
    """Tell whether a value is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def _rises(line: object) -> bool:
    """Tell whether the x of a line of [x, elevation] pairs rises; a line of another shape is not judged here."""
    if not isinstance(line, list) or not all(isinstance(pair, list) and pair for pair in line):
        return True
    x_m = [pair[0] for pair in line]
    if not all(is_number(x) for x in x_m):
        return True
    return len(x_m) >= 2 and all(left < right for left, right in pairwise(x_m))


def _climbs(steps: object) -> bool:
    """Tell whether a list of times rises from above 0; a list of another shape is not judged here."""
    if not isinstance(steps, list) or not all(isinstance(step, int) for step in steps):
        return True
    return all(before < after for before, after in pairwise((0, *steps)))


TEXT: Row = (has_text, "a text that is not empty")
_NOT_NEGATIVE: Row = (at_least(0), "0 or more")
_POSITIVE: Row = (_above(0), "more than 0")
_COUNT: Row = (at_least(1), "1 or more")
ID: Row = (is_id, "an id of letters, digits, dot, underline and hyphen only")

# (table, key) -> (test, what is expected). A value of the wrong type is reported by its type alone.
ROWS: Mapping[tuple[str, str], Row] = {
    ("site", "name"): TEXT,
    ("site", "datum"): TEXT,
    ("site", "timezone"): (
        lambda value: isinstance(value, str) and _is_timezone(value),
        'a time zone of the IANA list, for example "Asia/Dushanbe"',
    ),
    ("site", "grey_above_share"): (between(0, 1), "a share from 0 to 1"),
    ("site", "latitude_deg"): (between(-90, 90), "degrees north, -90 to 90"),
    ("site", "longitude_deg"): (between(-180, 180), "degrees east, -180 to 180"),
    ("section", "azimuth_deg"): (between(0, 360), "an azimuth from 0 to 360 degrees"),
    ("profile", "line"): (_rises, "two or more pairs [x m, elevation m] whose x rises"),
    ("profile", "source"): TEXT,
    ("bus", "baud"): (lambda value: value in BAUDS, "one of " + ", ".join(map(str, BAUDS))),
    ("logger", "serial"): (between(1, 0xFFFFFFFE), "a logger id from 1 to 4294967294"),
    ("logger", "address"): (between(1, 247), "a Modbus address from 1 to 247"),
    ("logger", "scan_s"): _COUNT,
    ("logger", "silence_s"): _COUNT,
    ("logger", "window_s"): (between(5, 60), "5 to 60 seconds"),
    ("station", "profile"): TEXT,
    ("station", "address"): (between(1, 247), "a Modbus address from 1 to 247"),
    ("station", "scan_s"): _COUNT,
    ("station", "silence_s"): _COUNT,
    ("station", "tcp"): (
        lambda value: isinstance(value, str) and host_and_port(value) is not None,
        'a host and a port, such as "192.0.2.7:502"',
    ),
    ("foreign", "scan_s"): _COUNT,
    ("foreign", "silence_s"): _COUNT,
    ("device", "scan_s"): _COUNT,
    ("device", "retries"): (between(0, 5), "0 to 5 retries"),
    ("device", "power"): (between(0, 3), "a switch from 0 to 3"),
    ("channel", "block"): (between(0, MAX_BLOCKS - 1), f"a block from 0 to {MAX_BLOCKS - 1}"),
    ("channel", "slot"): _NOT_NEGATIVE,
    ("channel", "cable_m"): _NOT_NEGATIVE,
    ("channel", "cable_ohm_per_km"): _NOT_NEGATIVE,
    ("logger", "trunk_m"): _NOT_NEGATIVE,
    ("station", "trunk_m"): _NOT_NEGATIVE,
    ("channel", "stuck_after"): (at_least(2), "2 or more equal readings"),
    ("channel", "resolution"): _POSITIVE,
    ("point", "failure_mode"): TEXT,
    ("point", "scada"): (between(0, MOST_PLACES - 1), f"a place from 0 to {MOST_PLACES - 1}"),
    ("baseline", "accepted_by"): TEXT,
    ("baseline", "source"): TEXT,
    ("commissioning", "reason"): TEXT,
    ("casing", "a_plus_azimuth_deg"): (between(0, 360), "an azimuth from 0 to 360 degrees"),
    ("elevation", "source"): TEXT,
    ("curve", "source"): TEXT,
    ("casing", "source"): TEXT,
    ("instrument", "maker"): TEXT,
    ("instrument", "serial"): TEXT,
    ("calibration", "version"): _COUNT,
    ("calibration", "source"): TEXT,
    ("derived", "version"): _COUNT,
    ("phreatic_line", "source"): TEXT,
    ("hand", "version"): _COUNT,
    ("hand", "overdue_h"): _POSITIVE,
    ("round", "name"): TEXT,
    ("round", "overdue_h"): _POSITIVE,
    ("threshold_set", "source"): TEXT,
    ("threshold", "deadband"): _NOT_NEGATIVE,
    ("threshold", "delay_count"): _COUNT,
    ("threshold", "rate_window_s"): _POSITIVE,
    ("threshold", "delay_s"): _NOT_NEGATIVE,
    ("threshold", "off_count"): _COUNT,
    ("threshold", "off_s"): _NOT_NEGATIVE,
    ("threshold", "realarm_s"): _POSITIVE,
    ("threshold", "escalate_after_s"): (_climbs, "seconds that rise, such as [900, 3600]"),
    ("threshold", "shelve_max_s"): _POSITIVE,
    ("threshold", "longest_s"): _POSITIVE,
    ("threshold", "missing_s"): _POSITIVE,
    ("gateway", "link_s"): _NOT_NEGATIVE,
    ("vote", "needed"): _COUNT,
    ("action", "what"): TEXT,
    ("action", "page"): TEXT,
    ("action", "within_s"): _POSITIVE,
    ("action", "role"): (lambda value: value in ROLES, "one of " + ", ".join(sorted(ROLES))),
    ("quality", "response_kpa_per_kpa"): (between(0, 1), "a share of the air's pressure, from 0 to 1"),
    ("quality", "readings"): (at_least(2), "2 or more readings"),
    ("quality", "accepted_by"): TEXT,
    ("quality", "source"): TEXT,
} | {
    ("quality", key): _POSITIVE
    for key in (
        "suspect", "fail", "period_s", "within_s", "deviations", "floor", "tolerance_kpa_per_kpa", "suspect_mv",
        "fail_mv", "min_snr", "min_decay", "max_decay", "suspect_hz", "low_hz", "high_hz", "edge_hz",
        "tolerance_hz", "low_factor", "high_factor", "min_ohm", "max_ohm",
    )
} | {
    (table, "id"): ID
    for table in (
        "site", "section", "gateway", "bus", "logger", "station", "foreign", "channel", "point", "instrument",
        "calibration", "threshold_set", "vote", "action", "round",
    )
}  # fmt: skip


def value_faults(
    table: str, raw: Mapping[str, object], rows: Mapping[tuple[str, str], Row] = ROWS
) -> Iterator[tuple[str, str, str]]:
    """Yield (key, found, expected) of every value of one entry that is outside what it may be."""
    for key, value in raw.items():
        row = rows.get((table, key))
        if row and not row[0](value):
            yield key, shown(value), row[1]
