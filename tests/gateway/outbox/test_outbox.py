"""The outbox: one row per identity, pointers that close gaps, segments that come and go as whole files."""

import pytest

from gateway.outbox.backlog import DeadLetter
from gateway.outbox.file import OutboxError, OutboxFile
from gateway.outbox.intake import Arrival, LineArrival
from gateway.outbox.room import DAY_MS, LIMITS, Limits
from tests.gateway.outbox.opened import NOW_MS, Opened


def test_the_same_record_twice_is_one_row(opened, arrivals):
    assert opened.outbox.append(arrivals(1, 2, 2)) == 2
    assert opened.outbox.append(arrivals(1, 2, live=True)) == 0
    assert opened.outbox.stored[501, 77] == opened.backlog.unsent() == 2


def test_the_same_identity_with_other_bytes_keeps_both_and_is_reported_once(opened, record):
    twins = [Arrival(record(501, 77, 5, utc_s=when), NOW_MS, False) for when in (1, 2)]
    assert [opened.outbox.append(twins) for _ in range(2)] == [2, 0]
    assert [row.raw for row in opened.backlog.pending(9)] == [twin.raw for twin in twins]
    assert opened.kinds() == ["conflict"]


def test_back_fill_wants_what_is_missing_oldest_first(opened, arrivals):
    opened.outbox.append(arrivals(9, 10, live=True))
    assert opened.outbox.wanted(501, 77, 10, 99) == [1, 2, 3, 4, 5, 6, 7, 8]
    opened.outbox.append(arrivals(1, 2, 4))
    assert opened.outbox.wanted_from(501, 77) == 3
    assert opened.outbox.wanted(501, 77, 10, 3) == [3, 5, 6]
    opened.outbox.append(arrivals(3, 5, 6, 7, 8))
    assert opened.outbox.wanted_from(501, 77) == 11
    assert opened.outbox.wanted(501, 77, 10, 3) == []


def test_a_pointer_passes_more_held_records_than_one_look_ahead(opened, arrivals):
    opened.outbox.append(arrivals(*range(2, 1400)))
    opened.outbox.append(arrivals(1))
    assert opened.outbox.wanted_from(501, 77) == 1400


def test_what_the_logger_overwrote_is_a_gap_that_says_how_much(opened, arrivals):
    opened.outbox.append(arrivals(1, 2, 5, 9))
    opened.outbox.give_up(501, 77, 8, "overwritten", NOW_MS)
    assert opened.outbox.wanted_from(501, 77) == 10
    assert [text for *_, text in opened.file.events()] == ["overwritten: 5 records missing from 3 to 8"]


def test_a_new_ring_has_its_own_pointer_and_the_old_one_stays(opened, arrivals):
    opened.outbox.append(arrivals(1, 2))
    assert (opened.outbox.follow(501, 78), opened.outbox.follow(501, 77)) == (True, False)
    assert (opened.outbox.wanted_from(501, 77), opened.outbox.wanted_from(501, 78)) == (3, 1)


def test_live_rows_have_their_lane_and_the_backlog_its_order(opened, arrivals):
    opened.outbox.append(arrivals(1, 2))
    opened.outbox.append(arrivals(30, 31, 32, live=True))
    assert [row.outbox_sequence for row in opened.backlog.pending_live(0, 2)] == [4, 5]
    assert opened.backlog.pending_live(5, 2) == []
    assert [row.outbox_sequence for row in opened.backlog.pending(99)] == [1, 2, 3, 4, 5]


