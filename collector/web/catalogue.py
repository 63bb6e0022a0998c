"""The words of pages and messages in a reader's language: the one door to Babel.

collector/locale/<language>/<part>.po are read when the program starts, one file per part of it, and joined.
"""

import gettext
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po
from babel.support import Translations

LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = {"en": "English", "ru": "Русский"}


@lru_cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return all words of a language; English ones where a translation is missing."""
    found = Translations()
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            read = read_po(file, locale=language, abort_invalid=True)
        known = {str(one.id): str(one.string) for one in read if one.id and one.string and not one.fuzzy}
        found._catalog.update(known)  # gettext's own table
    return found


def best_language(accepted: str) -> str:
    """Return the language of ours that an Accept-Language header likes best, English when none.

    >>> best_language("tg, ru-RU;q=0.8, en;q=0.5"), best_language("")
    ('ru', 'en')
    """
    wishes = [one.strip().partition(";") for one in accepted[:1000].split(",")]
    ranked = sorted(wishes, key=lambda one: -_share(one[2]))
    return next((tag[:2].lower() for tag, _, _ in ranked if tag[:2].lower() in LANGUAGES), "en")


def _share(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0
