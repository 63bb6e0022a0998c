"""The uplink against a real HTTP server that stores, refuses, fails, or hangs up after it has stored."""

import asyncio
import contextlib
import json

import pytest

from gateway.clock import Clock
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from gateway.uplink.answers import Action, action_for, read_refusal
from gateway.uplink.connection import open_connection
from gateway.uplink.destination import Destination
from gateway.uplink.lines import names_of
from gateway.uplink.sender import Unsent
from gateway.uplink.uplink import Uplink

NOW_MS = 1_451_635_200_000


@pytest.fixture
def file(tmp_path):
    file = OutboxFile(tmp_path, NOW_MS)
    yield file
    file.close()


@pytest.fixture
def destination(collector):
    return Destination(name="collector", url=collector.url, token="s3cret")


@pytest.fixture
async def uplink(destination, file, site):
    async with open_connection(destination) as connection:
        yield Uplink(connection, "gw1", Backlog(file), names_of(site), Clock())


@pytest.fixture
def store(file, record):
    outbox = Outbox(file)

    def store(*sequences: int, live: bool = False, serial: int = 501) -> None:
        outbox.append([Arrival(record(serial, 77, sequence), NOW_MS, live) for sequence in sequences])

    return store


async def drain(uplink: Uplink) -> None:
    while await uplink.step():
        pass


async def until_all_is_sent(file: OutboxFile) -> None:
    while Backlog(file).unsent():  # noqa: ASYNC110 - the file tells, not an event
        await asyncio.sleep(0.02)


def sequences(collector) -> list[int]:
    return [int(line.split("seq=")[1].split("i")[0]) for line in collector.stored]


async def test_a_batch_is_sent_once_and_acknowledged(uplink, collector, file, store):
    store(*range(1, 6))
    await drain(uplink)
    assert sequences(collector) == [1, 2, 3, 4, 5]
    (head,) = collector.headers
    assert head["path"] == "/api/v2/write?bucket=raw&precision=ms"
    assert (head["Authorization"], head["Content-Encoding"]) == ("Token s3cret", "gzip")
    assert head["Seepline-Outbox"] == f"{file.id}:1-5"
    assert (Backlog(file).unsent(), Backlog(file).committed()) == (0, 5)


async def test_a_backlog_goes_in_order_and_live_rows_go_first(uplink, collector, store):
    store(*range(1, 1500))
    store(2000, 2001, live=True)
    await drain(uplink)
    assert sequences(collector) == [2000, 2001, *range(1, 1500)]


async def test_live_rows_of_an_outage_keep_their_order_in_the_backlog(uplink, collector, store):
    store(*range(1, 301), live=True)
    await drain(uplink)
    assert sequences(collector) == [*range(101, 301), *range(1, 101)]


async def test_exactly_the_listed_lines_become_dead_letters(uplink, collector, file, store):
    collector.poison = {"seq=2i", "seq=4i"}
    store(*range(1, 6))
    await drain(uplink)
    assert sequences(collector) == [1, 3, 5]
    dead = [(row, reason) for row, _, reason, _ in file.dead_letters()]
    assert dead == [(2, "no such channel"), (4, "no such channel")]
    assert Backlog(file).unsent() == 0
    assert file.event_counts() == {"dead_letter": 2}


async def test_without_a_list_halving_finds_the_bad_line(uplink, collector, file, store):
    collector.poison, collector.says_which = {"seq=37i"}, False
    store(*range(1, 101))
    await drain(uplink)
    assert sequences(collector) == [n for n in range(1, 101) if n != 37]
    assert [row for row, *_ in file.dead_letters()] == [37]
    assert Backlog(file).committed() == 100


async def test_an_answer_lost_after_the_commit_sends_the_batch_again(uplink, collector, file, store):
    collector.answers = ["hang up"]
    store(1, 2, 3)
    with pytest.raises(Unsent, match="cannot be reached"):
        await uplink.step()
    assert Backlog(file).unsent() == 3
    await drain(uplink)
    assert sequences(collector) == [1, 2, 3, 1, 2, 3]
    assert Backlog(file).unsent() == 0


async def test_a_server_in_trouble_is_asked_again_when_it_said(uplink, collector, file, store):
    collector.answers = [(503, {})]
    store(1)
    with pytest.raises(Unsent, match="cannot store") as trouble:
        await uplink.step()
    assert trouble.value.pause_s == 3.0
    assert Backlog(file).unsent() == 1


@pytest.mark.parametrize("status", [401, 403, 404, 302, 405])
async def test_a_wrong_configuration_holds_everything_for_a_person(status, uplink, collector, file, store):
    collector.answers = [(status, {})]
    store(1)
    with pytest.raises(Unsent, match=f"answers {status}: check token"):
        await uplink.step()
    assert Backlog(file).unsent() == 1
    assert file.event_counts() == {}


