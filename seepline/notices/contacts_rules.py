"""What must hold between the entries of notify.toml: one name, one meaning; every name leads to somebody."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from seepline.acts.roles import ROLES
from seepline.notices.contacts import Contacts
from seepline.site_rules.draft import Problem, one_of
from seepline.site_rules.values import shown

Rule = Callable[[Contacts], Iterator[Problem]]


def is_clock(value: object) -> bool:
    """Tell whether a value is a time of day as 'hh:mm'."""
    return isinstance(value, str) and len(value) == len("hh:mm") and _parses(time.fromisoformat, value)


def is_day(value: object) -> bool:
    """Tell whether a value is an ISO date as text."""
    return isinstance(value, str) and len(value) == len("2026-01-01") and _parses(date.fromisoformat, value)


def is_zone(value: object) -> bool:
    """Tell whether a value is a time zone of the IANA list."""
    return isinstance(value, str) and _parses(ZoneInfo, value)


def _parses(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, KeyError, OSError):
        return False
    return True


def _names_once(contacts: Contacts) -> Iterator[Problem]:
    tables = {
        "contact": [one.person for one in contacts.contacts],
        "group": [one.id for one in contacts.groups],
        "rota": [one.id for one in contacts.rotas],
    }
    counts = Counter(name for names in tables.values() for name in names)
    for table, names in tables.items():
        for number, name in enumerate(names, 1):
            if counts[name] > 1:
                yield Problem(f"{table}[{number}]", repr(name), "a name that no other contact, group or rota has")
            elif name in ROLES:
                yield Problem(f"{table}[{number}]", repr(name), "a name that is no role")


def _channels_once(contacts: Contacts) -> Iterator[Problem]:
    counts = Counter(one.id for one in contacts.channels)
    for number, one in enumerate(contacts.channels, 1):
        if counts[one.id] > 1:
            yield Problem(f"channel[{number}].id", repr(one.id), "an id that no other channel has")
    if not contacts.channels:
        yield Problem("channel", "nothing", "at least one [[channel]]")


def _persons_exist(contacts: Contacts) -> Iterator[Problem]:
    known = [one.person for one in contacts.contacts]
    lists = [(f"group[{n}].members", one.members) for n, one in enumerate(contacts.groups, 1)]
    lists += [(f"turn[{n}].persons", one.persons) for n, one in enumerate(contacts.turns, 1)]
    for place, persons in lists:
        yield from (
            Problem(place, repr(one), _near(known, one, "the person of a [[contact]]"))
            for one in persons
            if one not in known
        )
        if not persons:
            yield Problem(place, "nobody", "at least one contact")


def _names_lead_somewhere(contacts: Contacts) -> Iterator[Problem]:
    persons = {one.person for one in contacts.contacts}
    known = persons | {one.id for one in contacts.groups} | {one.id for one in contacts.rotas} | ROLES
    lists = [(f"tell[{n}].who", one.who) for n, one in enumerate(contacts.tells, 1)]
    lists += [(f"escalation[{n}].who", one.who) for n, one in enumerate(contacts.escalations, 1)]
    for place, names in lists:
        expected = "a contact, a group, a rota or a role"
        yield from (Problem(place, repr(one), _near(known, one, expected)) for one in names if one not in known)
        if not names:
            yield Problem(place, "nobody", "at least one name")


def _near(known: Iterable[str], name: str, expected: str) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"{expected} (did you mean {near[0]!r}?)" if near else expected


def _turns_fit(contacts: Contacts) -> Iterator[Problem]:
    known = [one.id for one in contacts.rotas]
    for number, one in enumerate(contacts.turns, 1):
        if one.rota not in known:
            yield Problem(f"turn[{number}].rota", repr(one.rota), one_of(known, one.rota, "the id of a [[rota]]"))
        if one.last and is_day(one.last) and is_day(one.first) and one.last < one.first:
            yield Problem(f"turn[{number}].last", repr(one.last), f"a day not before {one.first}")
    for number, rota in enumerate(contacts.rotas, 1):
        if not any(one.rota == rota.id for one in contacts.turns):
            yield Problem(f"rota[{number}]", "no [[turn]]", f'a [[turn]] with rota = "{rota.id}"')


def _steps_rise(contacts: Contacts) -> Iterator[Problem]:
    steps = [one.step for one in contacts.escalations]
    for number, step in enumerate(steps, 1):
        if step != number:
            yield Problem(f"escalation[{number}].step", shown(step), f"{number}: steps are counted from 1")


def _reached(contacts: Contacts) -> Iterator[Problem]:
    for number, one in enumerate(contacts.contacts, 1):
        if contacts.channels and not any(contacts.address(one, way) for way in contacts.channels):
            keys = sorted({contacts.addresses[way.kind] for way in contacts.channels})
            yield Problem(f"contact[{number}]", "no address that a [[channel]] uses", f"one of {', '.join(keys)}")


def _service_is_told(contacts: Contacts) -> Iterator[Problem]:
    told = {one.level for one in contacts.tells}
    for level in ("instrument", "service"):
        if level not in told:
            yield Problem("tell", f"nobody at {level}", f'a [[tell]] with level = "{level}"')


def _morning_has_a_time(contacts: Contacts) -> Iterator[Problem]:
    wanted = any(one.morning_sheet for one in contacts.contacts)
    if wanted and not contacts.general.morning_at:
        yield Problem("notify.morning_at", "nothing", "the local time of the morning sheet, such as '07:00'")


def _morning_goes_somewhere(contacts: Contacts) -> Iterator[Problem]:
    ways = {one.id: one for one in contacts.channels}
    for number, contact in enumerate(contacts.contacts, 1):
        if contact.morning_by and not contact.morning_sheet:
            yield Problem(f"contact[{number}].morning_by", "no morning_sheet", "morning_sheet = true beside it")
        for at, one in enumerate(contact.morning_by, 1):
            place = f"contact[{number}].morning_by[{at}]"
            if one not in ways:
                yield Problem(place, repr(one), one_of(list(ways), one, "the id of a [[channel]]"))
            elif contacts.form(one) == "voice":
                yield Problem(place, repr(one), "a channel of another kind: nobody is called for a morning sheet")
            elif not contacts.address(contact, ways[one]):
                key = contacts.addresses[ways[one].kind]
                yield Problem(place, repr(one), f"a channel that reaches this contact: {key} is not stated")


def _watchdog_has_one_address(contacts: Contacts) -> Iterator[Problem]:
    dog = contacts.watchdog
    if dog is None:
        return
    if bool(dog.address) == bool(dog.address_file):
        yield Problem("watchdog", "both" if dog.address else "nothing", "address or address_file, one of them")
    if dog.address and not dog.address.startswith(("http://", "https://")):
        yield Problem("watchdog.address", "something else", "http:// or https://")


RULES: tuple[Rule, ...] = (
    _names_once,
    _channels_once,
    _persons_exist,
    _names_lead_somewhere,
    _turns_fit,
    _steps_rise,
    _reached,
    _service_is_told,
    _morning_has_a_time,
    _morning_goes_somewhere,
    _watchdog_has_one_address,
)
