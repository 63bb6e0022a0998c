"""The bundle on the gateway's disk: the last good one stays, whatever comes, and no lower number ever follows."""

import json
from dataclasses import replace

import pytest

from gateway.bundle import cache as module
from gateway.bundle.cache import Cache
from seepline.bundle import errors
from seepline.bundle.policy import parse_policy
from tests.bundles import Keys

KEYS = Keys()
POLICY = KEYS.policy()


@pytest.fixture
def with_five(tmp_path) -> Cache:
    """A gateway that has accepted bundle 5."""
    cache = Cache(tmp_path, POLICY)
    assert cache.in_force is None
    cache.accept(KEYS.bundle(5))
    return cache


def number(cache: Cache) -> int:
    assert cache.in_force is not None
    return cache.in_force.bundle.number


def test_a_good_bundle_is_in_force_also_after_a_restart(with_five, tmp_path):
    again = Cache(tmp_path, POLICY)
    assert (number(with_five), number(again), again.refusal) == (5, 5, "")
    assert again.sha256 == with_five.sha256


@pytest.mark.parametrize("lower", [1, 4, 5])
def test_a_lower_or_equal_number_is_refused_before_and_after_a_restart(with_five, tmp_path, lower):
    for cache in (with_five, Cache(tmp_path, POLICY)):
        with pytest.raises(errors.OldNumber):
            cache.accept(KEYS.sealed(replace(KEYS.plain(lower), policy="1" * 64)))
        assert number(cache) == 5
    assert number(Cache(tmp_path, POLICY)) == 5


def test_the_last_good_one_stays_on_every_refusal(with_five, tmp_path):
    bad = bytearray(KEYS.bundle(6))
    bad[200] ^= 1
    for data in (b"", bytes(bad), KEYS.bundle(6, approvals=()), KEYS.bundle(6, site_id="other")):
        with pytest.raises(errors.BundleError):
            with_five.accept(data)
        assert number(with_five) == 5
        assert number(Cache(tmp_path, POLICY)) == 5
    assert with_five.accept(KEYS.bundle(6)).bundle.number == 6


def test_a_bundle_lost_from_the_disk_may_come_again_and_an_older_one_may_not(with_five, tmp_path):
    good = (tmp_path / "bundle").read_bytes()
    (tmp_path / "bundle").unlink()
    cache = Cache(tmp_path, POLICY)
    assert cache.in_force is None
    for other in (KEYS.bundle(4), KEYS.sealed(replace(KEYS.plain(5), policy="1" * 64))):
        with pytest.raises(errors.OldNumber):
            cache.accept(other)
    assert cache.accept(good).bundle.number == 5


def test_a_bundle_damaged_on_the_disk_is_not_in_force_and_said(with_five, tmp_path):
    path = tmp_path / "bundle"
    path.write_bytes(path.read_bytes()[:-1])
    cache = Cache(tmp_path, POLICY)
    assert cache.in_force is None
    assert "is not in force: the bundle is not signed by the service key" in cache.refusal


def test_a_policy_that_took_a_person_away_ends_what_that_person_approved(with_five, tmp_path):
    without_eva = KEYS.policy_text().replace('id = "eva"', 'id = "eva-before-2026"')
    cache = Cache(tmp_path, parse_policy(without_eva, "policy.toml"))
    assert cache.in_force is None
    assert "eva approved it, whom the policy does not name" in cache.refusal


@pytest.mark.parametrize("dies_at", ["bundle.accepted", "bundle"])
def test_a_power_cut_between_the_two_files_loses_neither_number_nor_last_good(
    with_five, tmp_path, monkeypatch, dies_at
):
    whole = module._replace

    def dies(path, data):
        if path.name == dies_at:
            raise OSError(28, "No space left on device")
        whole(path, data)

    monkeypatch.setattr(module, "_replace", dies)
    with pytest.raises(errors.NotKept, match=r"bundle 6 cannot be kept in .*No space left on device"):
        with_five.accept(KEYS.bundle(6))
    assert number(with_five) == 5
    monkeypatch.setattr(module, "_replace", whole)
    after = Cache(tmp_path, POLICY)
    assert number(after) == 5
    with pytest.raises(errors.OldNumber):
        after.accept(KEYS.sealed(replace(KEYS.plain(5), policy="1" * 64)))
    assert after.accept(KEYS.bundle(6)).bundle.number == 6


@pytest.mark.parametrize("mark", ["", "{}", "[1]", '{"number": "x", "sha256": ""}'])
def test_a_damaged_mark_leaves_the_bundle_s_own_number(with_five, tmp_path, mark):
    (tmp_path / "bundle.accepted").write_text(mark)
    cache = Cache(tmp_path, POLICY)
    assert number(cache) == 5
    assert "cannot be read" in cache.refusal
    with pytest.raises(errors.OldNumber):
        cache.accept(KEYS.bundle(4))
    assert cache.accept(KEYS.bundle(6)).bundle.number == 6
    assert json.loads((tmp_path / "bundle.accepted").read_text())["number"] == 6
