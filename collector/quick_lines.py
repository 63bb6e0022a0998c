"""The short way from a line of line protocol to a raw row, for the lines that our own gateways write.

It takes what it is sure of and leaves the rest, every fault included, to collector.line_protocol and
collector.raw_lines, which say what is wrong: a row that it does give is the one that they would give.
"""

import re
from collections.abc import Sequence
from functools import cache
from math import isfinite
from typing import NamedTuple

from collector.line_protocol import time_ms
from collector.raw_lines import IDENTITY_FIELDS, STATUS, YEAR_2200_MS, RawRow, RawValue
from seepline.wire import status as bits

_NUMBER = r"-?[0-9]{1,17}+(?:\.[0-9]{0,17}+)?(?:e-?[0-9]{1,3}+)?"
_NAME = r"[A-Za-z0-9._-]++"
_FIELD = rf"{_NAME}=(?:[0-9]{{1,10}}+i|{_NUMBER})"
_FIELDS = re.compile(rf"{_FIELD}(?:,{_FIELD})*+")
_HEAD = re.compile(r"raw,site=([A-Za-z0-9._-]+),logger=([A-Za-z0-9._-]+)(?:,block=([0-9]{1,2}))?")
_STAMP = re.compile(r"[0-9]{1,18}")
_MOST_KNOWN = 100_000


Head = tuple[str, int | None]
Identity = tuple[int | None, int | None, int | None, int | None]


class Layout(NamedTuple):
    """Where in a line with certain fields each channel stands, and ring, boot, seq and tq; None: nowhere."""

    channels: tuple[tuple[str, int | None, int | None], ...]  # name, place of its value, of its status
    identity: tuple[int | None, ...]


class QuickLines:
    """Reads the lines of one site and precision; remembers their heads and the names of their fields."""

    def __init__(self, site: str, precision: str) -> None:
        self._site = site
        self._precision = precision
        self._heads: dict[str, Head] = {}
        self._layouts: dict[str, Layout | None] = {}

    def row(self, number: int, text: str) -> RawRow | None:
        """Return the row of a line, None where the long way has to be asked."""
        parts = text.split(" ")
        if len(parts) != 3 or _STAMP.fullmatch(parts[2]) is None or _FIELDS.fullmatch(parts[1]) is None:
            return None
        head = self._heads.get(parts[0]) or self._head(parts[0])
        texts = parts[1].replace("=", ",").split(",")
        layout = self._layout(texts[::2])
        stamp_ms = time_ms(int(parts[2]), self._precision)
        if head is None or layout is None or stamp_ms >= YEAR_2200_MS:
            return None
        values, identity = _values(layout, texts), _identity(layout, texts)
        if values is None or identity is None:
            return None
        return RawRow(number, *head, stamp_ms, values, *identity)

    def _head(self, text: str) -> Head | None:
        found = _HEAD.fullmatch(text)
        if found is None or found[1] != self._site:
            return None
        if len(self._heads) > _MOST_KNOWN:
            self._heads.clear()
        self._heads[text] = head = (found[2], None if found[3] is None else int(found[3]))
        return head

    def _layout(self, names: Sequence[str]) -> Layout | None:
        key = ",".join(names)
        if key not in self._layouts:
            if len(self._layouts) > _MOST_KNOWN:
                self._layouts.clear()
            self._layouts[key] = _layout_of(names)
        return self._layouts[key]


@cache
def quick_lines(site: str, precision: str) -> QuickLines:
    """Return the one reader of a site's lines in a precision."""
    return QuickLines(site, precision)


def _layout_of(names: Sequence[str]) -> Layout | None:
    """Return the layout of names, None where one stands twice or there is no channel."""
    at = {name: 2 * place + 1 for place, name in enumerate(names)}
    channels = dict.fromkeys(name.removesuffix(STATUS) for name in names if name not in IDENTITY_FIELDS)
    if len(at) < len(names) or not channels or "" in channels or ("ring" in at) != ("seq" in at):
        return None
    return Layout(
        tuple((name, at.get(name), at.get(name + STATUS)) for name in channels),
        tuple(at.get(name) for name in IDENTITY_FIELDS),
    )


def _values(layout: Layout, texts: Sequence[str]) -> tuple[RawValue, ...] | None:
    values = []
    for name, at, status_at in layout.channels:
        status = 0 if status_at is None else _whole(texts[status_at], 2**16)
        if status is None:
            return None
        if at is None:
            values.append(RawValue(name, None, status or bits.MISSING))
            continue
        text = texts[at]
        if text[-1] == "i" or not isfinite(value := float(text)):
            return None
        values.append(RawValue(name, value, status))
    return tuple(values)


def _identity(layout: Layout, texts: Sequence[str]) -> Sequence[int | None] | None:
    identity = [
        None if at is None else _whole(texts[at], limit)
        for at, limit in zip(layout.identity, (2**16, 2**16, 2**32, 2**16), strict=True)
    ]
    given = [at is not None for at in layout.identity]
    return identity if [one is not None for one in identity] == given else None


def _whole(text: str, limit: int) -> int | None:
    """Return a whole number below a limit, None for anything else."""
    value = int(text[:-1]) if text[-1] == "i" and text[0] != "-" else limit
    return value if value < limit else None
