"""A manual inclinometer survey: displacement against a named base; a wrong one gives nothing."""

import pytest

from collector.export.holes import nodes
from seepline.acts.errors import BadBody, NotEntitled
from seepline.reading import Quality
from tests.collector.chain import T0_MS
from tests.collector.hand.conftest import DAY_MS, survey_text


@pytest.fixture
def based(people):
    """The hole has a base survey of `T0_MS`."""
    act = people.surveys(survey_text(), T0_MS)
    body = {"point": "INC1", "survey": act, "reason": "first of three that agree"}
    with pytest.raises(NotEntitled):
        people.does("inclinometer_base", body, by="operator")
    people.does("inclinometer_base", body, by="engineer_of_record")
    return people


def test_without_a_base_there_is_no_displacement(people):
    people.surveys(survey_text(), T0_MS)
    found = people.latest("INC1", "displacement")
    assert (found.value, found.reasons) == (None, ("the hole has no base survey yet",))


def test_a_shear_shows_at_the_top_and_in_its_interval(based):
    assert based.latest("INC1", "displacement").value == 0.0
    based.surveys(survey_text(shift=110.0), T0_MS + DAY_MS)
    top, most = based.latest("INC1", "displacement"), based.latest("INC1", "interval_displacement")
    assert (round(top.value, 6), round(most.value, 6)) == (2.75, 2.75)
    assert (most.reasons, most.quality) == (("over the interval at 1.5 m",), Quality.GOOD)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"swap": True}, "the survey was read turned round: A0 and A180 are exchanged against the base survey"),
        ({"flip": True}, "the survey was read upside down: its depths run the other way than the base survey's"),
    ],
)
def test_a_survey_that_was_read_the_wrong_way_gives_no_value_and_says_so(based, more, reason):
    based.surveys(survey_text(**more), T0_MS + DAY_MS)
    found = based.latest("INC1", "displacement")
    assert (found.value, found.judged, found.quality, found.reasons) == (None, False, Quality.FAIL, (reason,))
    assert reason in based.told("fault")[0]


def test_a_great_movement_is_never_taken_for_a_survey_turned_round(based):
    based.surveys(survey_text(shift=-4000.0), T0_MS + DAY_MS)
    assert round(based.latest("INC1", "displacement").value, 6) == -100.0


def test_checksums_that_change_down_the_hole_and_another_probe_make_it_suspect(based):
    based.surveys(survey_text(spoil=60.0), T0_MS + DAY_MS, probe="P78")
    found = based.latest("INC1", "displacement")
    assert (found.quality, found.judged) == (Quality.SUSPECT, True)
    assert found.reasons == (
        "checksum A: standard deviation 19.8 digits, more than 10; farthest off at 2.5 m (line 7);"
        " read with probe P78, the base survey with P77",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hole,INC1\n1,2,3\n", "file, file: found no header"),
        (survey_text().replace("B180", "C"), "file, line 2, B180: found nothing; expected one such column"),
        (survey_text().replace("0.5,", "0,5,", 1), "file, line 3: found 6 cells; expected 5, as the header has"),
        (survey_text().replace("50,", "NaN,"), "file, line 3, B0: found 'NaN'; expected a number with a decimal"),
        (survey_text().replace("50,", ","), "file, line 3, B0: found nothing"),
        (survey_text().replace("\n2,", "\n2.5,"), "file, line 6, depth_m: found 2.5; expected 2"),
        (survey_text().rpartition("\n4,")[0], "file, depth_m: found 3.5 m as the deepest; expected 4 m"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(people, text, says):
    with pytest.raises(BadBody) as refused:
        people.surveys(text, T0_MS)
    assert any(says in problem for problem in refused.value.problems), refused.value.problems


def exported(people):
    reading = people.latest("INC1", "displacement")
    with people.chain.reader.connected() as connection:
        return list(nodes(people.chain.site, connection, [reading]))


def test_a_survey_is_exported_as_the_nodes_of_its_hole_from_the_fixed_end_up(based):
    act = based.surveys(survey_text(shift=110.0), T0_MS + DAY_MS)
    fixed, *found = exported(based)
    assert (fixed.number, fixed.height_m, fixed.displacement_mm) == (0, 0.0, 0.0)
    assert [one.number for one in found] == list(range(1, 9))
    assert [one.height_m for one in found] == sorted(one.height_m for one in found)
    assert [round(one.displacement_mm, 6) for one in found] == [0.0] * 5 + [2.75] * 3
    assert {(one.time_ms, one.quality) for one in found} == {(T0_MS + DAY_MS, Quality.GOOD)}
    based.surveys(survey_text(swap=True), T0_MS + DAY_MS, corrects=act, note="wrong file")
    withdrawn = exported(based)[1:]
    assert {(one.displacement_mm, one.quality) for one in withdrawn} == {(None, Quality.MISSING)}
