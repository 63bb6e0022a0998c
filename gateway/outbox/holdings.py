"""Which records of which ring are here: as ranges, so that years of a logger's memory take a few bytes. Pure."""

import json
from dataclasses import dataclass, field

from gateway.outbox.ranges import Range, Ranges

Ring = tuple[int, int]


@dataclass(slots=True)
class Held:
    """One ring: `known` sequences are stored or given up, `given_up` only the latter, `fresh` in this segment."""

    known: Ranges = field(default_factory=Ranges)
    given_up: Ranges = field(default_factory=Ranges)
    fresh: Ranges = field(default_factory=Ranges)

    def holds(self, sequence: int) -> bool:
        """Tell whether the record was stored."""
        return sequence in self.known and sequence not in self.given_up

    def store(self, first: int, last: int) -> None:
        """Take note of stored records."""
        self.known.add(first, last)
        self.fresh.add(first, last)
        self.given_up.remove(first, last)

    def give_up(self, first: int, last: int) -> int:
        """Expect no record of first..last any more; return how many were missing."""
        missing = list(self.known.missing(first, last))
        for begin, end in missing:
            self.known.add(begin, end)
            self.given_up.add(begin, end)
        return sum(end - begin + 1 for begin, end in missing)


class Holdings(dict[Ring, Held]):
    """By (logger, ring); a ring that was followed and gave nothing yet is there, empty."""

    def ring(self, logger: int, ring: int) -> Held:
        """Return what is known of a ring; one never seen is not remembered by asking."""
        return self.get((logger, ring)) or Held()

    def store(self, logger: int, ring: int, first: int, last: int) -> None:
        """Take note of stored records."""
        self.setdefault((logger, ring), Held()).store(first, last)

    def lose(self, lost: "dict[Ring, Ranges]") -> int:
        """Forget records, so that the loggers are read again; return how many."""
        return sum(
            end - begin + 1
            for ring, ranges in lost.items()
            for first, last in ranges
            for begin, end in self.ring(*ring).known.remove(first, last)
        )

    def fresh(self) -> dict[Ring, Ranges]:
        """Return what the newest segment holds."""
        return {ring: held.fresh for ring, held in self.items() if len(held.fresh)}

    def begin_segment(self) -> None:
        """Begin a segment that holds nothing yet."""
        for held in self.values():
            held.fresh = Ranges()

    def to_text(self) -> str:
        """Return everything as JSON."""
        return json.dumps(
            {
                f"{logger}/{ring}": [list(held.known), list(held.given_up), list(held.fresh)]
                for (logger, ring), held in self.items()
            }
        )

    @classmethod
    def from_text(cls, text: str) -> "Holdings":
        """Read what `to_text` wrote."""
        return cls({_ring(name): Held(*map(Ranges, parts)) for name, parts in json.loads(text).items()})


def ranges_to_text(ranges: dict[Ring, Ranges]) -> str:
    """Return the ranges of several rings as JSON."""
    return json.dumps({f"{logger}/{ring}": list(held) for (logger, ring), held in ranges.items()})


def ranges_from_text(text: str) -> dict[Ring, Ranges]:
    """Read what `ranges_to_text` wrote."""
    return {_ring(name): Ranges(parts) for name, parts in json.loads(text).items()}


def runs(numbers: list[int]) -> list[Range]:
    """Return rising numbers as ranges."""
    return list(Ranges((number, number) for number in numbers))


def _ring(name: str) -> Ring:
    logger, _, ring = name.partition("/")
    return int(logger), int(ring)
