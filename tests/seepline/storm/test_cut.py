"""Where a trunk is cut: for every place of a cut the stretch that is named holds it."""

from hypothesis import given
from hypothesis import strategies as st

from seepline.storm.cut import Heard, trunk

metres = st.lists(st.integers(1, 2000).map(float), min_size=2, max_size=30, unique=True)


def devices(places, silent):
    return [Heard(logger=f"L{at_m:g}", trunk_m=at_m, silent=silent(at_m)) for at_m in places]


@given(metres, st.randoms())
def test_a_cut_lies_in_the_stretch_that_is_named_whatever_the_order(places, random):
    ranked = sorted(places)
    cut_m = random.uniform(ranked[0] + 0.01, ranked[-1] - 0.01)
    random.shuffle(places)
    found = trunk(devices(places, lambda at_m: at_m > cut_m))
    assert found.verdict == "cut"
    assert found.from_m < cut_m < found.to_m
    assert not [at_m for at_m in places if found.from_m < at_m < found.to_m]


@given(metres)
def test_a_silent_one_before_others_that_answer_is_no_cut_trunk(places):
    first = min(places)
    assert trunk(devices(places, lambda at_m: at_m == first)).verdict == "single"


@given(metres)
def test_all_silent_names_the_first_stretch(places):
    found = trunk(devices(places, lambda _: True))
    assert (found.verdict, found.from_m, found.to_m) == ("all_silent", 0.0, min(places))


def test_without_distances_no_place_is_named():
    told = [Heard(logger="a", trunk_m=None, silent=True), Heard(logger="b", trunk_m=3.0, silent=False)]
    assert trunk(told).verdict == "unknown"
    assert trunk([told[0]]).to_m is None
    assert trunk([]).verdict == "whole"


def test_silent_ones_among_others_are_each_for_itself():
    places = [1.0, 2.0, 3.0, 4.0]
    assert trunk(devices(places, lambda at_m: at_m in (1.0, 3.0))).verdict == "several"
