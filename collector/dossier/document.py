"""A dossier as JSON, and what one holds.

    {"format", "event", "since", "entries", "acts", "site_toml", "messages", "receipts"}

`event` is what is proven; `since` are the later events on the same quantity: what was acknowledged, assessed,
done. `entries` is the cut of the journal in commit order, `acts` the whole chain of acts and policies.
`messages` are what people were told of all these events, each with its state, `receipts` every try to send one and
what the other side said. They are no judgement and are not proven again: they are as trustworthy as the collector.

    DossierError    this is no dossier, or the collector cannot make it: one sentence
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from seepline.acts.chain import KeptAct

FORMAT = "seepline-dossier-1"
MOST_BYTES = 256 * 1024 * 1024


class DossierError(Exception):
    """It is no dossier, or none can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutEntry:
    """One line of the journal: a scan, or a time of the collector's clock. Values: (channel, value, status)."""

    line: int
    kind: int
    arrival_ms: int
    writer: str
    logger: str
    block: int | None
    time_ms: int
    ring: int | None
    boot: int | None
    seq: int | None
    tq: int | None
    values: tuple[tuple[str, float | None, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What a dossier holds."""

    event: Mapping[str, Any]
    since: tuple[Mapping[str, Any], ...]
    entries: tuple[CutEntry, ...]
    acts: tuple[KeptAct, ...]
    site_toml: str = ""
    messages: tuple[Mapping[str, Any], ...] = ()
    receipts: tuple[Mapping[str, Any], ...] = ()


def to_json(dossier: Dossier) -> str:
    """Return a dossier as text."""
    said = {"format": FORMAT, **asdict(dossier)}
    return json.dumps(said, sort_keys=True, indent=1)


def from_json(text: str) -> Dossier:
    """Return the dossier in a text, nothing of it checked. Raises DossierError."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise DossierError(f"format is {said['format']!r:.60}; expected {FORMAT}")
        return Dossier(
            event=dict(said["event"]),
            since=tuple(said["since"]),
            entries=tuple(_entry(one) for one in said["entries"]),
            acts=tuple(KeptAct(**one) for one in said["acts"]),
            site_toml=said["site_toml"],
            messages=tuple(dict(one) for one in said["messages"]),
            receipts=tuple(dict(one) for one in said["receipts"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DossierError(f"this is no dossier ({type(error).__name__}: {error})") from error


def _entry(said: dict[str, Any]) -> CutEntry:
    values = tuple((str(channel), value, int(status)) for channel, value, status in said.pop("values"))
    return CutEntry(**said, values=values)
