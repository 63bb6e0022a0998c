"""A TOML file that a person wrote: its text, its tables, its entries, and what is wrong with each, with its place.

Faulty    the file cannot be used; carries every Problem (place, what stands there, what should)
"""

import errno
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from seepline.site_rules.draft import Problem, Raw, one_of
from seepline.site_rules.values import printed, shown
from seepline.site_shape import Fault

MAX_BYTES = 16 * 1024 * 1024  # 1,000 loggers with all their channels stay below 5 MB
_DEEPEST = 32  # tables in tables; SITE.toml has three


class Faulty(Exception):  # noqa: N818 - says what it is
    """A file cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def read_text(path: Path, what: str) -> str:
    """Return the text of a file that should be `what`, such as "SITE.toml"; raises Faulty."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Faulty([Problem(str(path), error.strerror or str(error), f"a {what} that can be read")]) from error
    except ValueError as error:  # a NUL in the path
        raise Faulty([Problem(repr(str(path)), str(error), f"the path of a {what}")]) from error
    if len(data) > MAX_BYTES:
        raise Faulty([Problem(str(path), f"more than {MAX_BYTES} bytes", f"a {what} of at most that")])
    return _utf8(path, data)


def plain_text(path: Path) -> str:
    """Return the text of a plain file; a pipe would keep us waiting, a device never ends.

    Raises
    ------
    OSError
        When it cannot be read, or is something else.
    UnicodeDecodeError
        When it is not UTF-8.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return file.read(MAX_BYTES).decode("utf-8")


def _utf8(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} at byte {error.start} (line {line}), which is not UTF-8"
        raise Faulty([Problem(str(path), found, "text saved as UTF-8")]) from error


def parse_toml(text: str, name: str) -> dict[str, object]:
    """Return the tables in the text of a file that is called `name`; raises Faulty."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Faulty([Problem(name, str(error), "TOML 1.0")]) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; lists nested without end
        raise Faulty([Problem(name, str(error), "TOML with plain numbers and lists")]) from error
    if _is_deep(document):
        found = f"tables or lists nested more than {_DEEPEST} deep"
        raise Faulty([Problem(name, found, "TOML with plain tables and lists")])
    return document


def _is_deep(document: object) -> bool:
    """Tell whether tables and lists are nested too deep; without recursion, which they would exhaust."""
    level = [document]
    for _ in range(_DEEPEST):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [each for some in inner for each in some]
    return any(isinstance(one, dict | list) for one in level)


def once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Return the first problem of each place: what a value is comes before what it would mean."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.path, problem)
    return first.values()


def at(path: str, faults: Iterable[Fault]) -> Iterator[Problem]:
    """Yield the problems of one entry's faults."""
    yield from (Problem(f"{path}.{key}", found, expected) for key, found, expected in faults)


def unknown_tables(document: Raw, known: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for every key of a document that is none of the known tables."""
    names = tuple(known)
    for key in document:
        if key not in names:
            yield Problem(printed(key), "an unknown table or key", one_of(names, key))


def entries_of(document: Raw, table: str) -> tuple[list[Raw], list[Problem]]:
    """Return the entries of an array of tables, and the problem of a key that is something else."""
    raw = document.get(table, [])
    if isinstance(raw, list) and all(isinstance(entry, Mapping) for entry in raw):
        return raw, []
    return [], [Problem(table, shown(raw), f"[[{table}]] in double brackets")]
