"""DIR/facilities.toml: the other collectors whose states this one shows beside its own.

    [[facility]]
    id = "north"                                  # the site id that its collector tells
    name = "North dam"
    url = "https://north.example"                 # of its collector; http only on this machine
    latitude_deg = 41.0                           # WGS 84, both or neither
    longitude_deg = 71.6
    token_file = "north.token"                    # beside this file; without it nothing is sent
    ca_file = "north-ca.pem"                      # where its certificate is not from a public authority

Every fault is found at once, with its place. Without the file the own site is the only facility.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from seepline.site_rules.draft import Problem, Raw
from seepline.site_rules.values import is_id, is_number, shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables

FILE_NAME = "facilities.toml"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """One facility and the collector that keeps it; paths of files are relative to the settings."""

    id: str
    name: str
    url: str
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    token_file: str = ""
    ca_file: str = ""


def read_facilities(data: Path, own: str) -> tuple[Facility, ...]:
    """Return the facilities of a data directory, none without the file; `own` is the id of its own site.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem and its place.
    """
    path = data / FILE_NAME
    if not path.exists():
        return ()
    document = parse_toml(read_text(path, FILE_NAME), str(path))
    problems = list(unknown_tables(document, ("facility",)))
    raws, found = entries_of(document, "facility")
    problems += found
    facilities: list[Facility] = []
    for number, raw in enumerate(raws, 1):
        facilities += _read(f"facility[{number}]", raw, problems)
    ids = [own, *(one.id for one in facilities)]
    for one in facilities:
        problems += _file_problems(one, data)
        if ids.count(one.id) > 1:
            problems.append(Problem(f"facility[{one.id}].id", repr(one.id), "an id that no other facility has"))
    if problems:
        raise Faulty(once(problems))
    return tuple(facilities)


def _read(place: str, raw: Raw, problems: list[Problem]) -> Iterator[Facility]:
    entry, faults = read_entry(Facility, raw)
    problems += at(place, faults)
    if entry is not None:
        problems += _value_problems(place, entry)
        yield entry


def _value_problems(place: str, one: Facility) -> Iterator[Problem]:
    if not is_id(one.id):
        yield Problem(f"{place}.id", shown(one.id), "letters, digits, dot, underline and hyphen only")
    if not _is_address(one.url):
        expected = "https://HOST, or http:// on this machine, without user, query and fragment"
        found = "an address with a user or password" if "@" in one.url else shown(one.url)  # it may be a secret
        yield Problem(f"{place}.url", found, expected)
    for key, most in (("latitude_deg", 90.0), ("longitude_deg", 180.0)):
        value = getattr(one, key)
        if value is not None and not (is_number(value) and -most <= value <= most):
            yield Problem(f"{place}.{key}", shown(value), f"-{most:g} to {most:g}")
    if (one.latitude_deg is None) != (one.longitude_deg is None):
        yield Problem(place, "one of latitude_deg and longitude_deg", "both or neither")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username or parts.password) and parts.port != 0
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return bool(safe and plain and parts.hostname)


def _file_problems(one: Facility, data: Path) -> Iterator[Problem]:
    for key in ("token_file", "ca_file"):
        name = getattr(one, key)
        if name and not (data / name).is_file():
            yield Problem(f"facility[{one.id}].{key}", shown(name), f"a file in {data}")
