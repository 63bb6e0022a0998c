"""Several notices of one person and channel in one letter: what is not urgent is collected."""

from collections.abc import Callable, Sequence

from collector.notify import text_data
from collector.notify.sender import Letter
from seepline.notices.channel import Form
from seepline.notices.contacts import Language
from seepline.notices.notice import Notice

Compose = Callable[[Notice, Language, Form], Letter]

_MOST_IN_SMS = 3  # the rest is a number: the page lists them all


def together(notices: Sequence[Notice], language: Language, form: Form, compose: Compose) -> Letter:
    """Return one letter of all notices, the worst first; its subject is that of the worst and how many more."""
    worst_first = sorted(notices, key=lambda one: (-one.level, one.arrived_ms))
    letters = [compose(one, language, form) for one in worst_first]
    if len(letters) == 1 or form == "voice":
        return letters[0]
    more = f" (+{len(letters) - 1})"
    if form == "sms":
        return _text_message(letters)
    if form == "data":
        return text_data.joined(letters)
    bodies = "\n\n".join(one.body for one in letters)
    return Letter(letters[0].subject + more, bodies)


def _text_message(letters: Sequence[Letter]) -> Letter:
    said, rest = letters[:_MOST_IN_SMS], len(letters) - _MOST_IN_SMS
    parts = [part for one in said for part in (one.parts or (one.body,))] + ([f"+{rest}"] if rest > 0 else [])
    return Letter(letters[0].subject, "\n".join(parts), tuple(parts))


def plain(notice: Notice, language: Language, form: Form) -> Letter:
    """Return a letter of the event's own English sentence: what is sent when the writing of a better one fails."""
    if form == "data":
        return text_data.letter(notice, language)
    level = notice.level.name if notice.level else notice.kind.upper()
    exercise = "EXERCISE " if notice.exercise else ""
    subject = f"{exercise}{level} {notice.site_name} {notice.point_name}".rstrip()
    page = f"\n{notice.page_url}" if notice.page_url else ""
    return Letter(subject, f"{subject}: {notice.text}{page}")
