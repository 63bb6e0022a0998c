"""Who is told: recipients, roles, groups, rota, actions, escalation, joined."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as some

from seepline.acts.roles import ROLES
from seepline.notices.contacts import Channel, Contact, Contacts, Escalation, General, Group, Tell
from seepline.notices.told_to import Call, Holder, People, told_to, ways_to
from seepline.sets.limit_set import Recipient
from seepline.thresholds import Level

NAMES = ("anna", "boris", "vera", "gulya")
MAIL = Channel(id="mail", kind="m", level="yellow")
CALL = Channel(id="call", kind="v", level="red")
CONTACTS = Contacts(
    general=General(digest_s=60),
    contacts=tuple(Contact(person=one, name=one, language="en", mail=f"{one}@x") for one in NAMES),
    channels=(MAIL, CALL),
    groups=(Group(id="night", members=("vera", "gulya")),),
    addresses={"m": "mail", "v": "voice"},
    forms={"m": "mail", "v": "voice"},
)
HOLDERS = (
    Holder(person="anna", role="authority", organisation="North"),
    Holder(person="boris", role="authority", organisation="South"),
    Holder(person="ghost", role="inspector"),
)
PEOPLE = People(contacts=CONTACTS, holders=HOLDERS)


def told(people=PEOPLE, kind="level", level=Level.RED, **more):
    return told_to(people, Call(kind=kind, level=level, at_ms=0, **more))


def test_a_recipient_of_an_organisation_is_that_one_alone():
    north = replace(PEOPLE, recipients=(Recipient(level="orange", role="authority", organisation="North"),))
    both = replace(PEOPLE, recipients=(Recipient(level="orange", role="authority"),))
    assert told(north).persons == ("anna",)
    assert told(both).persons == ("anna", "boris")
    assert told(north, level=Level.YELLOW).persons == ()


def test_who_has_a_role_and_no_contact_is_named():
    people = replace(PEOPLE, recipients=(Recipient(level="red", role="inspector"),))
    assert told(people).unknown == ("ghost",)
    nobody = replace(PEOPLE, recipients=(Recipient(level="red", role="observer", organisation="East"),))
    assert told(nobody).unknown == ("observer of East",)


def test_actions_and_steps_add_persons():
    contacts = replace(
        CONTACTS, escalations=(Escalation(step=1, who=("night",)), Escalation(step=2, who=("boris",)))
    )
    people = replace(PEOPLE, contacts=contacts)
    assert told(people, notify=("anna", "nobody")).persons == ("anna",)
    assert told(people, notify=("anna", "nobody")).unknown == ("nobody",)
    assert told(people, kind="escalated", step=1).persons == ("vera", "gulya")
    assert told(people, kind="escalated", step=2).persons == ("vera", "gulya", "boris")


def test_a_tightened_set_is_told_to_authorities_and_an_exercise_to_those_of_red():
    people = replace(PEOPLE, contacts=replace(CONTACTS, tells=(Tell(level="red", who=("vera",)),)))
    assert told(people, kind="set_tightened", level=Level.GREEN).persons == ("anna", "boris")
    assert told(people, kind="exercise_event", level=Level.YELLOW).persons == ("vera",)


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.builds(
            Recipient,
            level=some.sampled_from(("yellow", "orange", "red")),
            role=some.sampled_from(sorted(ROLES)),
            organisation=some.sampled_from(("", "North", "South")),
        )
    ),
    some.lists(
        some.builds(
            Tell,
            level=some.sampled_from(("yellow", "orange", "red")),
            who=some.lists(some.sampled_from((*NAMES, "night", "authority")), min_size=1).map(tuple),
        )
    ),
)
def test_who_hears_of_a_level_hears_of_every_worse_one(recipients, tells):
    contacts = replace(CONTACTS, tells=tuple(tells))
    people = replace(PEOPLE, contacts=contacts, recipients=tuple(recipients))
    yellow, orange, red = (set(told(people, level=one).persons) for one in Level if one)
    assert yellow <= orange <= red


def test_a_channel_kept_for_red_carries_orange_to_who_has_no_other():
    caller = Contact(person="dima", name="Dima", language="ru", voice="+1")
    both = replace(caller, mail="dima@x")
    assert ways_to(CONTACTS, caller, Level.YELLOW) == []
    assert ways_to(CONTACTS, caller, Level.ORANGE) == ["call"]
    assert ways_to(CONTACTS, both, Level.ORANGE) == ["mail"]
    assert ways_to(CONTACTS, both, Level.RED) == ["mail", "call"]
