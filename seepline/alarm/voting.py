"""What the rules say of the whole site. A vote decides that and nothing else: each alarm has its own people.

A rule without a group says its level itself. A group says the level that `needed` of its members say; a member
without a valid reading leaves the group and never counts as no, so it takes one from `needed` too (2 of 3 becomes
1 of 2), as long as no level of its own stands: then it says that.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from seepline.thresholds import Level


class Voice(NamedTuple):
    """What one rule says: its level, whether its instrument is valid, and its group ('' for none)."""

    level: Level
    valid: bool
    group: str = ""


def site_levels(voices: Iterable[Voice], needed: Mapping[str, int]) -> list[Level]:
    """Return the levels that count for the site: one of each rule without a group, one of each group.

    A group that `needed` does not name needs one voice: what is not declared holds nothing back.

    >>> yes, no = Voice(Level.RED, True, "toe"), Voice(Level.GREEN, True, "toe")
    >>> silent = Voice(Level.GREEN, False, "toe")
    >>> groups = (yes, no, no), (yes, no, silent), (yes, yes, no)
    >>> [site_levels(group, {"toe": 2})[0].name for group in groups]
    ['GREEN', 'RED', 'RED']
    """
    alone: list[Level] = []
    groups: dict[str, list[Voice]] = {}
    for voice in voices:
        if voice.group:
            groups.setdefault(voice.group, []).append(voice)
        else:
            alone.append(voice.level)
    return [*alone, *(_group_level(groups[name], needed.get(name, 1)) for name in sorted(groups))]


def _group_level(voices: list[Voice], needed: int) -> Level:
    speaking = sorted((one.level for one in voices if one.valid or one.level), reverse=True)
    least = max(1, needed - (len(voices) - len(speaking)))
    return speaking[least - 1] if len(speaking) >= least else Level.GREEN
