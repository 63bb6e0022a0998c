"""What may stand at a place of a stored sentence: words of a table, a part with places of its own, or as it is."""

from collections.abc import Mapping

from collector.deeds.words import SEEN_WORDS
from collector.events import KINDS
from collector.notify.logger_words import COUNTED_WORDS, EVENT_WORDS, MEANINGS, STATUS_BITS
from collector.notify.words import KIND_WORDS
from collector.web.alarms import STATE_WORDS
from collector.web.deciding import DIRECTION_WORDS, ROLE_WORDS
from collector.web.thing_words import KIND_WORDS as THING_WORDS
from collector.web.words import LEVEL_WORDS, QUANTITY_WORDS, noted
from collector.web.works import WORK_WORDS

ID = r"[A-Za-z0-9._-]+"
_NAME = r"[^:\n]{1,200}?"  # of a person: with a colon in it a sentence could be read in more than one way
_TITLE = r"[^\n]{1,400}?"
_TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
_AMOUNT = r"-?[\d.]+(?:e[+-]?\d+)? \S+(?: per hour)?"
_ANY = r".*"

AS_IT_IS: Mapping[str, str] = {
    **dict.fromkeys(("point", "logger", "exercise", "set", "other", "again", "before_it", "barometer"), ID),
    **dict.fromkeys(("gateway", "site", "rota", "person", "action"), ID),
    **dict.fromkeys(("time", "until", "since"), _TIME),
    **dict.fromkeys(("seconds", "step_number", "count", "block", "slot", "number"), r"-?\d+"),
    **dict.fromkeys(("share", "tolerance", "hours"), r"-?[\d.]+(?:e[+-]?\d+)?"),
    **dict.fromkeys(
        (
            "about",
            "label",
            "points",
            "names",
            "permit",
            "item",
            "title",
            "act",
            "lane",
        ),
        _TITLE,
    ),
    **dict.fromkeys(("name", "task_name"), _NAME),
    "code": r"[0-9a-f]+",
    "day": r"\d{4}-\d\d-\d\d",
    "source": r"[^\s:;]+",
    "other_code": r"[0-9a-f]+",
    "detail": _ANY,
}
# Of parts, where they must not reach into what stands behind them.
_BITS = "|".join(STATUS_BITS)
SHAPES: Mapping[str, str] = {"by": rf"{_NAME} \([a-z_ ]+\)", "bits": f"(?:{_BITS})(?:, (?:{_BITS}))*"}
QUOTED: Mapping[str, str] = {"words": _ANY}  # what a person wrote
AMOUNTS: Mapping[str, str] = {"value": _AMOUNT, "limit": _AMOUNT}

_HAPPENED_WORDS = {
    **{kind: word for kind, word in KIND_WORDS.items() if word},
    "realarm": noted("announced again"),
    "escalated": noted("escalated"),
    "suppressed": noted("told by another rule"),
    "action_done": noted("action done"),
    "no_effect": noted("no effect"),
}
_STEPS = (noted("begin"), noted("passed"), noted("failed"))
_ANSWERS = (noted("as usual"), noted("remark"), noted("not seen"))
_WATER = (noted("cloudy"), noted("turbid"))
_METHODS = {
    "standpipe": noted("standpipe"),
    "staff_gauge": noted("staff gauge"),
    "bucket": noted("bucket and stop-watch"),
    "survey_mark": noted("survey mark"),
    "inclinometer": noted("inclinometer"),
}
_LEVELS = {level.name.lower(): word for level, word in LEVEL_WORDS.items()}


def _as_they_are(words: tuple[str, ...]) -> Mapping[str, str]:
    return {one: one for one in words}


