"""The words of the sheets. English stands in the sheets' own files and below; Russian in hardware/locale.

`hardware/locale/ru/LC_MESSAGES/hardware.mo` is made by `msgfmt hardware.po -o hardware.mo`; a test holds both to
each other and to the texts.
"""

import gettext
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("en", "ru")
LOCALE = Path(__file__).parents[1] / "locale"
DOMAIN = "hardware"

Say = Callable[[str], str]

NUMBER, DO, PASS, FIGURE = "#", "What to do", "Passes when", "Figure, tick"
STEPS, ZERO, FIELDS = "Steps", "Zero reading", "To fill in"
PLACE, LOGGER, WEATHER = "Site, point", "Logger", "Date, weather"
ROLES = ("Done by", "Checked by")
SIGNING = ("Name", "Date", "Signature")
PAGE = "page"
NOTICE = (
    "Sheets of a design that nobody has built yet. Limits called from memory or our choice are to be confirmed by"
    " the engineer."
)
ALL = (
    *(NUMBER, DO, PASS, FIGURE, STEPS, ZERO, FIELDS, PLACE, LOGGER, WEATHER, PAGE, NOTICE),
    *ROLES,
    *SIGNING,
)


def in_language(language: str) -> Say:
    """Return the function that says a text in a language.

    >>> in_language("ru")("Zero reading")
    'Нулевой отсчёт'
    """
    if language == "en":
        return lambda text: text
    return gettext.translation(DOMAIN, LOCALE, [language]).gettext
