"""Which limits a gateway judges by itself; the others are named with the reason."""

import pytest

from gateway.local_alarm.coverage import coverage
from seepline.site_file import parse_site, read_site
from tests.bundles import DAM
from tests.collector.chain import T0_MS
from tests.gateway.conftest import DEMO_SITE

OTHERS_BAROMETER = DAM.replace('inputs = { voltage = "b/baro" }', 'inputs = { voltage = "c/baro" }')


def test_all_that_one_gateway_reads_is_judged_there_and_nothing_of_it_elsewhere():
    site = parse_site(DAM, "dam")
    assert coverage(site, "gw1", T0_MS) == ({"P1/pore_pressure/above"}, ())
    assert coverage(site, "gw2", T0_MS) == (
        set(),
        ("P1/pore_pressure/above: it needs a, b, which another gateway reads",),
    )


def test_a_correction_over_another_gateway_leaves_the_limit_to_the_collector():
    found = coverage(parse_site(OTHERS_BAROMETER, "dam"), "gw1", T0_MS)
    assert found == (set(), ("P1/pore_pressure/above: it needs c, which another gateway reads",))


def test_the_demo_s_gateway_says_which_limits_it_cannot_judge():
    found = coverage(read_site(DEMO_SITE), "gw1", T0_MS)
    assert len(found.here) + len(found.elsewhere) == len(read_site(DEMO_SITE).thresholds)
    for sentence in found.elsewhere:
        assert sentence.endswith("a derived quantity, which only the collector computes")


@pytest.mark.parametrize("at_ms", [0])
def test_before_the_first_set_there_is_nothing_to_judge(at_ms):
    assert coverage(parse_site(DAM, "dam"), "gw1", at_ms) == (set(), ())


def test_what_the_gateway_derives_is_judged_there():
    site = read_site(DEMO_SITE)
    derived = frozenset(site.derived_by_output)
    limited = {(one.point, one.quantity) for one in site.thresholds} & derived
    before, after = coverage(site, "gw1", T0_MS), coverage(site, "gw1", T0_MS, derived)
    assert len(after.here) == len(before.here) + len(limited)
