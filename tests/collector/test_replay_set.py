"""A proposed set over what a collector holds: as the engine told it, from values, from raw, in every order."""

import json
import random
import re

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from collector.replay_set import door
from collector.replay_set.from_raw import replayed_from_raw
from collector.replay_set.run import Asked, NoSuchSetError, replayed
from collector.replay_set.stored import stored_series
from seepline.cli import app
from seepline.sets.in_force import with_draft
from seepline.site_file import parse_site
from tests.bundles import DAM
from tests.chain.test_scada_agrees import scan
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.collector.council import Council
from tests.sets import RULE, set_text

SCANS = 120
PROPOSED = """
[[threshold_set]]
id = "s2"
valid_from = 2030-01-01T00:00:00Z
source = "proposed in a test"
demo = true

[[threshold]]
set = "s2"
point = "P1"
quantity = "pore_pressure"
direction = "above"
yellow = 5.0
orange = 60.0
red = 110.0
deadband = 2.0
delay_count = 2

[[threshold]]
set = "s2"
point = "P1"
quantity = "pore_pressure"
direction = "rate_up"
yellow = 20.0
orange = 100.0
red = 1000.0
deadband = 1.0
delay_count = 1
rate_window_s = 1800
"""
SITE = DAM + PROPOSED
WINDOW = (T0_MS, T0_MS + SCANS * SCAN_MS)
ASKED = Asked("s2", "s1", *WINDOW)


@pytest.fixture
def filled(tmp_path):
    """A collector after a day of two loggers, with faults and gaps; some scans came late."""
    chain, dice = Chain(parse_site(SITE, "dam"), tmp_path), random.Random(7)
    scans = [scan(dice, number) for number in range(SCANS)]
    for number in (20, 60):  # two come behind their followers
        scans[number], scans[number + 1] = scans[number + 1], scans[number]
    for rows in scans:
        chain.take(*rows, at_ms=T0_MS + SCANS * SCAN_MS)
    yield chain
    chain.close()


def quiet(_: float) -> None:
    """Progress that nobody looks at."""


def both(chain):
    with chain.reader.connected() as connection:
        return replayed(chain.site, connection, ASKED, quiet)


def told(outcome):
    return [(one.id, one.time_ms, one.to_level, one.value) for one in outcome.events]


def test_the_active_set_tells_what_the_engine_told_where_everything_came_in_order(tmp_path):
    chain, dice = Chain(parse_site(SITE, "dam"), tmp_path), random.Random(3)
    for number in range(SCANS):
        chain.take(*scan(dice, number))
    active, _ = both(chain)
    crossed = ("level", "realarm")  # the engine holds what nobody has assessed: of the rest it tells no change
    engine = [one.id for one in reversed(chain.reader.events(10_000)) if one.kind in crossed]
    assert [one.id for one in active.events if one.id in engine] == engine
    assert len(engine) > 5
    chain.close()


def test_from_raw_it_is_the_same_as_from_values(filled):
    from_values = both(filled)
    from_raw = replayed_from_raw(filled.site, filled.folder / "journal.sqlite", ASKED, quiet)
    assert [told(one) for one in from_raw] == [told(one) for one in from_values]
    assert len(from_values[1].events) > 10
    assert from_values[1].rules["P1", "pore_pressure", "rate_up"].events


def test_one_pass_over_the_file_gives_what_looking_up_gives(filled, monkeypatch):
    keys = [("P1", "pore_pressure"), ("BARO", "barometric_pressure")]
    with filled.reader.connected() as connection:
        found = []
        for share in (0.0, 2.0):
            monkeypatch.setattr("collector.replay_set.stored._LITTLE", share)
            series = stored_series(connection, keys, *WINDOW, quiet)
            found.append({key: (one.times.tolist(), one.values.tolist()) for key, one in series.items()})
    assert found[0] == found[1]
    assert all(len(times) > 50 for times, _ in found[0].values())


def test_hours_and_entries_are_those_of_the_events(filled):
    _, proposed = both(filled)
    rule = proposed.rules["P1", "pore_pressure", "above"]
    assert sum(rule.entries) == sum(one.to_level > one.from_level for one in rule.events)
    assert sum(rule.hours) <= SCANS * SCAN_MS / 3_600_000
    assert proposed.entries_a_year()[0] == pytest.approx(proposed.entries()[0] * 365 * 96 / SCANS)


