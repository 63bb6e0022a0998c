"""The questions that panels ask, in InfluxQL: what 1.x, 2.x and 3.x all answer. Measurements: docs/influxdb.md.

A question names fields by a pattern, /^(value|max)$/: `reading` has `value`, the hourly and daily buckets have
`min`, `max` and `last`. So one panel shows readings as they came or the extremes of a bucket, as the variable
`detail` says; no mean ever hides a peak. Readings of quality 9 have no value, whatever stands there. What is
newest is asked by ORDER BY time DESC LIMIT 1, which reads from the end; last() of several fields reads all.

`detail` is a measurement's name (AS_READ, OF_HOURS; OF_DAYS without its d, for days are asked day by day: else a
line of days is one of gaps) or BY_TIME: then the hidden variable `long` decides, an interval that Grafana makes
of the time shown. It holds the letter d (`1d`, `7d`) from LONG_DAYS on and none before (`15m`, `12h`), and so it
is the fourth letter of `reading`: rea[^15m]ing is `reading`, rea[1d]ing_1d is `reading_1d`. A Grafana that knows
no such interval leaves `$long` as it stands, which is `reading`.
"""

BY_TIME, LONG_DAYS = "rea", 60
AS_READ, OF_HOURS, OF_DAYS = "reading", "reading_1h", "reading_1"
_FINE, _DAYS = "$detail|$detail[^$long]ing", "${detail}d|$detail[$long]ing_1d"
_SHOWN = f"/^({_FINE}|{_DAYS})$/"
_BY_INTERVAL, _DAY_BY_DAY = (_FINE, "$__interval"), (_DAYS, "1d")

HERE = '"site" =~ /^$site$/'
IN_SECTION = f'{HERE} AND "section" =~ /^$section$/'
AT_POINT = f'{IN_SECTION} AND "point" =~ /^$point$/'
AT_PIEZOMETER = f'{IN_SECTION} AND "point" =~ /^$piezometer$/'
AT_HEAD = f'{IN_SECTION} AND "point" =~ /^$head$/'
AT_HOLE = f'{IN_SECTION} AND "hole" =~ /^$hole$/'
AT_WIRE = f'{HERE} AND "wire" =~ /^$wire$/'
SUPPLY = f'{HERE} AND "channel" =~ /(?i)(batt|supply)/'
_VALID = '"quality" < 9'


def _one_of(name: str, values: tuple[str, ...]) -> str:
    return f'"{name}" =~ /^({"|".join(values)})$/'


def extremes(*quantities: str, which: str, where: str = IN_SECTION, days: bool = False) -> str:
    """Return the smallest or largest values (`which`: min or max) of some quantities over the panel's interval.

    With `days` of each day, where days are shown; without, where they are not. The other one has no answer.
    """
    shown, interval = _DAY_BY_DAY if days else _BY_INTERVAL
    return (
        f"SELECT {which}(/^(value|{which})$/) FROM /^({shown})$/ WHERE {_one_of('quantity', quantities)}"  # noqa: S608
        f' AND {where} AND {_VALID} AND $timeFilter GROUP BY time({interval}), "point", "quantity" fill(null)'
    )


