"""Which sentences the store holds, by kind of event, with places for what differs from one to the next.

They are the English ones of collector/events.py and of those who make events; the first that fits a sentence is
its own. What may stand at a place is said in collector/notify/sentence_parts.py. A sentence of any kind may say
before it that it is real, while an exercise runs (REAL).
"""

from collections.abc import Mapping

from collector.web.words import noted

REAL = noted("REAL, not exercise %(exercise)s: %(sentence)s")

_CHANGE = noted("%(point)s %(quantity)s: %(before)s to %(after)s, %(cause)s (%(direction)s) at %(time)s.")
_LATE = noted(
    "%(point)s %(quantity)s: %(before)s to %(after)s, %(cause)s (%(direction)s) at %(time)s, came late: %(until)s."
)
_UNANNOUNCED = noted(
    "%(point)s %(quantity)s: %(before)s to %(after)s, %(cause)s (%(direction)s) at %(time)s, not announced."
)
_STANDS = noted("%(point)s %(quantity)s: %(happened)s, %(cause)s; level %(level)s (%(direction)s) at %(time)s.")
_RETURNED = noted(
    "%(point)s %(quantity)s: returned, readings are back, the level stays until there is %(lacking)s;"
    " level %(level)s (%(direction)s) at %(time)s."
)
_ASSESSED = noted(
    "%(point)s %(quantity)s: %(happened)s, %(assessed)s; level %(level)s (%(direction)s) at %(time)s."
)
_TAKEN_OUT = noted(
    "%(point)s %(quantity)s: %(happened)s, %(taken_out)s; level %(level)s (%(direction)s) at %(time)s."
)
_DONE = noted("%(point)s %(quantity)s: %(happened)s, %(done)s; level %(level)s (%(direction)s) at %(time)s.")
_OVERDUE = noted("%(point)s %(quantity)s: %(happened)s, %(overdue)s; level %(level)s (%(direction)s) at %(time)s.")
_NO_EFFECT = noted(
    "%(point)s %(quantity)s: %(happened)s, %(no_effect)s; level %(level)s (%(direction)s) at %(time)s."
)
_ABOUT = noted("%(about)s at %(time)s: %(kind)s.")
_LOGGER = noted("Logger %(logger)s: %(logged)s at %(time)s.")

_ALARMS = {
    "level": (_CHANGE,),
    "late": (_LATE,),
    "unannounced": (_UNANNOUNCED,),
    **dict.fromkeys(("realarm", "escalated", "missing", "acknowledged", "released"), (_STANDS,)),
    **dict.fromkeys(("shelved", "unshelved", "suppressed", "unsuppressed", "in_service"), (_STANDS,)),
    "returned": (_RETURNED,),
    "assessed": (_ASSESSED,),
    "out_of_service": (_TAKEN_OUT,),
    "action_done": (_DONE,),
    "action_overdue": (_OVERDUE,),
    "no_effect": (
        _NO_EFFECT,
        noted("%(who)s: without effect, no rule judges %(anything)s at %(point)s"),
    ),
    "observed": (
        noted("%(who)s (%(seen)s at %(point)s, photos %(names)s)"),
        noted("%(who)s (%(seen)s at %(point)s)"),
    ),
}

_INSTRUMENTS = {
    "fault": (
        noted("%(point)s %(quantity)s: no valid reading (%(reason)s) since %(time)s; its level stays %(level)s."),
        noted(
            "%(point)s %(quantity)s: no valid reading (%(reason)s) since %(time)s; no trigger was exceeded before."
        ),
    ),
    "fault_end": (
        noted("%(point)s %(quantity)s: valid readings again since %(time)s; its level stays %(level)s."),
        noted("%(point)s %(quantity)s: valid readings again since %(time)s; no trigger was exceeded before."),
    ),
    "silence": (
        noted(
            "Logger %(logger)s: no reading for more than %(seconds)s s; last reading %(time)s, noticed %(until)s."
        ),
    ),
    "silence_end": (
        noted("Logger %(logger)s: readings are coming again; newest reading %(time)s, noticed %(until)s."),
    ),
    "clock": (
        noted(
            "Logger %(logger)s: readings are dated %(seconds)s s ahead of the collector's clock, %(time)s;"
            " they are kept and not judged until the wrong clock is set."
        ),
    ),
    "clock_end": (noted("Logger %(logger)s: readings are dated right again, noticed %(time)s."),),
    "logger": (_LOGGER,),
    "strong_motion": (_LOGGER,),
    **dict.fromkeys(("conflict", "identity_conflict"), (_ABOUT,)),
    "air": (
        noted(
            "%(by)s accepted that %(point)s answers the air at %(barometer)s by %(share)s kPa per kPa,"
            " give or take %(tolerance)s; tested from %(time)s on, %(use)s: %(words)s"
        ),
    ),
    "surface": (noted("%(by)s signed %(label)s of %(point)s: %(words)s"),),
    "commissioning": (
        noted("%(point)s: in commissioning, stored and not judged from %(time)s on: %(words)s (%(name)s)"),
        noted("%(point)s: baseline accepted, judged from %(time)s on: %(words)s (%(name)s)"),
    ),
}

