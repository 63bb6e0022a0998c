"""Words of the pages on which people act: roles, kinds of event, what is seen on a dam, what a set of limits asks.

Tables hold English; what a table has no word for is shown as it is written.
"""

from collector.web.deciding import role_word
from collector.web.words import LEVEL_WORDS, Translate, noted
from seepline.sets.demand import Lack

LEVELS = tuple((level.name.lower(), word) for level, word in LEVEL_WORDS.items() if level)

SEEN_WORDS = {
    "crack": noted("crack"),
    "boil": noted("boil"),
    "turbid_seepage": noted("turbid seepage"),
    "slump": noted("slump"),
    "sinkhole": noted("sinkhole"),
    "overtopping": noted("overtopping"),
    "other": noted("something else"),
}

FINDING_WORDS = {
    "real": noted("real: the dam does what the reading says"),
    "instrument_fault": noted("fault of the instrument"),
    "works_on_site": noted("works on the site"),
    "unclear": noted("unclear"),
}

DECISION_WORDS = {
    "follow_readings": noted("the level follows the readings down"),
    "keep_level": noted("the level is kept"),
}

# Groups of kinds of event, as the journal is filtered by them.
GROUPS = {
    "alarms": (
        noted("alarms and what was done about them"),
        (
            "level",
            "late",
            "unannounced",
            "returned",
            "realarm",
            "escalated",
            "missing",
            "acknowledged",
            "assessed",
            "released",
            "shelved",
            "unshelved",
            "suppressed",
            "unsuppressed",
            "action_done",
            "action_overdue",
            "no_effect",
            "observed",
        ),
    ),
    "instruments": (
        noted("instruments and loggers"),
        (
            "fault",
            "fault_end",
            "silence",
            "silence_end",
            "clock",
            "clock_end",
            "conflict",
            "identity_conflict",
            "out_of_service",
            "in_service",
            "commissioning",
            "sheet",
            "logger",
        ),
    ),
    "people": (
        noted("notes, rounds, works"),
        ("note", "remark", "round", "works", "corrected", "base", "overdue", "overdue_end", "hand_ahead"),
    ),
    "limits": (
        noted("sets of limits and policy"),
        (
            "set_submitted",
            "set_approved",
            "set_decided",
            "set_tightened",
            "set_objected",
            "set_withdrawn",
            "set_overtaken",
            "set_superseded",
            "set_in_force",
            "set_refused",
            "policy",
            "audit_head",
        ),
    ),
    "exercises": (
        noted("exercises"),
        (
            "exercise_begin",
            "exercise_event",
            "exercise_siren",
            "exercise_end",
            "exercise_broken",
            "exercise_refused",
        ),
    ),
}

DOES_WORDS = {
    "first": noted("It is the first set."),
    "tightens": noted(
        "It only tightens: the engineer of record's word alone puts it in force; authorities may object."
    ),
    "loosens": noted("It loosens something: it needs every approval."),
    "changes": noted("It changes what cannot be compared: it needs every approval."),
    "same": noted("It changes no limit."),
}


def lack_words(lack: Lack, _: Translate) -> str:
    """Return one thing that is missing before a set is decided."""
    if lack.state:
        return _("an authority of %s") % lack.state
    if lack.role:
        return _("%(count)s in the role: %(role)s") % {"count": lack.lacking, "role": role_word(lack.role, _)}
    about = {"count": lack.lacking, "of": lack.of, "roles": ", ".join(role_word(one, _) for one in lack.roles)}
    if lack.roles:
        return _("%(count)s of %(of)s approvals in the role: %(roles)s") % about
    return _("%(count)s of %(of)s approvals") % about
