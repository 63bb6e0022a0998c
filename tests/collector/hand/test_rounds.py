"""A visual round by the facility's own check-list."""

import pytest

from seepline.acts.errors import BadBody
from tests.collector.chain import T0_MS
from tests.collector.hand.conftest import DAY_MS

ROUND = {
    "round": "daily",
    "begun_ms": T0_MS - 1_800_000,
    "ended_ms": T0_MS,
    "answers": {"crest": "as usual", "toe": "remark"},
    "notes": {"toe": "wet patch of 2 m, clear water"},
}


def test_a_round_is_told_with_its_remarks_and_ends_what_was_overdue(people, chain):
    chain.pass_time(T0_MS + DAY_MS + 1)
    assert "Overdue: round Daily round, never done; expected every 24 h." in people.told("overdue")
    late = {**ROUND, "begun_ms": T0_MS + DAY_MS, "ended_ms": T0_MS + DAY_MS + 2}
    people.does("round", late, by="observer", signed_ms=T0_MS + DAY_MS)
    assert people.told("round") == ["The observer: Daily round: 1 as usual, 1 remark, 0 not seen."]
    assert people.told("remark") == [
        "The observer: Wet patches, boils or turbid water at the toe? remark: wet patch of 2 m, clear water"
    ]
    assert people.told("overdue_end") == ["Done: round Daily round, 2016-01-02 08:00:00 UTC."]


def test_a_round_answers_every_item(people):
    with pytest.raises(BadBody) as refused:
        people.does("round", {**ROUND, "answers": {"toe": "remark", "gate": "as usual"}, "notes": {}})
    assert refused.value.problems == (
        "answers.crest: found nothing; expected one of as usual, remark, not seen",
        "notes.toe: found nothing; expected a note, for the answer is 'remark'",
        "answers.gate: found an unknown item; expected those of the check-list in force",
    )
