"""Roles are dated appointments, and a policy that nobody can satisfy is no policy."""

import pytest

from seepline.acts.check import checked
from seepline.acts.errors import NotAppointed, NotEntitled
from seepline.bundle.policy import PolicyError, parse_policy
from seepline.bundle.policy_rules import cannot
from seepline.site_file import read_site
from tests.collector.conftest import DAM
from tests.sets import JOINT, joint_policy, people

SITE = read_site(DAM)
PEOPLE = people()
TEXT = joint_policy(PEOPLE)
YEAR_MS = 31_536_000_000
T_2015, T_2016 = 1_420_070_400_000, 1_451_606_400_000
LATER = '[[appointment]]\nperson = "ravshan"\nrole = "engineer_of_record"\nvalid_from = 2016-01-01T00:00:00Z\n'
ENDS = ('organisation = "the mine"', 'organisation = "the mine"\nvalid_to = 2016-01-01T00:00:00Z')


def problem(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "policy.toml")
    return str(caught.value)


def test_a_person_acts_in_the_role_of_the_time():
    policy = parse_policy(TEXT.replace(*ENDS) + LATER, "policy.toml")
    assert policy.person_at("ravshan", T_2016 - 1).role == "responsible_engineer"
    assert policy.person_at("ravshan", T_2016).role == "engineer_of_record"
    note = {"text": "x", "at_ms": T_2016}
    accepted = checked(PEOPLE.act("ravshan", "note", note, T_2016), policy, SITE, T_2016)
    assert accepted.role == "engineer_of_record"
    with pytest.raises(NotAppointed):  # signed in the old role, come in the new one's time
        checked(PEOPLE.act("ravshan", "note", note, T_2016 - 1000), policy, SITE, T_2016)


def test_a_state_body_may_hold_the_operator_s_roles():
    text = TEXT.replace('organisation = "the mine"', 'organisation = "Ministry"').replace(
        "responsible_engineer", "operator"
    )
    assert parse_policy(text, "policy.toml").persons["ravshan"].organisation == "Ministry"


def test_who_keeps_the_server_may_not_even_remark():
    policy = parse_policy(TEXT.replace("responsible_engineer", "administrator"), "policy.toml")
    with pytest.raises(NotEntitled):
        checked(PEOPLE.act("ravshan", "note", {"text": "x", "at_ms": 1}, T_2016), policy, SITE, T_2016)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT + LATER, "found responsible_engineer and engineer_of_record at one time; expected one role"),
        (
            TEXT + LATER.replace("ravshan", "rawshan"),
            "appointment[1].person: found 'rawshan'; expected a known name",
        ),
        (TEXT + LATER.replace("engineer_of_record", "chief"), "appointment[1].role: found 'chief'"),
        (TEXT.replace('role = "authority"', 'role = "ministry"', 1), "person[anna].role: found 'ministry'"),
        (
            TEXT.replace('"UZ", "KZ"', '"UZ", "KG"'),
            "a rule that nobody can satisfy: an authority of KG would be missing",
        ),
        (
            TEXT.replace('"engineer_of_record", "auth', '"administrator", "auth'),
            "rule[1].roles: found 'administrator'; expected who may approve",
        ),
        (
            TEXT.replace("[[rule]]\n", "[[rule]]\napprovals = 4\n"),
            "rule[1].approvals: found 4; expected at most 3",
        ),
        (TEXT.replace("responsible_engineer", "operator").replace('"engineer_of_record", ', ""), ""),
    ],
)
def test_a_policy_that_cannot_be_is_refused(text, sentence):
    if sentence:
        assert sentence in problem(text)
    else:
        parse_policy(text, "policy.toml")  # the engineer of record proposes, the two authorities approve


def test_nobody_may_approve_his_own_proposal_so_two_engineers_are_not_enough_for_two():
    text = joint_policy(PEOPLE, '[[rule]]\nsets = "*"\nroles = ["authority"]\nstates = ["UZ"]\n')
    for role in ("responsible_engineer", "engineer_of_record"):
        text = text.replace(f'role = "{role}"', 'role = "operator"')
    assert "1 of 2 approvals" in problem(text)


def test_appointments_that_never_overlap_satisfy_nothing():
    ended = 'state = "UZ"\nvalid_to = 2015-06-01T00:00:00Z'
    text = TEXT.replace('state = "UZ"', ended)
    later = text.replace(
        'valid_from = 2015-01-01T00:00:00Z\norganisation = "Committee"',
        'valid_from = 2016-01-01T00:00:00Z\norganisation = "Committee"',
    )
    assert "a rule that nobody can satisfy" in problem(later)
    policy = parse_policy(text, "policy.toml")
    assert cannot(policy.rules, policy.appointments, T_2015) == ""
    assert "an authority of UZ" in cannot(policy.rules, policy.appointments, T_2016)


def test_where_nobody_may_propose_nothing_can_be_decided():
    text = joint_policy(PEOPLE, '[[rule]]\nsets = "*"\napprovals = 1\nroles = ["accountable_executive"]\n')
    for role, other in (("responsible_engineer", "operator"), ("engineer_of_record", "accountable_executive")):
        text = text.replace(f'role = "{role}"', f'role = "{other}"')
    assert "nobody may propose a set" in problem(text.replace('role = "authority"', 'role = "inspector"'))


def test_two_approvals_are_the_default():
    assert parse_policy(TEXT, "policy.toml").rules[0].approvals == 2
    assert "approvals" not in JOINT
