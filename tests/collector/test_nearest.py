"""Live and replay look inputs up alike: one list of rows, both tables, the same answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.journal import Batch, Journal
from collector.line_protocol import parse
from collector.raw_lines import rows
from collector.replay_table import RawTable as ReplayTable

CHANNEL = "north/barometer"
MINUTE_MS = 60_000
READINGS = st.dictionaries(st.integers(0, 60), st.none() | st.floats(90, 110), max_size=12)


def in_journal(folder, readings):
    journal = Journal(folder / "journal.sqlite")
    for minute, value in readings.items():
        field = "barometer_status=1i" if value is None else f"barometer={value!r}"
        good, refused = rows(parse(f"raw,site=s,logger=north {field} {minute * MINUTE_MS}".encode())[0], "ms", "s")
        assert not refused
        journal.append(Batch(arrival_ms=10**9, writer="test", rows=good))
    return journal


@given(READINGS, st.integers(0, 60), st.sampled_from([0, 10 * MINUTE_MS, 30 * MINUTE_MS]))
def test_both_tables_choose_the_same_reading(tmp_path_factory, readings, minute, max_age_ms):
    folder = tmp_path_factory.mktemp("nearest")
    journal = in_journal(folder, readings)
    with ReplayTable(folder) as replayed:
        replayed.fill(((CHANNEL, at * MINUTE_MS, value) for at, value in readings.items()), folder)
        live = journal.raw.nearest(CHANNEL, minute * MINUTE_MS, max_age_ms)
        again = replayed.nearest(CHANNEL, minute * MINUTE_MS, max_age_ms)
    journal.close()
    assert (live and (live.time_ms, live.value)) == (again and (again.time_ms, again.value))


@pytest.mark.parametrize(
    ("readings", "minute", "found"),
    [
        ({0: 99.0, 15: None, 30: 101.0}, 15, (0, 99.0)),
        ({0: 99.0, 15: None}, 20, (0, 99.0)),
        ({15: None}, 15, (15, None)),
        ({15: 100.0, 20: 101.0}, 15, (15, 100.0)),
        ({0: 99.0}, 31, None),
    ],
)
def test_a_scan_without_value_is_bridged_and_never_invented(tmp_path, readings, minute, found):
    journal = in_journal(tmp_path, readings)
    raw = journal.raw.nearest(CHANNEL, minute * MINUTE_MS, 30 * MINUTE_MS)
    journal.close()
    assert (raw and (raw.time_ms // MINUTE_MS, raw.value)) == found
