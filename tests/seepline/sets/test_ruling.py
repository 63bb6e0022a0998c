"""Who has to approve a set follows from what it touches, never from what its proposer calls it."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline.bundle.policy import PolicyError, parse_policy
from seepline.sets import life
from seepline.sets.demand import lacks, missing
from seepline.sets.life import SetRefused
from seepline.sets.register import Register
from seepline.sets.ruling import Ruling, ruling_on
from seepline.sets.set_file import parse_set
from seepline.sets.touch import touches
from tests.seepline.sets.test_life import HOUR_MS, T0_MS, Story, word
from tests.sets import JOINT, LEVELS, PEOPLE, RULE, joint_policy, limit_set, people, set_text

KEYS = people()
ENGINEER = '[[rule]]\nroles = ["engineer_of_record", "authority"]\napprovals = 1\n'
LOOSENS = ENGINEER + '[[rule]]\nloosens = true\nroles = ["authority"]\nstates = ["UZ", "KZ"]\n'
BY_POINT = (
    '[[rule]]\npoints = ["P1"]\nroles = ["authority"]\nstates = ["UZ"]\napprovals = 1\n'
    '[[rule]]\npoints = ["P2*"]\nroles = ["authority"]\nstates = ["KZ"]\napprovals = 1\n'
)
BY_QUANTITY = (
    '[[rule]]\nquantities = ["pore_pressure"]\nroles = ["authority"]\nstates = ["UZ"]\napprovals = 1\n'
    '[[rule]]\nquantities = ["water_level"]\nroles = ["authority"]\nstates = ["KZ"]\napprovals = 1\n'
)
POLICIES = (ENGINEER, LOOSENS, ENGINEER + BY_POINT, BY_POINT, BY_QUANTITY, LOOSENS + BY_POINT + BY_QUANTITY)
P2 = RULE | {"point": "P2"}
LEVEL = RULE | {"point": "P2", "quantity": "water_level"}


def policy_of(rules: str):
    return parse_policy(joint_policy(KEYS, rules), "policy.toml")


def begun(rules: str, *standing: dict, begin: str = ENGINEER) -> Story:
    """A first set in force, approved under an easy policy; then the policy of these rules."""
    story = Story(policy_of(begin))
    story.submit("ravshan", "s1", rules=standing or (RULE, P2))
    story.approve("anna", "s1")
    assert story.now() == "s1"
    story.policy = policy_of(rules)
    return story


def needs(story: Story, *rules: dict, set_id: str = "s2", **more) -> str:
    limits = limit_set(set_id, "s1", rules=rules, **more)
    found = ruling_on(story.register, story.policy, limits, T0_MS)
    return missing(found.rules, ()) or found.bare


CHANGED = st.fixed_dictionaries(
    {"point": st.sampled_from(("P1", "P2", "P9")), "red": st.sampled_from((70.0, 80.0, 90.0))},
    optional={"quantity": st.just("water_level"), "vote": st.just("toe")},
)


STORIES = tuple(begun(rules) for rules in POLICIES)
IDS = st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True)


def outcome(story: Story, rules: tuple[dict, ...], set_id: str, speakers: list[str]) -> list[object]:
    """Return what is asked of a set of this id, and what becomes of it when these persons approve it."""
    text = set_text(set_id, "s1", rules=rules)
    limits = parse_set(text)
    found: list[object] = [ruling_on(one, story.policy, limits, T0_MS) for one in (Register(), story.register)]
    played = Story(story.policy)
    played.register = story.register
    try:
        played.does(life.submit, story.policy, limits, text, word("ravshan"))
    except SetRefused as error:
        return [*found, str(error).removeprefix(f"set {set_id}")]
    for speaker in speakers:
        with suppress(SetRefused):
            played.does(life.approve, story.policy, set_id, limits.digest, word(speaker))
    return [*found, played.now() == set_id]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(STORIES),
    st.lists(CHANGED, min_size=1, max_size=3, unique_by=lambda one: (one["point"], one.get("quantity"))),
    IDS.filter(lambda one: one != "s1"),
    st.permutations(("eva", "anna", "askar")),
    st.integers(0, 3),
)
def test_whatever_id_the_proposer_chooses_the_same_approvals_are_asked(story, changed, chosen, speakers, count):
    rules = tuple(RULE | one for one in changed)
    first = outcome(story, rules, "P1", speakers[:count])
    for one in (chosen, "easy-1"):
        assert outcome(story, rules, one, speakers[:count]) == first


def test_the_first_form_s_hole_is_there_where_it_is_and_closed_in_the_second():
    weak = (
        JOINT.replace('"*"', '"joint-*"') + '[[rule]]\nsets = "*"\nroles = ["engineer_of_record"]\napprovals = 1\n'
    )
    story, looser = begun(weak), RULE | {"red": 90.0}
    assert needs(story, looser, P2, set_id="joint-2").startswith("2 of 2 approvals")
    assert needs(story, looser, P2, set_id="easy") == "1 of 1 approvals"
    assert story.policy.goes_by_name
    story.policy = policy_of(LOOSENS)
    assert needs(story, looser, P2, set_id="joint-2") == needs(story, looser, P2, set_id="easy")
    assert not story.policy.goes_by_name


@pytest.mark.parametrize(
    ("rules", "changed", "asked"),
    [
        (ENGINEER, RULE | {"red": 90.0}, "1 of 1 approvals"),
        (LOOSENS, RULE | {"red": 70.0}, "1 of 1 approvals"),
        (BY_POINT, RULE | {"red": 70.0}, "1 of 1 approvals, an authority of UZ"),
        (BY_POINT, RULE | {"deadband": 2.0, "failure_mode": "x"}, "1 of 1 approvals, an authority of UZ"),
        (BY_POINT, RULE | {"point": "P3"}, "rule P3 pore_pressure above"),
        (BY_QUANTITY, RULE | {"red": 90.0}, "1 of 1 approvals, an authority of UZ"),
        (
            BY_QUANTITY + ENGINEER,
            LEVEL,
            "1 of 1 approvals by authority, an authority of KZ,"
            " 1 of 1 approvals by authority or engineer_of_record",
        ),
    ],
)
def test_every_rule_counts_that_is_about_what_a_set_touches(rules, changed, asked):
    others = tuple(
        one for one in (RULE, P2) if one["point"] != changed["point"] or one["quantity"] != changed["quantity"]
    )
    assert needs(begun(rules), *others, changed) == asked


def test_the_strictest_of_several_wins_and_every_rule_is_met_by_itself():
    story = begun(LOOSENS, RULE)
    story.submit("ravshan", "s2", "s1", rules=(RULE | {"red": 90.0},))
    story.approve("eva", "s2")
    story.approve("anna", "s2")
    assert story.status("s2") == "submitted"  # two approvals, of which the second rule counts one
    found = ruling_on(story.register, story.policy, story.register.find("s2").limits, T0_MS)
    assert (
        missing(found.rules, story.register.find("s2").approvals)
        == "1 of 2 approvals by authority, an authority of KZ"
    )
    story.object_to("eva", "s2")  # whose approval counts for one of them
    story.approve("askar", "s2")
    assert story.status("s2") == "submitted"
    with pytest.raises(SetRefused, match="eva approved it before"):
        story.approve("eva", "s2")


def test_what_both_rules_ask_is_said_once_and_of_two_counts_the_larger():
    more = ENGINEER + ENGINEER.replace("approvals = 1", "approvals = 2")
    assert [one.lacking for one in lacks(policy_of(more).rules, ())] == [2]
    assert Ruling(policy_of(LOOSENS).rules).roles == ("engineer_of_record", "authority")


def test_what_no_rule_is_about_is_refused_with_all_that_was_put_in_beside_it():
    story = begun(BY_POINT)
    story.submit("eva", "s2", "s1", rules=(RULE | {"red": 90.0}, P2))
    with pytest.raises(SetRefused, match="set s3: no rule of the policy says who approves rule P3 pore"):
        story.submit("eva", "s3", "s1", rules=(RULE | {"red": 90.0}, P2, RULE | {"point": "P3"}))
    with pytest.raises(SetRefused, match="set s4: no rule of the policy says who approves it"):
        story.submit("eva", "s4", "s1", rules=(RULE, P2))  # it changes nothing
    assert [one.id for one in story.register.proposals] == ["s1", "s2"]


@pytest.mark.parametrize(
    "more",
    [
        {"recipients": tuple({"level": level, "role": "inspector"} for level in LEVELS)},
        {"geometry": "crest 1470 m"},
        {"more": '[[observation]]\nkind = "boil"\nlevel = "red"\n'},
    ],
)
def test_what_is_about_no_point_is_about_every_point(more):
    assert "UZ" in needs(begun(BY_POINT), RULE, P2, **more)
    assert "KZ" in needs(begun(BY_POINT), RULE, P2, **more)


def test_the_first_set_falls_under_every_rule_for_the_provisional_limits_end_with_it():
    story = Story(policy_of(BY_POINT))
    assert needs(story, RULE) == "1 of 1 approvals, an authority of UZ, an authority of KZ"


def test_a_critical_mark_and_a_rule_taken_out_touch_their_points():
    assert "KZ" not in needs(begun(BY_POINT), RULE, P2, critical=())
    assert needs(begun(BY_POINT), RULE).endswith("an authority of KZ")


def test_to_loosen_a_rule_is_to_loosen_those_that_wait_for_it_or_vote_with_it():
    looser = P2 | {"red": 90.0}
    for tie in ({"only_with": "P2/pore_pressure/above"}, {"suppressed_by": "P2/pore_pressure/above"}):
        assert "UZ" in needs(begun(BY_POINT, RULE | tie, P2), RULE | tie, looser)
    vote = '[[vote]]\nid = "toe"\nneeded = 2\n'
    tied, other = (one | {"vote": "toe"} for one in (RULE, P2))
    story = Story(policy_of(ENGINEER))
    story.submit("ravshan", "s1", rules=(tied, other), more=vote)
    story.approve("anna", "s1")
    story.policy = policy_of(BY_POINT)
    assert "UZ" in needs(story, tied, other | {"red": 90.0}, more=vote)
    assert "UZ" not in needs(begun(BY_POINT), RULE, looser)


def test_a_chain_of_thousands_of_rules_is_followed_to_its_end():
    """A proposer's set may tie every rule to the next: who decides is found all the same, and soon."""
    (plain,), count = limit_set("s1").thresholds, 3000
    chain = tuple(
        replace(plain, point=f"P{number}", only_with=f"P{number + 1}/pore_pressure/above")
        for number in range(count)
    )
    before = replace(limit_set("s1"), thresholds=chain)
    after = replace(before, thresholds=tuple(replace(one, red=90.0) for one in chain))
    assert {one.point for one in touches(before, after)} == {f"P{number}" for number in range(count + 1)}
    one = replace(before, thresholds=(*chain[:-1], replace(chain[-1], red=90.0)))
    assert "P0" in {each.point for each in touches(before, one)}