def test_a_set_that_is_not_there_is_named_beside_those_that_are(filled):
    with filled.reader.connected() as connection, pytest.raises(NoSuchSetError, match="'s9'; it has s1, s2"):
        replayed(filled.site, connection, Asked("s9", "s1", *WINDOW), quiet)


def test_the_command_prints_writes_and_tells_machines(filled, tmp_path):
    (tmp_path / "SITE.toml").write_text(SITE)
    command = ["collector", "replay-set", str(tmp_path / "SITE.toml"), "s2", "--data", str(tmp_path)]
    shown = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "report.html")])
    assert shown.exit_code == 0, shown.output
    assert "all rules" in shown.output
    report = (tmp_path / "report.html").read_text()
    assert "<svg" in report
    assert "http" not in re.sub(r"http://www\.w3\.org", "", report)  # it stands alone
    found = json.loads(CliRunner().invoke(app, [*command, "--json", "--days", "2"]).stdout)
    assert (found["active"]["set"], found["proposed"]["set"]) == ("s1", "s2")
    raw = json.loads(CliRunner().invoke(app, [*command, "--json", "--days", "2", "--raw"]).stdout)
    assert raw == found
    refused = CliRunner().invoke(app, [*command[:3], "s9", *command[4:]])
    assert refused.exit_code == 2
    assert "it has s1, s2" in refused.output


def test_a_set_is_replayed_before_anybody_signs_it_and_while_it_is_only_proposed(tmp_path):
    chain, dice = Chain(parse_site(DAM, "dam"), tmp_path), random.Random(7)
    for number in range(8):
        chain.take(*scan(dice, number))
    council = Council(chain)
    (tmp_path / "SITE.toml").write_text(DAM)
    limits = {"yellow": 5.0, "orange": 60.0, "red": 110.0, "delay_count": 1}
    draft = set_text("joint-1", rules=(RULE | limits,))
    command = ["collector", "replay-set", str(tmp_path / "SITE.toml"), "--data", str(tmp_path), "--json"]

    def said(*more: str, text: str = draft, code: int = 0) -> str:
        (tmp_path / "SET.toml").write_text(text)
        done = CliRunner().invoke(app, [*command, *more])
        assert done.exit_code == code, done.output
        return done.stdout if not code else done.output

    file = ("--file", str(tmp_path / "SET.toml"))
    alone = json.loads(said(*file))
    assert (alone["active"]["set"], alone["proposed"]["set"]) == ("s1", "joint-1")
    assert alone["proposed"]["events"]
    assert "it has s1" in said("joint-1", code=2)
    council.submit("ravshan", draft)
    assert json.loads(said("joint-1")) == json.loads(said(*file)) == alone
    other = draft.replace("yellow = 5.0", "yellow = 15.0")
    assert json.loads(said(*file, text=other))["proposed"] != alone["proposed"]
    for person in ("anna", "askar"):
        council.approve(person, "joint-1")
    assert json.loads(said("joint-1", "--against", "s1"))["proposed"] == alone["proposed"]
    assert json.loads(said(*file, "--against", "s1"))["proposed"] == alone["proposed"]
    assert "joint-1 is decided and another one" in said(*file, text=other, code=2)
    assert "threshold[1].point" in said(*file, text=draft.replace('point = "P1"', 'point = "P9"'), code=2)
    assert "one of them" in said("joint-1", *file, code=2)
    chain.close()


async def test_the_page_shows_both_sets_and_refuses_what_it_cannot_read(filled):
    def with_one(limits):
        return with_draft(filled.site, filled.reader.register(), limits)

    shown = door.Shown(lambda: filled.site, with_one, filled.reader, lambda: WINDOW[1])
    transport = httpx.ASGITransport(Starlette(routes=door.routes(shown)))
    async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
        page = await client.get("/replay?set=s2&days=2")
        assert page.status_code == 200
        assert "Replay of set s2" in page.text
        assert 'class="bar red"' in page.text
        for query, why in (("set=s2&days=0", "number from 1 to 366"), ("set=s9", "it has s1, s2")):
            refused = await client.get(f"/replay?{query}")
            assert refused.status_code == 400
            assert why in refused.text
        draft = await client.post("/replay?days=2&lang=ru", content=set_text("draft-1", rules=(RULE,)))
        assert (draft.status_code, "draft-1" in draft.text, 'lang="ru"' in draft.text) == (200, True, True)
        for text in ("", "\xff", "[set]", "x" * 800_000):
            assert (await client.post("/replay?days=2", content=text)).status_code == 400
