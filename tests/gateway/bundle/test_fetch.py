"""Fetching: asked seldom, told once, and what is refused changes nothing."""

import hashlib

import httpx
import pytest

from gateway.bundle import fetch as module
from gateway.bundle.cache import Cache
from gateway.bundle.fetch import Fetcher
from tests.bundles import Keys

KEYS = Keys()
POLICY = KEYS.policy()


class Clock:
    rate = 1.0

    def now_ms(self) -> int:
        return 1_451_635_200_000


class World:
    """A gateway's fetcher, a server that offers one bundle, and what happened."""

    def __init__(self, folder):
        self.folder, self.offered = folder, None
        self.asked, self.events, self.in_force, self.refusals = [], [], [], 0
        self.status = None
        self.start()

    def start(self):
        self.fetcher = Fetcher(
            "gw1", Cache(self.folder, POLICY), Clock(), self.note, self.accepted, self.count_refusal
        )
        self.fetcher.begin()

    def note(self, kind, subject, text, at_ms):
        self.events.append((kind, subject, text))

    def accepted(self, verified):
        self.in_force.append(verified.bundle.number)

    def count_refusal(self):
        self.refusals += 1

    async def get(self, path, *, headers):
        assert path == "/api/v1/gateways/gw1/bundle"
        self.asked.append(headers)
        if self.status:
            return httpx.Response(self.status)
        if self.offered is None:
            return httpx.Response(404)
        etag = f'"{hashlib.sha256(self.offered).hexdigest()}"'
        if etag in headers.get("If-None-Match", ""):
            return httpx.Response(304, headers={"ETag": etag})
        return httpx.Response(200, headers={"ETag": etag}, content=self.offered)

    async def fetch(self):
        await self.fetcher.fetch(self)


@pytest.fixture
def world(tmp_path, monkeypatch) -> World:
    monkeypatch.setattr(module, "ASK_EVERY_S", 0.0)
    return World(tmp_path)


async def test_a_bundle_comes_once_and_is_known_after_a_restart(world):
    await world.fetch()
    assert (world.asked, world.in_force) == ([{}], [])
    world.offered = KEYS.bundle(1)
    await world.fetch()
    await world.fetch()
    assert world.in_force == [1]
    assert world.asked[-1] == {"If-None-Match": f'"{hashlib.sha256(world.offered).hexdigest()}"'}
    assert [event[0] for event in world.events] == ["bundle_accepted"]
    world.start()
    assert world.in_force == [1, 1]
    assert world.fetcher.status()["number"] == 1


async def test_a_refused_bundle_is_told_once_not_fetched_again_and_stays_in_the_status(world):
    world.offered = KEYS.bundle(5)
    await world.fetch()
    world.offered = KEYS.bundle(6, approvals=())
    for _ in range(3):
        await world.fetch()
    assert world.in_force == [5]
    assert [event[0] for event in world.events] == ["bundle_accepted", "bundle_refused"]
    assert "0 approved it, the policy asks for 2" in world.events[-1][2]
    assert world.refusals == 1
    status = world.fetcher.status()
    assert (status["number"], status["highest_number"]) == (5, 5)
    assert "0 approved it" in status["refusal"]
    assert hashlib.sha256(world.offered).hexdigest() in world.asked[-1]["If-None-Match"]


async def test_a_refusal_ends_with_a_good_bundle_or_when_the_server_goes_back(world):
    world.offered = good = KEYS.bundle(5)
    await world.fetch()
    world.offered = KEYS.bundle(4)
    await world.fetch()
    assert "expected one above 5" in world.fetcher.refusal
    world.offered = good
    await world.fetch()
    assert (world.fetcher.refusal, world.in_force) == ("", [5, 5])
    world.offered = KEYS.bundle(3)
    await world.fetch()
    world.offered = KEYS.bundle(6)
    await world.fetch()
    assert (world.fetcher.refusal, world.in_force) == ("", [5, 5, 6])


async def test_it_is_asked_for_once_a_minute_and_again_after_a_broken_connection(world, monkeypatch):
    class Broken:
        async def get(self, path, *, headers):
            raise ConnectionError

    monkeypatch.setattr(module, "ASK_EVERY_S", 60.0)
    with pytest.raises(ConnectionError):
        await world.fetcher.fetch(Broken())
    for _ in range(5):
        await world.fetch()
    assert len(world.asked) == 1


async def test_an_answer_that_is_none_of_these_is_logged(world, caplog):
    world.status = 403
    await world.fetch()
    assert "the collector answers 403 when asked for the bundle" in caplog.text
    assert world.events == []


async def test_a_bundle_that_went_bad_on_the_disk_is_told_at_the_start(world):
    world.offered = KEYS.bundle(5)
    await world.fetch()
    path = world.folder / "bundle"
    path.write_bytes(path.read_bytes()[:-1])
    world.start()
    assert world.events[-1][0] == "bundle_refused"
    assert world.fetcher.status()["number"] == 0
    await world.fetch()
    assert (world.in_force[-1], world.fetcher.refusal) == (5, "")
