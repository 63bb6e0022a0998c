"""An outbox of the first form, as the gateway left it, read over into segments."""

import sqlite3
from pathlib import Path

import pytest

from gateway.outbox.file import OutboxError, OutboxFile
from tests.gateway.outbox.opened import NOW_MS, SMALL, Opened

OLD_SCHEMA = """
PRAGMA application_id = 0x534C4F58;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE record (
    outbox_sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    logger INTEGER NOT NULL, ring INTEGER NOT NULL, sequence INTEGER NOT NULL, variant INTEGER NOT NULL,
    raw BLOB NOT NULL, received_ms INTEGER NOT NULL, estimated_ms INTEGER, live INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (logger, ring, sequence, variant)
) STRICT;
CREATE TABLE pointer (
    logger INTEGER NOT NULL, ring INTEGER NOT NULL, wanted INTEGER NOT NULL, PRIMARY KEY (logger, ring)
) STRICT;
CREATE TABLE dead_letter (
    outbox_sequence INTEGER PRIMARY KEY, line TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
INSERT INTO meta VALUES ('outbox', '0a1b2c3d4e5f6071'), ('committed', '30');
INSERT INTO pointer VALUES (501, 77, 2101);
INSERT INTO dead_letter VALUES (35, 'raw ...', 'unknown channel', 1);
INSERT INTO event (at_ms, kind, subject, text) VALUES (1, 'dead_letter', 'row 35', 'refused');
"""
SENT, DEAD = 1, 2


@pytest.fixture
def old(tmp_path, record) -> Path:
    """2000 rows; 1 to 10 were deleted, 11 to 40 sent, 35 refused; sequences 1 to 100 given up."""
    db = sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)
    db.executescript(OLD_SCHEMA)
    rows = [
        (
            row,
            501,
            77,
            100 + row,
            0,
            record(501, 77, 100 + row),
            NOW_MS,
            None,
            row > 1990,
            SENT if row <= 40 else 0,
        )
        for row in range(11, 2001)
    ]
    db.execute("BEGIN")
    db.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.execute("UPDATE record SET state = ? WHERE outbox_sequence = 35", (DEAD,))
    db.execute("COMMIT")
    db.close()
    return tmp_path


def holds_everything(opened: Opened) -> bool:
    assert opened.file.id == "0a1b2c3d4e5f6071"
    assert opened.held() == {row: 100 + row for row in range(11, 2001)}
    assert [row.outbox_sequence for row in opened.backlog.pending(9999)] == list(range(41, 2001))
    assert [row.outbox_sequence for row in opened.backlog.pending_live(0, 99)] == list(range(1991, 2001))
    assert (opened.backlog.committed(), opened.backlog.unsendable(9)) == (30, [(35, 35)])
    assert opened.outbox.wanted(501, 77, 2101, 9) == [2101]
    assert opened.outbox.stored[501, 77] == 1990
    assert opened.kinds() == ["dead_letter"]
    return True


def test_nothing_of_it_is_lost(old):
    opened = Opened(old)
    assert holds_everything(opened)
    again = opened.restarted()
    assert holds_everything(again)
    again.file.close()
    assert sorted(path.name for path in old.iterdir()) == ["outbox", "outbox.lock", "outbox.old.db"]


def test_a_crash_on_the_way_begins_again_and_one_at_the_end_does_not(old):
    (old / "outbox.importing").mkdir()
    (old / "outbox.importing" / "state.db").write_bytes(b"half of it")
    opened = Opened(old)
    opened.file.close()
    (old / "outbox.old.db").rename(old / "outbox.db")
    again = Opened(old)
    assert holds_everything(again)
    again.file.close()


def test_two_outboxes_in_one_directory_are_refused(old, tmp_path):
    (old / "outbox.db").rename(old / "elsewhere.db")
    OutboxFile(old, NOW_MS, SMALL).close()
    (old / "elsewhere.db").rename(old / "outbox.db")
    with pytest.raises(OutboxError, match="two outboxes: move one of them away"):
        OutboxFile(old, NOW_MS, SMALL)


def test_a_damaged_one_is_put_aside(old):
    (old / "outbox.db").write_bytes(b"no database" * 99)
    opened = Opened(old)
    assert opened.backlog.pending(9) == []
    opened.file.close()
    assert (old / f"outbox.damaged-{NOW_MS}.db").exists()