_PEOPLE = {
    "note": (noted("%(name)s at %(time)s: %(words)s"),),
    "key": (
        noted("%(name)s makes a further key known, for %(words)s, until %(time)s: %(code)s..."),
        noted("%(name)s ends a further key: %(words)s: %(code)s..."),
        noted("%(name)s ends a further key: %(code)s..."),
    ),
    "sheet": (noted("%(name)s accepted the sheet %(title)s of %(source)s; SITE.toml is to take it"),),
    "recompute": (
        noted("%(name)s asked that history be made again, of everything, of all points: %(words)s"),
        noted("%(name)s asked that history be made again, from %(time)s on, of all points: %(words)s"),
        noted(
            "%(name)s asked that history be made again, of everything,"
            " of %(points)s and all that depends on it: %(words)s"
        ),
        noted(
            "%(name)s asked that history be made again, from %(time)s on,"
            " of %(points)s and all that depends on it: %(words)s"
        ),
    ),
    "works": (
        noted(
            "%(name)s: works %(code)s ended at %(time)s: there is no such entry in the diary, or it begins later;"
            " nothing was changed"
        ),
        noted("%(name)s: works %(code)s ended at %(time)s"),
        noted(
            "%(name)s: works %(code)s taken back: %(words)s: there is no such entry in the diary, or it begins"
            " later; nothing was changed"
        ),
        noted("%(name)s: works %(code)s taken back: %(words)s"),
        noted("%(work)s, %(place)s, since %(time)s: %(words)s (%(name)s)"),
        noted("%(work)s, %(place)s, %(time)s to %(until)s: %(words)s (%(name)s)"),
    ),
    "local_alarm": (
        noted("%(name)s at %(time)s, local alarm of %(gateway)s: released: %(words)s"),
        noted("%(name)s at %(time)s, local alarm of %(gateway)s: proof test, %(step)s %(words)s"),
        noted("%(name)s at %(time)s, local alarm of %(gateway)s: proof test, %(step)s"),
    ),
    "remark": (
        noted("%(name)s: %(point)s: the seepage is %(water)s"),
        noted("%(name)s: %(item)s %(answer)s: %(words)s"),
        noted("%(name)s: %(point)s: %(words)s"),
    ),
    "round": (
        noted("%(name)s: %(item)s: %(counts)s. %(words)s"),
        noted("%(name)s: %(item)s: %(counts)s."),
    ),
    "corrected": (noted("%(name)s corrects act %(code)s: %(words)s"),),
    "base": (noted("%(name)s: base survey of %(point)s is act %(code)s: %(words)s"),),
    "hand_ahead": (noted("%(name)s: %(series)s is dated %(time)s, ahead of the clock here; not judged."),),
    "overdue": (
        noted("Overdue: %(duty)s, never done; expected every %(hours)s h."),
        noted("Overdue: %(duty)s, last done %(time)s; expected every %(hours)s h."),
    ),
    "overdue_end": (noted("Done: %(duty)s, %(time)s."),),
    "duty": (
        noted("Duty %(rota)s: %(person)s instead of %(whose)s, %(time)s to %(until)s, by %(name)s: %(words)s."),
        noted("Duty %(rota)s: %(person)s instead of %(whose)s, %(time)s to %(until)s, by %(name)s."),
    ),
    "act_unfit": (noted("%(name)s (%(act)s): no longer fits the site file: %(detail)s"),),
}