def test_a_watermark_that_moves_back_sends_the_rows_above_it_again(opened, arrivals):
    opened.outbox.append(arrivals(1, 2, 3, 4))
    opened.backlog.settle([1, 2, 3], [], NOW_MS)
    opened.backlog.heard(3, NOW_MS)
    opened.backlog.heard(1, NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [2, 3, 4]
    assert opened.kinds() == ["sent_again"]


def test_rows_that_the_collector_lost_above_its_watermark_go_again_once(opened, arrivals):
    opened.outbox.append(arrivals(1, 2, 3))
    opened.backlog.settle([1, 2, 3], [], NOW_MS)
    opened.backlog.heard(1, NOW_MS)
    assert opened.backlog.send_missing_again(NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [2, 3]
    opened.backlog.settle([2, 3], [], NOW_MS)
    assert not opened.backlog.send_missing_again(NOW_MS)


def test_a_dead_letter_stays_with_its_reason_and_is_not_sent_again(opened, arrivals):
    opened.outbox.append(arrivals(1, 2))
    opened.backlog.settle([1], [DeadLetter(2, "raw,site=dam ...", "unknown channel")], NOW_MS)
    opened.backlog.heard(2, NOW_MS)
    opened.backlog.heard(0, NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [1]
    assert opened.kinds() == ["dead_letter", "sent_again"]
    assert opened.outbox.stored[501, 77] == 2


def test_a_second_gateway_on_the_same_directory_is_refused(opened, tmp_path):
    with pytest.raises(OutboxError, match="in use by another gateway"):
        OutboxFile(tmp_path, NOW_MS)


def test_a_directory_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="choose another --data"):
        OutboxFile(tmp_path / "file" / "data", NOW_MS)


def test_a_record_that_comes_again_days_later_is_found_in_its_segment(opened, arrivals, record):
    for day in range(4):
        opened.outbox.append(arrivals(*range(1 + 90 * day, 91 + 90 * day), at_ms=NOW_MS + day * DAY_MS))
    again = opened.restarted()
    opened.file = again.file
    assert len(opened.paths()) >= 4
    assert again.outbox.append(arrivals(5, 95, 360)) == 0
    assert again.outbox.append([Arrival(record(501, 77, 5, utc_s=1), NOW_MS, False)]) == 1
    assert again.kinds() == ["conflict"]


def test_a_scan_is_one_commit_in_one_file_and_a_segment_lasts_a_day(opened, arrivals):
    commits = []
    opened.file.commit_took = commits.append
    opened.outbox.append([*arrivals(1, serial=501), *arrivals(1, serial=502), *arrivals(1, serial=503)])
    assert len(commits) == 1
    opened.outbox.append(arrivals(2, at_ms=NOW_MS + DAY_MS - 1))
    opened.outbox.append(arrivals(3, at_ms=NOW_MS - 5 * DAY_MS))
    assert len(opened.paths()) == 1
    opened.outbox.append(arrivals(4, at_ms=NOW_MS + DAY_MS))
    assert [path.name for path in opened.paths()] == ["000000000001.db", "000000000006.db"]


def test_pointers_and_live_rows_are_there_after_a_restart_and_after_a_crash(arrivals, tmp_path):
    opened = Opened(tmp_path / "first", LIMITS)
    for n in range(1, 700, 2):
        opened.outbox.append(arrivals(n, live=True))
    opened.outbox.append(arrivals(2, 4))
    crashed = opened.crashed(tmp_path / "crashed", LIMITS)
    for again in range(2):
        found = crashed.restarted(LIMITS) if again else crashed
        assert found.outbox.wanted(501, 77, 20, 3) == [6, 8, 10]
        assert found.outbox.stored[501, 77] == 352
        assert [row.outbox_sequence for row in found.backlog.pending_live(0, 3)] == [348, 349, 350]
    found.file.close()


def test_sent_segments_are_removed_as_files_and_nothing_of_them_is_missed(opened, arrivals):
    for day in range(5):
        opened.outbox.append(arrivals(*range(1 + 9 * day, 10 + 9 * day), at_ms=NOW_MS + day * DAY_MS))
    opened.backlog.settle(range(1, 31), [], NOW_MS)
    opened.backlog.heard(20, NOW_MS)
    assert opened.backlog.delete_sent(NOW_MS) == 0
    assert opened.backlog.delete_sent(NOW_MS + DAY_MS) == 9
    assert opened.backlog.delete_sent(NOW_MS + 9 * DAY_MS) == 9  # the third is sent, but above the watermark
    assert [path.name for path in opened.paths()] == ["000000000019.db", "000000000028.db", "000000000037.db"]
    again = opened.restarted()
    opened.file = again.file
    assert again.outbox.wanted_from(501, 77) == 46
    assert again.outbox.stored[501, 77] == 45
    assert again.backlog.unsent() == 15
    again.backlog.heard(0, NOW_MS)  # a collector that lost everything gets what is still here, and no more
    assert [row.outbox_sequence for row in again.backlog.pending(999)] == list(range(19, 46))
    assert again.backlog.unsendable(9) == [(1, 18)]


def test_a_third_party_reading_gets_its_identity_from_the_outbox(opened, arrivals):
    line = "raw,site=dam,logger=keller,block=0 pressure=1.5,tq=2i 1451635200000"
    opened.outbox.append(arrivals(1))
    assert opened.outbox.append_lines([LineArrival("keller", line, NOW_MS, live=True)] * 2) == 2
    rows = opened.backlog.pending_live(0, 9)
    ring = int(opened.file.id[:4], 16)
    assert [row.line for row in rows] == [
        line.replace(" 1451635200000", f",ring={ring}i,seq={row}i 1451635200000") for row in (2, 3)
    ]
    assert [row.line for row in opened.backlog.pending(1)] == [""]


@pytest.mark.parametrize("line", ["raw,site=dam a=1", "raw,site=dam a=1 1000\nraw b=2 1000", "1000"])
def test_a_line_without_a_time_is_a_mistake_of_the_program(opened, line):
    with pytest.raises(ValueError, match="expected one line that ends with its time"):
        opened.outbox.append_lines([LineArrival("keller", line, NOW_MS, live=True)])


def test_times_that_loggers_lacked_stay_with_their_records(opened, record):
    opened.outbox.append(
        [Arrival(record(501, 77, n, utc_s=0), NOW_MS, False, NOW_MS + n if n % 2 else None) for n in range(1, 6)]
    )
    estimates = [row.estimated_ms for row in opened.backlog.pending(9)]
    assert estimates == [NOW_MS + 1, None, NOW_MS + 3, None, NOW_MS + 5]


def test_the_ballast_is_there_and_costs_no_writing(tmp_path):
    opened = Opened(tmp_path, Limits(ballast_bytes=1 << 20))
    ballast = (tmp_path / "outbox" / "ballast").stat()
    opened.file.close()
    assert (ballast.st_size, ballast.st_blocks * 512) == (1 << 20, 1 << 20)
