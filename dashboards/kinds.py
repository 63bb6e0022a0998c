"""Which kinds of event stand together; each is a pattern of the collector's kinds. A test holds them to those."""

ALARMS = ("level", "late", "unannounced", "returned", "realarm", "escalated", "missing", "resumed", "local_alarm")
PEOPLE = (
    "acknowledged",
    "assessed",
    "released",
    "(un)?shelved",
    "(un)?suppressed",
    "(in|out_of)_service",
    "observed",
    "action_.*",
    "no_effect",
    "duty",
)
LIMITS = ("set_.*", "policy", "surface", "air", "base", "recompute")
WORKS = ("works", "note", "remark", "round", "commissioning", "exercise_.*", "corrected")
SHAKEN = ("strong_motion",)
INSTRUMENTS = ("fault.*", "silence.*", "clock.*", "overdue.*")
MONITORING = (
    *INSTRUMENTS,
    "logger",
    ".*conflict",
    ".*damaged",
    "export_.*",
    "not_told",
    "disk_full",
    "hand_ahead",
    "act_unfit",
    "audit_head",
)
