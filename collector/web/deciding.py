"""Words for those who decide on limits, for where a set stands, what a rule looks at, and what a change does."""

from collector.web.words import Translate, noted

ROLE_WORDS = {
    "operator": noted("operator"),
    "observer": noted("observer"),
    "responsible_engineer": noted("responsible engineer"),
    "engineer_of_record": noted("engineer of record"),
    "deputy_engineer_of_record": noted("deputy engineer of record"),
    "accountable_executive": noted("accountable executive"),
    "independent_reviewer": noted("independent reviewer"),
    "inspector": noted("inspector"),
    "authority": noted("authority"),
    "administrator": noted("administrator"),
}

STATUS_WORDS = {
    "submitted": noted("proposed"),
    "approved": noted("approved, not in force yet"),
    "in force": noted("in force"),
    "superseded": noted("superseded"),
    "withdrawn": noted("withdrawn"),
    "overtaken": noted("overtaken by another set"),
}

VERDICT_WORDS = {"tighter": noted("tighter"), "looser": noted("looser"), "other": noted("cannot be compared")}

DIRECTION_WORDS = {
    "above": noted("above"),
    "below": noted("below"),
    "rate_up": noted("rising, per hour"),
    "rate_down": noted("falling, per hour"),
    "observed": noted("observed"),
}


def role_word(role: str, _: Translate) -> str:
    """Return a role as people say it; what is no role stays as it is written."""
    return _(ROLE_WORDS[role]) if role in ROLE_WORDS else role.replace("_", " ")


def direction_word(direction: str, _: Translate) -> str:
    """Return the direction of a rule as people say it."""
    return _(DIRECTION_WORDS[direction]) if direction in DIRECTION_WORDS else direction.replace("_", " ")
