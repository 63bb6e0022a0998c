"""What an event says, in the reader's language: read from the one sentence that the store keeps, never altered."""

from pathlib import Path

import pytest

from collector import events
from collector.events import KINDS
from collector.notify.sentence_table import REAL, SENTENCES
from collector.notify.sentences import Said, _pattern, part_words, said
from seepline.alarm.event import Event
from seepline.thresholds import Level

KEPT = [
    tuple(line.split("\t")) for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
]

# Kinds that no template reads: their sentence is given as it is kept, in English.
AS_KEPT: set[str] = set()
# Kinds of which a part may stay English within a Russian sentence: what a program or a server answered.
PARTS_AS_KEPT = {
    "fault": "(displacement: R2 of the line is 0.4, 0.6 needed)",
    "act_unfit": "note.point: found 'GONE'; expected a point of the site",
    "policy": "sets joint-* cannot be approved by those appointed now: an authority would be missing",
    "set_refused": "the set cannot be read: line 3",
    "export_refused": "partial write",
    "export_held": "unauthorized",
    "disk_full": "database or disk is full",
    "not_told": "sms: the modem has no network",
}
AROUND = {
    "fault": "P1 velocity: no valid reading {} since 2016-01-01 08:00:00 UTC; no trigger was exceeded before.",
    "act_unfit": "Eva (note): no longer fits the site file: {}",
    "policy": "Who may act on site dam is now written in policy 0025f1e8aec2562f; {}.",
    "set_refused": "Eva: an act on a set has no effect: {}.",
    "export_refused": "InfluxDB refuses some of the readings: {}. The store keeps them;"
    " `seepline collector refused` lists them.",
    "export_held": "{}: nothing goes to InfluxDB until that is mended.",
    "disk_full": "Nothing can be judged or kept since 2016-01-01 08:00:00 UTC ({}): free disk space.",
    "not_told": "Nobody who should be told of this has been reached ({}): Set a is in force.",
}


def test_every_kind_is_read_but_those_named_here():
    assert set(KINDS) - set(SENTENCES) == AS_KEPT
    assert set(SENTENCES) <= set(KINDS)


@pytest.mark.parametrize(("kind", "kept", "russian"), KEPT, ids=[f"{one[0]}-{n}" for n, one in enumerate(KEPT)])
def test_a_kept_sentence_is_said_in_russian_and_in_english_as_it_is(kind, kept, russian):
    assert said(kind, kept, "ru") == Said(russian, "ru")
    assert said(kind, kept, "en") == Said(kept, "en")


def test_every_template_has_a_sentence_here_that_it_reads_first():
    read = set()
    for kind, kept, _ in KEPT:
        read.add(next(one for one in (REAL, *SENTENCES[kind]) if _pattern(one).fullmatch(kept)))
    assert {REAL, *(one for some in SENTENCES.values() for one in some)} == read


@pytest.mark.parametrize("kind", sorted(PARTS_AS_KEPT))
def test_what_a_program_answered_stays_as_it_is_in_the_sentence(kind):
    part = PARTS_AS_KEPT[kind]
    found = said(kind, AROUND[kind].format(part), "ru")
    assert found.language == "ru"
    assert part.strip("()") in found.text


def test_an_unknown_sentence_and_an_unknown_kind_are_given_as_they_are_kept():
    assert said("silence", "Logger a: said by an older collector.", "ru") == Said(
        "Logger a: said by an older collector.", "en"
    )
    assert said("of_tomorrow", "x", "ru") == Said("x", "en")


@pytest.mark.parametrize("kind", ["acknowledged", "realarm", "shelved", "in_service", "unsuppressed"])
def test_what_the_judgement_makes_is_read(kind):
    event = _event(kind, text="Eva (operator): x: y (z); level green (above) at 2016-01-01 08:00:00 UTC.")
    found = said(kind, events.stored(event).text, "ru")
    assert found.language == "ru"
    assert "Eva (оператор): «x: y (z); level green (above) at 2016-01-01 08:00:00 UTC.»; уровень" in found.text


@pytest.mark.parametrize("kind", ["level", "late", "unannounced"])
@pytest.mark.parametrize("value", [-61.25, 1e-7, 3.5e21, None])
def test_a_change_of_level_is_read_with_any_value(kind, value):
    event = _event(kind, value=value, limit=value, from_level=Level.GREEN)
    assert said(kind, events.stored(event).text, "ru").language == "ru"


def _event(kind, **more):
    about = {"time_ms": 1451635200000, "arrived_ms": 1451635260000, "point": "P1", "quantity": "pore_pressure"}
    levels = {"from_level": Level.RED, "to_level": Level.RED, "direction": "above"}
    return Event(**{"id": "x", "kind": kind, **about, **levels, **more})


def test_words_of_a_person_cannot_pass_for_the_collectors():
    kept = "Eva at 2016-01-01 08:00:00 UTC: Set a is in force."
    assert said("note", kept, "ru").text == "Eva, 2016-01-01 08:00:00 UTC: «Set a is in force.»"


HOSTILE = ("a: ", "a (operator): ", "EXERCISE a (", "REAL, not exercise a: ", "a at 2016-01-01 08:00:00 UTC: ")


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_words_come_to_an_end(part):
    """An expression that runs away would need hours for one of them."""
    text = part * (4000 // len(part)) + "\n"
    assert all(said(kind, text, "ru").text for kind in SENTENCES)


def test_what_people_have_to_do_is_said():
    assert part_words("duty", "round Daily round", "ru") == "обход «Daily round»"
    assert part_words("duty", "POND staff gauge", "ru") == "POND, водомерная рейка"
    assert part_words("duty", "POND staff gauge", "en") == "POND staff gauge"
