"""Site state: worst level and coverage together."""

from dataclasses import replace

from seepline.coverage import site_state
from seepline.site import Assignment, Point, Site, SiteInfo
from seepline.site_commissioning import Baseline
from seepline.thresholds import Level


def a_site(critical: str = "") -> Site:
    names = ("A", "B", "C", "D")
    points = tuple(
        Point(
            id=name, section="S", kind="piezometer", easting_m=0, northing_m=0, elevation_m=0, failure_mode="",
            critical=name == critical,
        )
        for name in names
    )  # fmt: skip
    joined = tuple(Assignment(point=name, instrument=name, inputs={}, valid_from_ms=0) for name in names)
    info = SiteInfo(id="s", name="S", timezone="UTC", datum="", grey_above_share=0.5)
    return Site(info=info, points=points, assignments=joined)


def test_the_worst_level_counts_and_the_coverage_is_told_with_it():
    state = site_state(a_site(), 1, [Level.GREEN, Level.ORANGE], {"A": True, "B": True, "C": True, "D": False})
    assert (state.level, state.valid, state.total, state.grey) == (Level.ORANGE, 3, 4, False)


def test_a_site_with_too_few_valid_instruments_is_grey_and_keeps_its_level():
    state = site_state(a_site(), 1, [Level.RED], {"A": True})
    assert (state.level, state.grey) == (Level.RED, True)


def test_half_is_not_yet_more_than_half():
    assert not site_state(a_site(), 1, [], {"A": True, "B": True}).grey


def test_one_silent_critical_instrument_makes_the_site_grey():
    state = site_state(a_site(critical="B"), 1, [], {"A": True, "C": True, "D": True})
    assert state.grey
    assert state.invalid_critical == ("B",)


def test_before_anything_is_mounted_nothing_is_counted_and_nothing_is_known():
    state = site_state(a_site(), -1, [], {})
    assert (state.total, state.grey) == (0, True)


def test_a_point_in_commissioning_counts_from_the_day_of_its_accepted_baseline():
    site = a_site()
    new = replace(site.points[0], commissioning=True)
    word = Baseline(point="A", valid_from_ms=5, accepted_by="N. Nazarov", source="report 7")
    site = replace(site, points=(new, *site.points[1:]), baselines=(word,))
    before, after = [site_state(site, time_ms, [], {"B": True}) for time_ms in (4, 5)]
    assert (before.valid, before.total, before.commissioning) == (1, 3, ("A",))
    assert (after.valid, after.total, after.commissioning) == (1, 4, ())
