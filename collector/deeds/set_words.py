"""What the keys of SET.toml are called in a form, which of them stand in the first row, and how each is typed."""

from collector.web.deciding import direction_word
from collector.web.words import Translate, noted, quantity_word, rule_unit

TABLE_WORDS = {
    "threshold": noted("Rules"),
    "action": noted("Actions: who does what within what time; each level of each rule needs one"),
    "recipient": noted("Recipients: who is told of a level of the site"),
    "criterion": noted("National criteria K1 and K2"),
    "percentile": noted("Limits that are a percentile of what was measured"),
    "vote": noted("Votes"),
    "observation": noted("Observations: the level that something seen sets at least"),
}

NEW_WORDS = {
    "threshold": noted("Add a rule"),
    "action": noted("Add an action"),
    "recipient": noted("Add a recipient"),
    "criterion": noted("Add a criterion"),
    "percentile": noted("Add a percentile"),
    "vote": noted("Add a vote"),
    "observation": noted("Add an observation"),
}

# Of a table with many keys, those that stand in the first row; the others are folded.
FIRST = {
    "threshold": ("point", "quantity", "direction", "yellow", "orange", "red", "deadband", "delay_count"),
    "action": ("level", "point", "quantity", "direction", "what", "role", "within_s", "notify"),
}

KEY_WORDS = {
    "id": noted("Id"),
    "site": noted("Site"),
    "follows": noted("Follows the set"),
    "valid_from": noted("In force from, at the earliest"),
    "reason": noted("Reason"),
    "geometry": noted("Made for the geometry"),
    "geometry_date": noted("Date of its survey, such as 2026-08-14"),
    "critical": noted("Critical points, one on each line"),
    "k1": noted("Level that K1 stands for"),
    "k2": noted("Level that K2 stands for"),
    "demo": noted("Only for a demonstration"),
    "title": noted("Title"),
    "number": noted("Number"),
    "date": noted("Date, such as 2026-10-30"),
    "sha256": noted("SHA-256 of its file"),
    "point": noted("Point"),
    "quantity": noted("Quantity"),
    "direction": noted("Direction"),
    "yellow": noted("yellow"),
    "orange": noted("orange"),
    "red": noted("red"),
    "deadband": noted("Deadband"),
    "delay_count": noted("Readings in a row"),
    "failure_mode": noted("What it warns of"),
    "rate_window_s": noted("Window of the rate"),
    "delay_s": noted("Delay"),
    "off_count": noted("Readings in a row to go down"),
    "off_s": noted("Delay to go down"),
    "latch": noted("Stays until released, from level"),
    "realarm_s": noted("Announced again after"),
    "escalate_after_s": noted("Next persons after, s, one on each line"),
    "shelve_max_s": noted("May be shelved for at most"),
    "missing_s": noted("Told when no valid reading for"),
    "only_with": noted("Only with the rule point/quantity/direction"),
    "suppressed_by": noted("Not announced while the rule point/quantity/direction tells as much"),
    "vote": noted("Votes in the group"),
    "longest_s": noted("Longest time to the last message"),
    "repeat": noted("Measured again at once"),
    "level": noted("Level"),
    "what": noted("What is done"),
    "role": noted("Role"),
    "within_s": noted("Within"),
    "page": noted("Page of the manual"),
    "notify": noted("Whom to tell, one on each line"),
    "organisation": noted("Organisation; empty: everywhere"),
    "act": noted("Number of the act"),
    "percentile": noted("Percentile"),
    "readings_a_year": noted("Readings a year"),
    "needed": noted("So many have to say it"),
    "kind": noted("What was seen"),
}

YES_NO = {"true": noted("yes"), "false": noted("no")}
IN_THE_UNIT = frozenset(("yellow", "orange", "red", "deadband", "k1", "k2"))  # of a rule's quantity

ENTRY_WORDS = {
    "rule": noted("rule"),
    "criterion": noted("criterion"),
    "action": noted("action"),
    "percentile": noted("percentile"),
    "vote": noted("vote"),
    "observation": noted("observation"),
    "critical": noted("critical point"),
    "recipient": noted("recipient"),
}


def change_words(place: str, _: Translate) -> str:
    """Return where a change is, as people say it, with the unit of its values.

    >>> change_words("rule P1 pore_pressure above: yellow", str)
    'rule P1, pore pressure (above): yellow, kPa'
    >>> change_words("set.geometry", str)
    'Made for the geometry'
    """
    entry, _space, rest = place.partition(" ")
    if entry not in ENTRY_WORDS:
        key = entry.rpartition(".")[2]
        return _(KEY_WORDS[key]) if key in KEY_WORDS else place
    name, _colon, key = rest.rpartition(": ") if ": " in rest else (rest, "", "")
    about, unit = _entry(entry, name, _)
    if not key:
        return f"{_(ENTRY_WORDS[entry])} {about}"
    label = _(KEY_WORDS[key]) if key in KEY_WORDS else key
    shown_unit = unit if key in IN_THE_UNIT else _("s") if key.endswith("_s") else ""
    return f"{_(ENTRY_WORDS[entry])} {about}: {label}{', ' if shown_unit else ''}{shown_unit}"


def _entry(entry: str, name: str, _: Translate) -> tuple[str, str]:
    """Return an entry's name in words, and the unit of its rule."""
    parts = name.split(" ")
    if entry not in ("rule", "criterion", "percentile") or len(parts) < 3:
        return name, ""
    point, quantity, direction = parts[:3]
    words = f"{point}, {quantity_word(quantity, _)} ({direction_word(direction, _)})"
    return words, rule_unit(quantity, direction, _)