def limits(*quantities: str, where: str = IN_SECTION, level: str) -> str:
    """Return the limit of a level as it was in force with every reading."""
    return (
        f'SELECT last("limit_{level}") FROM {_SHOWN} WHERE {_one_of("quantity", quantities)}'  # noqa: S608
        f' AND {where} AND $timeFilter GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def flagged(*quantities: str, where: str = IN_SECTION) -> str:
    """Return values that a test calls suspect or failed: shown with a symbol of their own, never left out.

    Of a bucket that is its largest value, where any of its readings is flagged.
    """
    return (
        f"SELECT last(/^(value|max)$/) FROM {_SHOWN} WHERE {_one_of('quantity', quantities)} AND {where}"  # noqa: S608
        ' AND "quality" >= 3 AND "quality" < 9 AND $timeFilter'
        ' GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def beside(days: bool = False) -> str:
    """Return pond or rain of the facility, as the variable `beside` says: its largest, as `extremes` has them."""
    shown, interval = _DAY_BY_DAY if days else _BY_INTERVAL
    return (
        f'SELECT max(/^(value|max)$/) FROM /^({shown})$/ WHERE "quantity" =~ /^$beside$/ AND {HERE} AND {_VALID}'  # noqa: S608
        f' AND $timeFilter GROUP BY time({interval}), "point", "quantity" fill(null)'
    )


def late(*quantities: str, where: str = IN_SECTION) -> str:
    """Return values that came after newer ones had been judged; of a bucket its largest, where any did."""
    return (
        f"SELECT last(/^(value|max)$/) FROM {_SHOWN} WHERE {_one_of('quantity', quantities)} AND {where}"  # noqa: S608
        f' AND {_VALID} AND "late" = true AND $timeFilter'
        ' GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def inverse(field: str, where: str = IN_SECTION) -> str:
    """Return 1 by the largest velocity of each interval, of those that move forward; `field`: value or max."""
    return (
        f'SELECT 1 / max("{field}") FROM {_SHOWN} WHERE "quantity" = \'velocity\' AND {where} AND {_VALID}'  # noqa: S608
        f' AND "{field}" > 0 AND $timeFilter GROUP BY time($__interval), "point" fill(none)'
    )


def interval_end(end: str, *quantities: str, where: str = IN_SECTION) -> str:
    """Return one end (from, to) of the interval that an estimate came with; an open end is no point."""
    return (
        f'SELECT last("interval_{end}") FROM "reading" WHERE {_one_of("quantity", quantities)}'  # noqa: S608
        f' AND {where} AND {_VALID} AND $timeFilter GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def newest(*quantities: str, where: str = HERE) -> str:
    """Return the newest value of each point with its level, limits and quality, one row each."""
    return (
        'SELECT "value", "level", "quality", "limit_yellow", "limit_orange", "limit_red"'  # noqa: S608
        f' FROM "reading" WHERE {_one_of("quantity", quantities)} AND {where} AND {_VALID} AND $timeFilter'
        ' GROUP BY "section", "point", "quantity" ORDER BY time DESC LIMIT 1'
    )


def profile(before: str, name: str) -> str:
    """Return a hole as it was some time before the end: displacement and, under a name, height."""
    return (
        f'SELECT "displacement_mm", "height_m" AS "{name}" FROM "profile" WHERE {AT_HOLE} AND {_VALID}'  # noqa: S608
        f' AND time >= ${{__from}}ms AND time <= ${{__to}}ms{before} GROUP BY "node" ORDER BY time DESC LIMIT 1'
    )


def profile_first(name: str) -> str:
    """Return a hole as it was at the beginning of what is shown."""
    return (
        f'SELECT "displacement_mm", "height_m" AS "{name}" FROM "profile" WHERE {AT_HOLE} AND {_VALID}'  # noqa: S608
        ' AND $timeFilter GROUP BY "node" LIMIT 1'
    )


def nodes() -> str:
    """Return each node of a hole as it was read last."""
    return (
        'SELECT "height_m", "displacement_mm", "quality" FROM "profile"'  # noqa: S608
        f' WHERE {AT_HOLE} AND $timeFilter GROUP BY "hole", "node" ORDER BY time DESC LIMIT 1'
    )


def spread(*quantities: str, where: str = HERE) -> str:
    """Return by how much each point's values spread."""
    return (
        f'SELECT spread("value") AS "spread" FROM "reading" WHERE {_one_of("quantity", quantities)} AND {where}'  # noqa: S608
        f' AND {_VALID} AND $timeFilter GROUP BY "section", "point", "quantity"'
    )


def facilities() -> str:
    """Return each facility's level and coverage as the collector judged them last."""
    return (
        f'SELECT "level", "valid", "total", "grey", "timezone" FROM "facility" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY "site" ORDER BY time DESC LIMIT 1'
    )


def facility(field: str) -> str:
    """Return one field of the facility's own state over time."""
    return (
        f'SELECT last("{field}") FROM "facility" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "site" fill(none)'
    )


def alarm_levels(where: str = HERE) -> str:
    """Return each alarm's level by its changes."""
    return (
        f'SELECT last("level") FROM "event" WHERE "kind" = \'level\' AND {where} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "point", "quantity", "direction" fill(previous)'
    )


def journal(*kinds: str, where: str = HERE) -> str:
    """Return events as a table, in order of kind; without kinds, all."""
    chosen = f" AND {_one_of('kind', kinds)}" if kinds else ""
    return f'SELECT "text", "level" FROM "event" WHERE {where}{chosen} AND $timeFilter GROUP BY "kind", "point"'  # noqa: S608


def marks(*kinds: str) -> str:
    """Return events as annotations."""
    return f'SELECT "text" FROM "event" WHERE {HERE} AND {_one_of("kind", kinds)} AND $timeFilter'  # noqa: S608


def ages() -> str:
    """Return how long each device has not been heard."""
    return (
        f'SELECT last("age_s") FROM "health" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "device" fill(none)'
    )


def section_now(line: str, name: str) -> str:
    """Return the newest places of a line of the section: x and, under the line's name, elevation of its points."""
    return (
        f'SELECT "x_m", "elevation_m" AS "{name}" FROM "section_line" WHERE {IN_SECTION}'  # noqa: S608
        f' AND "line" = \'{line}\' GROUP BY "point" ORDER BY time DESC LIMIT 1'
    )


def places(name: str) -> str:
    """Return where each facility lies: longitude and, under a name, latitude."""
    return (
        f'SELECT "longitude_deg" AS "longitude", "latitude_deg" AS "{name}" FROM "facility" WHERE {HERE}'  # noqa: S608
        ' AND $timeFilter GROUP BY "site" ORDER BY time DESC LIMIT 1'
    )


def came_late() -> str:
    """Return how many readings of each UTC day came after newer ones."""
    return (
        f'SELECT sum("late_count") FROM "reading_1d" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time(1d), "section" fill(0)'
    )


def raw(field: str, where: str = AT_WIRE) -> str:
    """Return raw values as the loggers measured them."""
    return (
        f'SELECT last("{field}") FROM "raw" WHERE {where} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "wire" fill(none)'
    )


def raw_now(where: str = AT_WIRE) -> str:
    """Return the newest raw value of each channel with its status, delay and trust in its time."""
    return (
        f'SELECT "value", "status", "delay_s", "tq" FROM "raw" WHERE {where} AND $timeFilter'  # noqa: S608
        ' GROUP BY "wire" ORDER BY time DESC LIMIT 1'
    )


def delays() -> str:
    """Return the longest delay from scan to collector of each logger."""
    return (
        f'SELECT max("delay_s") FROM "raw" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "logger" fill(none)'
    )


def bus(field: str) -> str:
    """Return how many requests an hour a device on a bus answered (ok) or did not (failed)."""
    return (
        f'SELECT non_negative_derivative(max("{field}"), 1h) FROM "bus" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "bus", "device" fill(none)'
    )


def raw_counts() -> str:
    """Return how many raw values of each logger came a UTC day."""
    return (
        f'SELECT count("status") FROM "raw" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time(1d), "logger" fill(0)'
    )


def clocks() -> str:
    """Return the least trust in each logger's clock: 0 never set, 1 runs, 2 synchronised, 3 time of arrival."""
    return (
        f'SELECT min("tq") FROM "raw" WHERE {HERE} AND $timeFilter'  # noqa: S608
        ' GROUP BY time($__interval), "logger" fill(none)'
    )


def calibrations() -> str:
    """Return the calibration of each quantity of a point, as it changed."""
    return (
        'SELECT last("calibration") AS "calibration", count("quality") AS "readings"'  # noqa: S608
        f' FROM "reading" WHERE {AT_POINT} AND $timeFilter GROUP BY "quantity"'
    )


def piezometers(most: int) -> str:
    """Return the points that measure pore pressure, so many from the one on that the variable `page` says."""
    measured = tags("point", f"{IN_SECTION} AND \"quantity\" = 'pore_pressure'")
    return f"{measured} LIMIT {most} OFFSET $page"


def heads() -> str:
    """Return those of the chosen piezometers that have an elevation, too."""
    return tags("point", f"{AT_PIEZOMETER} AND \"quantity\" = 'piezometric_elevation'")


def tags(key: str, where: str = "", of: str = "reading") -> str:
    """Return the values of a tag, for a variable."""
    return f'SHOW TAG VALUES FROM "{of}" WITH KEY = "{key}"' + (f" WHERE {where}" if where else "")
