"""The section drawn to scale: heads on their pixels, water between its shores, labels apart."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.web.drawing import Head, draw, side_by_side
from collector.web.labels import Box, place
from collector.web.render import Renderer
from collector.web.scales import Scale
from collector.web.state_page import read_page
from collector.web.terrain import along, head_m, profile_at, water_line
from seepline.reading import Quality
from seepline.site import Section
from seepline.site_phreatic import PhreaticLine

NOW_MS = 1451634300000


def drawing_of(world):
    (drawn,) = read_page(world.site, world, NOW_MS, 14, Renderer()).drawings
    return drawn


def pixel(ticks, value):
    """Where a value stands, from the labels of two ticks: the axis as its reader sees it."""
    (low, high) = ticks[0], ticks[-1]
    share = (value - float(low.label)) / (float(high.label) - float(low.label))
    return low.at + share * (high.at - low.at)


def mark(drawn, point):
    return next(one for one in drawn.marks if one.head.point == point)


def test_a_head_of_known_elevation_stands_on_its_pixel(world):
    world.change("TOE-P1", "pore_pressure", value=2 * 9.80665)  # two metres above the tip at 97
    drawn = drawing_of(world)
    toe = mark(drawn, "TOE-P1")
    assert toe.head_y == pytest.approx(pixel(drawn.y_ticks, 99.0), abs=0.2)
    assert toe.tip_y == pytest.approx(pixel(drawn.y_ticks, 97.0), abs=0.2)
    assert toe.x == pytest.approx(pixel(drawn.x_ticks, 128.0), abs=0.2)
    assert "99.00 m" in toe.label.lines[1]


def test_metres_are_equally_long_on_both_axes_but_for_the_exaggeration(world):
    drawn = drawing_of(world)
    per_x = pixel(drawn.x_ticks, 1.0) - pixel(drawn.x_ticks, 0.0)
    per_y = pixel(drawn.y_ticks, 100.0) - pixel(drawn.y_ticks, 101.0)
    assert per_y / per_x == pytest.approx(drawn.exaggeration, rel=0.01)


@pytest.mark.parametrize(
    ("azimuth_deg", "easting_m", "northing_m", "x_m"),
    [(90.0, 110.0, 57.0, 10.0), (0.0, 110.0, 57.0, 7.0), (180.0, 110.0, 57.0, -7.0), (45.0, 103.0, 53.0, 18**0.5)],
)
def test_a_point_is_projected_on_the_azimuth(azimuth_deg, easting_m, northing_m, x_m):
    section = Section(id="A", name="", azimuth_deg=azimuth_deg, origin_easting_m=100.0, origin_northing_m=50.0)
    assert along(section, easting_m, northing_m) == pytest.approx(x_m)


def test_a_dry_gauge_shows_its_tip_as_upper_bound(world):
    world.change("WA-P2", "pore_pressure", value=-30.0, bound="at_most")
    dry = mark(drawing_of(world), "WA-P2")
    assert dry.shape == "dry"
    assert dry.head_y == dry.tip_y
    assert dry.label.lines[1] == "≤ 95.00 m (dry)"


def test_a_missing_reading_is_a_grey_cross_that_keeps_its_level_in_words(world):
    world.change("TOE-P1", "pore_pressure", value=None, quality=Quality.MISSING, judged=False)
    world.levels["TOE-P1"] = 2
    toe = mark(drawing_of(world), "TOE-P1")
    assert (toe.shape, toe.head_y, toe.label.lines[1]) == ("none", None, "no valid reading, orange")
    picture = world.html().split('class="piezometer none"')[1].split("</g>")[0]
    assert "#mark-grey" in picture
    assert "#mark-orange" in picture


def test_an_old_head_of_a_silent_logger_is_not_drawn_as_a_present_one(world):
    world.silent = {"mvd116"}
    assert mark(drawing_of(world), "MV-P1").shape == "none"
    assert mark(drawing_of(world), "TOE-P1").shape == "head"


def test_the_line_joins_points_declared_phreatic_only(world):
    ((line, is_most),) = drawing_of(world).phreatic
    assert not is_most
    assert line.count("L") == 2  # MV-P1, WA-P1, TOE-P1; not the deeper tips MV-P2 and WA-P2


def test_between_wells_the_line_runs_as_the_site_declares_it(world):
    declared = PhreaticLine(section="A", method="dupuit", valid_from_ms=0, source="test", base_elevation_m=90.0)
    world.site = replace(world.site, phreatic_lines=(declared,))
    ((curved, _),) = drawing_of(world).phreatic
    assert "through points declared phreatic only (dupuit, test)" in world.html()
    world.site = replace(world.site, phreatic_lines=(replace(declared, method="monotone", base_elevation_m=None),))
    ((smooth, _),) = drawing_of(world).phreatic
    world.site = replace(world.site, phreatic_lines=(replace(declared, valid_from_ms=2**60),))
    ((straight, _),) = drawing_of(world).phreatic
    assert "drawn straight: between wells the water may stand higher" in world.html()
    assert [line.count("L") for line in (curved, smooth, straight)] == [24, 24, 2]


BANK = ((0.0, 10.0), (10.0, 5.0), (20.0, 12.0), (30.0, 6.0), (40.0, 12.0))


@pytest.mark.parametrize(
    ("x_m", "surface_m", "line"),
    [
        (8.0, 8.0, [(4.0, 8.0), (10.0, 5.0), (100 / 7, 8.0)]),
        (33.0, 9.0, [(25.0, 9.0), (30.0, 6.0), (35.0, 9.0)]),
        (1.0, 11.0, [(0.0, 10.0), (10.0, 5.0), (10 + 60 / 7, 11.0)]),
        (8.0, 3.0, []),
    ],
)
def test_water_lies_between_its_shores(x_m, surface_m, line):
    assert [pytest.approx(one) for one in line] == list(water_line(BANK, x_m, surface_m))


def test_the_pond_is_drawn_on_its_measured_level(world):
    drawn = drawing_of(world)
    (pond,) = drawn.waters
    assert pond.y == pytest.approx(pixel(drawn.y_ticks, 114.2), abs=0.2)
    assert pond.right < pixel(drawn.x_ticks, 78.0)  # the crest holds it


def test_a_pond_without_a_valid_reading_is_not_drawn(world):
    world.silent = {"pond"}
    assert drawing_of(world).waters == ()


def test_the_profile_is_the_newest_whose_date_has_come(world):
    old = world.site.profiles[0]
    site = replace(
        world.site,
        profiles=(old, replace(old, valid_from_ms=50, source="raise"), replace(old, valid_from_ms=99)),
    )
    assert profile_at(site, "A", "ground", 60).source == "raise"
    assert profile_at(site, "A", "ground", -1) is None


def test_a_section_without_profile_is_drawn_by_its_points(world):
    world.site = replace(world.site, profiles=())
    drawn = drawing_of(world)
    assert (drawn.ground, drawn.body) == ("", "")
    assert len(drawn.marks) == 5


def test_a_single_point_makes_a_drawing(world):
    lone = Head(point="P", x_m=5.0, tip_m=5.0, head_m=None, level=None, valid=False)
    bare = replace(world.site, profiles=())
    assert draw(bare, bare.sections[0], [lone], [], NOW_MS).marks[0].shape == "none"


def test_labels_of_the_section_do_not_cover_one_another(world):
    drawn = drawing_of(world)
    boxes = [one.label.box for one in (*drawn.marks, *drawn.waters)]
    assert len(boxes) == 6
    assert all(one.overlap(other) == 0 for one, other in combinations(boxes, 2))


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 400)), min_size=1, max_size=6))
def test_labels_stay_in_the_picture_and_apart(anchors):
    area = Box(0, 0, 1000, 400)
    labels = place([(anchor, ("MV-P1", "101.54 m")) for anchor in anchors], [], area)
    for one in labels:
        assert one.box.overlap(area) == pytest.approx(one.box.width * one.box.height)
    assert all(one.box.overlap(other.box) == 0 for one, other in combinations(labels, 2))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1000), max_size=8))
def test_gauges_of_one_borehole_are_moved_apart_in_their_order(places):
    moved = side_by_side(places)
    order = sorted(range(len(places)), key=lambda n: (places[n], moved[n]))
    assert [moved[n] for n in order] == sorted(moved)
    assert all(right - left > 19.8 for left, right in pairwise(sorted(moved)))


def test_one_metre_of_head_is_the_weight_of_a_metre_of_water():
    assert head_m(10.0, 9.80665) == pytest.approx(11.0)


def test_a_scale_runs_from_its_low_to_its_high_end():
    scale = Scale(95.0, 120.0, 300.0, 50.0)
    assert (scale(95.0), scale(120.0), scale(107.5)) == (300.0, 50.0, 175.0)
