"""The morning sheet in words: levels, changes of 24 hours, what is silent, overdue, who is on duty, alarm load."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.notify.measured import AlarmLoad, DutyNow, name_of
from collector.notify.sender import Letter
from collector.notify.sentences import part_words
from collector.notify.words import with_unit
from collector.web.alarms import STATE_WORDS
from collector.web.catalogue import catalogue
from collector.web.words import LEVEL_WORDS, QUANTITY_WORDS, Translate, noted
from seepline.alarm.standing import Standing, shown
from seepline.notices.contacts import Contacts
from seepline.quantities import QUANTITIES
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The newest value of a quantity at a point, and how much it changed in 24 h (None: no value then)."""

    point: str
    quantity: str
    level: Level
    value: float | None
    change: float | None
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the sheet says, in no language. Times are UTC ms; `silent` and `overdue` are plain names."""

    site_id: str
    site_name: str
    timezone: str
    time_ms: int
    level: Level
    valid: int
    total: int
    grey: bool
    standing: tuple[tuple[str, Standing], ...]
    changes: tuple[Change, ...]
    raised: tuple[tuple[str, Level, Level, int], ...]
    silent: tuple[tuple[str, int | None], ...]
    invalid: tuple[str, ...]
    overdue: tuple[str, ...]
    actions: tuple[tuple[str, str, int], ...]
    duty: tuple[DutyNow, ...]
    load: AlarmLoad
    not_told: int


def letter(facts: Facts, contacts: Contacts, language: str) -> Letter:
    """Return the sheet in a reader's language."""
    page = _Sheet(facts, contacts, language)
    subject = page.said(
        noted("Morning sheet, %(site)s: %(level)s"), site=facts.site_name, level=page.level(facts.level)
    )
    blocks = (
        page.head(),
        page.alarms(),
        page.changes(),
        page.silent(),
        page.overdue(),
        page.people(),
        page.loads(),
    )
    link = f"{contacts.general.page}\n" if contacts.general.page else ""
    return Letter(subject, "\n\n".join("\n".join(block) for block in blocks) + f"\n\n{link}")


