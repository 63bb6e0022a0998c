"""catalog.toml: each kind of part with its symbol, footprint, maker's number and temperature range."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hardware.source import EXPECTED, is_source
from seepline.site_rules.draft import Problem
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, parse_toml, read_text

PATH = Path(__file__).with_name("catalog.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of part. `symbol` is library:name of KiCad; without one `pins` says "number name function"."""

    footprint: str
    maker: str
    number: str
    lowest_c: int
    highest_c: int
    source: str
    symbol: str = ""
    pins: tuple[str, ...] = ()
    alternate: str = ""
    note: str = ""


def read(path: Path = PATH) -> Mapping[str, Kind]:
    """Return the kinds by name; raises seepline.toml_file.Faulty."""
    kinds: dict[str, Kind] = {}
    problems: list[Problem] = []
    for name, raw in parse_toml(read_text(path, path.name), str(path)).items():
        kind, faults = read_entry(Kind, raw) if isinstance(raw, Mapping) else (None, (("", "a value", "a table"),))
        problems += at(f"{path.name}: [{name}]", faults)
        if kind is not None:
            kinds[name] = kind
            if not is_source(kind.source):
                problems.append(Problem(f"{path.name}: [{name}].source", repr(kind.source), EXPECTED))
    if problems:
        raise Faulty(problems)
    return kinds