def test_a_set_is_held_against_all_that_stand_also_those_that_are_decided_to_come():
    story = begun(ENGINEER)
    story.submit("ravshan", "s2", "s1", rules=(RULE, P2 | {"red": 70.0}), valid_from="2016-02-01T00:00:00Z")
    story.approve("anna", "s2")
    story.policy = policy_of(BY_POINT)
    limits = limit_set("s3", "s2", rules=(RULE | {"red": 90.0}, P2))
    found = ruling_on(story.register, story.policy, limits, T0_MS)
    assert missing(found.rules, ()).endswith("UZ, an authority of KZ")


def test_a_set_that_is_decided_may_still_be_approved_by_those_whom_it_concerned():
    story = begun(BY_POINT)
    story.submit("eva", "s2", "s1", rules=(RULE | {"red": 70.0}, P2))  # decided at once: it tightens
    assert story.now() == "s2"
    story.approve("anna", "s2")
    with pytest.raises(SetRefused, match="ravshan is responsible_engineer; it is approved by authority"):
        story.approve("ravshan", "s2")


UNTIL, SINCE = "valid_to = 2016-01-02T00:00:00Z\n", "valid_from = 2016-01-02T00:00:00Z\n"
BY_NAME = (
    JOINT.replace('"*"', '"joint-*"')
    + '[[rule]]\nsets = "*"\nroles = ["engineer_of_record", "authority"]\napprovals = 1\n'
)
SWITCH = BY_NAME.replace("[[rule]]\n", f"[[rule]]\n{UNTIL}") + LOOSENS.replace("[[rule]]\n", f"[[rule]]\n{SINCE}")


