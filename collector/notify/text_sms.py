"""A notice as a text message: what fits is decided by rank, and level, place and value always stand."""

from collections.abc import Sequence

from collector.notify import words
from collector.notify.sender import Letter
from collector.web.catalogue import catalogue
from collector.web.words import quantity_word
from seepline.notices import sms
from seepline.notices.notice import Notice
from seepline.notices.sms import Piece

PARTS = 2  # the first holds level, place and value wherever their names let it
_ID_LETTERS = 8  # as the local alarm at the dam gives them: two messages of one event are seen to be one


def letter(notice: Notice, language: str) -> Letter:
    """Return the text message of one notice."""
    named = _pieces(notice, language, notice.site_name, notice.point_name or notice.logger)
    by_id = _pieces(notice, language, notice.site_id, notice.point or notice.logger)
    text = sms.fitted(named if _stands(named) else by_id, PARTS)
    return Letter("", text, sms.parts(text))


def _stands(pieces: Sequence[Piece]) -> bool:
    """Tell whether the full names leave room for all that must stand, and for the time."""
    return len(sms.parts(" ".join(sms.plain(one.text) for one in pieces if one.text and one.rank <= 1))) <= PARTS


def _pieces(notice: Notice, language: str, site: str, point: str) -> list[Piece]:
    _ = catalogue(language).gettext
    value = "" if notice.value is None else words.with_unit(notice.value, notice.unit, language, _)
    limit = "" if notice.limit is None else _("limit %(limit)s") % {"limit": words.plain_number(notice.limit, language)}
    at = words.local(notice.time_ms, notice.timezone)
    return [
        Piece(_("EXERCISE") if notice.exercise else ""),
        Piece(words.head(notice, _)),
        Piece(words.happened(notice, _)),
        Piece(site),
        Piece(point),
        Piece(quantity_word(notice.quantity, _) if notice.quantity else "", rank=4),
        Piece(value),
        Piece(limit, rank=3),
        Piece(f"{at:%d.%m %H:%M}", rank=1),
        Piece("; ".join(notice.actions), rank=2, may_shorten=True),
        Piece(f"#{notice.event_id[:_ID_LETTERS]}", rank=5),
    ]


def digest(notices: Sequence[Notice], language: str) -> Letter:
    """Return one text message of several notices: how many, the worst, and as many places as fit."""
    _ = catalogue(language).gettext
    worst = notices[0]
    places = dict.fromkeys(one.point_name or one.logger for one in notices if one.point_name or one.logger)
    pieces = [
        Piece(_("EXERCISE") if any(one.exercise for one in notices) else ""),
        Piece(words.head(worst, _)),
        Piece(worst.site_name),
        Piece(_("%(count)s messages") % {"count": len(notices)}),
        Piece(", ".join(places), rank=1, may_shorten=True),
    ]
    text = sms.fitted(pieces, PARTS)
    return Letter("", text, sms.parts(text))
