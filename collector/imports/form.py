"""How the files of one source are written, as imports.toml says it. Nothing about a file is guessed.

Each form is a dataclass whose fields are the keys of its table; `FORMS` names them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Encoding = Literal["utf-8", "cp1251", "cp1252", "latin-1"]


class Fault(NamedTuple):
    """One thing wrong in a file: the line, counted from 1; the column ('' for all of it); found and expected."""

    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: found {self.found}; expected {self.expected}"


class HeadError(Exception):
    """The head of a file is not the declared one, so no line of it can be believed; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """What every file needs: whose local time it is in, and the words in it that mean "no value".

    `time_zone` is an offset ("+05:00") or a name of the IANA list.
    """

    time_zone: str
    missing: tuple[str, ...] = ()
    encoding: Encoding = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toa5Form(FileForm):
    """Campbell's table-oriented ASCII: four lines of head; columns are found by their names.

    Source: Campbell Scientific, LoggerNet manual, "TOA5". `station` and `table` tell whose file it is; `serial`
    and `program_signature`, where given, too: another program may write the same names with another meaning.
    """

    form: Literal["toa5"]
    station: str
    table: str
    serial: str = ""
    program_signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lc2Form(FileForm):
    """Arrays of Geokon's LC-2, LC-2x4 and LC-2x16 dataloggers, as their memory is listed.

    Source: Geokon, LC-2 manual, 1: an optional name, year, date (day of the year, or month and day), time (hhmm,
    or hour and minute), seconds, battery (V), temperature of the datalogger (degC), the readings, the
    temperatures at the gauges, the number of the array. `header_lines` are passed over unread.
    """

    form: Literal["lc2"]
    date: Literal["day_of_year", "month_day"]
    clock: Literal["hhmm", "hour_minute"]
    gauges: Literal[1, 4, 16]
    name: str
    header_lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvForm(FileForm):
    """Any file of rows and columns. Columns are named in `header_line`; without one they are "1", "2", ...

    `time_format` is "iso", "excel_days" (since 1899-12-30) or a pattern of Python's strptime for the texts of
    `time_columns`, joined by spaces. `record_column` counts the records, where the file has such a column.
    """

    form: Literal["csv"]
    delimiter: Literal[",", ";", "\t", " "]
    first_line: int
    time_columns: tuple[str, ...]
    time_format: str
    decimal: Literal[".", ","] = "."
    header_line: int | None = None
    record_column: str = ""


AnyForm = Toa5Form | Lc2Form | CsvForm
FORMS: Mapping[str, type[AnyForm]] = {"toa5": Toa5Form, "lc2": Lc2Form, "csv": CsvForm}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is declared of a column: its name, the unit its values are in, and (TOA5) the processing.

    `thermistor` holds the constants by which the other logger made degC of ohm, where ohm are wanted back.
    """

    column: str
    unit: str
    processing: str = ""
    thermistor: Mapping[str, str | float] = field(default_factory=dict)
