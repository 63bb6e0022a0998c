"""What a kind of act is: who may do it, the shape of its body, and what else must be true of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from seepline.site import Site


def _nothing_more(_body: Any, _site: Site) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ActKind:
    """One row of the table of kinds.

    `body` is a frozen dataclass, the schema of the act's body. `rules` returns a sentence, beginning with the
    key, for everything that is wrong with a body of the right shape on this site. `fresh` does so for what must be
    true when the act comes and need not stay true. `told` is what the act is, in English, for lists.
    """

    told: str
    roles: frozenset[str]
    body: type[Any]
    rules: Callable[[Any, Site], Iterable[str]] = _nothing_more
    fresh: Callable[[Any, Site], Iterable[str]] = _nothing_more
