"""A person's reading is judged like an instrument's: flags, limits, versions, any order of arrival."""

import sqlite3
from contextlib import closing
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from collector.present import present
from collector.store_writing import StoreWriter
from collector.web.state import is_valid
from seepline.acts.document import act_id
from seepline.acts.errors import BadBody
from seepline.reading import Quality
from tests.acts import Persons
from tests.collector.chain import T0_MS, Chain
from tests.collector.hand.conftest import DAY_MS, People, survey_text

PEOPLE = Persons()


def test_a_dip_below_a_dated_collar_is_an_elevation_with_a_level(people):
    act = people.dips(10.0)
    first = people.latest("SP1", "piezometric_elevation")
    assert (first.value, first.calibration, first.level) == (92.35, "standpipe:1", 0)
    assert first.inputs == (f"act:{act}",)
    people.dips(4.0, T0_MS + 3 * DAY_MS)  # the lengthened pipe: 103.35
    newest = people.latest("SP1", "piezometric_elevation")
    assert (newest.value, newest.calibration, newest.level) == (99.35, "standpipe:2", 3)
    assert people.told("level") == [
        "SP1 piezometric_elevation: green to red, 99.35 m against 99 m (above) at 2016-01-04 08:00:00 UTC."
    ]


def test_what_cannot_be_read_is_a_bound_or_a_fault_and_never_a_number_of_its_own(people):
    body = {"point": "SP1", "method": "standpipe", "taken_ms": T0_MS, "values": {"seen": "dry"}}
    people.does("hand_reading", body)
    assert (people.latest("SP1", "piezometric_elevation").bound, people.told("fault")) == ("at_most", [])
    later = {**body, "taken_ms": T0_MS + 1000, "values": {"seen": "blocked"}}
    people.does("hand_reading", later, signed_ms=T0_MS + 1000)
    found = people.latest("SP1", "piezometric_elevation")
    assert (found.value, found.quality, found.reasons) == (None, Quality.FAIL, ("the pipe is blocked",))
    assert "the pipe is blocked" in people.told("fault")[0]


def test_a_bucket_that_was_timed_badly_is_suspect_and_turbid_water_is_told(people):
    values = {"times_s": [20.0, 24.0], "water": "turbid"}
    body = {"point": "DRAIN", "method": "bucket", "taken_ms": T0_MS, "values": values}
    people.does("hand_reading", body)
    found = people.latest("DRAIN", "flow")
    assert (round(found.value, 6), found.quality, found.judged) == (round(20 / 44, 6), Quality.SUSPECT, True)
    assert people.told("remark") == ["The operator: DRAIN: the seepage is turbid"]


def test_a_survey_gives_elevation_and_displacement_of_each_mark(people):
    marks = {"M1": {"easting_m": 5.012, "northing_m": 0.004, "elevation_m": 119.995}}
    people.does("survey", {"taken_ms": T0_MS, "instrument": "total station 9", "marks": marks})
    assert people.latest("M1", "elevation").value == 119.995
    assert round(people.latest("M1", "mark_displacement").value, 6) == 12.0


def test_a_correction_supersedes_and_the_first_value_stays_in_the_store(people, chain):
    wrong = people.dips(3.0)
    people.dips(13.0, T0_MS, corrects=wrong, note="misread by ten metres", signed_ms=T0_MS + 60_000)
    found = people.latest("SP1", "piezometric_elevation")
    assert (found.value, found.version) == (89.35, 2)
    assert "misread by ten metres" in people.told("corrected")[0]


def test_a_reading_with_a_wrong_time_is_withdrawn_there(people, chain):
    wrong = people.dips(12.0, T0_MS)
    people.dips(12.0, T0_MS + 60_000, corrects=wrong, note="wrong hour", signed_ms=T0_MS + 60_000)
    rows = chain.reader.series("SP1", "piezometric_elevation", T0_MS, T0_MS + 120_000, 10)
    assert [one.value for one in rows] == [None, 90.35]


def test_two_people_at_one_time_are_a_conflict_and_the_first_signed_counts(people):
    people.dips(12.0, T0_MS, signed_ms=T0_MS + 2000)
    people.dips(11.0, T0_MS, signed_ms=T0_MS + 1000, at_ms=T0_MS + 9000)
    assert people.latest("SP1", "piezometric_elevation").value == 91.35
    assert len(people.told("conflict")) == 1


def test_every_order_of_arrival_gives_the_same_store(dam, tmp_path):
    """A dip, its correction to another time, a second person's, and a base named before its survey came."""
    stores = []
    for number, order in enumerate(Random(5).sample(list(permutations(range(5))), 16)):
        folder = tmp_path / str(number)
        folder.mkdir()
        chain = Chain(dam, folder, T0_MS + DAY_MS)
        people = People(chain)
        people.persons = PEOPLE
        acts = _story()
        for place in order:
            people.does(*acts[place][:2], by=acts[place][2], signed_ms=acts[place][3], at_ms=T0_MS + DAY_MS)
        stores.append(_current(chain.folder))
        chain.close()
    assert all(one == stores[0] for one in stores)
    assert {key[0] for key in stores[0]} == {"SP1", "INC1"}


