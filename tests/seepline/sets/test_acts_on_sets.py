"""Acts on sets by themselves: their bodies, what becomes of them elsewhere, and the chain around them."""

from dataclasses import replace

import pytest

from seepline.acts.chain import AuditError, KeptAct, audited, link, missing_heads, policy_text
from seepline.acts.check import authentic, checked
from seepline.acts.document import AcceptedAct, accepted_text
from seepline.acts.errors import BadBody, ForeignAct, NotEntitled
from seepline.bundle.policy import parse_policy
from seepline.sets.by_act import step
from seepline.sets.in_force import provisional
from seepline.sets.life import SetRefused
from seepline.sets.register import Register
from seepline.sets.site_fit import site_problems
from seepline.site import Profile
from seepline.site_file import read_site
from tests.collector.conftest import DAM
from tests.sets import joint_policy, limit_set, people, set_text

SITE = read_site(DAM)
PEOPLE = people()
TEXT = joint_policy(PEOPLE)
POLICY = parse_policy(TEXT, "policy.toml")
T_MS = 1_451_635_200_000
NAMED = {"set": "s", "digest": "0" * 64}
LEGAL = {"act_title": "Order", "act_number": "17", "act_date": "2015-12-28", "act_sha256": "1" * 64}


def accepted(person: str, kind: str, body: dict) -> AcceptedAct:
    return checked(PEOPLE.act(person, kind, body, T_MS), POLICY, SITE, T_MS)


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        ("set_approve", NAMED | {"digest": "12"}, "set_approve.digest: found '12'; expected the SHA-256"),
        ("set_approve", NAMED | {"act_title": "Order"}, "act_number: found nothing; expected all four keys"),
        (
            "set_approve",
            NAMED | LEGAL | {"act_date": "28.12.2015"},
            "act_date: found '28.12.2015'; expected a day",
        ),
        ("set_approve", NAMED | LEGAL | {"act_sha256": "x"}, "act_sha256: found 'x'; expected the SHA-256"),
        ("set_object", NAMED | {"reason": " "}, "reason: found nothing; expected why"),
        ("set_withdraw", NAMED | {"reason": "x"}, "successor: found nothing"),
        ("set_submit", {"toml": "[set]"}, "set.id: found nothing"),
    ],
)
def test_a_body_that_is_wrong_is_named(kind, body, sentence):
    with pytest.raises(BadBody) as caught:
        accepted("anna", kind, body)
    assert sentence in str(caught.value)


def test_a_legal_act_is_part_of_an_approval():
    assert accepted("anna", "set_approve", NAMED | LEGAL).act.body["act_number"] == "17"


def test_roles_that_may_not_propose_or_withdraw():
    policy = parse_policy(TEXT.replace('role = "responsible_engineer"', 'role = "inspector"'), "policy.toml")
    for kind, body in (("set_submit", {"toml": set_text()}), ("set_approve", NAMED)):
        with pytest.raises(NotEntitled):
            checked(PEOPLE.act("ravshan", kind, body, T_MS), policy, SITE, T_MS)
    assert checked(PEOPLE.act("ravshan", "set_object", NAMED | {"reason": "x"}, T_MS), policy, SITE, T_MS)


def test_an_act_that_an_older_or_newer_program_cannot_read_has_no_effect():
    act = accepted("eva", "set_submit", {"toml": set_text()})
    for body, sentence in (({"toml": "[set]"}, "cannot be read"), ({}, "set_submit: toml is nothing")):
        changed = replace(act, act=replace(act.act, body=body))
        with pytest.raises(SetRefused, match=sentence):
            step(Register(), POLICY, changed, T_MS)


def test_a_set_for_an_older_geometry_is_refused():
    profile = Profile(
        section="A", name="ground", valid_from_ms=T_MS, line=((0.0, 1.0), (1.0, 1.0)), source="survey"
    )
    newer = replace(SITE, profiles=(profile,))
    assert list(site_problems(limit_set(), newer)) == []
    (problem,) = site_problems(limit_set(geometry_date="2015-12-31"), newer)
    assert "the newest [[profile]] is of 2016-01-01" in str(problem)


def test_before_any_set_s_date_none_judges():
    assert provisional(SITE, Register(), 0) == ""
    assert provisional(SITE, Register(), T_MS) == "s1"


def chained(*texts: str, arrival_ms: int = T_MS) -> list[KeptAct]:
    before, found = "", []
    for number, text in enumerate(texts, 1):
        before = link(before, text)
        found.append(KeptAct(number, arrival_ms, text, before))
    return found


def test_a_chain_that_is_whole_names_what_it_holds():
    note = accepted("anna", "note", {"text": "x", "at_ms": T_MS})
    found = audited(chained(policy_text(TEXT, T_MS), accepted_text(note)))
    assert (found.acts, found.policies, found.policy) == (1, 1, POLICY)
    assert [(one.day, one.entries) for one in found.heads] == [("2016-01-01", 2)]
    assert audited([]).head == ""


def test_a_server_whose_clock_is_set_back_loses_no_head_that_was_given_away():
    begun = [policy_text(TEXT, T_MS), *(accepted_text(accepted("anna", "note", {"text": "x", "at_ms": T_MS})),)]
    given = audited(chained(*begun)).heads
    after = accepted_text(accepted("anna", "note", {"text": "the same day once more", "at_ms": T_MS}))
    assert missing_heads(audited(chained(*begun, after)), given) == ()
    assert missing_heads(audited(chained(begun[0], after)), given) == given


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([policy_text("[", T_MS)], "entry 1: the policy cannot be read"),
        (["{}"], "entry 1 .line 1.: accepted at None ms"),
        ([policy_text(TEXT, T_MS - 2 * 86_400_000)], "and in the journal at"),
        (['{"accepted_ms": 1451635200000}'], "entry 1: an act before any policy"),
        ([policy_text(TEXT, T_MS), '{"accepted_ms": 1451635200000}'], "entry 2 .line 2.: 'act'"),
    ],
)
def test_a_chain_that_is_none_is_named(texts, sentence):
    with pytest.raises(AuditError, match=sentence):
        audited(chained(*texts))


def test_an_act_of_another_site_is_none_of_this_policy():
    with pytest.raises(ForeignAct):
        authentic(PEOPLE.act("anna", "note", {"text": "x", "at_ms": 1}, T_MS, site="mad"), POLICY, T_MS)
