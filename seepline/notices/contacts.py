"""notify.toml as data: people and their addresses, groups, who is on duty, who is told next, and by what.

    [notify]       page, digest_s, morning_at                  where links lead, how long yellow is collected
    [load]         limits of alarms per person (ISA-18.2); [watchdog] the address outside that hears that we live
    [[contact]]    person, name, language, addresses           person: an id of policy.toml, or a desk without
    [[group]]      id, members
    [[rota]]       id, timezone      [[turn]] rota, persons, first, days, begins, ends
    [[tell]]       level, who        beside the recipients of the set in force
    [[escalation]] step, who         told when nobody has acknowledged
    [[channel]]    id, kind, level   and the keys of its kind

`who` names contacts, groups, rotas and roles (seepline.acts.roles): no two of them are called the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from seepline.notices.channel import Form
from seepline.site_alarms import LevelName

Language = Literal["en", "ru"]
ToldLevel = Literal["yellow", "orange", "red", "instrument", "service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """Matters of the whole site.

    `page` is the address under which people reach the collector's page, '' when messages carry no link. Yellow
    and instrument events of one person and channel are collected for `digest_s` after one was sent. `morning_at`
    is the local time of the morning sheet, '' when nobody has one.
    """

    digest_s: int
    page: str = ""
    morning_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """What a person can bear, as the alarm philosophy of the facility states it (ISA-18.2, IEC 62682).

    `per_hour` and `per_10_min` are alarms told to one person; more than `flood_per_10_min` is a flood. An alarm
    that is raised `chattering_per_min` times in a minute chatters; one that stands for `standing_h` is stale.
    `yellow`, `orange` and `red` are the intended shares of raised levels, in percent.
    """

    per_hour: int
    per_10_min: int
    flood_per_10_min: int
    chattering_per_min: int
    standing_h: int
    yellow: int
    orange: int
    red: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchdog:
    """Who outside hears every `every_s` that the collector judges and can write; silence there raises an alarm.

    The address stands here, or, where it is a secret itself, alone in a file.
    """

    every_s: int
    method: Literal["GET", "POST"]
    address: str = ""
    address_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person or desk, how they are reached and in which language.

    `role` and `organisation` are for who is not in policy.toml; a person of the policy has those given there.
    `morning_by` are the channels that carry the morning sheet, by their ids; without any it goes by every mail.
    """

    person: str
    name: str
    language: Language
    role: str = ""
    organisation: str = ""
    mail: str = ""
    phone: str = ""
    voice: str = ""
    webhook: str = ""
    topic: str = ""
    morning_sheet: bool = False
    morning_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Contacts under one name."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who is on duty, by the clock on the wall of a time zone."""

    id: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Persons who follow one another in a rota, each for `days` days, from the day `first` on; to `last` if set.

    On each of these days duty lasts from `begins` to `ends`, in local time; when `ends` is not later it ends on
    the next day. Days are ISO dates, times are 'hh:mm'.
    """

    rota: str
    persons: tuple[str, ...]
    first: str
    days: int
    begins: str
    ends: str
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Who is told of a level, and of every worse one, beside the recipients of the set in force.

    'instrument' is what fails, falls silent or is overdue; 'service' what the collector says of itself.
    """

    level: ToldLevel
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is told when nobody has acknowledged within the so many-th time of a rule's `escalate_after_s`."""

    step: int
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHead:
    """What every channel says of itself: it carries messages from `level` on."""

    id: str
    kind: str
    level: LevelName


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(ChannelHead):
    """A way to reach people. `settings` is the dataclass of its kind."""

    settings: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """A whole checked notify.toml. By kind of channel, which key of a contact it sends to, and what it says."""

    general: General
    contacts: tuple[Contact, ...]
    channels: tuple[Channel, ...]
    groups: tuple[Group, ...] = ()
    rotas: tuple[Rota, ...] = ()
    turns: tuple[Turn, ...] = ()
    tells: tuple[Tell, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    load: LoadLimits | None = None
    watchdog: Watchdog | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)

    def contact(self, person: str) -> Contact | None:
        """Return a contact by its person."""
        return next((one for one in self.contacts if one.person == person), None)

    def form(self, channel: str) -> Form:
        """Return the form of what a channel carries, by its id."""
        return self.forms[next(one.kind for one in self.channels if one.id == channel)]

    def address(self, contact: Contact, channel: Channel) -> str:
        """Return where a channel reaches a contact, '' where it does not."""
        return str(getattr(contact, self.addresses[channel.kind]))
