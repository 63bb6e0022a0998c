"""What is to be made again of the past of derived quantities: a piece with each tick, so live judging goes on.

Something that every value of a declaration depends on has changed: a training, a signature. How far it is done is
kept with the transaction of the tick, so a restart goes on where it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from collector.kept import Kept
from collector.reading_table import ReadingTable
from collector.store_writing import StoreWriter
from seepline.derive.evaluation import inputs_of
from seepline.site import Site
from seepline.site_derived import Derived

_AT_ONCE = 200  # of a declaration's times: less than a second
_EVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Ahead:
    """From which time on a declaration's values are still to be made again."""

    next_ms: int


class Past:
    """The declarations whose past is being made again, of one site over one table of readings."""

    def __init__(self, site: Site, readings: ReadingTable) -> None:
        self._readings = readings
        self._declared = {name_of(one): one for one in site.derived}
        self._ahead = Kept("past", Ahead, lambda: Ahead(0))

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds."""
        self._ahead.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._ahead.save(store)

    def begin(self, derived: Derived, from_ms: int) -> None:
        """Make a declaration's values again from a time on."""
        self._ahead.put(name_of(derived), Ahead(from_ms))

    def is_open(self) -> bool:
        """Tell whether there is something left."""
        return bool(self._ahead.by_name)

    def piece(self) -> Iterator[tuple[Derived, int]]:
        """Yield the next (declaration, time) to be made again."""
        for name in sorted(self._ahead.by_name)[:1]:
            derived = self._declared.get(name)
            times = self._times(derived, self._ahead.get(name).next_ms) if derived else []
            if times[_AT_ONCE:]:
                self._ahead.put(name, Ahead(times[_AT_ONCE]))
            else:
                self._ahead.drop(name)
            yield from ((derived, time_ms) for time_ms in times[:_AT_ONCE] if derived)

    def _times(self, derived: Derived, from_ms: int) -> list[int]:
        return self._readings.times(next(iter(inputs_of(derived).values())), from_ms, _EVER_MS)


def name_of(derived: Derived) -> str:
    """Return what a declaration's states are kept under."""
    return f"{derived.point} {derived.quantity} {derived.label}"