def _story():
    def dip(dip_m, taken_ms, **more):
        return {"point": "SP1", "method": "standpipe", "taken_ms": taken_ms, "values": {"dip_m": dip_m}, **more}

    hole = {"point": "INC1", "taken_ms": T0_MS, "probe": "P77", "file": survey_text()}
    first = act_id(PEOPLE.act("operator", "hand_reading", dip(12.0, T0_MS), T0_MS))
    base = act_id(PEOPLE.act("operator", "inclinometer_survey", hole, T0_MS))
    return [
        ("hand_reading", dip(12.0, T0_MS), "operator", T0_MS),
        ("hand_reading", dip(12.0, T0_MS + 1, corrects=first, note="hour"), "operator", T0_MS + 1),
        ("hand_reading", dip(11.0, T0_MS + 1), "observer", T0_MS),
        ("inclinometer_survey", hole, "operator", T0_MS),
        ("inclinometer_base", {"point": "INC1", "survey": base, "reason": "new"}, "engineer_of_record", T0_MS),
    ]


def _current(folder: Path):
    with closing(sqlite3.connect(folder / "store.sqlite")) as db:
        rows = db.execute(
            "SELECT point, quantity, time_ms, value, quality, reasons, inputs FROM readings WHERE current = 1"
        )
        return {row[:3]: row[3:] for row in rows}


def test_a_replay_of_the_journal_makes_the_same_store(people, chain):
    wrong = people.dips(3.0)
    people.dips(13.0, T0_MS, corrects=wrong, note="misread", signed_ms=T0_MS + 60_000)
    chain.pass_time(T0_MS + 9 * DAY_MS)
    told, before = chain.reader.events(), _current(chain.folder)
    chain.close()
    (chain.folder / "store.sqlite").unlink()
    StoreWriter(chain.folder / "store.sqlite").close()
    chain.open()
    chain.judge()
    assert (chain.reader.events(), _current(chain.folder)) == (told, before)


def test_a_reading_that_comes_late_warns_and_never_lowers(people):
    people.dips(12.0, T0_MS + DAY_MS)
    people.dips(4.0, T0_MS, at_ms=T0_MS + DAY_MS)
    assert "came late" in people.told("late")[0]


def test_a_reading_dated_ahead_is_told_and_not_judged(people):
    people.dips(12.0, T0_MS + DAY_MS, signed_ms=T0_MS, at_ms=T0_MS + 2 * DAY_MS)
    people.dips(12.0, 7_258_118_399_999, signed_ms=T0_MS)
    with pytest.raises(BadBody, match="expected UTC milliseconds, from 1970 to 2199"):
        people.dips(12.0, 2**52, signed_ms=T0_MS)
    assert people.latest("SP1", "piezometric_elevation") is None
    assert "ahead of the clock here; not judged" in people.told("hand_ahead")[0]


def test_what_is_overdue_is_told_once_until_it_is_done(people, chain):
    people.dips(12.0, T0_MS)
    chain.pass_time(T0_MS + 7 * DAY_MS)
    assert not [text for text in people.told("overdue") if "SP1" in text]
    chain.pass_time(T0_MS + 7 * DAY_MS + 1)
    chain.pass_time(T0_MS + 8 * DAY_MS)
    (text,) = [text for text in people.told("overdue") if "SP1" in text]
    assert text == "Overdue: SP1 standpipe, last done 2016-01-01 08:00:00 UTC; expected every 168 h."
    people.dips(12.0, T0_MS + 1000, at_ms=T0_MS + 8 * DAY_MS)  # an old one that was still on the phone
    assert people.told("overdue_end") == []
    people.dips(12.0, T0_MS + 8 * DAY_MS)
    assert people.told("overdue_end") == ["Done: SP1 standpipe, 2016-01-09 08:00:00 UTC."]


def test_an_overdue_point_is_not_valid_and_a_read_one_is(people, chain, dam):
    people.dips(12.0, T0_MS)
    assert present(dam, chain.reader, T0_MS).valid["SP1"]
    assert not present(dam, chain.reader, T0_MS + 8 * DAY_MS).valid["SP1"]
    assert present(dam, chain.reader, T0_MS).state.total == 7
    for days, valid in ((6, True), (8, False)):
        now = present(dam, chain.reader, T0_MS + days * DAY_MS)
        assert is_valid(dam, now, people.latest("SP1", "piezometric_elevation")) is valid


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "values: found nothing; expected one of dip_m or seen"),
        ({"dip_m": 3.0, "seen": "dry"}, "values: found dip_m and seen; expected one of dip_m or seen"),
        ({"dip_m": -3.0}, "values.dip_m: found -3.0; expected a number from 0 to 1000 m"),
        ({"dip": 3.0, "seen": "wet"}, "values.dip: found an unknown field; expected dip_m, seen"),
    ],
)
def test_a_wrong_form_is_refused_with_everything_that_is_wrong(people, values, says):
    body = {"point": "SP1", "method": "standpipe", "taken_ms": T0_MS, "values": values, "corrects": "x"}
    with pytest.raises(BadBody) as refused:
        people.does("hand_reading", body)
    assert any(says in problem for problem in refused.value.problems)
    assert any(problem.startswith("note: ") for problem in refused.value.problems)
