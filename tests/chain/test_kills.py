"""kill -9 of gateway and collector during back-fill: nothing lost, nothing twice, no bit changed."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.site import Site
from seepline.site_file import read_site
from seepline.wire.record import Record, decode
from simulator.flash_image import records
from tests.chain.conftest import SITE, Chain


def one_round(chain: Chain, seed: random.Random) -> str:
    victim = seed.choice(["gateway", "collector"])
    time.sleep(seed.uniform(0.2, 1.5))
    chain.kill(victim)
    time.sleep(seed.uniform(0.0, 0.5))
    chain.start(victim)
    return victim


def killed_and_drained(chain: Chain, seed: random.Random, rounds: int) -> None:
    chain.start("collector")
    chain.wait("the collector answers", chain.answers)
    chain.start("gateway")
    for _ in range(rounds):
        one_round(chain, seed)
    chain.wait("the collector answers again", chain.answers)
    held = chain.held()
    chain.wait("every record of the loggers is on the collector's disk", lambda: chain.lost(held) == 0)


def raw_values(site: Site, logger: str, record: Record) -> dict[str, float]:
    """Return what one record says, channel by channel, straight from its bytes."""
    found = {}
    for channel in site.channels:
        if channel.logger == logger and channel.block == record.block:
            value, _ = read_channel(CHANNEL_KINDS[channel.kind], record, channel.slot)
            if value is not None:
                found[channel.name] = value
    return found


def assert_bit_equal(chain: Chain) -> int:
    """Compare every value in the loggers' flash with the collector's journal; returns how many there were."""
    site, compared = read_site(SITE), 0
    with closing(sqlite3.connect(f"file:{journal_file(chain)}?mode=ro", uri=True)) as journal:
        sql = (
            "SELECT name, time_ms, value FROM readings r JOIN channels c ON c.id = r.channel"
            " WHERE rank = 0 AND value IS NOT NULL"
        )
        stored = {(name, time_ms): value for name, time_ms, value in journal.execute(sql)}
    for logger, image in chain.flash_images().items():
        for record in map(decode, records(image)):
            time_ms = record.utc_s * 1000 + record.utc_ms
            if time_ms <= newest_of(stored, logger):
                for name, value in raw_values(site, logger, record).items():
                    assert stored[name, time_ms] == value
                    compared += 1
    return compared


def newest_of(stored: dict[tuple[str, int], float], logger: str) -> int:
    return max(time_ms for name, time_ms in stored if name.startswith(f"{logger}/"))


def journal_file(chain: Chain) -> Path:
    from collector.journal_file import FILE_NAME

    return chain.folder / "collector" / FILE_NAME


def assert_nothing_twice(chain: Chain) -> None:
    counts = chain.state()["counts"]
    assert counts["journal_rows"] == counts["raw_records"]
    assert counts["conflicts"] == 0
    ids = [event["id"] for event in chain.state()["events"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("rounds", [3, pytest.param(60, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_nothing_is_lost_or_doubled_when_programs_are_killed(chain, seed, rounds):
    killed_and_drained(chain, seed, rounds)
    assert_nothing_twice(chain)
    images = chain.flash_images()
    for program in ("gateway", "collector"):
        chain.stop(program)
    assert len(images) == 3
    assert assert_bit_equal(chain) > 1000
