"""Which limits are in force: none before the first set, the newest whose date has come, none in commissioning."""

from dataclasses import replace

from seepline.site import Threshold, ThresholdSet
from seepline.site_file import read_site
from seepline.thresholds import in_force, is_critical, limits_of, set_in_force
from tests.collector.conftest import DAM

OLD, NEW = (ThresholdSet(id=name, valid_from_ms=at_ms, source="x") for name, at_ms in (("a", 100), ("b", 200)))


def test_the_newest_set_whose_date_has_come_is_in_force():
    assert [set_in_force((OLD, NEW), at_ms) for at_ms in (99, 100, 199, 200)] == [None, OLD, OLD, NEW]


def test_limits_are_those_of_the_set_in_force_and_none_while_a_point_is_new():
    site = read_site(DAM)
    at_ms = site.threshold_sets[0].valid_from_ms
    assert in_force(site, at_ms - 1) == {}
    (rule,) = limits_of(site, "P1", "pore_pressure", at_ms)
    assert isinstance(rule, Threshold)
    assert rule.name == "P1/pore_pressure/above"
    assert limits_of(site, "P1", "temperature", at_ms) == ()
    new = replace(site, points=tuple(replace(one, commissioning=True) for one in site.points))
    assert limits_of(new, "P1", "pore_pressure", at_ms) == ()


def test_a_decided_set_says_what_is_critical_and_before_it_the_site_file_does():
    site = replace(read_site(DAM), threshold_sets=(OLD, NEW), critical_by_set={"b": ("BARO",)})
    marked = [(is_critical(site, "P1", at_ms), is_critical(site, "BARO", at_ms)) for at_ms in (99, 100, 200)]
    assert marked == [(True, False), (True, False), (False, True)]
