"""What the body of an act says, as it was signed: its own keys, times in local time and UTC."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from collector.web.words import moment

_MOST_CHARS = 400


def body_words(body: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield each key with its value in words; a long text, such as a whole set of limits, is cut.

    >>> list(body_words({"until_ms": 0, "answers": {"toe": "remark"}}, ZoneInfo("Etc/GMT+8")))
    [('until', '1969-12-31 16:00:00 UTC−08:00 (1970-01-01 00:00:00 UTC)'), ('answers.toe', 'remark')]
    """
    for key, value in body.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", words) for inner, words in body_words(value, zone))
        elif key.endswith("_ms") and isinstance(value, int):
            when = moment(value, zone)
            yield key.removesuffix("_ms"), f"{when.local} {when.offset} ({when.utc})"
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield key, text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]} ..."
