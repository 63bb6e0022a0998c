"""Several destinations over the same rows, each with its own account."""

import pytest
from typer.testing import CliRunner

from gateway.outbox.backlog import Backlog, DeadLetter
from gateway.outbox.file import OutboxError
from gateway.outbox.room import DAY_MS
from seepline.cli import app
from tests.gateway.outbox.opened import NOW_MS, Opened


def numbers(backlog: Backlog) -> list[int]:
    return [row.outbox_sequence for row in backlog.pending(999)]


def test_what_one_has_or_refused_is_nothing_to_the_other(opened, arrivals):
    authority = Backlog(opened.file, "authority")
    opened.outbox.append(arrivals(1, 2, 3, 4))
    opened.backlog.settle([1, 2], [DeadLetter(3, "line", "unknown channel")], NOW_MS)
    opened.backlog.heard(3, NOW_MS)
    authority.settle([4], [], NOW_MS)
    assert (numbers(opened.backlog), numbers(authority)) == ([4], [1, 2, 3])
    assert (opened.backlog.committed(), authority.committed()) == (3, None)
    assert opened.file.dead_letters("collector") == [(3, "line", "unknown channel", NOW_MS)]
    assert opened.file.dead_letters("authority") == []
    opened.backlog.heard(0, NOW_MS)
    assert (numbers(opened.backlog), numbers(authority)) == ([1, 2, 4], [1, 2, 3])
    again = opened.restarted()
    opened.file = again.file
    assert numbers(Backlog(again.file, "authority")) == [1, 2, 3]
    assert again.backlog.unsendable(9) == [(3, 3)]


def test_a_new_destination_begins_with_the_oldest_row_that_is_here_and_holds_it(opened, arrivals):
    for day in range(4):
        opened.outbox.append(arrivals(*range(1 + 9 * day, 10 + 9 * day), at_ms=NOW_MS + day * DAY_MS))
    opened.backlog.settle(range(1, 37), [], NOW_MS)
    assert opened.backlog.delete_sent(NOW_MS + 1) == 9
    late = Backlog(opened.file, "authority")
    assert numbers(late) == list(range(10, 37))
    assert late.oldest_unsent_ms() == NOW_MS + DAY_MS
    assert opened.backlog.delete_sent(NOW_MS + 9 * DAY_MS) == 0
    with pytest.raises(OutboxError, match="knows no destination athority, expected one of authority, collector"):
        opened.file.forget("athority", NOW_MS)
    opened.file.forget("authority", NOW_MS)
    assert opened.backlog.delete_sent(NOW_MS + 9 * DAY_MS) == 18
    assert "27 rows were not sent there" in opened.file.events()[-1][4]


@pytest.mark.parametrize("name", ["", "a/b", "two words"])
def test_a_name_that_no_file_could_hold_is_refused(opened, name):
    with pytest.raises(OutboxError, match="expected letters, digits"):
        Backlog(opened.file, name)


def test_the_operator_says_that_a_destination_is_no_more(opened, arrivals, tmp_path):
    Backlog(opened.file, "authority")
    opened.outbox.append(arrivals(1, 2))
    command = ["gateway", "forget", "authority", "--data", str(tmp_path)]
    busy = CliRunner().invoke(app, command)
    assert (busy.exit_code, "in use by another gateway" in busy.output) == (1, True)
    opened.file.close()
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, "2 rows were not sent there" in done.output) == (0, True)
    twice = CliRunner().invoke(app, command)
    assert (twice.exit_code, "expected one of collector" in twice.output) == (1, True)
    elsewhere = CliRunner().invoke(app, [*command[:-1], str(tmp_path / "nowhere")])
    assert (elsewhere.exit_code, "holds no outbox" in elsewhere.output) == (2, True)
    opened.file = Opened(tmp_path).file
