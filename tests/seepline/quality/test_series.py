"""Which rules are in force, how far they look, which flags a value makes due again, and flags of a stream."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline.quality import Flagger, Sample, evaluate, flagged, reached, reaches
from seepline.quality.given import taken_off_between
from seepline.quality.looks import Reach
from seepline.quality.scan import channels_in_order, looked_at_beside
from seepline.quality.series import rules_at, widest
from seepline.quality.table import TESTS, Look
from seepline.reading import Quality, RawReading, Reading
from seepline.site_file import parse_site
from tests.collector.tested_dam import rule, text, with_every_test

P1, P2, BARO = ("P1", "pore_pressure"), ("P2", "pore_pressure"), ("BARO", "barometric_pressure")
SCAN_MS, T0_MS = 900_000, 1_451_635_200_000
DAY_MS = 86_400_000
ALL = with_every_test()


def site_of(*rules):
    return parse_site(text(()) + "".join(rules))


def held(samples):
    """Return the look-up of a dictionary of series."""

    def between(point, quantity, from_ms, to_ms):
        return [one for one in samples.get((point, quantity), ()) if from_ms <= one.time_ms <= to_ms]

    return between


def test_the_newest_rule_that_has_begun_is_in_force():
    later = rule("rate", "2015-07-01T00:00:00Z", suspect=9.0)
    site = site_of(later, rule("rate"), rule("range"))
    begun_ms = 1_435_708_800_000
    at = [
        {one.test: one.suspect for one in (ready.rule for ready in rules_at(site, P1, ms, Look.SERIES))}
        for ms in (begun_ms - 1, begun_ms)
    ]
    assert at == [{"rate": 30.0, "range": None}, {"rate": 9.0, "range": None}]
    assert list(rules_at(site, P1, 0, Look.SERIES)) == []
    assert list(rules_at(site, P1, begun_ms, Look.SCAN)) == []
    assert list(rules_at(site, P2, begun_ms, Look.SERIES)) == []


def test_two_neighbours_are_two_rules():
    site = site_of(rule("neighbour"), rule("barometric_response"))
    second = replace(site.quality_rules[0], neighbour="P3")
    both = replace(site, quality_rules=(*site.quality_rules, second))
    assert len(list(rules_at(both, P1, T0_MS, Look.SERIES))) == 3


REACHES = {
    "range": Reach(),
    "spike": Reach(1_800_000, 1_800_000),
    "rate": Reach(3_600_000),
    "attenuated": Reach(3_600_000),
    "hampel": Reach(2_700_000, 2_700_000),
    "neighbour": Reach(2_700_000, 0, 3_600_000, 900_000),
    "barometric_response": Reach(5_400_000 + DAY_MS, 0, 6_300_000 + DAY_MS, 900_000),
}


def test_how_far_each_test_looks():
    found = {
        one.test: TESTS[one.test].reach(one) for one in ALL.quality_rules if TESTS[one.test].look is Look.SERIES
    }
    assert found == REACHES
    before = replace(ALL.quality_rules[0], method="before", period_s=60)
    assert TESTS["hampel"].reach(before) == Reach(60_000, 0)
    assert widest(ALL) == Reach(6_300_000 + DAY_MS, 2_700_000)
    assert widest(site_of()) == Reach()


def test_a_value_makes_flags_due_as_far_as_they_see_it():
    known = reaches(ALL)
    assert reached(known, P1, T0_MS) == {P1: (T0_MS - 2_700_000, T0_MS + 5_400_000 + DAY_MS)}
    assert reached(known, P2, T0_MS) == {P1: (T0_MS - 900_000, T0_MS + 3_600_000)}
    midnight_ms = (T0_MS // DAY_MS + 1) * DAY_MS  # a daily test looks at days before its own
    assert reached(known, BARO, T0_MS) == {P1: (midnight_ms, T0_MS + 6_300_000 + DAY_MS)}
    for at_ms, first_ms in ((midnight_ms + 900_000, midnight_ms), (midnight_ms + 900_001, midnight_ms + DAY_MS)):
        assert reached(known, BARO, at_ms)[P1][0] == first_ms
    assert reached(known, ("P1", "temperature"), T0_MS) == {}


def test_a_value_under_test_need_not_be_held_and_is_not_its_own_neighbour():
    site, this = site_of(rule("rate")), Sample(T0_MS, 40.0)
    before = Sample(T0_MS - SCAN_MS, 10.0)
    for series in ([before], [before, this], [before, Sample(T0_MS, 7.0)], [before, Sample(T0_MS + 1, 7.0)]):
        (flag,) = Flagger(site, held({P1: series})).flags(P1, this)
        assert flag.reason.startswith("rate: 120 per hour")
    (alone,) = Flagger(site, held({P1: [Sample(T0_MS - 3_600_001, 1.0)]})).flags(P1, this)
    assert alone.quality is Quality.NOT_EVALUATED
    (far,) = Flagger(site, held({P1: [Sample(T0_MS - 3_600_000, 40.0)]})).flags(P1, this)
    assert far.quality is Quality.GOOD


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("range", []),
        ("rate", [(P1, T0_MS - 3_600_000, T0_MS - 1)]),
        ("spike", [(P1, T0_MS - 1_800_000, T0_MS - 1), (P1, T0_MS + 1, T0_MS + 1_800_000)]),
        ("neighbour", [(P1, T0_MS - 2_700_000, T0_MS - 1), (P2, T0_MS - 3_600_000, T0_MS + 900_000)]),
    ],
)
def test_a_test_is_handed_what_it_reaches_and_no_more(name, asked):
    found = []

    def asking(point, quantity, from_ms, to_ms):
        found.append(((point, quantity), from_ms, to_ms))
        return []

    Flagger(site_of(rule(name)), asking).flags(P1, Sample(T0_MS, 20.0))
    assert found == asked


def test_a_test_is_handed_both_sides_and_the_neighbour():
    beside = {P1: [Sample(T0_MS + n * SCAN_MS, 10.0) for n in (-2, -1, 1)]}
    (spiked,) = Flagger(site_of(rule("spike")), held(beside)).flags(P1, Sample(T0_MS, 25.0))
    assert spiked.reason == "spike: 15 beside its neighbours, more than 10"
    beside[P2] = [Sample(T0_MS + n * SCAN_MS, 3.0) for n in (-2, 0)]
    (alone,) = Flagger(site_of(rule("neighbour")), held(beside)).flags(P1, Sample(T0_MS, 25.0))
    assert alone.reason.startswith("neighbour: changed by 15 and its neighbour by 0")


def test_a_daily_test_is_run_once_a_day_and_again_on_the_next():
    asked = []

    def counting(point, quantity, from_ms, to_ms):
        asked.append(point)
        return []

    flagger = Flagger(site_of(rule("barometric_response")), counting)
    for at_ms in (T0_MS, T0_MS + 1, T0_MS + DAY_MS):
        flagger.flags(P1, Sample(at_ms, 1.0))
    assert asked == ["P1", "BARO"] * 2
    flagger.flags(P1, Sample(T0_MS + DAY_MS + 1, 1.0))
    assert len(asked) == 4


def test_what_the_sheet_takes_off_is_told_while_one_sheet_is_valid():
    assert taken_off_between(ALL, "P1", T0_MS, T0_MS + DAY_MS) == pytest.approx(1.0)
    assert taken_off_between(ALL, "BARO", T0_MS, T0_MS) == 0.0
    assert taken_off_between(ALL, "P1", 0, T0_MS) is None
    assert taken_off_between(ALL, "P9", T0_MS, T0_MS) is None


def test_a_sheet_that_changes_in_the_days_of_the_barometric_test_leaves_it_not_evaluated():
    site = site_of(rule("barometric_response"))
    (asked,) = site.quality_rules
    sheet = next(one for one in site.calibrations if one.id == "vw")
    day_ms, period_ms = T0_MS // DAY_MS * DAY_MS, 5_400_000
    for change_ms, told in (
        (day_ms - period_ms, True), (day_ms - period_ms + 1, False), (day_ms - 1, False), (day_ms, True),
    ):  # fmt: skip
        first, second = replace(sheet, valid_to_ms=change_ms), replace(sheet, version=2, valid_from_ms=change_ms)
        others = tuple(one for one in site.calibrations if one is not sheet)
        changed = replace(site, calibrations=(first, second, *others))
        found = TESTS["barometric_response"].given(changed, asked, T0_MS)["taken_off"]
        assert (found == pytest.approx(1.0)) if told else (found is None)


def test_without_a_sheet_there_is_no_factory_span():
    site = site_of(rule("vw_span"))
    (asked,) = site.quality_rules
    assert TESTS["vw_span"].given(site, asked, T0_MS) == {"span_hz": (2200.0, 3100.0)}
    assert TESTS["vw_span"].given(site, asked, 0) == {"span_hz": None}


def test_channels_that_a_scan_s_flags_look_at():
    assert looked_at_beside(ALL) == {
        f"a/{name}": ("a/f",) for name in ("t", "amplitude", "snr", "decay", "agreement")
    }
    assert channels_in_order(ALL) == {"a/f", "a/t"}
    assert looked_at_beside(site_of(rule("rate"))) == {}
    assert channels_in_order(site_of(rule("rate"))) == frozenset()


def scanned(site, raw, before=(), quantity="pore_pressure", max_age_ms=1):
    """Return a quantity of P1 at T0 of a dictionary of raw values at that time, and of readings before it."""
    found = {name: RawReading(name, T0_MS, value, identity="a:7:5") for name, value in raw.items()}

    def lookup(name, at_ms, age_ms):
        assert at_ms == T0_MS
        assert age_ms in (0, max_age_ms)
        return found.get(name)

    def previous(name, time_ms, count):
        known = [
            one for one in (found.get(name), *before) if one and one.channel == name and one.time_ms < time_ms
        ]
        return sorted(known, key=lambda one: -one.time_ms)[:count]

    made = evaluate(site, site.assignments[0], T0_MS, lookup, previous, max_age_ms)
    return next(one for one in made if one.quantity == quantity)


RAW = {"a/f": 2900.0, "a/t": 3000.0, "b/baro": 2100.0}
BESIDE = {"a/amplitude": 1.0, "a/snr": 30.0, "a/decay": 0.5, "a/agreement": 0.01}


def test_the_scan_s_tests_see_the_channels_of_its_own_slot_and_its_thermistor():
    healthy = scanned(with_every_test("time_order"), {**RAW, **BESIDE})
    assert healthy.reasons == ()
    sick = scanned(with_every_test("time_order"), {**RAW, "a/f": 2850.0, "a/t": 120_000.0, "a/snr": 1.0})
    begins = [reason.partition(":")[0] for reason in sick.reasons]
    assert begins == ["vw_amplitude", "vw_snr", "vw_decay", "vw_agreement", "vw_mains", "thermistor"]
    assert (sick.quality, sick.judged) == (Quality.FAIL, True)
    far = scanned(with_every_test("time_order"), {**RAW, **BESIDE, "a/f": 1500.0})
    assert any(reason.startswith("vw_span: 1500 Hz is outside 1540 to 4030 Hz") for reason in far.reasons)


def test_the_scan_before_is_that_of_the_same_channel():
    site = site_of(rule("time_order"))
    older = [
        RawReading("a/f", T0_MS - 2, 2900.0, identity="a:7:4"),
        RawReading("a/t", T0_MS - 1, 1.0, identity="a:7:9"),
    ]
    assert scanned(site, RAW, older).reasons == ()
    went_back = [*older, RawReading("a/f", T0_MS - 1, 2901.0, identity="a:7:8")]
    assert scanned(site, RAW, went_back).reasons == (
        "time_order: record 5 is dated after record 8, which was made later",
    )


def test_a_sentinel_between_equal_readings_does_not_make_them_move():
    stuck = text(()).replace("stuck_after = 3", 'stuck_after = 3\nsentinels = "campbell"', 1)
    values = (2900.0, -9_999_999.0, 2900.0)
    older = [RawReading("a/f", T0_MS - 1 - n, value) for n, value in enumerate(values)]
    assert scanned(parse_site(stuck), RAW, older[:1]).reasons == ()
    assert scanned(parse_site(stuck), RAW, [older[0], older[2]]).reasons != ()
    assert scanned(parse_site(stuck), RAW, older).reasons == ()  # two are too few to tell


def test_no_flag_is_made_for_what_has_no_value():
    missing = scanned(ALL, {**BESIDE, "a/f": None, "a/t": 3000.0})
    assert missing.value is None
    assert not any(reason.startswith("vw_") for reason in missing.reasons)


def reading(series, time_ms, value):
    quality = Quality.MISSING if value is None else Quality.GOOD
    return Reading(
        point=series[0], instrument="i", quantity=series[1], time_ms=time_ms, value=value, quality=quality,
        calibration="c:1", judged=value is not None,
    )  # fmt: skip


VALUES = st.none() | st.sampled_from([10.0, 10.5, 30.0, 80.0])


SPIKES = site_of(rule("spike"))


@settings(deadline=None)
@given(
    site=st.sampled_from([ALL, SPIKES]), steps=st.lists(st.tuples(st.integers(1, 4), *[VALUES] * 3), max_size=25)
)
def test_a_stream_s_flags_are_those_with_everything_at_hand(site, steps):
    readings, at_ms = [], T0_MS
    for scans, *values in steps:
        at_ms += scans * SCAN_MS
        readings += [reading(series, at_ms, value) for series, value in zip((BARO, P1, P2), values, strict=True)]
    known: dict = {}
    for one in readings:
        if one.value is not None:
            known.setdefault((one.point, one.quantity), []).append(Sample(one.time_ms, one.value))
    made = list(flagged(site, iter(readings)))
    assert [(one.point, one.time_ms, one.value) for one in made] == [
        (one.point, one.time_ms, one.value) for one in readings
    ]
    flagger = Flagger(site, held(known))
    for one in made:
        flags = (
            [] if one.value is None else flagger.flags((one.point, one.quantity), Sample(one.time_ms, one.value))
        )
        assert one.reasons == tuple(flag.reason for flag in flags if flag.reason)
        assert one.quality is max([flag.quality for flag in flags if flag.quality > 1], default=one.quality)


def test_a_stream_without_rules_is_passed_through_and_one_with_rules_waits_no_longer_than_it_must():
    readings = [reading(P1, T0_MS + n * SCAN_MS, float(n)) for n in range(9)]
    assert list(flagged(site_of(), readings)) == readings
    taken = []

    def watched():
        for one in readings:
            taken.append(one)
            yield one

    stream = flagged(site_of(rule("spike")), watched())
    next(stream)
    assert len(taken) == 4  # within_s is two scans: the third behind it tells that nothing more can come


def test_a_stream_keeps_no_more_than_its_tests_look_at():
    from seepline.quality.stream import _Kept

    kept = _Kept(frozenset([P1]))
    for n in range(1000):
        kept.add(reading(P1, n, 1.0), forget_before_ms=n - 10)
    assert len(kept.samples(*P1, 0, 1000)) <= 22
    assert [one.time_ms for one in kept.samples(*P1, 995, 997)] == [995, 996, 997]
