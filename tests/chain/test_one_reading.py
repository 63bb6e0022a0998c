"""One reading walked through every room: the wire of the toe piezometer, from flash to the page."""

import csv
import math
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

from collector.replay import iso_time
from seepline.quantities import QUANTITIES
from seepline.wire.event import EVENT_BLOCK
from seepline.wire.record import PAYLOAD_VW, decode, decode_vw
from simulator.flash_image import records
from tests.chain.conftest import ROOT, SITE


def started(chain):
    chain.start("collector")
    chain.wait("the collector answers", chain.answers)
    chain.start("gateway")
    held = chain.held()
    chain.wait("all history is on the collector's disk", lambda: chain.lost(held) == 0)


def newest_toe_record(chain):
    found = [decode(data) for data in records(chain.flash_images()["pond"])]
    return max((one for one in found if one.payload_type == PAYLOAD_VW), key=lambda one: one.sequence)


def query(chain, file, sql, *values):
    with closing(sqlite3.connect(f"file:{chain.folder / 'collector' / file}?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


def test_one_reading_from_the_wire_to_the_page(chain):
    started(chain)
    # in the logger's flash: millihertz and milliohm, with identity, time and CRC
    record = newest_toe_record(chain)
    toe = decode_vw(record.payload, record.channels)[0]
    identity = f"pond:{record.ring}:{record.sequence}"
    time_ms = record.utc_s * 1000
    # in the collector's journal: hertz, bit-equal, under the same identity
    raw = "SELECT r.value FROM readings r JOIN channels c ON c.id = r.channel WHERE c.name = ? AND r.time_ms = ?"

    def stored():
        return query(chain, "journal.sqlite", raw, "pond/toe_frequency", time_ms)

    chain.wait("the newest record is on the collector's disk too", lambda: bool(stored()))
    assert stored() == [(toe.frequency_mhz / 1000,)]
    # as an engineering value, with calibration, inputs and quality beside it
    made = (
        "SELECT value, calibration, inputs, quality FROM readings WHERE point = ? AND quantity = ? AND time_ms = ?"
    )
    chain.wait(
        "the reading is judged",
        lambda: bool(query(chain, "store.sqlite", made, "TOE-P1", "pore_pressure", time_ms)),
    )
    value, calibration, inputs, quality = query(chain, "store.sqlite", made, "TOE-P1", "pore_pressure", time_ms)[0]
    digits = (toe.frequency_mhz / 1000) ** 2 / 1000
    sealed_kpa = -0.1231 * (digits - 8900.0)  # before temperature and barometer, a few kPa
    assert math.isclose(value, sealed_kpa, abs_tol=5.0)
    assert calibration == "vw-toe:1"
    assert identity in inputs
    assert quality in (1, 2)
    # on the page, to the shown digits, with the level of the whole site and its coverage
    page = chain.page()
    newest = chain.state()["points"]
    shown = next(one for one in newest if (one["point"], one["quantity"]) == ("TOE-P1", "pore_pressure"))
    assert f"{shown['value']:.2f} kPa" in page
    assert "instruments valid" in page


def test_what_the_collector_made_live_is_what_a_replay_makes(chain):
    """Live equals replay: after a back-fill the store holds what `seepline replay` makes of the same readings."""
    started(chain)
    chain.stop("gateway")
    chain.wait("the last reading is judged and none waits", lambda: unjudged(chain) == 0)
    chain.stop("collector")
    raw = chain.folder / "raw.csv"
    with raw.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["time", "logger", "channel", "value"])
        sql = (
            "SELECT c.name, r.time_ms, r.value FROM readings r JOIN channels c ON c.id = r.channel"
            f" JOIN lines l ON l.id = r.line WHERE r.rank = 0 AND l.block IS NOT {EVENT_BLOCK}"
        )
        for name, time_ms, value in query(chain, "journal.sqlite", sql):
            time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
            lines.writerow([time, *name.split("/"), "" if value is None else repr(value)])
    out = chain.folder / "out.csv"
    command = [sys.executable, "-m", "seepline.cli", "replay", str(SITE), str(raw), str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    sql = (
        "SELECT time_ms, point, instrument, quantity, value, quality, calibration FROM readings WHERE current = 1"
    )
    live = {
        (iso_time(time_ms), point, instrument, quantity, "" if value is None else repr(value),
         QUANTITIES[quantity].unit, str(quality), calibration)
        for time_ms, point, instrument, quantity, value, quality, calibration in query(chain, "store.sqlite", sql)
    }  # fmt: skip
    with out.open(newline="") as file:
        replayed = {tuple(row) for row in list(csv.reader(file))[1:]}
    assert len(replayed) > 2000
    assert live == replayed


def unjudged(chain) -> int:
    """Count journal entries that are not judged yet, and values that wait for another logger."""
    entries = query(chain, "journal.sqlite", "SELECT max(id) FROM lines")[0][0]
    done = query(chain, "store.sqlite", "SELECT max(number) FROM marks WHERE name LIKE 'journal %'")[0][0]
    waits = query(chain, "store.sqlite", "SELECT count(*) FROM states WHERE kind = 'wait'")[0][0]
    return entries - done + waits
