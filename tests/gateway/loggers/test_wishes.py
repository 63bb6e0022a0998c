"""Wishes: granted once and never twice, whatever dies between, and fetched from a collector."""

import json
from collections import Counter

import httpx
import pytest

from gateway.bus.master import NoAnswer
from gateway.clock import Clock
from gateway.loggers.client import LoggerClient
from gateway.loggers.watch import Watch
from gateway.loggers.wishes import Granter, Wishes, fetch, request_for
from gateway.outbox.file import OutboxFile
from gateway.outbox.intake import Outbox
from seepline.wish import Wish, WishRefused, wish_of

NOW_MS = 1_000_000
GOOD = Wish("w1", "logger-1", "repeat", 2, NOW_MS + 60_000)


@pytest.fixture
def wishes(tmp_path):
    return Wishes(tmp_path / "wishes.json", ["logger-1", "logger-2"])


def test_a_wish_is_taken_once_also_after_a_restart(wishes, tmp_path):
    assert wishes.accept(GOOD, NOW_MS)
    assert not wishes.accept(GOOD, NOW_MS)
    assert wishes.take(["logger-2"], NOW_MS) is None
    assert wishes.take(["logger-1"], NOW_MS) == GOOD
    again = Wishes(tmp_path / "wishes.json", ["logger-1"])
    assert not again.accept(GOOD, NOW_MS)
    assert again.take(["logger-1"], NOW_MS) is None


def test_ids_are_forgotten_when_they_have_expired_anyway(wishes, tmp_path):
    wishes.accept(GOOD, NOW_MS)
    wishes.take(["logger-1"], NOW_MS)
    later = GOOD._replace(id="w2", expires_at_ms=NOW_MS + 120_000)
    wishes.accept(later, NOW_MS + 61_000)
    wishes.take(["logger-1"], NOW_MS + 61_000)
    assert json.loads((tmp_path / "wishes.json").read_text()) == {"w2": NOW_MS + 120_000}


def test_what_expired_before_its_turn_is_dropped(wishes):
    wishes.accept(GOOD, NOW_MS)
    assert wishes.take(["logger-1"], GOOD.expires_at_ms) is None


def test_a_wish_that_cannot_be_remembered_is_not_done(wishes, tmp_path, caplog):
    (tmp_path / "wishes.new").mkdir()
    wishes.accept(GOOD, NOW_MS)
    assert wishes.take(["logger-1"], NOW_MS) is None
    assert "is not done, for it could not be remembered" in caplog.text


def test_a_damaged_file_is_put_aside(tmp_path, caplog):
    (tmp_path / "wishes.json").write_text("[")
    assert Wishes(tmp_path / "wishes.json", ["logger-1"]).accept(GOOD, NOW_MS)
    assert (tmp_path / "wishes.damaged").read_text() == "["
    assert "an open wish may be granted again" in caplog.text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"logger": "logger-9"}, "this gateway has no logger logger-9, expected logger-1, logger-2"),
        ({"expires_at_ms": NOW_MS}, "has expired"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused(wishes, changed, why):
    with pytest.raises(WishRefused, match=why):
        wishes.accept(GOOD._replace(**changed), NOW_MS)


def test_a_flood_of_wishes_is_refused(wishes):
    for number in range(100):
        assert wishes.accept(GOOD._replace(id=f"w{number}"), NOW_MS)
    with pytest.raises(WishRefused, match="100 wishes are open already"):
        wishes.accept(GOOD._replace(id="more"), NOW_MS)


def test_every_fault_of_a_wish_is_told_at_once():
    with pytest.raises(WishRefused) as refused:
        wish_of({"id": "", "logger": "a", "kind": "fast", "amount": 61, "expires_at_ms": "soon"})
    assert str(refused.value) == (
        "this is no wish: amount is 61: expected 1 to 60; expires_at_ms is 'soon': expected UTC milliseconds;"
        " id is '': expected 1 to 64 characters"
    )
    with pytest.raises(WishRefused, match=r"logger is missing; kind is None: expected repeat or fast"):
        wish_of({"id": "a", "kind": None, "amount": True, "expires_at_ms": 1})


class Line:
    """A master that keeps what was sent and answers as it is told."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    async def transact(self, address, request, *, retries):
        self.sent.append((address, request.pdu.hex(), retries))
        if self.answers and isinstance(self.answers[0], Exception):
            raise self.answers.pop(0)
        return request.answer_head


@pytest.fixture
def outbox(tmp_path):
    file = OutboxFile(tmp_path / "data", 0)
    yield file
    file.close()


async def granted(wishes, line, file, site, wish):
    watch = Watch(LoggerClient(line, site.loggers[0]))

    async def wake(one):
        line.sent.append(("wake", one.name))

    wishes.accept(wish, NOW_MS)
    clock = Clock((NOW_MS, 1.0, 0))
    granter = Granter(wishes, wake, line, Outbox(file), clock)
    clock.now_ms = lambda: NOW_MS
    assert await granter.grant_one([watch])
    assert not await granter.grant_one([watch])
    return watch, [text for _, _, _, _, text in file.events()]


@pytest.mark.parametrize(("kind", "amount", "pdu"), [("repeat", 2, "0600d30002"), ("fast", 10, "0600d2000a")])
async def test_the_logger_is_woken_asked_once_and_polled_when_it_has_measured(
    wishes, outbox, site, kind, amount, pdu
):
    line = Line()
    watch, said = await granted(wishes, line, outbox, site, GOOD._replace(kind=kind, amount=amount))
    assert line.sent == [("wake", "logger-1"), (1, pdu, 0)]
    assert watch.expect_ms > NOW_MS
    assert (watch.interval_s(NOW_MS) == 10) == (kind == "fast")
    assert said[0].endswith("was asked of it")


async def test_a_lost_answer_is_told_and_the_wish_not_repeated(wishes, outbox, site):
    line = Line(NoAnswer("device 1 gave no right answer to function 6 (timeout)"))
    _, said = await granted(wishes, line, outbox, site, GOOD)
    assert Counter(place for place, *_ in line.sent)[1] == 1
    assert "may not have been done, and is not asked again" in said[0]


def test_the_request_is_the_one_that_the_register_map_names():
    assert request_for(GOOD).pdu.hex() == "0600d30002"


async def test_wishes_are_fetched_and_a_collector_without_any_is_none():
    async def told(status, body):
        transport = httpx.MockTransport(lambda request: httpx.Response(status, text=body))
        async with httpx.AsyncClient(base_url="http://collector", transport=transport) as client:
            return await fetch(client, "gw1")

    assert await told(404, "") == []
    assert await told(200, json.dumps({"wishes": [GOOD._asdict()]})) == [GOOD]
    for status, body in ((200, "no json"), (200, "[]"), (200, '{"wishes": [{}]}'), (500, "")):
        with pytest.raises(WishRefused):
            await told(status, body)
