"""The forms by which people act: one row for each kind of act, its fields as the act's body has them.

A page fills a form with what it knows (`filled`); static/act.js makes the body of it, shows what will be signed,
signs it with the key that the browser keeps, and posts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from collector.deeds.words import DECISION_WORDS, FINDING_WORDS, LEVELS, SEEN_WORDS
from collector.web.visitor import Visitor
from collector.web.words import noted
from collector.web.works import WORK_WORDS
from seepline.acts.kinds import KINDS

Choices = tuple[tuple[str, str], ...]


class Field(NamedTuple):
    """One key of a body. `type` is how act.js reads it: text, exact, ms, list, bool, photos; `wide` has lines.

    `fixed` is not asked but shown before it is signed. `plain`: its choices are names, not words to be translated.
    """

    name: str
    label: str
    type: str = "text"
    choices: Choices = ()
    needed: bool = True
    wide: bool = False
    fixed: bool = False
    plain: bool = False


class Form(NamedTuple):
    """One kind of act."""

    kind: str
    title: str
    button: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form with what a page knows: `values` by field, `choices` in the place of a field's own."""

    form: Form
    values: Mapping[str, str]
    choices: Mapping[str, Choices]
    roles: tuple[str, ...]
    open: bool = False

    def choices_of(self, field: Field) -> Choices:
        """Return what may be chosen in a field."""
        return self.choices.get(field.name, field.choices)


def _words(table: Mapping[str, str]) -> Choices:
    return tuple(table.items())


_ALARM = Field("alarm", noted("Alarm"), fixed=True)
_EVENT = Field("event", noted("Event"), fixed=True)
_WHY = Field("reason", noted("Reason"), wide=True)
_REMARK = Field("reason", noted("Remark"), needed=False, wide=True)
_ENTRY = Field("entry", noted("Entry"), fixed=True)
_POINT = Field("point", noted("Point"), plain=True)
_EXERCISE = Field("exercise", noted("Exercise"), fixed=True)
_SET = (Field("set", noted("Set"), fixed=True), Field("digest", noted("SHA-256 of its text"), fixed=True))

