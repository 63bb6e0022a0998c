"""A notice as JSON for machines: the schema seepline.notice, version 1 (docs/telling-people.md).

Keys are only ever added within a version; a reader ignores those that it does not know.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from collector.notify import sentences, words
from collector.notify.sender import Letter
from collector.notify.text_mail import subject
from seepline.notices.notice import Notice

SCHEMA, VERSION = "seepline.notice", 1


def document(notice: Notice, language: str) -> dict[str, Any]:
    """Return what a machine is told: an exercise first, words for levels, times as numbers and as text."""
    said = asdict(notice)
    said |= {
        "level": notice.level.name.lower(),
        "from_level": notice.from_level.name.lower() if notice.from_level is not None else None,
        "to_level": notice.to_level.name.lower() if notice.to_level is not None else None,
        "time": utc(notice.time_ms),
        "arrived": utc(notice.arrived_ms),
        "local_time": words.local(notice.time_ms, notice.timezone).isoformat(),
        "language": language,
        "title": subject(notice, language),
        "said": sentences.said(notice.kind, notice.text, language).text,
    }
    return {"exercise": notice.exercise, "schema": SCHEMA, "version": VERSION} | said


def letter(notice: Notice, language: str) -> Letter:
    """Return the JSON of one notice."""
    return Letter(subject(notice, language), _json(document(notice, language)))


def joined(letters: Sequence[Letter]) -> Letter:
    """Return several JSON letters as one, the worst first: it, about no point, and all of them below `notices`."""
    documents = [json.loads(one.body) for one in letters]
    whole = documents[0] | {"point": "", "point_name": "", "notices": documents}
    return Letter(letters[0].subject, _json(whole))


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, allow_nan=False)


def utc(time_ms: int) -> str:
    """Return a time in UTC, to the second."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).isoformat().replace("+00:00", "Z")
