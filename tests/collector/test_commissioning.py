"""A point in commissioning has no level: taken into it and out of it by an engineer, the same in a replay."""

from dataclasses import replace

import pytest

from collector.commissioning import with_words
from collector.engine import Engine
from collector.present import present
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import BadBody, NotEntitled
from seepline.site_file import SiteError, parse_site
from tests.acts import Persons
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS
from tests.collector.conftest import DAM

PERSONS = Persons()


def said(chain, kind, person="responsible_engineer", **body):
    signed = PERSONS.act(person, kind, {"point": "P1", **body}, T0_MS)
    accepted = checked(signed, PERSONS.policy(), chain.site, T0_MS)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()


def begin(chain, scan, **more):
    said(chain, "commissioning_begun", from_ms=T0_MS + scan * SCAN_MS, reason="new gauge", **more)


def accept(chain, scan, **more):
    said(chain, "baseline_accepted", from_ms=T0_MS + scan * SCAN_MS, source="report 7", **more)


def take(chain, rows, scan, hertz):
    chain.take(rows.barometer(scan), rows.piezometer(scan, hertz))


def test_a_point_has_no_level_from_the_word_on_until_its_baseline_is_accepted(chain, rows):
    begin(chain, 1)
    take(chain, rows, 0, CALM)
    take(chain, rows, 1, RED)
    assert (chain.pressure().limit_red, chain.pressure().level) == (None, 0)
    assert "level" not in chain.kinds()
    assert present(chain.site, chain.reader, chain.now_ms).state.commissioning == ("P1",)
    accept(chain, 2)
    take(chain, rows, 2, RED)
    assert (chain.pressure().limit_red, chain.kinds().count("level")) == (80.0, 1)
    assert present(chain.site, chain.reader, chain.now_ms).state.commissioning == ()
    told = [one.text for one in chain.reader.events() if one.kind == "commissioning"]
    assert told == [
        "P1: baseline accepted, judged from 2016-01-01 08:30:00 UTC on: report 7 (The responsible_engineer)",
        "P1: in commissioning, stored and not judged from 2016-01-01 08:15:00 UTC on: new gauge"
        " (The responsible_engineer)",
    ]


def test_a_level_that_a_point_has_stays_when_it_is_taken_into_commissioning(chain, rows):
    take(chain, rows, 0, RED)
    begin(chain, 1)
    take(chain, rows, 1, CALM)
    assert [one.level for one in chain.reader.alarms()] == [3]
    assert present(chain.site, chain.reader, chain.now_ms).state.level == 3


def test_words_of_acts_are_there_after_a_restart_and_in_a_replay(chain, rows, tmp_path):
    begin(chain, 1)
    take(chain, rows, 0, CALM)
    chain.close()
    chain.open()
    take(chain, rows, 1, RED)
    assert "level" not in chain.kinds()
    again = StoreWriter(tmp_path / "again.sqlite")
    engine = Engine(chain.site, chain.journal, again)
    while engine.judge(100):
        pass
    replayed = StoreReader(tmp_path / "again.sqlite")
    assert (replayed.latest(), replayed.events()) == (chain.reader.latest(), chain.reader.events())
    again.close()


def test_who_is_no_engineer_decides_nothing(chain):
    with pytest.raises(NotEntitled):
        begin(chain, 1, person="operator")
    with pytest.raises(BadBody, match="point: found 'P9'"):
        accept(chain, 1, point="P9")


def test_a_site_without_words_stays_itself(dam):
    assert with_words(dam, []) is dam


COMMISSIONING = """
[[commissioning]]
point = "P1"
valid_from = 2016-01-01T08:15:00Z
reason = "gauge swapped"
"""


def test_the_site_file_says_it_too_and_the_newest_word_counts(dam):
    from seepline.site import in_commissioning

    site = parse_site(DAM.read_text() + COMMISSIONING)
    times = [T0_MS, T0_MS + SCAN_MS]
    assert [in_commissioning(site, "P1", one) for one in times] == [False, True]
    new = replace(site, points=tuple(replace(one, commissioning=True) for one in site.points))
    assert [in_commissioning(new, "P1", one) for one in times] == [True, True]
    with pytest.raises(SiteError, match=r"commissioning\[1\].point: found 'P9'") as error:
        parse_site(DAM.read_text() + COMMISSIONING.replace("P1", "P9").replace("gauge swapped", " "))
    assert "commissioning[1].reason" in str(error.value)