_ROWS = (
    Form("acknowledge", noted("Acknowledge: I have seen it"), noted("Acknowledge"), (_ALARM, _EVENT, _REMARK)),
    Form(
        "assess",
        noted("Assess: what it is"),
        noted("Assess"),
        (
            _ALARM,
            _EVENT,
            Field("finding", noted("Finding"), choices=_words(FINDING_WORDS)),
            Field("decision", noted("Decision"), choices=_words(DECISION_WORDS)),
            _WHY,
        ),
    ),
    Form("release", noted("Release a level that is kept"), noted("Release"), (_ALARM, _EVENT, _WHY)),
    Form(
        "shelve",
        noted("Shelve: not to be told for a time"),
        noted("Shelve"),
        (
            _ALARM,
            Field("up_to", noted("Levels up to"), choices=LEVELS),
            Field("until_ms", noted("Until"), "ms"),
            Field("one_shot", noted("Only until this excursion is over"), "bool", needed=False),
            _WHY,
        ),
    ),
    Form("unshelve", noted("Announce it again"), noted("Announce again"), (_ALARM, _REMARK)),
    Form(
        "out_of_service",
        noted("Take the instrument out of service"),
        noted("Take out of service"),
        (
            Field("point", noted("Point"), fixed=True),
            Field("until_ms", noted("Until"), "ms"),
            Field("permit", noted("Number of the work permit")),
            _WHY,
        ),
    ),
    Form(
        "in_service",
        noted("The instrument is in service again"),
        noted("Put into service"),
        (Field("point", noted("Point"), fixed=True), _WHY),
    ),
    Form(
        "action_done",
        noted("An action is done"),
        noted("It is done"),
        (_ALARM, _EVENT, Field("action", noted("Action"), plain=True), _REMARK),
    ),
    Form(
        "observe",
        noted("Something was seen on the dam"),
        noted("Report it"),
        (
            Field("place", noted("Point or section"), plain=True),
            Field("what", noted("What was seen"), choices=_words(SEEN_WORDS)),
            Field("level", noted("Level, as you judge it"), choices=LEVELS),
            Field("seen_ms", noted("Seen at"), "ms"),
            Field("text", noted("In words"), wide=True),
            Field("photos", noted("Photos"), "photos", needed=False),
        ),
    ),
    Form(
        "note",
        noted("Note"),
        noted("Write it down"),
        (
            _POINT._replace(needed=False),
            Field("at_ms", noted("Seen at"), "ms"),
            Field("text", noted("In words"), wide=True),
        ),
    ),
    Form(
        "set_approve",
        noted("Approve this set"),
        noted("Approve"),
        (
            *_SET,
            Field("act_title", noted("Title of the legal act, if there is one"), needed=False),
            Field("act_number", noted("Its number"), needed=False),
            Field("act_date", noted("Its date, such as 2026-11-20"), needed=False),
            Field("act_sha256", noted("SHA-256 of its file"), "sha256", needed=False),
        ),
    ),
    Form("set_object", noted("Object to this set"), noted("Object"), (*_SET, _WHY)),
    Form(
        "set_withdraw",
        noted("Withdraw this set"),
        noted("Withdraw"),
        (*_SET, Field("successor", noted("The set that shall be instead")), _WHY),
    ),
    Form(
        "exercise_begin",
        noted("Begin an exercise"),
        noted("Begin"),
        (
            Field("exercise", noted("Its id: letters, digits, dot, underline, hyphen")),
            Field("name", noted("Its name")),
            Field("until_ms", noted("Until, within 72 hours"), "ms"),
            Field("siren_authority", noted("Who may release sirens: the person's id"), needed=False, plain=True),
        ),
    ),
    Form(
        "exercise_event",
        noted("Play an event"),
        noted("Play it"),
        (
            _EXERCISE,
            _POINT,
            Field("level", noted("Level"), choices=LEVELS),
            Field("text", noted("What is assumed to happen"), wide=True),
        ),
    ),
    Form(
        "siren_release",
        noted("Release the sirens for a time"),
        noted("Release the sirens"),
        (
            _EXERCISE,
            Field("from_ms", noted("From"), "ms"),
            Field("until_ms", noted("Until"), "ms"),
            Field("gateway", noted("Gateway; empty: all of them"), needed=False, plain=True),
        ),
    ),
    Form(
        "exercise_end",
        noted("End the exercise"),
        noted("End it"),
        (_EXERCISE, Field("text", noted("Remark"), needed=False, wide=True)),
    ),
    Form(
        "diary",
        noted("New entry"),
        noted("Write it down"),
        (
            Field("work", noted("Works"), choices=tuple((key, word) for key, (_, word) in WORK_WORDS.items())),
            Field("from_ms", noted("From"), "ms"),
            Field("to_ms", noted("Until; empty: they go on"), "ms", needed=False),
            Field("section", noted("Section; empty: the whole dam, or the points below"), needed=False)._replace(
                plain=True
            ),
            Field("points", noted("Points, one on each line"), "list", needed=False, wide=True),
            Field("text", noted("In words"), wide=True),
        ),
    ),
    Form(
        "diary_end",
        noted("The works have ended"),
        noted("They have ended"),
        (_ENTRY, Field("to_ms", noted("Ended at"), "ms")),
    ),
    Form("diary_withdraw", noted("Take an entry back"), noted("Take it back"), (_ENTRY, _WHY)),
    Form(
        "commissioning_begun",
        noted("Take a point into commissioning"),
        noted("Take into commissioning"),
        (_POINT, Field("from_ms", noted("From"), "ms"), _WHY),
    ),
    Form(
        "baseline_accepted",
        noted("Accept the baseline of a point"),
        noted("Accept the baseline"),
        (
            _POINT,
            Field("from_ms", noted("Its readings count from"), "ms"),
            Field("source", noted("Where the baseline stands")),
        ),
    ),
    Form(
        "duty",
        noted("Take over a duty, or give it to another"),
        noted("Swap the duty"),
        (
            Field("rota", noted("Rota"), plain=True),
            Field("person", noted("Who has it now"), plain=True),
            Field("instead_of", noted("Instead of; empty: of whoever is planned"), needed=False, plain=True),
            Field("from_ms", noted("From"), "ms"),
            Field("until_ms", noted("Until, within 60 days"), "ms"),
            _REMARK,
        ),
    ),
    Form(
        "sheet_accept",
        noted("Accept this sheet"),
        noted("Accept"),
        (
            Field("instrument", noted("Instrument"), fixed=True),
            Field("calibration", noted("Sheet and version"), fixed=True),
            Field("sheet", noted("SHEET.toml"), "exact", fixed=True),
            Field("site", noted("Digest of the site file that runs"), fixed=True),
        ),
    ),
    Form(
        "recompute",
        noted("Ask that history is made again"),
        noted("Make history again"),
        (
            Field("points", noted("Points, one on each line; empty: all"), "list", needed=False, wide=True),
            Field("from_ms", noted("From; empty: everything"), "ms", needed=False),
            Field("site", noted("Digest of the site that judges"), fixed=True),
            _WHY,
        ),
    ),
)  # fmt: skip

FORMS: Mapping[str, Form] = {one.kind: one for one in _ROWS}


def filled(
    kind: str, values: Mapping[str, str] | None = None, *, opened: bool = False, **choices: Choices
) -> Filled:
    """Return the form of a kind of act with what is known."""
    roles = tuple(sorted(KINDS[kind].roles))
    return Filled(form=FORMS[kind], values=values or {}, choices=choices, roles=roles, open=opened)


def for_role(forms: tuple[Filled, ...], visitor: Visitor) -> tuple[Filled, ...]:
    """Return the forms that a visitor's role may sign; all of them while nobody is signed in."""
    return tuple(one for one in forms if not visitor.role or visitor.role in one.roles)


def plain(names: tuple[str, ...]) -> Choices:
    """Return names as choices."""
    return tuple((name, name) for name in names)
