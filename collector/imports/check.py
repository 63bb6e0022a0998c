"""A whole file before anything of it is taken: every fault, or what it holds. With one fault nothing is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from collector.imports.form import AnyForm, Fault, HeadError
from collector.imports.heads import head_lines
from collector.imports.table import REPEATED, TIME_BACK, TIME_TWICE, Line, Row, Table, Told, Wanted

_EXPECTED = {
    TIME_BACK: "rows in the order of time (a clock that was set back, or a file sorted the other way round)",
    TIME_TWICE: "one row for one time",
}
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a file without faults holds. `told` are the first remarks, `repeated` the rows that stand twice."""

    rows: int
    repeated: int
    first_ms: int | None
    last_ms: int | None
    values: int
    told: tuple[Told, ...]


class FileError(Exception):
    """A file cannot be imported; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def check(form: AnyForm, wanted: Sequence[Wanted], lines: Iterable[str], keep: list[Row] | None = None) -> Held:
    """Return what a whole file holds; its rows go into `keep` as well, if that is given.

    Raises
    ------
    FileError
        With every fault, of the head alone where the head is wrong.
    """
    numbered = (Line(number, text) for number, text in enumerate(lines, 1))
    head = [line.text for line in islice(numbered, head_lines(form))]
    if len(head) < head_lines(form):
        raise FileError(
            [Fault(len(head), "", "the end of the file", f"{head_lines(form)} lines of head, then rows")]
        )
    return _held(form, wanted, head, numbered, [] if keep is None else keep)


def _held(
    form: AnyForm, wanted: Sequence[Wanted], head: list[str], lines: Iterable[Line], keep: list[Row]
) -> Held:
    faults: list[Fault] = []
    told: list[Told] = []
    try:
        for one in Table(form, wanted, head).rows(lines):
            (keep if isinstance(one, Row) else faults if isinstance(one, Fault) else told).append(one)  # type: ignore[arg-type]
    except HeadError as error:
        faults += error.faults
    faults += [Fault(one.line, "", one.text, _EXPECTED[one.kind]) for one in told if one.kind in _EXPECTED]
    if not faults and not keep:
        faults.append(Fault(head_lines(form) + 1, "", "the end of the file", "rows"))
    if faults:
        raise FileError(sorted(faults))
    kinds = Counter(one.kind for one in told)
    return Held(
        rows=len(keep),
        repeated=kinds[REPEATED],
        first_ms=keep[0].time_ms,
        last_ms=keep[-1].time_ms,
        values=sum(value is not None for row in keep for value in row.values),
        told=tuple(one for one in told if one.kind != REPEATED)[:_MOST_TOLD],
    )
