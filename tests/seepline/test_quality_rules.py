"""Every rule of a `[[quality]]` entry, each broken in one place; and every fault of one entry at once."""

import pytest

from seepline.site_file import SiteError, parse_site
from seepline.site_quality import QualityRule
from tests.collector.tested_dam import PARAMETERS, rule, text


def problems_of(written: str) -> dict[str, str]:
    with pytest.raises(SiteError) as caught:
        parse_site(written)
    return {one.path: f"{one.found} | {one.expected}" for one in caught.value.problems}


def test_a_site_with_every_test_has_no_problem():
    rules = parse_site(text()).quality_rules
    assert [one.test for one in rules] == list(PARAMETERS)
    assert all(isinstance(one, QualityRule) for one in rules)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, given in PARAMETERS.items() for key in given])
def test_no_parameter_has_a_default(name, key):
    optional = key == "fail"
    written = text(()) + rule(name, **{key: None})
    if optional:
        assert parse_site(written).quality_rules[0].fail is None
    else:
        assert list(problems_of(written)) == [f"quality[1].{key}"]


# test, what is changed, place of the problem, a word of its sentence
BROKEN = [
    ("rate", {"test": "rates"}, "test", "did you mean rate"),
    ("rate", {"period_s": 60}, "period_s", "rate takes suspect, within_s, fail"),
    ("time_order", {"suspect": 1.0}, "suspect", "no parameters"),
    ("rate", {"suspect": -1.0}, "suspect", "more than 0"),
    ("rate", {"suspect": "fast"}, "suspect", "a number"),
    ("rate", {"within_s": 0.5}, "within_s", "a whole number"),
    ("rate", {"fail": 30.0}, "fail", "more than suspect = 30"),
    ("attenuated", {"fail": 0.5}, "suspect", "more than fail = 0.5"),
    ("range", {"suspect_max": 5.0}, "suspect_max", "more than suspect_min = 5"),
    ("spike", {"method": "mean"}, "method", "average, differential"),
    ("hampel", {"readings": 4}, "readings", "an odd number"),
    ("hampel", {"readings": 1}, "readings", "2 or more"),
    ("barometric_response", {"response_kpa_per_kpa": 1.1}, "response_kpa_per_kpa", "from 0 to 1"),
    ("barometric_response", {"accepted_by": " "}, "accepted_by", "not empty"),
    ("barometric_response", {"neighbour": "P2"}, "neighbour", "another point, that measures barometric_pressure"),
    ("neighbour", {"neighbour": "P1"}, "neighbour", "another point"),
    ("neighbour", {"neighbour": "P3"}, "neighbour", "[[point]]"),
    ("rate", {"point": "P9"}, "point", "[[point]]"),
    ("rate", {"quantity": "pressure"}, "quantity", "did you mean pore_pressure"),
    ("rate", {"quantity": "rain"}, "quantity", "what the instruments at P1 measure"),
    ("vw_snr", {"quantity": "temperature"}, "quantity", "what vw_snr is for: pore_pressure"),
    ("thermistor", {"point": "BARO", "quantity": "barometric_pressure"}, "test", "a test for barometer"),
    ("vw_snr", {"point": "P2"}, "test", "a [[channel]] of kind vw_snr in the slot of c/f2"),
    ("vw_mains", {"point": "P2"}, "test", "a [[channel]] of kind vw_snr"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changed", "key", "word"), BROKEN)
def test_one_broken_key_is_found_at_its_place(name, changed, key, word):
    found = problems_of(text(()) + rule(name, **changed))
    assert word in found[f"quality[1].{key}"]
    assert len(found) == 1 or name == "thermistor"  # which is neither for that instrument nor for its quantity


def test_every_fault_of_every_entry_is_told_at_once():
    found = problems_of(
        text(()) + rule("rate", suspect=None, period_s=5) + rule("spike", method="mean", point="P9")
    )
    assert set(found) == {
        "quality[1].suspect", "quality[1].period_s", "quality[2].method", "quality[2].point",
    }  # fmt: skip


def test_two_entries_of_one_test_begin_apart():
    found = problems_of(text(()) + rule("rate") + rule("rate"))
    assert "when quality[1] begins too" in found["quality[2].valid_from"]
    later = rule("rate", "2015-07-01T00:00:00Z", suspect=9.0)
    assert len(parse_site(text(()) + rule("rate") + later).quality_rules) == 2


def test_a_date_is_asked_for():
    written = "\n".join(line for line in rule("rate").splitlines() if "valid_from" not in line)
    assert list(problems_of(text(()) + "\n" + written)) == ["quality[1].valid_from"]


def test_sentinels_are_a_known_maker_s():
    written = text(()).replace("stuck_after = 3", 'stuck_after = 3\nsentinels = "kellar"', 1)
    assert "did you mean keller" in problems_of(written)["channel[a/f].sentinels"]
