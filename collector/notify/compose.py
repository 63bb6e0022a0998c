"""A notice in words: a mail, a text message, a sentence to be read aloud, or JSON, in the reader's language.

The level stands first, behind the mark of an exercise. No text calls a dam anything better than "no trigger
exceeded".
"""

from collections.abc import Callable, Mapping

from collector.notify import text_data, text_mail, text_sms, text_voice
from collector.notify.sender import Letter
from seepline.notices.channel import Form
from seepline.notices.notice import Notice

_FORMS: Mapping[Form, Callable[[Notice, str], Letter]] = {
    "mail": text_mail.letter,
    "sms": text_sms.letter,
    "voice": text_voice.letter,
    "data": text_data.letter,
}


def compose(notice: Notice, language: str, form: Form) -> Letter:
    """Return the letter of one notice."""
    return _FORMS[form](notice, language)
