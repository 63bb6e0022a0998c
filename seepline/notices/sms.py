"""Text messages: the parts that a text takes, and what of a message fits into so many. Pure.

Source: 3GPP TS 23.038 6.2.1 (the GSM alphabet; a letter outside it makes the whole text UCS-2) and TS 23.040
9.2.3.24.1 (a text of several parts gives 6 of each part's 140 octets to a header).
"""

from collections.abc import Sequence
from dataclasses import dataclass

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SIGNS = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
_GSM = frozenset(_LETTERS + _SIGNS)
_GSM_TWO = frozenset("\f^{}\\[~]|€")  # each behind an escape: two septets
_ALONE = {True: 160, False: 70}  # by "is in the GSM alphabet"
_OF_SEVERAL = {True: 153, False: 67}
_PLAINER = (
    ("°C", "C"), ("°", " deg"), ("−", "-"), ("–", "-"), ("—", "-"), ("…", "..."), ("≥ ", ">="), ("≤ ", "<="),
    ("≥", ">="), ("≤", "<="), ("²", "2"), ("³", "3"), ("×", "x"), ("«", '"'), ("»", '"'), ("“", '"'), ("”", '"'),
    ("’", "'"),
)  # fmt: skip
_CUT = "..."
_LEAST_LEFT = 8  # letters of a cut text that still say something


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message. Rank 0 always stands; of the others the highest goes first.

    With `may_shorten` a piece is cut behind a word before it is left out.
    """

    text: str
    rank: int = 0
    may_shorten: bool = False


def is_gsm(text: str) -> bool:
    """Tell whether a text needs only the GSM alphabet."""
    return all(letter in _GSM or letter in _GSM_TWO for letter in text)


def plain(text: str) -> str:
    """Return a text on one line, without the signs of print that would halve what a part holds.

    >>> plain("slope  −3.2° in 5 °C…")
    'slope -3.2 deg in 5 C...'
    """
    for sign, instead in _PLAINER:
        text = text.replace(sign, instead)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def parts(text: str) -> tuple[str, ...]:
    """Return the parts in which a text goes: 160 septets or 70 letters alone, 153 or 67 each of several.

    A letter that takes two places (GSM's escapes, what UCS-2 writes as a pair) is never torn apart.

    >>> [len(part) for part in parts("Ж" * 71)]
    [67, 4]
    """
    gsm = is_gsm(text)
    if sum(_places(letter, gsm) for letter in text) <= _ALONE[gsm]:
        return (text,)
    found, begun, used = [], 0, 0
    for at, letter in enumerate(text):
        places = _places(letter, gsm)
        if used + places > _OF_SEVERAL[gsm]:
            found.append(text[begun:at])
            begun, used = at, 0
        used += places
    return (*found, text[begun:])


def _places(letter: str, gsm: bool) -> int:
    if gsm:
        return 2 if letter in _GSM_TWO else 1
    return 2 if ord(letter) > 0xFFFF else 1


def fitted(pieces: Sequence[Piece], most_parts: int = 1) -> str:
    """Return the pieces as one text of at most `most_parts`; pieces of rank 0 stand even if they take more.

    >>> fitted([Piece("RED"), Piece("PZ-3"), Piece("z" * 200, rank=2), Piece("26 Nov 18:24", rank=1)])
    'RED PZ-3 26 Nov 18:24'
    """
    left = [Piece(plain(one.text), one.rank, one.may_shorten) for one in pieces]
    while not _fits(left, most_parts):
        last = max(range(len(left)), key=lambda at: (left[at].rank, at))
        if left[last].rank == 0:
            break
        shorter = _shortened(left, last, most_parts) if left[last].may_shorten else ""
        left[last : last + 1] = [Piece(shorter, left[last].rank)] if shorter else []
    return _joined(left)


def _shortened(pieces: list[Piece], at: int, most_parts: int) -> str:
    """Return the longest beginning of a piece, cut behind a word, with which all fit; '' for none worth it."""
    words = pieces[at].text.split(" ")
    for count in range(len(words) - 1, 0, -1):
        text = " ".join(words[:count]).rstrip(",;:.") + _CUT
        if len(text) < _LEAST_LEFT + len(_CUT):
            break
        if _fits([*pieces[:at], Piece(text), *pieces[at + 1 :]], most_parts):
            return text
    return ""


def _fits(pieces: Sequence[Piece], most_parts: int) -> bool:
    return len(parts(_joined(pieces))) <= most_parts


def _joined(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces if piece.text)
