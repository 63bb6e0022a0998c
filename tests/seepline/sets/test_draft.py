"""A form becomes SET.toml: commas, empty fields, hostile texts; and a set becomes a form and is the same again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.sets.draft import NoDraft, draft_of, read_draft, written
from seepline.sets.set_file import SetError, parse_set
from tests.sets import RULE, limit_set


def test_a_decimal_comma_is_understood_and_given_back():
    draft = draft_of(limit_set())
    draft["threshold"][0] |= {"yellow": "40,25", "delay_count": "3", "escalate_after_s": "600\n1200"}
    found = written(draft)
    assert (found.problems, found.understood["threshold[1].yellow"]) == ((), "40.25")
    (rule,) = parse_set(found.text).thresholds
    assert (rule.yellow, rule.delay_count, rule.escalate_after_s) == (40.25, 3, (600, 1200))


@pytest.mark.parametrize("typed", ["1e3", "1.234,5", "1 000", "0x10", "٤٢", "4,", "nan", "40 kPa", "9" * 40])
def test_what_is_no_plain_number_is_refused_at_its_place(typed):
    draft = draft_of(limit_set())
    draft["threshold"][0]["orange"] = typed
    (problem,) = written(draft).problems
    assert (problem.path, problem.expected) == ("threshold[1].orange", "a number, such as 4,5 or 4.5")


def test_an_empty_field_is_no_value_and_never_a_default():
    draft = draft_of(limit_set())
    draft["threshold"][0]["red"] = " "
    with pytest.raises(SetError) as told:
        parse_set(written(draft).text)
    assert [one.path for one in told.value.problems] == ["threshold[1].red"]


@pytest.mark.parametrize("key", ["valid_from"])
@pytest.mark.parametrize("typed", ["2026-12-01", "tomorrow", "2026-02-30T00:00:00Z", "2026-12-01T00:00:00"])
def test_a_date_is_in_utc_and_in_the_calendar(key, typed):
    draft = draft_of(limit_set())
    draft["set"][key] = typed
    assert [one.path for one in written(draft).problems] == [f"set.{key}"]


@given(st.text())
def test_no_text_breaks_out_of_its_value(text):
    draft = draft_of(limit_set())
    draft["set"]["reason"] = text
    found = written(draft)
    if found.problems or not text.strip():
        return
    assert parse_set(found.text).head.reason == text.strip().replace("\r\n", "\n")


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 6))


@given(numbers, numbers, st.integers(1, 9), st.sets(st.integers(1, 10**6), max_size=4))
def test_a_set_that_goes_through_the_form_is_the_same_set(yellow, deadband, count, steps):
    rule = RULE | {"yellow": yellow, "orange": yellow + 1.5, "red": yellow + 3.25, "deadband": abs(deadband)}
    rule |= {"delay_count": count, "escalate_after_s": sorted(steps), "latch": "red", "repeat": False}
    limits = limit_set("2026-2", "2026-1", rules=(rule,), k1="yellow")
    again = parse_set(written(draft_of(limits)).text)
    assert replace(again, digest="") == replace(limits, digest="")


@pytest.mark.parametrize("sent", [[], {"sets": {}}, {"set": {"id": 1}}, {"threshold": {}}, {"threshold": ["x"]}])
def test_what_is_no_draft_is_refused(sent):
    with pytest.raises(NoDraft):
        read_draft(json.loads(json.dumps(sent)))
