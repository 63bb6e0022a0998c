"""A real collector copies its store into a real InfluxDB, both killed at any moment: every reading, once."""

import itertools
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from typer.testing import CliRunner

from collector import events
from collector.export.buckets import summaries
from collector.export.client import InfluxBucket, OperatorError
from collector.export.reconcile import Reconciler
from collector.export.refused import refused_lines
from collector.settings import InfluxSettings
from collector.store import STORE_NAME, StoreReader
from collector.store_writing import StoreWriter
from seepline.cli import app
from seepline.reading import Quality
from tests.collector.conftest import DAM
from tests.influxdb_v2 import TOKEN, InfluxDB, influxdb_v2

# A shard of InfluxDB is a week from Monday on, in which a field has one type. Two weeks and a day of the third.
MONDAY_MS = 1_451_865_600_000  # 4 January 2016
SCAN_MS, DAY_MS = 900_000, 86_400_000
T0_MS = MONDAY_MS - 14 * DAY_MS
SCANS = 15 * DAY_MS // SCAN_MS
DATABASES = (f"kills{number}" for number in itertools.count())
LIMIT_S = 240


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[InfluxDB]:
    with influxdb_v2(tmp_path_factory.mktemp("influxdb")) as found:
        yield found


@pytest.fixture
def database(server) -> str:
    name = next(DATABASES)
    server.ask(f"CREATE DATABASE {name}")
    return name


def fill(folder, a_reading) -> None:
    """Make a store with fifteen days of two quantities."""
    with closing(StoreWriter(folder / STORE_NAME)) as store, store.transaction():
        for scan, quantity in itertools.product(range(SCANS), ("pore_pressure", "temperature")):
            value = 40.0 + scan % 96 / 10
            store.put(a_reading(quantity=quantity, time_ms=T0_MS + scan * SCAN_MS, value=value), None)


def settle(collector_process, server, database) -> None:
    data = collector_process.data
    (data / "influx.token").write_text(TOKEN)
    (data / "collector.toml").write_text(
        f'[influxdb]\nurl = "{server.url}"\norg = "o"\nbucket = "{database}"\ntoken_file = "influx.token"\n'
    )


def sent(data) -> int:
    with StoreReader(data / STORE_NAME).connected() as connection:
        row = connection.execute("SELECT number FROM marks WHERE name = 'influxdb readings'").fetchone()
    return row[0] if row else 0


def wait_until_sent(data, number: int) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while sent(data) < number:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def held(server, database) -> dict[tuple[str, int], float]:
    """Return every value of the database."""
    series = server.ask('SELECT "value" FROM "reading" GROUP BY "quantity"', database)
    return {(one["tags"]["quantity"], at): value for one in series for at, value in one["values"]}


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_kills_of_exporter_and_engine_lose_and_double_nothing(
    server, database, collector_process, a_reading, kills
):
    fill(collector_process.data, a_reading)
    settle(collector_process, server, database)
    server.write(database, f"reading,site=other late=1i {MONDAY_MS}")
    step = 2 * SCANS // (kills + 1)
    for kill in range(kills):
        collector_process.start()
        wait_until_sent(collector_process.data, step * kill + 1)
        collector_process.kill()
        server.kill()
        server.start()
    collector_process.start()
    wait_until_sent(collector_process.data, 2 * SCANS)
    assert collector_process.stop() == 0
    times = [T0_MS + scan * SCAN_MS for scan in range(SCANS)]
    assert {at for _, at in held(server, database)} == {at for at in times if at < MONDAY_MS}
    assert len(held(server, database)) == 2 * sum(at < MONDAY_MS for at in times)
    with StoreReader(collector_process.data / STORE_NAME).connected() as connection:
        refused = refused_lines(connection)
    assert {int(one.line.rpartition(b" ")[2]) for one in refused} == {at for at in times if at >= MONDAY_MS}
    assert all("type conflict" in one.reason for one in refused)


def test_what_a_torn_file_lost_is_found_and_sent_again(server, database, collector_process, a_reading):
    data = collector_process.data
    fill(data, a_reading)
    settle(collector_process, server, database)
    collector_process.start()
    wait_until_sent(data, 2 * SCANS)
    assert collector_process.stop() == 0
    before = held(server, database)
    lost = f"time >= {T0_MS + 5 * SCAN_MS}ms AND time < {T0_MS + 40 * SCAN_MS}ms"
    server.ask(f"DELETE FROM reading WHERE quantity = 'temperature' AND {lost}", database)
    words = ["collector", "reconcile", str(DAM), "--data", str(data)]
    looked = CliRunner().invoke(app, [*words, "--only-look"])
    assert (looked.exit_code, "2015-12-21 P1 temperature: 61 in InfluxDB, 96 in the store" in looked.output) == (
        1,
        True,
    )
    mended = CliRunner().invoke(app, words)
    assert (mended.exit_code, "121 lines sent again, 0 differences left" in mended.output) == (0, True)
    assert held(server, database) == before
    assert CliRunner().invoke(app, words).exit_code == 0


