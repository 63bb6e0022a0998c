"""The morning sheet as a text message of two parts at most: level, alarms, silent, overdue, who is on duty."""

from collections.abc import Iterator

from collector.notify import words
from collector.notify.measured import name_of
from collector.notify.sender import Letter
from collector.notify.sheet import Facts
from collector.web.catalogue import catalogue
from collector.web.words import GREY_WORD, LEVEL_WORDS, Translate
from seepline.notices import sms
from seepline.notices.contacts import Contacts
from seepline.notices.sms import Piece
from seepline.thresholds import Level

PARTS = 2


def letter(facts: Facts, contacts: Contacts, language: str) -> Letter:
    """Return the sheet in few words; the site's id stands for its name where that leaves no room."""
    _ = catalogue(language).gettext
    named, by_id = (list(_pieces(facts, contacts, site, _)) for site in (facts.site_name, facts.site_id))
    whole = sms.plain(" ".join(one.text for one in named if one.text))
    text = sms.fitted(named if len(sms.parts(whole)) <= PARTS else by_id, PARTS)
    return Letter("", text, sms.parts(text))


def _pieces(facts: Facts, contacts: Contacts, site: str, _: Translate) -> Iterator[Piece]:
    counts = {"valid": facts.valid, "total": facts.total}
    is_green, is_known = facts.level is Level.GREEN, not facts.grey
    yield Piece(_(LEVEL_WORDS[facts.level] if is_known or not is_green else GREY_WORD).upper())
    yield Piece(site, rank=3, may_shorten=True)
    yield Piece(f"{words.local(facts.time_ms, facts.timezone):%d.%m %H:%M}:")
    yield Piece(_("no trigger exceeded") + "," if is_green and is_known else "")
    yield Piece(_("alarms %(count)s,") % {"count": len(facts.standing)})
    yield Piece(_("valid %(valid)s of %(total)s,") % counts)
    yield Piece(_("silent %(count)s,") % {"count": len(facts.silent)})
    yield Piece(_("overdue %(count)s.") % {"count": len(facts.overdue) + len(facts.actions)})
    yield Piece(_duty(facts, contacts, _), rank=1, may_shorten=True)


def _duty(facts: Facts, contacts: Contacts, _: Translate) -> str:
    """Return who is on duty, '' where there is no rota."""
    persons = dict.fromkeys(name_of(contacts, person) for one in facts.duty for person in one.persons)
    names = [_("nobody is planned")] if any(one.gap for one in facts.duty) else list(persons)
    return _("on duty: %(names)s") % {"names": ", ".join(names)} if names else ""