TABLES: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("level", "before", "after"), _LEVELS),
    "direction": DIRECTION_WORDS,
    "happened": _HAPPENED_WORDS,
    "kind": _as_they_are(tuple(KINDS.values())),
    "event_name": EVENT_WORDS,
    "meaning": _as_they_are(MEANINGS),
    "bit": _as_they_are(STATUS_BITS),
    "seen": SEEN_WORDS,
    "work": {kind: word for kind, (_, word) in WORK_WORDS.items() if kind != "other"}
    | {"works": WORK_WORDS["other"][1]},
    "step": _as_they_are(_STEPS),
    "answer": _as_they_are(_ANSWERS),
    "water": _as_they_are(_WATER),
    "method": _METHODS,
    "state": {state.value: word for state, word in STATE_WORDS.items()},
}
# A quantity, or what was seen on the dam; one that the tables do not know keeps its identifier.
OPEN_TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "role": (r"[a-z_ ]+", ROLE_WORDS),
    "someone": (r"[^,]+", ROLE_WORDS),
    "quantity": (r"[a-z0-9_]+", QUANTITY_WORDS | SEEN_WORDS),
    "anything": (r"[a-z0-9_]+", QUANTITY_WORDS | {"anything": noted("anything")}),
    "input": (r"[a-z0-9_]+", THING_WORDS),
    "counted": (r"[a-z0-9 ]+", COUNTED_WORDS),
}

