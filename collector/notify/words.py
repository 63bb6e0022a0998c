"""The words of messages: what a level looks like, what happened, units written and spoken, numbers and moments."""

from datetime import UTC, datetime
from math import floor, log10
from zoneinfo import ZoneInfo

from collector.web.words import LEVEL_WORDS, UNIT_WORDS, Translate, noted
from seepline.notices.kinds import KINDS
from seepline.notices.notice import Notice
from seepline.thresholds import Level

SHAPES = {
    Level.GREEN: "●",
    Level.YELLOW: "▲",
    Level.ORANGE: "◆",
    Level.RED: "■",
}  # as on the page: never colour only
PLAIN_SHAPE = "○"

_CIRCLE_WORDS = {
    "alarm": LEVEL_WORDS[Level.GREEN],
    "instrument": noted("instrument"),
    "service": noted("collector"),
    "limits": noted("limits"),
    "exercise": "",
}

KIND_WORDS = {
    "level": "",
    "late": noted("a late reading"),
    "realarm": noted("still stands"),
    "unshelved": noted("announced again"),
    "unsuppressed": noted("announced again"),
    "escalated": noted("not acknowledged"),
    "missing": noted("no valid reading for too long"),
    "action_overdue": noted("action overdue"),
    "resumed": noted("was not told while the collector was off"),
    "not_told": noted("somebody could not be told"),
    "strong_motion": noted("the ground shook: earthquake, blast or blow"),
    "returned": noted("readings are back, the level stays"),
    "acknowledged": noted("acknowledged"),
    "assessed": noted("assessed"),
    "released": noted("released by an engineer"),
    "shelved": noted("shelved"),
    "out_of_service": noted("out of service"),
    "in_service": noted("in service again"),
    "fault": noted("no valid reading"),
    "fault_end": noted("valid readings again"),
    "silence": noted("logger is silent"),
    "silence_end": noted("logger is heard again"),
    "clock": noted("clock is wrong"),
    "clock_end": noted("clock is right again"),
    "hand_ahead": noted("a reading by hand is dated ahead"),
    "conflict": noted("two values for one time"),
    "identity_conflict": noted("two contents of one record"),
    "overdue": noted("reading by hand or round overdue"),
    "overdue_end": noted("overdue reading or round was done"),
    "duty": noted("who is on duty changed"),
    "set_submitted": noted("limits are proposed"),
    "set_objected": noted("somebody objects to limits"),
    "set_withdrawn": noted("proposed limits are withdrawn"),
    "set_overtaken": noted("proposed limits are overtaken by others"),
    "set_superseded": noted("decided limits are replaced before they began"),
    "set_decided": noted("limits are decided"),
    "set_in_force": noted("limits come into force"),
    "set_tightened": noted("limits are tightened; you may object"),
    "policy": noted("who may act has changed"),
    "journal_damaged": noted("the raw journal was damaged"),
    "store_damaged": noted("the store was damaged"),
    "messages_damaged": noted("the book of messages was damaged"),
    "export_held": noted("InfluxDB takes nothing"),
    "export_resumed": noted("InfluxDB takes readings again"),
    "disk_full": noted("the disk is full"),
    "exercise_begin": noted("an exercise begins"),
    "exercise_event": noted("played, not measured"),
    "exercise_siren": noted("sirens are let sound"),
    "exercise_end": noted("the exercise is over"),
    "test": noted("a test, nothing happened"),
    "exercise_broken": noted("the exercise ended because of a real alarm"),
}

_SPOKEN_UNITS = {
    "kPa": noted("kilopascals"), "degC": noted("degrees Celsius"), "m": noted("metres"),
    "mm": noted("millimetres"), "deg": noted("degrees"), "mA": noted("milliamperes"), "1": "",
    "mm/h": noted("millimetres per hour"),
    "h": noted("hours"), "mm/d": noted("millimetres per day"), "d": noted("days"),
    "L/s": noted("litres per second"), "kPa/d": noted("kilopascals per day"), "m/d": noted("metres per day"),
    "m/s2": noted("metres per second squared"), "m/s": noted("metres per second"), "s": noted("seconds"),
}  # fmt: skip
_PER_HOUR = (" per hour", "/h")


