"""Whether everybody is told who should be: notify.toml beside policy, set in force, site file and rota."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.clock import site_time
from collector.events import utc_text
from collector.notify.measured import name_of
from collector.notify.outlook import holders, policy_of, swaps
from collector.store import STORE_NAME, StoreReader
from seepline.alarm.actions import actions_of
from seepline.notices.contacts import Contacts
from seepline.notices.rota import gaps, overlaps
from seepline.notices.told_to import Call, People, sheet_by, told_to, ways_to
from seepline.sets.in_force import with_register
from seepline.sets.register import Register
from seepline.site import Site
from seepline.thresholds import Level, in_force

_FOUR_WEEKS_MS = 28 * 86_400_000
_CALLS = {
    "yellow": ("level", Level.YELLOW),
    "orange": ("level", Level.ORANGE),
    "red": ("level", Level.RED),
    "instrument": ("fault", Level.GREEN),
    "service": ("export_held", Level.GREEN),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """Whom each level reaches and by what, in words; what somebody should look at; what is wrong."""

    reached: tuple[str, ...]
    remarks: tuple[str, ...]
    faults: tuple[str, ...]


def checked(site: Site, data: Path, contacts: Contacts) -> Checked:
    """Look through all of it as it is now."""
    now_ms, store = site_time()(), data / STORE_NAME
    reader = StoreReader(store) if store.exists() else None
    register = reader.register() if reader else Register()
    decided = register.in_force(now_ms)
    people = People(
        contacts=contacts,
        holders=holders(policy_of(data), now_ms),
        swaps=swaps(reader) if reader else (),
        recipients=decided.limits.recipients if decided else (),
    )
    reached, remarks, faults = [], [], []
    for word, (kind, level) in _CALLS.items():
        told = told_to(people, Call(kind=kind, level=level, at_ms=now_ms))
        ways = [
            f"{name_of(contacts, one)} ({', '.join(ways_to(contacts, contact, max(level, Level.YELLOW)))})"
            for one in told.persons
            if (contact := contacts.contact(one)) and ways_to(contacts, contact, max(level, Level.YELLOW))
        ]
        reached.append(f"{word}: {', '.join(ways) or 'nobody'}")
        remarks += [f"{word}: {name} leads to nobody who has a contact" for name in told.unknown]
        if not ways:
            faults.append(f"{word}: found nobody who can be reached; expected at least one contact")
    judged = with_register(site, register)
    remarks += [*_actions(judged, people, now_ms), *_escalations(judged, contacts, now_ms)]
    remarks += [*_duty(contacts, now_ms), *_mornings(contacts)]
    remarks += _swapped(people)
    return Checked(tuple(reached), tuple(dict.fromkeys(remarks)), tuple(faults))


def _actions(site: Site, people: People, now_ms: int) -> Iterator[str]:
    """Yield the names in `notify` of actions in force that lead to nobody."""
    for rules in in_force(site, now_ms).values():
        for rule in rules:
            for level in (Level.YELLOW, Level.ORANGE, Level.RED):
                for action in actions_of(site.actions, rule.set, rule.name, level):
                    call = Call(kind="fault", level=Level.GREEN, at_ms=now_ms, notify=action.notify)
                    yield from (
                        f"action {action.id}: {one} leads to nobody who has a contact"
                        for one in told_to(people, call).unknown
                        if one in action.notify
                    )


def _escalations(site: Site, contacts: Contacts, now_ms: int) -> Iterator[str]:
    steps = len(contacts.escalations)
    for rules in in_force(site, now_ms).values():
        for rule in rules:
            asked = len(rule.escalate_after_s)
            if asked > steps:
                yield f"{rule.name} escalates {asked} times, notify.toml has {steps} [[escalation]]"
            if rule.missing_s is not None and not steps:
                yield f"{rule.name} tells the next persons after missing_s, notify.toml has no [[escalation]]"


def _duty(contacts: Contacts, now_ms: int) -> Iterator[str]:
    until_ms = now_ms + _FOUR_WEEKS_MS
    for one in contacts.rotas:
        for begin_ms, end_ms in gaps(contacts, one, now_ms, until_ms):
            span = f"{utc_text(begin_ms)} to {utc_text(end_ms)}"
            yield f"rota {one.id}: nobody is planned {span}: everybody of the rota is told then"
        for first, second in overlaps(contacts, one, now_ms, until_ms):
            both = f"{first.person} and {second.person} are both planned"
            yield f"rota {one.id}: {both} at {utc_text(second.begin_ms)}"


def _mornings(contacts: Contacts) -> Iterator[str]:
    for one in contacts.contacts:
        if one.morning_sheet and not sheet_by(contacts, one):
            yield f"{one.name} wants a morning sheet and has no mail: state the channel in morning_by"


def _swapped(people: People) -> Iterator[str]:
    rotas = {one.id for one in people.contacts.rotas}
    for one in people.swaps:
        if one.rota not in rotas:
            yield f"a duty was taken over in rota {one.rota}, which notify.toml does not have: without effect"
        elif people.contacts.contact(one.person) is None:
            yield f"{one.person} took a duty of {one.rota} and is no contact: everybody of the rota is told then"
