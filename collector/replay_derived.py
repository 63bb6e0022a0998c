"""Derived readings of a replay: made of all its readings at once, by the same function as live.

The readings go through a temporary SQLite file, so memory stays flat; without `[[derived]]` they pass straight on.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from collector.derived import in_order
from collector.reading_table import ReadingTable
from collector.training import trained_from
from seepline.derive.evaluation import Beside, Key, derived_at, evaluate, inputs_of
from seepline.derive.formulas import FORMULAS
from seepline.reading import Quality, Reading
from seepline.site import Site
from seepline.site_derived import Derived

_EVER_MS = 2**62
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;
CREATE TABLE readings (point TEXT, quantity TEXT, time_ms INTEGER, current INTEGER, instrument TEXT, value REAL,
  quality INTEGER, calibration TEXT, judged INTEGER, reasons TEXT, inputs TEXT, bound TEXT,
  PRIMARY KEY (point, quantity, time_ms)) WITHOUT ROWID;
"""
_COLUMNS = "point, quantity, time_ms, instrument, value, quality, calibration, judged, reasons, inputs, bound"


def with_derived(site: Site, readings: Iterator[Reading], folder: Path) -> Iterator[Reading]:
    """Yield readings and what is derived of them in order of time, then point and quantity."""
    if not site.derived:
        yield from readings
        return
    with closing(sqlite3.connect(folder / "readings.sqlite", isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for one in readings:
            _keep(connection, one)
        for key in in_order(site):
            _derive(site, key, connection)
        connection.execute("COMMIT")
        connection.execute("CREATE INDEX by_time ON readings (time_ms, point, quantity)")
        yield from _all(connection)


def _derive(site: Site, key: Key, connection: sqlite3.Connection) -> None:
    """Make a derived quantity at every time of what drives it, by the declaration in force then."""
    table = ReadingTable(connection)
    for declared in site.derived_by_output[key]:
        driver, beside = next(iter(inputs_of(declared).values())), _beside(site, declared, table)
        for time_ms in table.times(driver, -_EVER_MS, _EVER_MS):
            if derived_at(site, *key, time_ms) is declared:
                _keep(connection, evaluate(site, declared, time_ms, table, beside=beside))


def _beside(site: Site, declared: Derived, table: ReadingTable) -> Beside:
    """Return what a file of readings cannot tell: a training is made of it, a signature is not looked for."""
    trained = trained_from(site, table, declared) if FORMULAS[declared.formula].trained else None
    return Beside(lambda derived: trained, lambda derived: "nobody, in a replay of a file")


def _keep(connection: sqlite3.Connection, one: Reading) -> None:
    texts = json.dumps(one.reasons), json.dumps(one.inputs)
    place = (one.point, one.quantity, one.time_ms, one.instrument, one.value)
    values = (*place, int(one.quality), one.calibration, int(one.judged), *texts, one.bound)
    sql = f"INSERT OR REPLACE INTO readings ({_COLUMNS}, current) VALUES ({'?, ' * len(values)}1)"  # noqa: S608
    connection.execute(sql, values)


def _all(connection: sqlite3.Connection) -> Iterator[Reading]:
    sql = f"SELECT {_COLUMNS} FROM readings ORDER BY time_ms, point, quantity"  # noqa: S608
    for (
        point,
        quantity,
        time_ms,
        instrument,
        value,
        flag,
        calibration,
        judged,
        reasons,
        inputs,
        bound,
    ) in connection.execute(sql):
        yield Reading(
            point=point,
            instrument=instrument,
            quantity=quantity,
            time_ms=time_ms,
            value=value,
            quality=Quality(flag),
            calibration=calibration,
            judged=bool(judged),
            reasons=tuple(json.loads(reasons)),
            inputs=tuple(json.loads(inputs)),
            bound=bound,
        )
