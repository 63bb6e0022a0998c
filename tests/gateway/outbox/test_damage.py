"""Files that are not what was written: kept aside, mended as far as can be read, the rest read again."""

import shutil

import pytest

from gateway.outbox.file import OutboxFull
from gateway.outbox.segment import Segment
from tests.gateway.outbox.opened import NOW_MS, Opened, rot


@pytest.fixture
def filled(opened, arrivals):
    """Four closed segments and an open one."""
    n = 1
    while len(opened.paths()) < 5:
        opened.outbox.append(arrivals(*range(n, n + 12)))
        n += 12
    return opened


def gaps(filled: Opened) -> list[int]:
    newest = max(filled.held().values())
    return filled.outbox.wanted(501, 77, newest, 9999)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("which", [0, 2])
def test_a_closed_segment_that_rots_while_running_is_mended_and_the_rest_read_again(
    filled, arrivals, which, share
):
    stored = set(filled.held().values())
    filled.file.segments.let_go()
    rot(filled.paths()[which], share)
    held = set(filled.held().values())
    missing = sorted(stored - held)
    assert gaps(filled) == missing
    assert filled.kinds() == ["damaged"]
    assert f"{len(missing)} records are read from the loggers again" in filled.file.events()[0][4]
    assert len(list((filled.directory / "outbox").glob("*.damaged-*.db"))) == 1
    filled.outbox.append(arrivals(*missing))
    assert filled.backlog.unsent() == len(stored)
    assert {row.raw for row in filled.backlog.pending(9999)} == {one.raw for one in arrivals(*stored)}


def test_what_every_destination_has_is_not_read_again(filled):
    first = filled.file.segments.closed[1]
    filled.backlog.settle(range(1, first.last + 1), [], NOW_MS)
    filled.backlog.heard(first.last, NOW_MS)
    filled.file.segments.let_go()
    rot(filled.paths()[0], 0.0)
    filled.held()
    assert gaps(filled) == []
    assert filled.kinds() == ["damaged"]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_newest_segment_found_damaged_at_the_start_gives_way_to_a_new_one(filled, arrivals, share):
    stored, last = set(filled.held().values()), filled.backlog.last_row()
    filled.file.close()
    rot(filled.paths()[-1], share, 2000)
    again = Opened(filled.directory)
    filled.file = again.file
    assert again.kinds() == ["damaged"]
    missing = sorted(stored - set(again.held().values()))
    assert missing
    assert again.outbox.wanted(501, 77, max(stored), 9999) == missing
    again.outbox.append(arrivals(*missing))
    assert set(again.held().values()) == stored
    assert min(row for row, n in again.held().items() if n in missing) > last  # no row number is used twice


def test_a_segment_that_is_gone_is_said_and_read_again(filled):
    filled.file.close()
    lost = filled.paths()[1]
    lost.unlink()
    again = Opened(filled.directory)
    filled.file = again.file
    assert again.kinds() == ["damaged"]
    assert "the file is not there" in again.file.events()[0][4]
    assert again.outbox.wanted_from(501, 77) == int(lost.stem)


def test_a_damaged_state_sends_everything_again_under_the_same_outbox(filled, arrivals):
    old_id, rows, wanted = filled.file.id, filled.held(), filled.outbox.wanted_from(501, 77)
    filled.backlog.settle(list(rows), [], NOW_MS)
    filled.file.close()
    (filled.directory / "outbox" / "state.db").write_bytes(b"no database" * 999)
    again = Opened(filled.directory)
    filled.file = again.file
    assert again.file.id == old_id
    assert again.kinds() == ["damaged"]
    assert [row.outbox_sequence for row in again.backlog.pending(9999)] == list(rows)
    assert again.outbox.wanted_from(501, 77) == wanted
    assert again.outbox.append(arrivals(1, 2)) == 0


def test_another_program_s_file_is_put_aside(tmp_path):
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "000000000001.db").write_bytes(b"SQLite format 3\0" + b"\1" * 4000)
    opened = Opened(tmp_path)
    assert opened.kinds() == ["damaged"]
    assert opened.backlog.pending(9) == []
    opened.file.close()


def test_a_log_that_lost_its_end_never_uses_the_number_of_a_sent_row_again(opened, arrivals, tmp_path):
    opened.outbox.append(arrivals(1, 2, 3))
    opened.outbox.append(arrivals(4, 5, 6))
    opened.backlog.settle([4, 5, 6], [], NOW_MS)
    shutil.copytree(opened.directory, tmp_path / "copy")
    log = tmp_path / "copy" / "outbox" / "000000000001.db-wal"
    log.write_bytes(log.read_bytes()[:-100])
    again = Opened(tmp_path / "copy")
    assert again.outbox.wanted(501, 77, 6, 9) == [4, 5, 6]
    assert again.outbox.append(arrivals(4, 5, 6)) == 3
    assert list(again.held().items()) == [(1, 1), (2, 2), (3, 3), (7, 4), (8, 5), (9, 6)]
    assert [row.outbox_sequence for row in again.backlog.pending(9)] == [1, 2, 3, 7, 8, 9]
    assert "are not on this disk any more" in again.file.events()[0][4]
    again.file.close()


def test_a_segment_that_the_disk_will_not_give_twice_does_not_hold_the_rest(filled, monkeypatch):
    rows, whole, errors = filled.held(), Segment.pack_from, 2

    def bad_sector(segment, row):
        nonlocal errors
        if segment.first == 1 and errors:
            errors -= 1
            raise OutboxFull("disk I/O error")
        return whole(segment, row)

    monkeypatch.setattr(Segment, "pack_from", bad_sector)
    with pytest.raises(OutboxFull):
        filled.backlog.pending(9999)
    assert [row.outbox_sequence for row in filled.backlog.pending(9999)] == list(rows)  # all of it was readable
    assert filled.kinds() == ["damaged"]
