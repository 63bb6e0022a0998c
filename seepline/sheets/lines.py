"""Where in a TOML text a place such as `point[2].readings` stands: its line, for the person who typed it."""

import re
from collections.abc import Iterator

_HEAD = re.compile(r"[ \t]*\[{1,2}[ \t]*([^\]\n]+?)[ \t]*\]")
_KEY = re.compile(r"[ \t]*[\"']?([A-Za-z0-9_-]+)[\"']?[ \t.=]")
_NUMBER = re.compile(r"\[\d+\]")


def line_of(text: str, place: str) -> int | None:
    r"""Return the line, counted from 1, of a place: of its key, else of the table that lacks it, None without one.

    >>> line_of("[sheet]\nmaker = 1\n[[point]]\n[[point]]\napplied = 2\n", "point[2].applied")
    5
    >>> line_of("[sheet]\nmaker = 1\n", "sheet.serial"), line_of("", "sheet.serial")
    (1, None)
    """
    lines = dict(_places(text))
    while place:
        if place in lines:
            return lines[place]
        place = place.rpartition(".")[0]
    return None


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Yield each place with its line; of a list of tables the first one also by the table's bare name."""
    table, numbers, seen = "", dict[str, int](), set[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = head[1]
            if line.lstrip().startswith("[["):
                numbers[table] = numbers.get(table, 0) + 1
                table = f"{table}[{numbers[table]}]"
            here = [table, _NUMBER.sub("", table)]
        elif key := _KEY.match(line):
            here = [f"{table}.{key[1]}" if table else key[1]]
        else:
            continue
        for place in here:
            if place not in seen:
                seen.add(place)
                yield place, number
