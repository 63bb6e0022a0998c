"""A notice as sentences that are read aloud, twice, for the first time is lost on waking up."""

from collections.abc import Iterator

from collector.notify import words
from collector.notify.sender import Letter
from collector.web.catalogue import catalogue
from collector.web.words import Translate, quantity_word
from seepline.notices.notice import Notice


def letter(notice: Notice, language: str) -> Letter:
    """Return what is read aloud of one notice."""
    _ = catalogue(language).gettext
    said = " ".join(_sentences(notice, language, _))
    return Letter("", " ".join((said, _("I repeat."), said)))


def _sentences(notice: Notice, language: str, _: Translate) -> Iterator[str]:
    if notice.exercise:
        yield _("Exercise, exercise, exercise.")
    yield ", ".join(part.capitalize() for part in (words.head(notice, _), words.happened(notice, _)) if part) + "."
    yield _("Message of the dam %(site)s.") % {"site": speakable(notice.site_name)}
    if notice.point_name:
        yield _("Point %(point)s.") % {"point": speakable(notice.point_name)}
    elif notice.logger:
        yield _("Logger %(logger)s.") % {"logger": speakable(notice.logger)}
    if notice.value is not None:
        value = words.spoken(notice.value, words.unit_of(notice), language, _)
        yield f"{quantity_word(notice.quantity, _).capitalize()}: {value}."
    if notice.limit is not None:
        yield _("The limit is %(limit)s.") % {
            "limit": words.spoken(notice.limit, words.unit_of(notice), language, _)
        }
    at = words.local(notice.time_ms, notice.timezone)
    yield _("Local time: %(hours)s hours, %(minutes)s minutes.") % {"hours": at.hour, "minutes": at.minute}
    yield from (f"{action.rstrip('.')}." for action in notice.actions)
    yield _("Nothing is acknowledged by this call: open the page of alarms.")


def speakable(name: str) -> str:
    """Return a name whose letters and figures a machine reads one after the other.

    >>> speakable("TOE-P1")
    'TOE P 1'
    """
    spaced = "".join(letter if letter.isalnum() else " " for letter in name)
    pairs = zip(spaced, spaced[1:] + " ", strict=True)
    return " ".join("".join(one + (" " if one.isalpha() and two.isdigit() else "") for one, two in pairs).split())