async def test_a_collector_restored_from_a_backup_is_filled_again(uplink, collector, file, store):
    store(*range(1, 6))
    await drain(uplink)
    collector.rows, collector.stored = {1, 2}, collector.stored[:2]
    store(6)
    await drain(uplink)
    assert sorted(set(sequences(collector))) == [1, 2, 3, 4, 5, 6]
    assert Backlog(file).committed() == 6


async def test_a_new_collector_gets_everything(uplink, collector, destination, file, site, store):
    store(*range(1, 4))
    await drain(uplink)
    collector.rows, collector.stored, collector.outbox = set(), [], ""
    async with open_connection(destination) as connection:
        await drain(Uplink(connection, "gw1", Backlog(file), names_of(site), Clock()))
    assert sequences(collector) == [1, 2, 3]


async def test_a_record_of_a_logger_that_left_the_site_is_a_dead_letter(uplink, collector, file, store):
    store(1, serial=999)
    store(2)
    await drain(uplink)
    assert sequences(collector) == [2]
    assert file.event_counts() == {"dead_letter": 1}
    assert Backlog(file).committed() == 2


async def test_a_running_uplink_comes_back_by_itself_and_never_logs_its_token(
    uplink, collector, file, store, caplog
):
    collector.answers = [(500, {}), "hang up"]
    store(1, 2)
    task = asyncio.create_task(uplink.run())
    await until_all_is_sent(file)
    store(3)
    uplink.wake()
    await until_all_is_sent(file)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert set(sequences(collector)) == {1, 2, 3}
    assert "s3cret" not in caplog.text
    assert "cannot store" in caplog.text


INVALID = {"code": "invalid", "message": "line 3"}


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (204, b"", Action.SENT),
        (400, b"<html>The plain HTTP request was sent to HTTPS port</html>", Action.HOLD),
        (400, json.dumps(INVALID).encode(), Action.HALVE),
        (400, json.dumps(INVALID | {"rejected": [{"line": 3, "reason": "x"}]}).encode(), Action.REJECTED),
        (400, json.dumps(INVALID | {"rejected": [{"line": 9, "reason": "x"}]}).encode(), Action.HALVE),
        (400, json.dumps(INVALID | {"rejected": [{"line": "x"}]}).encode(), Action.HALVE),
        (413, b"", Action.HALVE),
        (429, b"", Action.RETRY),
        (502, b"", Action.RETRY),
        (301, b"", Action.HOLD),
    ],
)
def test_what_an_answer_means(status, body, action):
    assert action_for(status, body, 5)[0] is action


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"code": 4}', b"\xff\xfe"])
def test_a_refusal_that_no_line_protocol_server_wrote_is_none(body):
    assert read_refusal(body, 5) is None


def test_the_refusal_of_influxdb_3_is_halved_and_other_json_is_held():
    partial = b'{"error": "partial write of line protocol occurred", "data": [{"line_number": 2}]}'
    assert action_for(400, partial, 5)[0] is Action.HALVE
    assert action_for(400, b'{"error": "bad request"}', 5)[0] is Action.HOLD


async def test_a_204_of_somebody_who_is_no_collector_holds_the_rows(uplink, collector, file, store):
    collector.answers = [(204, {"no": "header"})]
    collector.says_committed = False
    store(1)
    with pytest.raises(Unsent, match="answers 204: check token, address"):
        await uplink.step()
    assert Backlog(file).unsent() == 1


async def test_a_server_may_ask_for_peace_by_date_and_its_own_clock_counts(uplink, collector, store):
    collector.answers = [(429, {"code": "too many requests", "message": "later"})]
    collector.extra_headers = {
        "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT",
        "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
    }
    store(1)
    with pytest.raises(Unsent, match="status 429, later") as trouble:
        await uplink.step()
    assert trouble.value.pause_s == 30.0


async def test_the_snapshot_says_what_waits_since_when_and_what_went_over_the_wire(uplink, collector, store):
    assert uplink.snapshot().oldest_unsent_age_s is None
    store(1, 2)
    waiting = uplink.snapshot()
    assert (waiting.unsent, waiting.destination) == (2, "collector")
    assert waiting.oldest_unsent_age_s > 0
    await drain(uplink)
    sent = uplink.snapshot()
    assert (sent.unsent, sent.rows, sent.batches, sent.duplicates, sent.refused) == (0, 2, 1, 0, 0)
    assert sent.up_bytes > 300
    assert sent.rtt_s is not None
    assert sent.contact_ms is not None


async def test_the_time_offline_is_summed_over_failures():
    from gateway.uplink.link import Link

    link = Link()
    assert link.failed("gone", 1.0, now_s=10.0)
    assert not link.failed("gone", 2.0, now_s=15.0)
    assert link.offline_s(20.0) == 10.0
    link.well(20.0)
    assert (link.offline_s(99.0), link.failures, link.quiet_until_s, link.last_error) == (10.0, 0, 0.0, "")
    link.failed("gone", 1.0, now_s=100.0)
    assert link.offline_s(101.0) == 11.0