def test_a_dated_policy_judges_what_came_before_its_day_as_before():
    looser, more = {"rules": (RULE | {"red": 90.0},)}, {"rules": (RULE | {"red": 95.0},)}
    registers = []
    for rules in (
        SWITCH.split("[[rule]]\nvalid_from")[0].replace("valid_to = 2016-01-02T00:00:00Z\n", ""),
        SWITCH,
    ):
        story = Story(policy_of(rules))
        story.submit("ravshan", "easy-1")
        story.approve("eva", "easy-1")
        story.submit("ravshan", "easy-2", "easy-1", **looser)
        story.approve("eva", "easy-2", T0_MS + HOUR_MS)
        assert story.now(T0_MS + HOUR_MS) == "easy-2"
        registers.append(story.register)
    assert registers[0] == registers[1]
    story.submit("ravshan", "easy-3", "easy-2", **more, at_ms=T0_MS + 24 * HOUR_MS)
    story.approve("eva", "easy-3", T0_MS + 24 * HOUR_MS)
    assert story.status("easy-3", T0_MS + 24 * HOUR_MS) == "submitted"
    with pytest.raises(SetRefused, match="approved it before"):
        story.approve("eva", "easy-3", T0_MS)  # by a clock that went back
    found = ruling_on(story.register, story.policy, limit_set("joint-4", "easy-2", **more), T0_MS)
    assert [rule.sets for rule in found.rules] == [None, None]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (JOINT + ENGINEER, "rule[2].valid_from: found rules with `sets` and without at one time"),
        (
            JOINT.replace('"*"', '"*"\npoints = ["P1"]'),
            "rule[1].sets: found '*'; expected either a pattern of ids",
        ),
        (ENGINEER + "valid_from = 2016-01-02T00:00:00Z\nvalid_to = 2016-01-01T00:00:00Z\n", "rule[1].valid_to"),
        (
            ENGINEER + '[[rule]]\nloosens = true\nroles = ["authority"]\napprovals = 3\n',
            "at most 2, as many as may approve",
        ),
        (
            ENGINEER + ENGINEER.replace("approvals = 1", 'states = ["KG"]'),
            "rule[2].approvals: found a rule that nobody",
        ),
    ],
)
def test_rules_that_cannot_be_are_refused(rules, sentence):
    with pytest.raises(PolicyError) as caught:
        policy_of(rules)
    assert sentence in str(caught.value)


def test_rules_that_can_be_met_one_by_one_and_not_together_are_refused():
    """Eva can meet the first when Anna proposes, Anna the second when Eva does; the first set has to meet both."""
    text = joint_policy(
        KEYS, ENGINEER.replace(', "authority"', "") + ENGINEER.replace('"engineer_of_record", ', "")
    )
    for name in ("ravshan", "askar"):
        key = KEYS.keys[name].public.hex()
        text = text.replace(
            f'role = "{PEOPLE[name][0]}"\npublic_key = "{key}"', f'role = "operator"\npublic_key = "{key}"'
        )
    with pytest.raises(PolicyError, match="rules that nobody can satisfy together, as the first set has to"):
        parse_policy(text, "policy.toml")
