"""The words of reports, in the languages that a catalogue exists for. English is what stands in the code.

`fieldtool/locale/<language>/LC_MESSAGES/fieldtool.po` holds the translations, `.mo` beside it is made from it by
`msgfmt fieldtool.po -o fieldtool.mo`; a test holds both to each other and to the words in the code.
"""

import gettext
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("en", "ru")
LOCALE = Path(__file__).parent / "locale"
DOMAIN = "fieldtool"

Say = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Mark a text for translation where it is written down, and return it as it is."""
    return text


def in_language(language: str) -> Say:
    """Return the function that says a text in a language.

    >>> in_language("ru")("pass")
    'годен'
    """
    return gettext.translation(DOMAIN, LOCALE, [language]).gettext