_EXERCISES = {
    "exercise_begin": (
        noted(
            "EXERCISE %(exercise)s (%(title)s): begun by %(name)s, until %(until)s;"
            " readings and alarms go on as always."
        ),
    ),
    "exercise_event": (
        noted("EXERCISE %(exercise)s (%(title)s): assumed by %(name)s: %(level)s at %(point)s: %(words)s."),
    ),
    "exercise_siren": (
        noted(
            "EXERCISE %(exercise)s (%(title)s): sirens of all gateways released by %(name)s,"
            " %(time)s to %(until)s."
        ),
        noted(
            "EXERCISE %(exercise)s (%(title)s): sirens of %(gateway)s released by %(name)s, %(time)s to %(until)s."
        ),
    ),
    "exercise_end": (
        noted("EXERCISE %(exercise)s (%(title)s): over, for its time has come."),
        noted("EXERCISE %(exercise)s (%(title)s): ended by %(name)s: %(words)s."),
        noted("EXERCISE %(exercise)s (%(title)s): ended by %(name)s."),
    ),
    "exercise_broken": (
        noted(
            "EXERCISE %(exercise)s (%(title)s): broken off by a real alarm of %(point)s;"
            " sirens are released no longer."
        ),
    ),
    "exercise_refused": (noted("EXERCISE %(exercise)s: %(name)s: no effect: %(why)s."),),
}

_LIMITS = {
    "policy": (
        noted("Who may act on site %(site)s is now written in policy %(code)s."),
        noted("Who may act on site %(site)s is now written in policy %(code)s; %(detail)s."),
    ),
    "audit_head": (noted("Audit head of %(day)s: %(code)s. Keep it: the chain of acts must hold it for good."),),
    "set_submitted": (noted("%(by)s proposes set %(set)s, which %(does)s: %(words)s"),),
    "set_approved": (
        noted("%(by)s approves set %(set)s for %(title)s."),
        noted("%(by)s approves set %(set)s."),
    ),
    "set_objected": (
        noted("%(by)s objects to set %(set)s for %(title)s; %(stays)s: %(words)s"),
        noted("%(by)s objects to set %(set)s; %(stays)s: %(words)s"),
    ),
    "set_withdrawn": (
        noted("%(by)s withdraws set %(set)s for %(other)s: %(words)s; it stays in force until then."),
        noted("%(by)s withdraws set %(set)s for %(other)s: %(words)s"),
    ),
    "set_decided": (noted("Set %(set)s, which %(does)s, is approved by %(people)s."),),
    "set_tightened": (
        noted("Set %(set)s only tightens and is decided by the engineer of record; authorities may object."),
    ),
    "set_superseded": (noted("Set %(set)s never comes into force: %(other)s takes its place."),),
    "set_overtaken": (
        noted(
            "Set %(set)s was proposed on top of the provisional limits; %(other)s is decided meanwhile."
            " Submit it anew, following %(again)s."
        ),
        noted(
            "Set %(set)s was proposed on top of %(before_it)s; %(other)s is decided meanwhile."
            " Submit it anew, following %(again)s."
        ),
    ),
    "set_in_force": (noted("Set %(set)s is in force."),),
    "set_refused": (noted("%(name)s: an act on a set has no effect: %(why)s."),),
}

_SERVICE = {
    "export_refused": (
        noted(
            "InfluxDB refuses some of the %(lane)s: %(detail)s. The store keeps them;"
            " `seepline collector refused` lists them."
        ),
    ),
    "export_held": (noted("%(detail)s: nothing goes to InfluxDB until that is mended."),),
    "export_resumed": (noted("InfluxDB takes readings again."),),
    "resumed": (
        noted("The collector: watches from %(time)s on; standing: %(standing)s."),
        noted("The collector: off since %(since)s, watches from %(time)s on; standing: %(standing)s."),
    ),
    "not_told": (noted("Nobody who should be told of this has been reached (%(why)s): %(sentence)s"),),
    "disk_full": (noted("Nothing can be judged or kept since %(time)s (%(detail)s): free disk space."),),
    **dict.fromkeys(("messages_damaged", "journal_damaged", "store_damaged"), (_ABOUT,)),
}

SENTENCES: Mapping[str, tuple[str, ...]] = {
    **_ALARMS,
    **_INSTRUMENTS,
    **_PEOPLE,
    **_EXERCISES,
    **_LIMITS,
    **_SERVICE,
}
