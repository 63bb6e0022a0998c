"""The raw journal: once each, in commit order, nothing changed, nothing lost."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.journal import Batch, Journal
from collector.journal_file import identities, open_journal
from collector.outbox_ranges import OutboxHeaderError, merged, read_header, watermark
from collector.raw_lines import RawRow, RawValue

T0_MS = 1_451_635_200_000


@pytest.fixture
def journal(tmp_path):
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def append(journal, *rows, **more):
    at_ms = max((row.time_ms for row in rows if row.time_ms is not None), default=T0_MS)
    return journal.append(Batch(arrival_ms=min(at_ms, 2**62), writer="gw1", rows=rows, **more))


def values(journal):
    return [(kept.reading.value, kept.rank) for entry in journal.entries_after(0, 99) for kept in entry.values]


def test_a_row_is_kept_with_its_identity_and_found_by_channel_and_time(journal, rows):
    append(journal, rows.piezometer(0, hertz=2850.5))
    (entry,) = journal.entries_after(0, 10)
    assert (entry.identity, entry.logger, entry.time_ms, entry.tq) == ("a:7:1", "a", T0_MS, 2)
    found = journal.raw.nearest("a/f", T0_MS, 0)
    assert (found.value, found.identity) == (2850.5, "a:7:1")


def test_the_same_row_again_is_a_duplicate_and_stored_once(journal, rows):
    append(journal, rows.piezometer(0))
    append(journal, rows.piezometer(0), rows.piezometer(1))
    assert journal.counts() == {"journal_rows": 2, "raw_records": 2, "duplicates": 1, "conflicts": 0}
    assert len(values(journal)) == 4


def test_another_value_for_the_same_time_is_kept_as_conflict_and_the_first_stays(journal, rows):
    append(journal, rows.barometer(0, 2100.0), rows.barometer(0, 2200.0), rows.barometer(0, 2200.0))
    assert values(journal) == [(2100.0, 0), (2200.0, 1)]
    assert journal.raw.nearest("b/baro", T0_MS, 0).value == 2100.0
    assert [entry.identity_conflict for entry in journal.entries_after(0, 9)] == [False, True]
    assert journal.counts()["conflicts"] == 1


def test_one_identity_at_two_times_is_an_identity_conflict_and_both_are_kept(journal, rows):
    append(journal, rows.barometer(0, seq=5), rows.barometer(1, seq=5))
    assert [entry.identity_conflict for entry in journal.entries_after(0, 9)] == [False, True]
    assert [journal.raw.nearest("b/baro", T0_MS + scan * 900_000, 0).value for scan in (0, 1)] == [2100.0] * 2


def test_two_records_with_equal_values_and_time_are_both_accounted_for(journal, rows):
    append(journal, rows.barometer(0, seq=5), rows.barometer(0, seq=6))
    assert journal.identities("b") == [(7, 5), (7, 6)]
    assert values(journal) == [(2100.0, 0)]


def test_a_line_without_a_timestamp_gets_its_arrival_time_and_says_so(journal):
    append(journal, RawRow(line=1, logger="a", block=None, time_ms=None, values=(RawValue("f", 1.0, 0),)))
    (entry,) = journal.entries_after(0, 9)
    assert (entry.time_ms, entry.tq, entry.identity) == (T0_MS, 3, "")


def test_the_nearest_reading_wins_and_of_two_the_earlier(journal, rows):
    append(journal, rows.barometer(2, 3.0), rows.barometer(0, 1.0), rows.barometer(4, 5.0))

    def near(time_ms, max_age_ms):
        found = journal.raw.nearest("b/baro", time_ms, max_age_ms)
        return found and found.value

    scan_ms = 900_000
    assert near(T0_MS + scan_ms, scan_ms) == 1.0
    assert near(T0_MS + scan_ms + 1, scan_ms) == 3.0
    assert near(T0_MS + scan_ms, 0) is None
    assert near(T0_MS - scan_ms - 1, scan_ms) is None
    assert [one.value for one in journal.raw.previous("b/baro", T0_MS + 4 * scan_ms, 5)] == [3.0, 1.0]


def test_what_came_later_is_hidden_from_the_entry_being_judged(journal, rows):
    append(journal, rows.barometer(0, 1.0), rows.barometer(1, 2.0))
    journal.raw.up_to_line = 1
    assert journal.raw.nearest("b/baro", T0_MS + 900_000, 900_000).value == 1.0
    assert journal.raw.times("b/baro", 0, 2**60) == [T0_MS]


def test_the_watermark_rises_only_over_rows_that_are_all_on_disk(journal, rows):
    assert append(journal, rows.barometer(3), outbox="o1", ranges=((4, 6),)) == 0
    assert append(journal, rows.barometer(0), outbox="o1", ranges=((1, 2),)) == 2
    assert append(journal, rows.barometer(1), outbox="o1", ranges=((3, 3),)) == 6
    assert journal.watermark("gw1") == ("o1", 6)
    assert journal.watermark("gw2") is None
    assert append(journal, rows.barometer(2), outbox="o2", ranges=((1, 1),)) == 1
    assert journal.watermark("gw1") == ("o2", 1)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5)), max_size=12))
def test_merged_ranges_hold_the_same_rows_and_the_watermark_is_the_first_gap(pairs):
    ranges = tuple((first, first + more) for first, more in pairs)
    held = {row for first, last in ranges for row in range(first, last + 1)}
    whole = merged(ranges)
    assert {row for first, last in whole for row in range(first, last + 1)} == held
    assert all(one[1] + 1 < two[0] for one, two in pairwise(whole))
    assert watermark(whole) == next(row for row in range(40) if row + 1 not in held)


@pytest.mark.parametrize("text", ["", "o1", "o1:", "o1:0-3", "o1:3-2", "o1:1-", "o 1:1-2", "o1:1-2;3-4"])
def test_an_unreadable_outbox_header_says_what_was_expected(text):
    with pytest.raises(OutboxHeaderError, match="expected"):
        read_header(text)


def test_a_damaged_journal_is_set_aside_and_a_new_one_begun(tmp_path, rows):
    path = tmp_path / "journal.sqlite"
    with closing(Journal(path)) as first:
        append(first, *(rows.barometer(scan) for scan in range(300)))
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    journal, aside = open_journal(path, T0_MS)
    with closing(journal):
        assert journal.counts()["journal_rows"] == 0
        assert aside is not None
        assert len(aside.read_bytes()) == len(whole)


def test_a_sound_journal_is_taken_up_as_it_is(tmp_path, rows):
    path = tmp_path / "journal.sqlite"
    with closing(Journal(path)) as first:
        append(first, rows.barometer(0))
    journal, aside = open_journal(path, T0_MS)
    journal.close()
    assert aside is None
    assert identities(path, "b") == [(7, 1)]


def test_every_commit_is_synchronous_to_the_disk(journal):
    assert journal._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_batch_that_cannot_be_committed_leaves_nothing_behind(journal, rows):
    whole = rows.barometer(0)
    broken = RawRow(line=2, logger="b", block=0, time_ms=2**70, values=(RawValue("new", 1.0, 0),))
    with pytest.raises((OverflowError, sqlite3.Error)):
        append(journal, whole, broken)
    assert journal.counts()["journal_rows"] == 0
    append(journal, whole)
    assert journal.raw.nearest("b/baro", T0_MS, 0).value == 2100.0
