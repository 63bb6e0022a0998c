"""The questions that panels ask, in InfluxQL: what 1.x, 2.x and 3.x all answer. Measurements: docs/influxdb.md.

A question names fields by a pattern, /^(value|max)$/: `reading` has `value`, the hourly and daily buckets have
`min`, `max` and `last`. So one panel shows readings as they came or the extremes of a bucket, as the variable
`detail` says; no mean ever hides a peak. Readings of quality 9 have no value, whatever stands there.
"""

HERE = '"site" =~ /^$site$/'
IN_SECTION = f'{HERE} AND "section" =~ /^$section$/'
AT_POINT = f'{IN_SECTION} AND "point" =~ /^$point$/'
_VALID = '"quality" < 9'


def _one_of(name: str, values: tuple[str, ...]) -> str:
    return f'"{name}" =~ /^({"|".join(values)})$/'


def extremes(*quantities: str, which: str, where: str = IN_SECTION) -> str:
    """Return the smallest or largest values (`which`: min or max) of some quantities over the panel's interval."""
    return (
        f"SELECT {which}(/^(value|{which})$/) FROM /^$detail$/ WHERE {_one_of('quantity', quantities)}"  # noqa: S608
        f' AND {where} AND {_VALID} AND $timeFilter GROUP BY time($__interval), "point", "quantity" fill(null)'
    )


def limits(*quantities: str, where: str = IN_SECTION, level: str) -> str:
    """Return the limit of a level as it was in force with every reading."""
    return (
        f'SELECT last("limit_{level}") FROM /^$detail$/ WHERE {_one_of("quantity", quantities)}'  # noqa: S608
        f' AND {where} AND $timeFilter GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def flagged(*quantities: str, where: str = IN_SECTION) -> str:
    """Return values that a test calls suspect or failed: shown with a symbol of their own, never left out."""
    return (
        f'SELECT last("value") FROM "reading" WHERE {_one_of("quantity", quantities)} AND {where}'  # noqa: S608
        ' AND "quality" >= 3 AND "quality" < 9 AND $timeFilter'
        ' GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def late(*quantities: str, where: str = IN_SECTION) -> str:
    """Return values that came after newer ones had been judged."""
    return (
        f'SELECT last("value") FROM "reading" WHERE {_one_of("quantity", quantities)} AND {where}'  # noqa: S608
        ' AND "late" = true AND $timeFilter GROUP BY time($__interval), "point", "quantity" fill(none)'
    )


def newest(*quantities: str, where: str = HERE) -> str:
    """Return the newest value of each point with its level, limits and quality, one row each."""
    return (
        'SELECT last("value") AS "value", "level", "quality", "limit_yellow", "limit_orange", "limit_red"'  # noqa: S608
        f' FROM "reading" WHERE {_one_of("quantity", quantities)} AND {where} AND {_VALID} AND $timeFilter'
        ' GROUP BY "section", "point", "quantity"'
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
        'SELECT last("level") AS "level", last("valid") AS "valid", last("total") AS "total",'  # noqa: S608
        ' last("grey") AS "grey" FROM "facility"'
        f' WHERE {HERE} AND $timeFilter GROUP BY "site"'
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
        f'SELECT last("x_m") AS "x_m", last("elevation_m") AS "{name}" FROM "section_line"'  # noqa: S608
        f' WHERE {IN_SECTION} AND "line" = \'{line}\' GROUP BY "point"'
    )


def places(name: str) -> str:
    """Return where each facility lies: longitude and, under a name, latitude."""
    return (
        f'SELECT last("longitude_deg") AS "longitude", last("latitude_deg") AS "{name}" FROM "facility"'  # noqa: S608
        f' WHERE {HERE} AND $timeFilter GROUP BY "site"'
    )


def came_late() -> str:
    """Return how many readings of each day came after newer ones."""
    return (
        f'SELECT count("quality") FROM "reading" WHERE {HERE} AND "late" = true AND $timeFilter'  # noqa: S608
        ' GROUP BY time(1d), "section" fill(0)'
    )


def calibrations() -> str:
    """Return the calibration of each quantity of a point, as it changed."""
    return (
        'SELECT last("calibration") AS "calibration", count("quality") AS "readings"'  # noqa: S608
        f' FROM "reading" WHERE {AT_POINT} AND $timeFilter GROUP BY "quantity"'
    )


def tags(key: str, where: str = "") -> str:
    """Return the values of a tag, for a variable."""
    return f'SHOW TAG VALUES FROM "reading" WITH KEY = "{key}"' + (f" WHERE {where}" if where else "")
