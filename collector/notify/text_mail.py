"""A notice as a mail: a subject that begins with the level, plain text, and HTML that says the same.

The level is a word and a shape; colour only repeats it. Nothing in it is loaded from anywhere, and its link only
opens a page: readers of mail open links by themselves, so no link acknowledges.
"""

from collections.abc import Iterator
from html import escape

from collector.notify import words
from collector.notify.sender import Letter
from collector.notify.sentences import said
from collector.web.catalogue import catalogue
from collector.web.words import Translate, moment, quantity_word
from seepline.notices.notice import Notice
from seepline.thresholds import Level

_EDGES = {Level.GREEN: "#2e7d32", Level.YELLOW: "#b28704", Level.ORANGE: "#c75000", Level.RED: "#b71c1c"}
_NO_LEVEL_EDGE = "#555555"
Row = tuple[str, str]


def subject(notice: Notice, language: str) -> str:
    """Return the subject: exercise, level, what happened, place, value, site."""
    _ = catalogue(language).gettext
    value = "" if notice.value is None else words.with_unit(notice.value, words.unit_of(notice), language, _)
    quantity = quantity_word(notice.quantity, _) if notice.quantity else ""
    what = " ".join(part for part in (notice.point_name or notice.logger, quantity, value) if part)
    said = ", ".join(part for part in (words.happened(notice, _), what, notice.site_name) if part)
    return ": ".join(
        part for part in (_("EXERCISE") if notice.exercise else "", words.head(notice, _), said) if part
    )


def letter(notice: Notice, language: str) -> Letter:
    """Return the mail of one notice."""
    _ = catalogue(language).gettext
    title, rows = _title(notice, _), list(_rows(notice, language, _))
    actions, ending = list(notice.actions), list(_ending(notice, language, _))
    lines = [*_exercise(notice, _), title, "", *(f"{label}: {text}" for label, text in rows)]
    if actions:
        lines += ["", _("What to do:"), *(f"{number}. {action}" for number, action in enumerate(actions, 1))]
    return Letter(subject(notice, language), "\n".join([*lines, "", *ending, ""]), html=_html(notice, language))


def _title(notice: Notice, _: Translate) -> str:
    said = " ".join(part for part in (words.shape(notice), words.head(notice, _)) if part)
    return ": ".join(part for part in (said, words.happened(notice, _)) if part)


def _exercise(notice: Notice, _: Translate) -> list[str]:
    return [_("EXERCISE. Nothing of this was measured."), ""] if notice.exercise else []


def _rows(notice: Notice, language: str, _: Translate) -> Iterator[Row]:
    yield _("Site"), f"{notice.site_name} ({notice.site_id})"
    if notice.point:
        same = notice.point_name in ("", notice.point)
        yield _("Point"), notice.point if same else f"{notice.point_name} ({notice.point})"
    if notice.logger:
        yield _("Logger"), notice.logger
    if notice.value is not None:
        value = words.with_unit(notice.value, words.unit_of(notice), language, _)
        yield quantity_word(notice.quantity, _).capitalize() if notice.quantity else _("Value"), value
    if notice.limit is not None:
        yield _("Limit"), words.with_unit(notice.limit, words.unit_of(notice), language, _)
    yield from _times(notice, _)
    if notice.escalation:
        yield _("Escalation"), _("step %(step)s: nobody has acknowledged in time") % {"step": notice.escalation}
    if notice.told:
        yield _("Told"), ", ".join(notice.told)
    if notice.unreached:
        yield _("Could not be told"), ", ".join(notice.unreached)


def _times(notice: Notice, _: Translate) -> Iterator[Row]:
    zone = words.local(notice.time_ms, notice.timezone).tzinfo
    when = moment(notice.time_ms, zone)  # type: ignore[arg-type]  # a ZoneInfo: words.local makes it
    if notice.readings > 1:
        yield _("First reading"), moment(notice.first_ms, zone).local  # type: ignore[arg-type]
        yield _("Last reading"), moment(notice.last_ms, zone).local  # type: ignore[arg-type]
    yield _("Local time") if notice.readings == 1 else _("Worst reading"), f"{when.local} {when.offset}"
    yield "UTC", when.utc.removesuffix(" UTC")
    if notice.late:
        yield _("Came late, at"), moment(notice.arrived_ms, zone).local  # type: ignore[arg-type]


def _said(notice: Notice, language: str, _: Translate) -> Iterator[str]:
    """Yield what the event says, in the reader's language where that can be done, and as it is kept."""
    told = said(notice.kind, notice.text, language)
    if told.text != notice.text:
        yield told.text
    yield _("As the collector keeps it: %(text)s") % {"text": notice.text}


def _ending(notice: Notice, language: str, _: Translate) -> Iterator[str]:
    if notice.level is Level.GREEN and words.shape(notice) != words.PLAIN_SHAPE:
        yield _("Green means that no trigger is exceeded, and nothing more.")
    if notice.page_url:
        yield _("Page: %(url)s") % {"url": notice.page_url}
        yield _("The link only opens a page. To acknowledge, press the button there under your own name.")
    yield from _said(notice, language, _)
    yield _("Event %(event)s") % {"event": notice.event_id}


def _html(notice: Notice, language: str) -> str:
    _ = catalogue(language).gettext
    edge = _EDGES[notice.level] if words.shape(notice) != words.PLAIN_SHAPE else _NO_LEVEL_EDGE
    exercise = "".join(f"<p><strong>{escape(line)}</strong></p>" for line in _exercise(notice, _) if line)
    rows = "".join(
        f'<tr><th scope="row" align="left">{escape(label)}</th><td>{escape(text)}</td></tr>'
        for label, text in _rows(notice, language, _)
    )
    actions = "".join(f"<li>{escape(action)}</li>" for action in notice.actions)
    to_do = f"<h2>{escape(_('What to do:'))}</h2><ol>{actions}</ol>" if actions else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(_title(notice, _))}'
        f'</title></head><body style="font-family:sans-serif;overflow-wrap:anywhere">{exercise}'
        f'<h1 style="border-left:12px solid {edge};padding-left:12px">{escape(_title(notice, _))}</h1>'
        f"<table>{rows}</table>{to_do}{_html_ending(notice, language, _)}</body></html>"
    )


def _html_ending(notice: Notice, language: str, _: Translate) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in _ending(notice, language, _))
    if not notice.page_url.startswith(("https://", "http://")):
        return lines
    url = escape(notice.page_url, quote=True)
    return lines.replace(url, f'<a href="{url}">{url}</a>', 1)