def test_events_that_a_torn_file_lost_are_found_and_sent_again(server, database, collector_process):
    data = collector_process.data
    settle(collector_process, server, database)
    with closing(StoreWriter(data / STORE_NAME)) as store, store.transaction():
        for number, at_ms in enumerate((T0_MS, T0_MS, T0_MS + 1, T0_MS + DAY_MS)):
            event = events.by_person(f"n{number}", "note", ("P1", ""), (at_ms, at_ms), f"Note {number}.")
            store.add_event(event)
    words = ["collector", "reconcile", str(DAM), "--data", str(data)]
    looked = CliRunner().invoke(app, [*words, "--only-look"])
    assert "2015-12-21 events note: 0 in InfluxDB, 2 in the store" in looked.output
    mended = CliRunner().invoke(app, words)
    assert (mended.exit_code, "3 lines sent again, 0 differences left" in mended.output) == (0, True)
    (series,) = server.ask('SELECT "text" FROM "event"', database)
    assert [text for _, text in series["values"]] == ["Note 1.", "Note 2.", "Note 3."]


def test_an_hour_and_a_day_keep_their_peaks(server, database, collector_process, a_reading):
    data = collector_process.data
    with closing(StoreWriter(data / STORE_NAME)) as store, store.transaction():
        for scan, value in enumerate((41.0, 95.0, 39.0, 40.0, 44.0)):
            store.put(a_reading(time_ms=T0_MS + scan * SCAN_MS, value=value, level=3 if value > 90 else 0), None)
    settle(collector_process, server, database)
    collector_process.start()
    wait_until_sent(data, 5)
    assert collector_process.stop() == 0
    hours = server.ask('SELECT "min", "max", "last", "count", "level" FROM "reading_1h"', database)[0]["values"]
    assert hours == [[T0_MS, 39.0, 95.0, 40.0, 4, 3], [T0_MS + 3_600_000, 44.0, 44.0, 44.0, 1, 0]]
    ((_, *day),) = server.ask('SELECT "min", "max", "last", "count" FROM "reading_1d"', database)[0]["values"]
    assert day == [39.0, 95.0, 44.0, 5]


def test_a_withheld_reading_hides_no_hour_and_what_came_late_is_counted(tmp_path, a_reading):
    with closing(StoreWriter(tmp_path / STORE_NAME)) as store, store.transaction():
        store.put(a_reading(value=None, quality=Quality.MISSING), None)
        store.put(a_reading(time_ms=T0_MS + SCAN_MS, value=95.0, quality=Quality.SUSPECT, late=True), None)
        store.put(a_reading(time_ms=T0_MS + 4 * SCAN_MS, value=None, quality=Quality.MISSING), None)
    with StoreReader(tmp_path / STORE_NAME).connected() as connection:
        buckets = [("P1", "pore_pressure", at) for at in (T0_MS, T0_MS + 4 * SCAN_MS)]
        seen, withheld = summaries(connection, buckets, 4 * SCAN_MS)
    assert (seen.largest, seen.count, seen.worst_quality, seen.late_count) == (95.0, 1, 3, 1)
    assert (withheld.largest, withheld.count, withheld.worst_quality, withheld.late_count) == (None, 0, 9, 0)


def test_a_bucket_that_does_not_keep_everything_fills_no_quarantine(server, tmp_path):
    """A year of a store goes to a bucket of 30 days: what is too old is left out, what is wrong is still found."""
    server.ask("CREATE DATABASE month WITH DURATION 30d NAME autogen")
    (tmp_path / "token").write_text(TOKEN)
    now_ms, wrong = int(time.time() * 1000), b'reading,site=s value="text" '
    days = [b"reading,site=s value=1.0 %d" % (now_ms - day * DAY_MS) for day in range(365)]
    with closing(InfluxBucket(InfluxSettings(server.url, "o", "month", tmp_path / "token"))) as bucket:
        assert bucket.write(days) == []
        (refused,) = bucket.write([*days, wrong + b"%d" % (now_ms - 1)])
    assert (refused.line[: len(wrong)], "type conflict" in refused.reason) == (wrong, True)
    (series,) = server.ask('SELECT count("value") FROM "reading"', "month")
    assert 28 <= series["values"][0][1] <= 30


def test_a_database_that_refuses_to_answer_is_said_so(server, database, tmp_path, dam):
    (tmp_path / "token").write_text("wrong")
    settings = InfluxSettings(server.url, "o", database, tmp_path / "token")
    StoreWriter(tmp_path / STORE_NAME).close()
    with closing(InfluxBucket(settings)) as bucket:
        work = Reconciler(dam, StoreReader(tmp_path / STORE_NAME), bucket)
        assert work.days() == []
        with pytest.raises(OperatorError, match="401"):
            work.differences(T0_MS)
