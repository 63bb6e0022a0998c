"""/limits/new as data: every table and key of SET.toml, what stands there, what is in force beside it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from collector.deeds.set_words import (
    FIRST,
    IN_THE_UNIT,
    KEY_WORDS,
    NEW_WORDS,
    TABLE_WORDS,
    YES_NO,
)
from collector.deeds.words import LEVELS, SEEN_WORDS
from collector.web.deciding import DIRECTION_WORDS, ROLE_WORDS
from collector.web.words import Translate, quantity_word, rule_unit, unit_of
from seepline.sets.draft import LISTS, SINGLE, draft_of, keys
from seepline.sets.limit_set import LimitSet
from seepline.site import Site, Threshold

Choices = tuple[tuple[str, str], ...]
_NUMBERS = {float: "number", int: "whole", float | None: "number", int | None: "whole"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of the form. `form` is number, whole, lines, text, date or choice; `now` is what is in force."""

    key: str
    label: str
    form: str
    value: str
    now: str
    unit: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a table: what stands in the first row, and what is folded."""

    first: tuple[Cell, ...]
    more: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One list of SET.toml; `blank` is what a new entry begins from."""

    name: str
    title: str
    add: str
    rows: tuple[Row, ...]
    blank: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class SetForm:
    """The whole form: `start` is the set that it begins from ('': none), `against` the one it is compared with."""

    start: str
    against: str
    head: Row
    document: Row
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What the makers of the form need: the quantities that the site has, and the reader's language."""

    quantities: tuple[str, ...]
    translate: Translate


def empty_draft(site: Site) -> dict[str, Any]:
    """Return the draft of a first set: each rule that the site file has, and not one number."""
    rules = {(one.point, one.quantity, one.direction): one for one in site.thresholds}
    about = [dict(zip(("point", "quantity", "direction"), key, strict=True)) for key in rules]
    return {
        "threshold": [
            one | {"failure_mode": rule.failure_mode or site.point_by_id[rule.point].failure_mode}
            for one, rule in zip(about, rules.values(), strict=True)
        ],
        "action": [
            {"id": "-".join((*one.values(), level)), **one, "level": level} for one in about for level, _ in LEVELS
        ],
        "recipient": [{"level": level} for level, _ in LEVELS],
        "set": {"critical": "\n".join(one.id for one in site.points if one.critical)},
    }


def draft_from(site: Site, limits: LimitSet | None, follows: str) -> dict[str, Any]:
    """Return the draft of the set that comes after another: its rules as they are, its head and paper empty."""
    draft = empty_draft(site) if limits is None else draft_of(limits)
    kept = {
        key: draft["set"].get(key, "") for key in ("geometry", "geometry_date", "critical", "k1", "k2", "demo")
    }
    return draft | {"set": {**kept, "site": site.info.id, "follows": follows}, "document": {}}


def set_form(
    site: Site, draft: Mapping[str, Any], start: str, before: tuple[LimitSet | None, str], about: About
) -> SetForm:
    """Return the form of a draft, beside the set that stands before it."""
    _ = about.translate
    maker = _Maker(site, about, {one.name: one for one in before[0].thresholds} if before[0] else {})
    return SetForm(
        start=start,
        against=before[1],
        head=maker.row("set", draft["set"]),
        document=maker.row("document", draft["document"]),
        tables=tuple(
            Table(
                name=name,
                title=_(TABLE_WORDS[name]),
                add=_(NEW_WORDS[name]),
                rows=tuple(maker.row(name, one) for one in draft.get(name, ())),
                blank=maker.row(name, {}),
            )
            for name in LISTS
        ),
    )


class _Maker:
    """Makes the rows of one form; `now` are the rules in force by their name."""

    def __init__(self, site: Site, about: About, now: Mapping[str, Threshold]) -> None:
        self._, self._now = about.translate, now
        _ = about.translate
        self._roles = tuple((key, _(word)) for key, word in ROLE_WORDS.items())
        self._points = tuple((one, one) for one in site.point_by_id)
        self._quantities = tuple((key, self._quantity(key)) for key in about.quantities)

    def row(self, table: str, entry: Mapping[str, str]) -> Row:
        """Return one entry as cells."""
        cells = [self._cell(table, key, hint, entry) for key, hint in keys(table).items()]
        first = FIRST.get(table, tuple(keys(table)))
        by_key = {one.key: one for one in cells}
        return Row(tuple(by_key[key] for key in first), tuple(one for one in cells if one.key not in first))

    def _cell(self, table: str, key: str, hint: object, entry: Mapping[str, str]) -> Cell:
        value, choices = entry.get(key, ""), self._choices(table, key, hint)
        form = "choice" if choices else _form(key, hint)
        if choices and value and value not in dict(choices):
            choices = (*choices, (value, value))
        return Cell(
            key=key,
            label=self._(KEY_WORDS[key]),
            form=form,
            value=value,
            now=self._in_force(table, key, entry),
            unit=_unit(table, key, entry, self._),
            choices=choices,
        )

    def _choices(self, table: str, key: str, hint: object) -> Choices:
        if key == "quantity" or (table, key) == ("action", "quantity"):
            return self._quantities
        if key == "point":
            return self._points
        if key == "role":
            return self._roles
        if hint is bool:
            return tuple((one, self._(word)) for one, word in YES_NO.items())
        return tuple(self._literals(key, hint, table))

    def _literals(self, key: str, hint: object, table: str) -> Iterator[tuple[str, str]]:
        if key == "direction":
            yield from ((one, self._(word)) for one, word in DIRECTION_WORDS.items() if one != "observed")
        elif get_origin(hint) is Literal:
            words = {**dict(LEVELS), **(SEEN_WORDS if table == "observation" else {})}
            yield from ((one, self._(words[one])) for one in get_args(hint) if one)

    def _quantity(self, key: str) -> str:
        unit = unit_of(key, self._)
        return f"{quantity_word(key, self._)}{', ' if unit else ''}{unit}"

    def _in_force(self, table: str, key: str, entry: Mapping[str, str]) -> str:
        name = "/".join(entry.get(one, "") for one in ("point", "quantity", "direction"))
        if table != "threshold" or name not in self._now or key not in IN_THE_UNIT | {"delay_count", "delay_s"}:
            return ""
        return f"{getattr(self._now[name], key):g}"


def _form(key: str, hint: object) -> str:
    if key == "valid_from":
        return "date"
    if get_origin(hint) is tuple:
        return "lines"
    return next((form for kind, form in _NUMBERS.items() if kind == hint), "text")


def _unit(table: str, key: str, entry: Mapping[str, str], _: Translate) -> str:
    if key.endswith("_s") and key != "escalate_after_s":
        return _("s")
    if key in IN_THE_UNIT and table not in SINGLE and entry.get("quantity"):
        return rule_unit(entry["quantity"], entry.get("direction", ""), _)
    return ""
