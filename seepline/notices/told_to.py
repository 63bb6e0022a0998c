"""Who is told of an event: set in force, policy, contacts, groups, rota, actions and escalation joined.

Told of a level are the recipients of that level and of every lesser one, so that who heard of yellow hears of red.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from seepline.acts.roles import APPROVERS, AUTHORITY, ROLES
from seepline.notices.contacts import Contact, Contacts
from seepline.notices.kinds import KINDS
from seepline.notices.rota import Swap, on_duty
from seepline.sets.limit_set import LEVELS, Recipient
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who has a role at a time, by the policy."""

    person: str
    role: str
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody there is at a time: contacts, holders of roles, swaps of duty, whom the set in force names."""

    contacts: Contacts
    holders: tuple[Holder, ...] = ()
    swaps: tuple[Swap, ...] = ()
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What of an event decides who is told. `notify`: the names that its actions state. `step`: of escalation."""

    kind: str
    level: Level
    at_ms: int
    notify: tuple[str, ...] = ()
    step: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The persons, in order; `unknown` are names that lead to nobody who has a contact."""

    persons: tuple[str, ...]
    unknown: tuple[str, ...] = field(default=())


def told_to(people: People, call: Call) -> Told:
    """Return who is told of an event."""
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name, organisation in _names(people, call):
        persons = members(people, name, organisation, call.at_ms)
        known = [one for one in persons if people.contacts.contact(one)]
        found |= dict.fromkeys(known)
        lost = [one for one in persons if one not in known] or ([] if known else [_words(name, organisation)])
        unknown |= dict.fromkeys(lost)
    return Told(tuple(found), tuple(unknown))


def _words(name: str, organisation: str) -> str:
    return f"{name} of {organisation}" if organisation else name


def members(people: People, name: str, organisation: str, at_ms: int) -> tuple[str, ...]:
    """Return the persons behind a name: a contact, a group, a rota's duty, or everyone of a role."""
    contacts = people.contacts
    if name in ROLES:
        return tuple(
            one.person for one in everyone(people) if one.role == name and organisation in ("", one.organisation)
        )
    if any(one.id == name for one in contacts.rotas):
        return on_duty(contacts, people.swaps, name, at_ms).persons
    group = next((one for one in contacts.groups if one.id == name), None)
    if group is not None:
        return group.members
    return (name,) if contacts.contact(name) else ()


def everyone(people: People) -> Iterator[Holder]:
    """Yield who holds a role: by the policy, and of desks that it does not name, by notify.toml."""
    yield from people.holders
    known = {one.person for one in people.holders}
    for one in people.contacts.contacts:
        if one.role and one.person not in known:
            yield Holder(person=one.person, role=one.role, organisation=one.organisation)


def _names(people: People, call: Call) -> Iterator[tuple[str, str]]:
    circle = KINDS[call.kind].circle
    level = Level.RED if circle == "exercise" else call.level
    if circle in ("alarm", "exercise") or level:
        yield from _of_level(people, level)
    if circle == "instrument" or (call.kind == "missing" and not level):
        yield from _told(people.contacts, "instrument")
    if circle == "service" or call.kind == "resumed":
        yield from _told(people.contacts, "service")
    if circle == "limits":
        roles = (AUTHORITY,) if call.kind == "set_tightened" else sorted(APPROVERS)
        held = {one.role for one in everyone(people)}
        yield from ((role, "") for role in roles if role in held or role == AUTHORITY)
    yield from ((name, "") for name in call.notify)
    for one in people.contacts.escalations:
        if one.step <= call.step:
            yield from ((name, "") for name in one.who)


def _of_level(people: People, level: Level) -> Iterator[tuple[str, str]]:
    for name in LEVELS:
        if Level[name.upper()] <= level:
            yield from ((one.role, one.organisation) for one in people.recipients if one.level == name)
            yield from _told(people.contacts, name)


def _told(contacts: Contacts, level: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "") for one in contacts.tells if one.level == level for name in one.who)


def ways_to(contacts: Contacts, contact: Contact, level: Level) -> list[str]:
    """Return the channels by which a contact hears of a level.

    Those that are kept for worse levels are used all the same for orange, where the contact has no other.
    """
    reach = [one for one in contacts.channels if contacts.address(contact, one)]
    fit = [one for one in reach if Level[one.level.upper()] <= level]
    return [one.id for one in (fit or (reach if level >= Level.ORANGE else []))]


def sheet_by(contacts: Contacts, contact: Contact) -> list[str]:
    """Return the channels that carry a contact's morning sheet: those that are stated, else every mail."""
    if contact.morning_by:
        return list(contact.morning_by)
    return [one for one in ways_to(contacts, contact, Level.YELLOW) if contacts.form(one) == "mail"]


def unreachable(contacts: Contacts, persons: Sequence[str], level: Level) -> list[str]:
    """Return of some persons those whom no channel reaches with a message of a level."""
    known: Iterable[Contact | None] = (contacts.contact(person) for person in persons)
    return [one.person for one in known if one is not None and not ways_to(contacts, one, level)]
