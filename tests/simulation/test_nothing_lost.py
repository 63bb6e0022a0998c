"""Virtual time with faults of every kind: the collector ends with what the loggers made, once, bit for bit."""

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.simulation import virtual_time
from tests.simulation.story import live_through
from tests.simulation.world import World, differences

SHOWN = 20


def lived(folder: Path, seed: int, loggers: int, days: float) -> World:
    """Return the world after so many days of faults and the calm after them."""
    print(f"SEED={seed} repeats this run of {loggers} loggers and {days} days")  # noqa: T201 - when it fails
    worlds = []

    async def story() -> None:
        worlds.append(World(folder, random.Random(seed), loggers, capacity=40 * 96))
        await live_through(worlds[0], days)

    virtual_time.run(story())
    return worlds[0]


def assert_nothing_is_lost(world: World, seed: int) -> None:
    wrong = differences(world)
    assert not wrong, "\n".join([f"seed {seed}: {len(wrong)} differences", *wrong[:SHOWN]])


@pytest.mark.parametrize(("loggers", "days"), [(4, 1.5), (20, 0.5)])
def test_days_of_faults_lose_nothing(tmp_path: Path, loggers: int, days: float) -> None:
    seed = int(os.environ.get("SEED", "1"))
    assert_nothing_is_lost(lived(tmp_path, seed, loggers, days), seed)


@pytest.mark.soak
@pytest.mark.timeout(14_400)
def test_a_year_of_twenty_loggers_and_faults_loses_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "365"))
    assert_nothing_is_lost(lived(tmp_path, seed, loggers=20, days=365), seed)


def test_a_record_that_is_missing_changed_or_moved_would_be_seen(tmp_path: Path) -> None:
    world = lived(tmp_path, seed=5, loggers=2, days=0.3)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)) as journal:
        lines = [line for (line,) in journal.execute("SELECT id FROM lines WHERE tq = 2 LIMIT 3")]
        journal.execute("DELETE FROM readings WHERE line = ?", lines[:1])
        journal.execute("UPDATE readings SET value = value + 1e-9 WHERE line = ?", lines[1:2])
        journal.execute("UPDATE lines SET time_ms = time_ms + 1 WHERE id = ?", lines[2:])
    assert len(differences(world)) == len(lines)