def is_down(notice: Notice) -> bool:
    """Tell whether a notice says that a level was left for a lesser one."""
    return None not in (notice.from_level, notice.to_level) and (notice.to_level or 0) < (notice.from_level or 0)


def head(notice: Notice, _: Translate) -> str:
    """Return the word a message begins with: the level, or what it is about where there is none."""
    if notice.level > Level.GREEN:
        return _(LEVEL_WORDS[notice.level]).upper()
    word = _CIRCLE_WORDS[_circle(notice)]
    return _(word).upper() if word else ""


def _circle(notice: Notice) -> str:
    """Return what a kind of event is about; one that no event has (a test) is about the collector itself."""
    return KINDS[notice.kind].circle if notice.kind in KINDS else "service"


def happened(notice: Notice, _: Translate) -> str:
    """Return what happened in a few words; '' for a level that was reached, which says it by itself."""
    if notice.kind == "level" and is_down(notice):
        return _("ended, now %(level)s") % {"level": _(LEVEL_WORDS[notice.to_level or Level.GREEN])}
    if notice.readings > 1:
        return _("late readings: %(count)s") % {"count": notice.readings}
    word = KIND_WORDS.get(notice.kind, notice.kind.replace("_", " "))
    return _(word) if word else ""


def shape(notice: Notice) -> str:
    """Return the mark of a message's level; a hollow one where it has none."""
    return SHAPES[notice.level] if notice.level or _circle(notice) == "alarm" else PLAIN_SHAPE


def plain_number(value: float, language: str) -> str:
    """Return a number with four significant digits, and two decimals at least where it has them.

    >>> plain_number(1234.567, "en"), plain_number(-0.004126, "ru"), plain_number(60.0, "en")
    ('1234.57', '−0,004126', '60')
    """
    decimals = 2 if value == 0 else min(9, max(2, 3 - floor(log10(abs(value)))))
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace("-", "−")
    text = "0" if text == "−0" else text
    return text.replace(".", ",") if language == "ru" else text


def unit_word(unit: str, _: Translate) -> str:
    """Return a unit as it is written; a rate's unit is per hour."""
    whole, per_hour = _per_hour(unit)
    word = UNIT_WORDS.get(whole, whole)
    return (_(word) if word else "") + ("/" + _("h") if per_hour else "")


def unit_of(notice: Notice) -> str:
    """Return the unit of a notice's value and limit: of a rate it is per hour."""
    is_rate = notice.direction.startswith("rate") and not notice.unit.endswith(_PER_HOUR[0])
    return notice.unit + (_PER_HOUR[0] if is_rate else "")


def with_unit(value: float, unit: str, language: str, _: Translate) -> str:
    """Return a value with its unit."""
    return f"{plain_number(value, language)} {unit_word(unit, _)}".rstrip().replace(" °", "°").replace("°C", " °C")


def spoken(value: float, unit: str, language: str, _: Translate) -> str:
    """Return a value as it is read aloud: no sign is left to a machine's guess.

    >>> spoken(-61.25, "kPa", "en", str)
    'minus 61 point 25 kilopascals'
    """
    number = plain_number(abs(value), "en").replace(".", " " + _("point") + " ")
    sign = _("minus") + " " if value < 0 and plain_number(value, "en") != "0" else ""
    whole, per_hour = _per_hour(unit)
    word = _SPOKEN_UNITS.get(whole, whole)
    return f"{sign}{number} {_(word) if word else ''}".rstrip() + (" " + _("per hour") if per_hour else "")


def _per_hour(unit: str) -> tuple[str, bool]:
    """Return a rate's own unit, and whether it is per hour: 'mm/h' is a unit by itself."""
    end = next((one for one in _PER_HOUR if unit.endswith(one) and unit not in UNIT_WORDS), "")
    return unit.removesuffix(end), bool(end)


def local(time_ms: int, timezone: str) -> datetime:
    """Return a moment on the site's clock, to the second."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).astimezone(ZoneInfo(timezone))
