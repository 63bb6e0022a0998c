"""A notice in words: a mail, a text message, a sentence to be read aloud, or JSON, in the reader's language.

The level stands first, behind the mark of an exercise. No text calls a dam anything better than "no trigger exceeded".
"""

from collections.abc import Callable, Mapping, Sequence

from collector.notify import text_data, text_mail, text_sms, text_voice
from collector.notify.sender import Letter
from seepline.notices.channel import Form
from seepline.notices.notice import Notice

_ONE: Mapping[Form, Callable[[Notice, str], Letter]] = {
    "mail": text_mail.letter,
    "sms": text_sms.letter,
    "voice": text_voice.letter,
    "data": text_data.letter,
}
_MANY: Mapping[Form, Callable[[Sequence[Notice], str], Letter]] = {
    "mail": text_mail.digest,
    "sms": text_sms.digest,
    "voice": text_voice.digest,
    "data": text_data.digest,
}


def compose(notice: Notice, language: str, form: Form) -> Letter:
    """Return the letter of one notice."""
    return _ONE[form](notice, language)


def compose_digest(notices: Sequence[Notice], language: str, form: Form) -> Letter:
    """Return one letter of several notices of one site that were collected, the worst first."""
    ordered = sorted(notices, key=lambda one: (-one.level, one.time_ms))
    return compose(ordered[0], language, form) if len(ordered) == 1 else _MANY[form](ordered, language)