# Parts that have places of their own; the first that fits. One that none fits stays as it is written.
_WHO = "%(by)s: %(words)s"
_BY = "%(task_name)s (%(role)s)"
_INPUT = "%(input)s %(source)s: %(bits)s"
_STANDING = noted("%(point)s/%(quantity)s/%(direction)s %(level)s (%(state)s)")
_TASK = "%(title)s (%(role)s)"
PARTS: Mapping[str, tuple[str, ...]] = {
    "by": (_BY,),
    "who": (_WHO, "%(by)s"),
    "cause": (
        noted("%(value)s against %(limit)s"),
        noted("no value"),
        noted("a reading that came late: a worse level than %(level)s"),
        noted("a worse level than %(level)s"),
        noted("another rule has told this level"),
        noted("no other rule tells this level any more"),
        noted("beyond the limit of %(level)s again"),
        noted("it was shelved for this once, and is over"),
        noted("its time out of service is over"),
        noted("its time on the shelf is over"),
        noted("it still stands after %(seconds)s s"),
        noted("no valid reading for %(seconds)s s"),
        noted("nobody has acknowledged it for %(seconds)s s: step %(step_number)s"),
        _WHO,
        "%(by)s",
    ),
    "assessed": ("%(who)s (%(finding)s; %(decision)s)",),
    "taken_out": (noted("%(who)s (permit %(permit)s)"),),
    "done": ("%(by)s: %(words)s (%(role)s)",),
    "overdue": (
        noted("%(task)s is overdue; to be told: nobody stated"),
        noted("%(task)s is overdue; to be told: %(told)s"),
    ),
    "task": (_TASK,),
    "no_effect": (noted("%(who)s: without effect, %(why)s"),),
    "finding": (
        noted("it is real"),
        noted("it is a fault of the instrument"),
        noted("it comes from works on site"),
        noted("it is unclear"),
    ),
    "decision": (noted("its level follows the readings"), noted("its level stays")),
    "lacking": (
        noted("an engineer's assessment and an engineer's release (%(reason)s)"),
        noted("an engineer's assessment and an engineer's release"),
        noted("an engineer's release (%(reason)s)"),
        noted("an engineer's release"),
        noted("an engineer's assessment"),
    ),
    "one_reason": (
        noted("it was taken out of service"),
        _INPUT,
        "%(input)s %(source)s: %(inner)s",
        noted("logger %(logger)s is silent"),
        noted("%(input)s %(source)s has no reading at this time"),
        noted("%(input)s %(source)s has no reading within %(seconds)s s"),
        noted("%(input)s %(source)s has no value"),
        noted("%(input)s %(source)s has no value in the window"),
        noted("%(count)s days within the training window, %(number)s needed"),
        noted("the pipe is blocked"),
        noted("the table is not signed: see `seepline surface`"),
        noted("the instrument is not assigned to this point at this time"),
        noted("the instrument has no calibration valid at this time"),
        noted("withdrawn: corrected by act %(code)s"),
        noted("no reading"),
    ),
    "inner": (_INPUT,),
    "logged": (
        noted("%(event_name)s at block %(block)s, slot %(slot)s: %(meaning)s (%(numbers)s)"),
        noted("%(event_name)s at block %(block)s, slot %(slot)s (%(numbers)s)"),
        "%(event_name)s: %(meaning)s (%(numbers)s)",
        "%(event_name)s (%(numbers)s)",
        "%(event_name)s",
    ),
    "one_number": ("%(counted)s %(number)s",),
    "use": (
        noted("corrects nothing, for the sheet has no barometric term then"),
        noted("corrects nothing"),
        noted("corrects by it"),
    ),
    "place": (noted("the whole dam"), noted("section %(site)s")),
    "one_count": ("%(count)s %(answer)s",),
    "one_series": (noted("round %(title)s"), "%(point)s/%(method)s"),
    "duty": (noted("round %(title)s"), noted("%(point)s %(method)s")),
    "whose": (noted("whoever is planned"),),
    "does": (
        noted("is the first"),
        noted("only tightens"),
        noted("loosens something"),
        noted("changes what cannot be compared"),
        noted("changes no limit"),
    ),
    "stays": (noted("it is not decided yet"), noted("it stays until a successor is decided")),
    "one_standing": (_STANDING, noted("%(last)s and %(count)s more"), noted("no alarm")),
    "last": (_STANDING,),
    "why": (
        noted("the alarm has been raised by another event since"),
        noted("it is acknowledged already"),
        noted("no level stands"),
        noted("readings still say %(level)s"),
        noted("the set in force states no shelve_max_s for it"),
        noted("it may be shelved for at most %(seconds)s s from now"),
        noted("it stands at %(level)s, a worse level than %(before)s"),
        noted("it is not shelved"),
        noted("its end has passed"),
        noted("it is in service"),
        noted("%(action)s is no open action of this event"),
        noted("a real alarm stands: %(point)s/%(quantity)s/%(direction)s at %(level)s"),
        noted("no exercise runs"),
        noted("exercise %(exercise)s runs already"),
        noted("exercise %(exercise)s runs, not %(other)s"),
        noted("%(person)s may not release sirens in exercise %(exercise)s: it named %(other)s"),
        noted("the release would outlast the exercise"),
        noted("it would end at %(number)s ms; expected within %(count)s hours from now"),
        noted("set %(set)s: %(person)s proposed it; who proposes a set never approves it"),
        noted("set %(set)s: %(person)s approved it before"),
        noted("set %(set)s was overtaken: see set %(other)s"),
        noted("set %(set)s was withdrawn: see set %(other)s"),
        noted("set %(set)s is no longer proposed: see set %(other)s"),
        noted("set %(set)s was never submitted"),
        noted("set %(set)s: what was signed has SHA-256 %(code)s..., the set submitted %(other_code)s..."),
        noted("set %(set)s: %(person)s is %(role)s and did not propose it"),
        noted("set %(set)s is there already: a set is never changed, give the new one another id"),
        noted("set %(set)s: no rule of the policy says who approves it"),
        noted("whoever was to be told is not in notify.toml any more"),
        noted("to be told: %(told)s"),
    ),
}
# Several of one part, one after the other.
LISTS: Mapping[str, tuple[str, str]] = {
    "reason": ("; ", "one_reason"),
    "bits": (", ", "bit"),
    "numbers": (", ", "one_number"),
    "counts": (", ", "one_count"),
    "people": (", ", "by"),
    "series": (", ", "one_series"),
    "standing": (", ", "one_standing"),
    "told": (", ", "someone"),
}
