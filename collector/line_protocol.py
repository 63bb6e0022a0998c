"""InfluxDB line protocol, read strictly: bytes in, good lines and refused lines out, never an exception.

    measurement,tag=value,tag=value field=1.5,field=2i,field=t,field="text" 1451635200000

A line always ends at its newline, also inside a quoted string (InfluxDB lets strings run on): one broken line can
so never swallow the good lines behind it. Field numbers must be finite, keys must not repeat.
Source: InfluxDB OSS v2 documentation, "Line protocol" (escapes: comma, equals sign and space in keys and tags;
double quote and backslash in strings).
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

FieldValue = float | int | bool | str

# Precision of the timestamps in a body -> how many of them make a millisecond (times a thousand, for seconds).
PER_MS = {"ns": 1_000_000, "us": 1_000, "ms": 1, "s": 1}
_MS_EACH = {"ns": 1, "us": 1, "ms": 1, "s": 1000}

_INT64 = range(-(2**63), 2**63)
_UINT64 = range(2**64)

# Possessive quantifiers (++ and *+): a hostile body cannot make the matcher go back over what it has read.
_MEASUREMENT = re.compile(r"(?:\\[, ]|[^, ])++")
_TAG = re.compile(r",((?:\\[,= ]|[^,= ])++)=((?:\\[,= ]|[^,= ])++)")
_FIELD = re.compile(r'((?:\\[,= ]|[^,= "])++)=("(?:\\.|[^"\\])*+"|[^," ]++)')
_SPACES = re.compile(r" +")
_TIME = re.compile(r"-?[0-9]{1,19}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?")
_INTEGER = re.compile(r"-?[0-9]{1,19}i")
_UNSIGNED = re.compile(r"[0-9]{1,20}u")
_KEY_ESCAPE = re.compile(r"\\([,= ])")
_NAME_ESCAPE = re.compile(r"\\([, ])")
_STRING_ESCAPE = re.compile(r'\\(["\\])')
_BOOLEANS = {word: True for word in ("t", "T", "true", "True", "TRUE")} | {
    word: False for word in ("f", "F", "false", "False", "FALSE")
}


@dataclass(frozen=True, slots=True)
class Line:
    """One good line. `time` is in the precision of the request, None when the line has none; `number` from 1."""

    number: int
    measurement: str
    tags: dict[str, str]
    fields: dict[str, FieldValue]
    time: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that could not be taken, and why; `line` counts from 1."""

    line: int
    reason: str


class _LineError(ValueError):
    """The line is not line protocol: says what was expected where."""


def time_ms(time: int, precision: str) -> int:
    """Return a timestamp in milliseconds, rounded down.

    >>> time_ms(1451635200_999_999, "us"), time_ms(-1, "ns"), time_ms(2, "s")
    (1451635200999, -1, 2000)
    """
    return time * _MS_EACH[precision] // PER_MS[precision]


def parse(body: bytes) -> tuple[list[Line], list[Refused]]:
    r"""Return the good lines and the refused ones, both in order; comments and blank lines are neither.

    >>> good, refused = parse(b'raw,site=s p=1.5 7\n# remark\nraw p=1e999')
    >>> good
    [Line(number=1, measurement='raw', tags={'site': 's'}, fields={'p': 1.5}, time=7)]
    >>> refused
    [Refused(line=3, reason="field 'p' is 1e999: expected a finite number")]
    """
    return parse_lines(enumerate(body.split(b"\n"), start=1))


def parse_lines(numbered: Iterable[tuple[int, bytes]]) -> tuple[list[Line], list[Refused]]:
    """Return the same of lines with their numbers."""
    good: list[Line] = []
    refused: list[Refused] = []
    for number, raw in numbered:
        stripped = raw.strip(b" \r\t")
        if not stripped or stripped.startswith(b"#"):
            continue
        try:
            good.append(_line(number, stripped.decode()))
        except UnicodeDecodeError:
            refused.append(Refused(number, "not UTF-8"))
        except _LineError as error:
            refused.append(Refused(number, str(error)))
    return good, refused


def _line(number: int, text: str) -> Line:
    start = _MEASUREMENT.match(text)
    if start is None:
        raise _LineError("no measurement at the start of the line")
    tags, at = _tags(text, start.end())
    fields, at = _fields(text, _space(text, at, "tags"))
    return Line(number, _NAME_ESCAPE.sub(r"\1", start[0]), tags, fields, _time(text, at))


def _space(text: str, at: int, after: str) -> int:
    found = _SPACES.match(text, at)
    if found is None:
        expected = (
            "expected a space and fields" if after == "tags" else "expected a space, a timestamp and the end"
        )
        raise _LineError(f"unreadable {after} at {_excerpt(text, at)}: {expected}")
    return found.end()


def _tags(text: str, at: int) -> tuple[dict[str, str], int]:
    tags: dict[str, str] = {}
    while found := _TAG.match(text, at):
        key, value = _KEY_ESCAPE.sub(r"\1", found[1]), _KEY_ESCAPE.sub(r"\1", found[2])
        if key in tags:
            raise _LineError(f"tag {key!r} stands twice")
        tags[key], at = value, found.end()
    return tags, at


def _fields(text: str, at: int) -> tuple[dict[str, FieldValue], int]:
    fields: dict[str, FieldValue] = {}
    while True:
        found = _FIELD.match(text, at)
        if found is None:
            raise _LineError(f"unreadable field at {_excerpt(text, at)}: expected key=value")
        key = _KEY_ESCAPE.sub(r"\1", found[1])
        if key in fields:
            raise _LineError(f"field {key!r} stands twice")
        fields[key], at = _value(key, found[2]), found.end()
        if not text.startswith(",", at):
            return fields, at
        at += 1


def _time(text: str, at: int) -> int | None:
    if at == len(text):
        return None
    at = _space(text, at, "fields")
    found = _TIME.fullmatch(text, at)
    if found is None or int(found[0]) not in _INT64:
        raise _LineError(f"unreadable timestamp {_excerpt(text, at)}: expected a whole number of 64 bits")
    return int(found[0])


def _float(key: str, text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _LineError(f"field {key!r} is {text[:40]}: expected a finite number")
    return value


def _whole(key: str, text: str, allowed: range) -> int:
    value = int(text[:-1])
    if value not in allowed:
        raise _LineError(f"field {key!r} is {text}: expected a whole number of 64 bits")
    return value


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, str], FieldValue]], ...] = (
    (_FLOAT, _float),
    (_INTEGER, lambda key, text: _whole(key, text, _INT64)),
    (_UNSIGNED, lambda key, text: _whole(key, text, _UINT64)),
)


def _value(key: str, text: str) -> FieldValue:
    if text.startswith('"'):
        return _STRING_ESCAPE.sub(r"\1", text[1:-1])
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    for pattern, read in _READERS:
        if pattern.fullmatch(text):
            return read(key, text)
    raise _LineError(
        f"field {key!r} is {text[:40]}: expected a finite number, 1i, 1u, true, false or a quoted string"
    )


def _excerpt(text: str, at: int) -> str:
    return repr(text[at : at + 20]) if at < len(text) else "the end of the line"
