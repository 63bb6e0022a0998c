"""The life of a set: proposed, approved by whom the policy says, in force from then on, never looser alone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline.bundle.policy import parse_policy
from seepline.sets import life
from seepline.sets.change import changes, kind_of
from seepline.sets.demand import missing
from seepline.sets.life import SetRefused
from seepline.sets.register import Register, Word, announced, begin_ms, status_of
from tests.sets import JOINT, PEOPLE, RULE, joint_policy, limit_set, people, set_text

POLICY = parse_policy(joint_policy(people()), "policy.toml")
BY_TOUCH = parse_policy(joint_policy(people(), JOINT.replace('sets = "*"\n', "")), "policy.toml")
T0_MS = 1_451_635_200_000  # 2016-01-01 08:00
HOUR_MS = 3_600_000


def word(person: str, at_ms: int = T0_MS, said: str = "") -> Word:
    role, organisation, state = PEOPLE[person]
    about = {"role": role, "organisation": organisation, "state": state}
    return Word(person=person, name=person.title(), **about, at_ms=at_ms, act=f"{person}{at_ms}", said=said)


class Story:
    """A register and what was told, with one policy."""

    def __init__(self, policy=POLICY) -> None:
        self.register, self.policy, self.told = Register(), policy, []

    def does(self, step, *about):
        self.register, told = step(self.register, *about)
        self.told += [one.kind for one in told]

    def submit(self, person, *about, at_ms=T0_MS, **more):
        text = set_text(*about, **more)
        self.does(life.submit, self.policy, limit_set(*about, **more), text, word(person, at_ms))

    def approve(self, person, set_id, at_ms=T0_MS):
        self.does(life.approve, self.policy, set_id, self.digest(set_id), word(person, at_ms))

    def object_to(self, person, set_id, at_ms=T0_MS):
        self.does(life.object_to, set_id, self.digest(set_id), word(person, at_ms, "too high"))

    def withdraw(self, person, set_id, successor, at_ms=T0_MS):
        self.does(life.withdraw, set_id, self.digest(set_id), successor, word(person, at_ms, "a slip"))

    def digest(self, set_id):
        return self.register.find(set_id).digest

    def status(self, set_id, at_ms=T0_MS):
        return status_of(self.register, self.register.find(set_id), at_ms)

    def now(self, at_ms=T0_MS):
        found = self.register.in_force(at_ms)
        return found.id if found else ""


@pytest.fixture
def begun() -> Story:
    """The first set in force."""
    story = Story()
    story.submit("ravshan", "s1")
    story.approve("anna", "s1")
    story.approve("askar", "s1")
    return story


def tighter(**rule):
    return {"rules": (RULE | {"red": 70.0} | rule,)}


LOOSER = {"rules": (RULE | {"red": 90.0},)}


def test_the_first_set_needs_every_approval_and_no_engineer_is_enough():
    story = Story()
    story.submit("eva", "s1")
    assert (story.now(), story.status("s1")) == ("", "submitted")
    story.approve("anna", "s1")
    assert story.now() == ""
    story.approve("askar", "s1", T0_MS + HOUR_MS)
    assert (story.now(T0_MS), story.now(T0_MS + HOUR_MS)) == ("", "s1")  # from the last word on, not from before
    assert story.told == ["set_submitted", "set_approved", "set_approved", "set_decided"]


def test_a_set_begins_on_its_date_when_it_is_decided_before(begun):
    begun.submit("ravshan", "s2", "s1", **LOOSER, valid_from="2016-02-01T00:00:00Z")
    begun.approve("anna", "s2")
    begun.approve("askar", "s2")
    assert (begun.now(), begun.status("s2"), begun.status("s1")) == ("s1", "approved", "in force")
    later = begin_ms(begun.register.find("s2"))
    assert later == 1_454_284_800_000
    assert (begun.now(later), begun.status("s1", later)) == ("s2", "superseded")
    assert [one.id for one in announced(begun.register, T0_MS)[1]] == ["s1"]
    register, due = announced(begun.register, later)
    assert [one.id for one in due] == ["s1", "s2"]
    assert announced(register, later)[1] == ()


def test_what_only_tightens_is_in_force_on_the_word_of_the_engineer_of_record(begun):
    begun.submit("eva", "s2", "s1", **tighter(), at_ms=T0_MS + HOUR_MS)
    assert begun.now(T0_MS + HOUR_MS) == "s2"
    assert begun.told[-2:] == ["set_submitted", "set_tightened"]
    begun.object_to("anna", "s2", T0_MS + 2 * HOUR_MS)
    assert begun.now(T0_MS + 2 * HOUR_MS) == "s2"  # to lift it would loosen


def test_another_s_tightening_waits_for_the_engineer_of_record(begun):
    begun.submit("ravshan", "s2", "s1", **tighter())
    assert begun.now() == "s1"
    begun.approve("eva", "s2")
    assert begun.now() == "s2"


@pytest.mark.parametrize(
    "more", [LOOSER, {"critical": ()}, {"rules": (RULE | {"red": 70.0, "delay_count": 3},)}, {"reason": "again"}]
)
def test_what_loosens_anything_is_never_in_force_before_every_approval(begun, more):
    begun.submit("eva", "s2", "s1", **more)
    begun.approve("anna", "s2")
    assert (begun.now(T0_MS + 1000 * HOUR_MS), begun.status("s2")) == ("s1", "submitted")
    begun.approve("askar", "s2")
    assert begun.now() == "s2"


def test_an_objection_holds_a_set_up_until_who_objected_approves_it(begun):
    begun.submit("eva", "s2", "s1", **LOOSER)
    begun.object_to("askar", "s2")
    begun.approve("anna", "s2")
    assert begun.now() == "s1"
    begun.approve("askar", "s2")
    assert begun.now() == "s2"


def test_a_tightening_at_night_overtakes_what_was_proposed_on_the_set_before(begun):
    begun.submit("ravshan", "s2", "s1", **LOOSER)
    begun.approve("anna", "s2")
    begun.submit("eva", "s3", "s1", **tighter())
    assert (begun.now(), begun.status("s2")) == ("s3", "overtaken")
    with pytest.raises(SetRefused, match="overtaken"):
        begun.approve("askar", "s2")
    assert "set_overtaken" in begun.told


def test_a_tightening_may_not_fall_behind_a_set_that_is_decided_to_come(begun):
    begun.submit("ravshan", "s2", "s1", rules=(RULE | {"red": 65.0},), valid_from="2016-02-01T00:00:00Z")
    begun.approve("anna", "s2")
    begun.approve("askar", "s2")
    begun.submit("eva", "s3", "s2", **tighter())  # tighter than s1, looser than what is to come
    assert begun.status("s3") == "submitted"
    begun.withdraw("eva", "s3", "s2")
    begun.submit("eva", "s4", "s2", rules=(RULE | {"red": 62.0},))
    assert (begun.now(), begun.status("s2"), begun.register.head) == ("s4", "superseded", "s4")


def test_withdrawing_names_the_successor_and_ends_nothing_that_is_decided(begun):
    begun.submit("ravshan", "s2", "s1", **LOOSER)
    begun.withdraw("anna", "s2", "s1")
    assert begun.status("s2") == "withdrawn"
    begun.submit("ravshan", "s3", "s1", **LOOSER)
    begun.withdraw("askar", "s1", "s3")
    assert (begun.now(), begun.told[-1]) == ("s1", "set_withdrawn")


def test_what_can_no_longer_be_decided_is_no_successor(begun):
    begun.submit("ravshan", "s2", "s1", **LOOSER)
    begun.withdraw("ravshan", "s2", "s1")
    with pytest.raises(SetRefused, match="ends by a successor alone; s2 can no longer be decided"):
        begun.withdraw("eva", "s1", "s2")


def test_a_late_approval_of_what_is_in_force_is_kept_and_changes_nothing(begun):
    begun.submit("eva", "s2", "s1", **tighter())
    since = begin_ms(begun.register.find("s2"))
    begun.approve("anna", "s2", T0_MS + HOUR_MS)
    assert (begin_ms(begun.register.find("s2")), begun.told[-1]) == (since, "set_approved")


def test_before_any_set_the_first_one_is_withdrawn_for_the_provisional_one():
    story = Story()
    story.submit("ravshan", "s1")
    story.withdraw("ravshan", "s1", "provisional-1")
    assert (story.status("s1"), story.now()) == ("withdrawn", "")


REFUSED = {
    "the same id": (lambda one: one.submit("eva", "s2", "s1", **tighter()), "is there already"),
    "an old predecessor": (lambda one: one.submit("eva", "s3", ""), "the set decided last is s1"),
    "a stranger predecessor": (lambda one: one.submit("eva", "s3", "s9"), "the set decided last is s1"),
    "the proposer": (lambda one: one.approve("ravshan", "s2"), "who proposes a set never approves it"),
    "twice": (lambda one: [one.approve("anna", "s2"), one.approve("anna", "s2")], "anna approved it before"),
    "an unknown set": (
        lambda one: one.does(life.approve, POLICY, "s8", "0" * 64, word("anna")),
        "set s8 was never submitted",
    ),
    "another text": (
        lambda one: one.does(life.approve, POLICY, "s2", "0" * 64, word("anna")),
        "the set submitted",
    ),
    "for itself": (lambda one: one.withdraw("ravshan", "s2", "s2"), "expected another set"),
    "for nothing": (lambda one: one.withdraw("ravshan", "s2", "s9"), "expected another set"),
    "decided, for itself in force": (lambda one: one.withdraw("eva", "s1", "s9"), "expected another set"),
    "after withdrawal": (
        lambda one: [one.withdraw("ravshan", "s2", "s1"), one.approve("anna", "s2")],
        "was withdrawn",
    ),
    "object after withdrawal": (
        lambda one: [one.withdraw("ravshan", "s2", "s1"), one.object_to("anna", "s2")],
        "no longer proposed",
    ),
    "withdraw after withdrawal": (
        lambda one: [one.withdraw("ravshan", "s2", "s1"), one.withdraw("ravshan", "s2", "s1")],
        "no longer proposed",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_act_that_cannot_be_is_refused_and_changes_nothing(begun, why):
    act, sentence = REFUSED[why]
    begun.submit("ravshan", "s2", "s1", **LOOSER)
    with pytest.raises(SetRefused, match=sentence):
        act(begun)
    assert begun.now() == "s1"


def test_a_role_that_the_rule_does_not_name_approves_nothing(begun):
    rule = JOINT.replace('"engineer_of_record", ', "")
    begun.policy = parse_policy(joint_policy(people(), rule), "policy.toml")
    begun.submit("ravshan", "s2", "s1", **LOOSER)
    with pytest.raises(SetRefused, match="eva is engineer_of_record; it is approved by authority"):
        begun.approve("eva", "s2")
    begun.object_to("eva", "s2")  # told, and holds nothing up
    begun.approve("anna", "s2")
    begun.approve("askar", "s2")
    assert begun.now() == "s2"


def test_who_did_not_propose_and_is_no_authority_withdraws_nothing(begun):
    begun.submit("eva", "s2", "s1", **LOOSER)
    with pytest.raises(SetRefused, match="did not propose it"):
        begun.withdraw("ravshan", "s2", "s1")


def test_a_set_that_no_rule_is_about_is_refused():
    story = Story(parse_policy(joint_policy(people(), JOINT.replace('"*"', '"x*"')), "policy.toml"))
    with pytest.raises(SetRefused, match="no rule of the policy"):
        story.submit("eva", "s1")


ACTS = st.tuples(
    st.sampled_from(("submit", "approve", "object_to", "withdraw")),
    st.sampled_from(tuple(PEOPLE)),
    st.sampled_from((60.5, 65.0, 70.0, 75.0, 80.0, 90.0)),
    st.integers(0, 6),
    st.sampled_from(("2016-01-01T00:00:00Z", "2016-01-01T12:00:00Z", "2016-01-02T00:00:00Z")),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=25), st.sampled_from((POLICY, BY_TOUCH)))
def test_whatever_people_do_nothing_is_loosened_without_every_approval(acts, policy):
    story = Story(policy)
    for number, (step, person, red, which, begin) in enumerate(acts):
        at_ms, before = T0_MS + number * HOUR_MS, story.register
        known = [one.id for one in before.proposals]
        chosen = known[-1 - which % len(known)] if known else "s0"
        try:
            if step == "submit":
                about = (f"s{number}", before.head)
                story.submit(person, *about, rules=(RULE | {"red": red},), valid_from=begin, at_ms=at_ms)
            elif step == "withdraw":
                story.withdraw(person, chosen, before.head or "none", at_ms)
            elif known:
                getattr(story, step)(person, chosen, at_ms)
        except (SetRefused, AttributeError):
            assert story.register == before
        _holds(before, story.register, at_ms)


def _holds(before: Register, after: Register, at_ms: int) -> None:
    """Past never changes, times rise, and a decision that loosens has every word that the policy asks for."""
    past = [register.in_force(at_ms - 1) for register in (before, after)]
    assert len({one.id if one else "" for one in past}) == 1
    begins = [begin_ms(one) for one in after.decided]
    assert begins == sorted(set(begins))
    for one in after.decided:
        if before.find(one.id) is None or before.find(one.id).effective_ms is None:
            assert begin_ms(one) >= at_ms
            kinds = {kind_of(changes(each.limits, one.limits)) for each in before.standing(at_ms)}
            if kinds != {"tightens"}:
                assert missing(POLICY.rules, one.approvals) == ""
            assert one.proposer.person not in {each.person for each in one.approvals}
    for each in (at_ms, at_ms + 20 * HOUR_MS, at_ms + 200 * HOUR_MS):
        old, new = before.in_force(each), after.in_force(each)
        if old is not None:
            assert new is not None
            if new.id != old.id and kind_of(changes(old.limits, new.limits)) != "tightens":
                assert missing(POLICY.rules, new.approvals) == ""


def test_a_register_is_the_same_made_again():
    def made():
        story = Story()
        story.submit("ravshan", "s1")
        story.approve("anna", "s1")
        story.approve("askar", "s1")
        story.submit("eva", "s2", "s1", **tighter())
        return story.register

    assert made() == made()
    assert replace(made().proposals[0]) == made().proposals[0]
