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
    text = sms.fitted(by_id if _names_cost_too_much(named, by_id) else named, PARTS)
    return Letter("", text, sms.parts(text))


def _names_cost_too_much(named: Sequence[Piece], by_id: Sequence[Piece]) -> bool:
    """Tell whether full names leave no room for all that must stand, or alone make a text UCS-2."""
    whole, short = (sms.plain(" ".join(one.text for one in some if one.rank <= 1)) for some in (named, by_id))
    return len(sms.parts(whole)) > PARTS or (sms.is_gsm(short) and not sms.is_gsm(whole))


def _pieces(notice: Notice, language: str, site: str, point: str) -> list[Piece]:
    _ = catalogue(language).gettext
    value = "" if notice.value is None else words.with_unit(notice.value, words.unit_of(notice), language, _)
    limit = (
        ""
        if notice.limit is None
        else _("limit %(limit)s") % {"limit": words.plain_number(notice.limit, language)}
    )
    return [
        Piece(_("EXERCISE") if notice.exercise else ""),
        Piece(words.head(notice, _)),
        Piece(words.happened(notice, _)),
        Piece(site),
        Piece(point),
        Piece(quantity_word(notice.quantity, _) if notice.quantity else "", rank=4),
        Piece(value),
        Piece(limit, rank=3),
        Piece(_when(notice), rank=1),
        Piece("; ".join(notice.actions), rank=2, may_shorten=True),
        Piece(f"#{notice.event_id[:_ID_LETTERS]}", rank=5),
    ]


def _when(notice: Notice) -> str:
    """Return the local time of the reading, or of the first and the last of several."""
    if notice.readings == 1:
        return f"{words.local(notice.time_ms, notice.timezone):%d.%m %H:%M}"
    first, last = (words.local(at_ms, notice.timezone) for at_ms in (notice.first_ms, notice.last_ms))
    return f"{first:%d.%m %H:%M}-" + (f"{last:%H:%M}" if first.date() == last.date() else f"{last:%d.%m %H:%M}")
