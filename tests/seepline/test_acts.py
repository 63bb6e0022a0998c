"""What a named person does counts only when it is signed, entitled, appointed and makes sense on this site."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.acts.check import CLOCKS_DIFFER_MS, body_of, checked
from seepline.acts.document import accepted_text, act_id, act_text, read_accepted, read_act, statement
from seepline.acts.errors import (
    ActRefused,
    BadBody,
    DamagedAct,
    ForeignAct,
    ForgedAct,
    NotAppointed,
    NotEntitled,
    UnknownActor,
    UnknownKind,
    WrongClock,
)
from seepline.acts.kinds import KINDS
from seepline.acts.notes import Note
from seepline.acts.roles import ROLES
from seepline.site_file import parse_site
from tests.acts import SINCE_MS, Persons

SITE = parse_site((Path(__file__).parents[1] / "collector" / "dam.toml").read_text(), "dam")
NOW_MS = 1_451_635_200_000
PERSONS = Persons()
BODY = {"text": "a wet patch", "at_ms": NOW_MS - 1, "point": "P1"}


def note(person="operator", kind="note", at_ms=NOW_MS, **more):
    return PERSONS.act(person, kind, more.pop("body", BODY), at_ms, **more)


def test_an_act_that_counts_keeps_who_the_person_was():
    accepted = checked(note(), PERSONS.policy(), SITE, NOW_MS)
    assert (accepted.role, accepted.name, accepted.act.person) == ("operator", "The operator", "operator")
    assert body_of(accepted.act, SITE) == Note(**BODY)
    assert read_accepted(accepted_text(accepted)) == accepted


@pytest.mark.parametrize(
    ("act", "reason", "says"),
    [
        (note(site="other"), ForeignAct, "site 'other'"),
        (note(kind="dance"), UnknownKind, "expected"),
        (note("administrator"), NotEntitled, "administrator"),
        (replace(note(), person="nobody"), UnknownActor, "'nobody'"),
        (note("ended"), NotAppointed, "2016-01-01"),
        (note("ended", at_ms=SINCE_MS + 1000), NotAppointed, "2016-01-01"),  # back-dated into the appointment
        (note(at_ms=SINCE_MS - 1000), NotAppointed, "2014-12-31"),
        (note(at_ms=NOW_MS + CLOCKS_DIFFER_MS + 1000), WrongClock, "the clock here says 2016-01-01T08:00:00Z"),
        (note(by="observer"), ForgedAct, "of operator"),
        (replace(note(), signature="zz"), ForgedAct, "of operator"),
        (replace(note(), body=BODY | {"text": "dry"}), ForgedAct, "of operator"),
        (note(body={"text": " ", "point": "P9"}), BadBody, "note.at_ms: found nothing"),
        (note(body={"text": " ", "at_ms": 1, "point": "P9"}), BadBody, "note.point: found 'P9'"),
    ],
)
def test_an_act_that_does_not_count_is_refused_with_its_reason(act, reason, says):
    with pytest.raises(reason, match=says):
        checked(act, PERSONS.policy(), SITE, NOW_MS)


@pytest.mark.parametrize(
    ("kind", "person", "body", "says"),
    [
        ("note", "operator", BODY | {"at_ms": 10**30}, "at_ms"),
        ("note", "operator", BODY | {"text": "\ud800"}, "expected a text"),
        ("note", "operator", BODY | {"point": "\udfff"}, "expected a text"),
        ("diary", "operator", {"work": "other", "from_ms": -(10**20), "text": "x"}, "from_ms"),
        ("siren_release", "authority", {"exercise": "e", "from_ms": -(10**20), "until_ms": 1}, "from_ms"),
        ("recompute", "engineer_of_record", {"reason": "x", "from_ms": 10**18}, "from_ms"),
    ],
)
def test_what_would_stop_the_judgement_for_good_is_refused_at_the_door(kind, person, body, says):
    with pytest.raises(BadBody, match=says):
        checked(note(person, kind, body=body), PERSONS.policy(), SITE, NOW_MS)


def test_everything_that_is_wrong_with_a_body_is_said_at_once():
    with pytest.raises(BadBody) as caught:
        checked(note(body={"text": "", "at_ms": 1, "point": "P9"}), PERSONS.policy(), SITE, NOW_MS)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b"1" * (2**20 + 1), b'{"site": 1}'])
def test_bytes_that_are_no_act_are_refused(data):
    with pytest.raises(DamagedAct):
        read_act(data)


@pytest.mark.parametrize(
    "change", [{"signed_at": "yesterday"}, {"body": []}, {"kind": 5}, {"more": 1}, {"body": {"a": float("nan")}}]
)
def test_an_act_in_another_form_is_refused(change):
    said = json.loads(act_text(note())) | change
    with pytest.raises(DamagedAct):
        read_act(json.dumps(said))


@given(st.text(), st.integers(0, 2**53))
def test_an_act_and_its_json_are_the_same_and_any_change_is_another_act(text, at_ms):
    act = note(body={"text": text, "at_ms": at_ms})
    assert read_act(act_text(act)) == act
    assert act_id(replace(act, person="observer")) != act_id(act)
    assert statement(replace(act, signature="00")) == statement(act)


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_a_refusal(data):
    with pytest.raises(ActRefused):
        checked(read_act(data), PERSONS.policy(), SITE, NOW_MS)


def test_every_kind_names_known_roles_and_who_keeps_the_server_may_end_keys_and_nothing_of_the_judgement():
    keepers = {name for name, kind in KINDS.items() if "administrator" in kind.roles}
    assert keepers == {"device_key", "device_key_end"}
    assert all(kind.roles <= ROLES for kind in KINDS.values())
