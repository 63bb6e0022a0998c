"""The words of the dashboards, in the languages that a catalogue exists for. English is what stands in the code.

`dashboards/locale/<language>/LC_MESSAGES/dashboards.po` holds the translations, `.mo` beside it is made from it by
`msgfmt dashboards.po -o dashboards.mo`; a test holds both to each other and to the words in the code.
"""

import gettext
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("en", "ru")
LOCALE = Path(__file__).parent / "locale"
DOMAIN = "dashboards"

Say = Callable[[str], str]


def in_language(language: str) -> Say:
    """Return the function that says a text in a language.

    >>> in_language("ru")("Piezometers")
    'Пьезометры'
    """
    return gettext.translation(DOMAIN, LOCALE, [language]).gettext