class _Sheet:
    """The blocks of one sheet, each its lines."""

    def __init__(self, facts: Facts, contacts: Contacts, language: str) -> None:
        self._facts, self._contacts, self._language = facts, contacts, language
        self._translate: Translate = catalogue(language).gettext
        self._zone = ZoneInfo(facts.timezone)

    def said(self, text: str, **values: object) -> str:
        """Return a text of the catalogue with its values."""
        return self._translate(text) % values if values else self._translate(text)

    def level(self, level: Level) -> str:
        """Return the word of a level."""
        return self._translate(LEVEL_WORDS[level]).upper()

    def when(self, time_ms: int) -> str:
        """Return an instant in local time, with UTC beside it."""
        utc = datetime.fromtimestamp(time_ms // 1000, UTC)
        return f"{utc.astimezone(self._zone):%Y-%m-%d %H:%M} ({utc:%d %H:%M} UTC)"

    def _alarm(self, name: str) -> str:
        point, quantity, _ = name.split("/")
        return f"{point} {self._quantity(quantity)}"

    def _quantity(self, quantity: str) -> str:
        return self._translate(QUANTITY_WORDS.get(quantity, quantity))

    def _listed(self, heading: str, lines: Sequence[str]) -> list[str]:
        return [heading, *(f"  {line}" for line in lines)]

    def head(self) -> list[str]:
        """Return site, time, level and coverage together."""
        _, facts = self._translate, self._facts
        where = f"{facts.site_name}, {self.when(facts.time_ms)}"
        if facts.level is Level.GREEN:
            level = self.said(noted("no trigger exceeded"))
        else:
            level = self.said(noted("Level of the site: %(level)s"), level=self.level(facts.level))
        valid = self.said(noted("%(valid)s of %(total)s instruments valid"), valid=facts.valid, total=facts.total)
        grey = [self.said(noted("Too few instruments are valid to say more."))] if facts.grey else []
        return [where, f"{level}, {valid}", *grey]

    def alarms(self) -> list[str]:
        """Return what stands, and what changed within 24 hours."""
        stands = [
            f"{self.level(one.level)} {self._alarm(name)}: {self._translate(STATE_WORDS[shown(one)])}"
            + (f", {self.when(one.since_ms)}" if one.since_ms is not None else "")
            for name, one in self._facts.standing
        ]
        raised = [
            f"{self.when(at_ms)} {self._alarm(name)}: {self.level(before)} > {self.level(after)}"
            for name, before, after, at_ms in self._facts.raised
        ]
        return [
            *self._listed(self.said(noted("Alarms that stand: %(count)s"), count=len(stands)), stands),
            *self._listed(self.said(noted("Changes of level in 24 h: %(count)s"), count=len(raised)), raised),
        ]

    def changes(self) -> list[str]:
        """Return the newest values of what has limits, with their change."""
        lines = []
        for one in self._facts.changes:
            unit = QUANTITIES[one.quantity].unit if one.quantity in QUANTITIES else ""
            value = "-" if one.value is None else self._with_unit(one.value, unit)
            change = self.said(noted("no value 24 h before")) if one.change is None else self._change(one, unit)
            mark = f"{self.level(one.level)} " if one.level else ""
            lines.append(f"{mark}{one.point} {self._quantity(one.quantity)}: {value} ({change})")
        return self._listed(self.said(noted("Newest values and their change in 24 h")), lines)

    def _with_unit(self, value: float, unit: str) -> str:
        return with_unit(value, unit, self._language, self._translate)

    def _change(self, one: Change, unit: str) -> str:
        return ("+" if (one.change or 0) > 0 else "") + self._with_unit(one.change or 0.0, unit)

    def silent(self) -> list[str]:
        """Return which loggers are silent and which gauges have no valid reading."""
        loggers = [name if at_ms is None else f"{name}, {self.when(at_ms)}" for name, at_ms in self._facts.silent]
        invalid = list(self._facts.invalid)
        return [
            *self._listed(
                self.said(noted("Silent loggers, with their last reading: %(count)s"), count=len(loggers)), loggers
            ),
            *self._listed(
                self.said(noted("Points without a valid reading: %(count)s"), count=len(invalid)), invalid
            ),
        ]

    def overdue(self) -> list[str]:
        """Return which rounds, readings by hand and actions are overdue."""
        actions = [f"{what} ({role}), {self.when(due_ms)}" for what, role, due_ms in self._facts.actions]
        duties = [part_words("duty", one, self._language) for one in self._facts.overdue]
        return [
            *self._listed(
                self.said(noted("Overdue rounds and readings by hand: %(count)s"), count=len(duties)), duties
            ),
            *self._listed(self.said(noted("Overdue actions: %(count)s"), count=len(actions)), actions),
        ]

    def people(self) -> list[str]:
        """Return who is on duty, and what is wrong with the plan."""
        lines = [line for one in self._facts.duty for line in self._duty(one)]
        failed = self._facts.not_told
        more = (
            [self.said(noted("Messages of 24 h that reached nobody: %(count)s"), count=failed)] if failed else []
        )
        return [*self._listed(self.said(noted("On duty")), lines or [self.said(noted("there is no rota"))]), *more]

    def _duty(self, one: DutyNow) -> Iterator[str]:
        names = ", ".join(name_of(self._contacts, person) for person in one.persons)
        gap = f" ({self.said(noted('nobody is planned: everybody of the rota is told'))})" if one.gap else ""
        yield f"{one.rota}: {names}{gap}"
        for begin_ms, end_ms in one.gaps:
            nobody = self.said(noted("nobody is planned"))
            yield f"{one.rota}: {nobody}: {self.when(begin_ms)} - {self.when(end_ms)}"
        for first, second in one.overlaps:
            both = ", ".join(name_of(self._contacts, span.person) for span in (first, second))
            yield f"{one.rota}: {self.said(noted('two are planned'))}: {both}, {self.when(second.begin_ms)}"

    def loads(self) -> list[str]:
        """Return how many alarms each person got, and whether that is more than the facility allows."""
        load, lines = self._facts.load, []
        for one in load.persons:
            values = {"day": one.last_day, "hour": one.most_in_an_hour, "ten": one.most_in_10_min}
            said = self.said(noted("%(day)s in 24 h, at most %(hour)s in an hour, %(ten)s in 10 min"), **values)
            over = f" ({self.said(noted('more than the limit'))})" if one.over else ""
            lines.append(f"{name_of(self._contacts, one.person)}: {said}{over}")
        for heading, names in (
            (self.said(noted("chattering")), load.chattering),
            (self.said(noted("stale")), load.stale),
        ):
            lines += [f"{heading}: {self._alarm(name)}" for name in names or ()]
        return self._listed(self.said(noted("Alarms told to each person")), lines)
