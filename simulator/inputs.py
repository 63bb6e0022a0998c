"""INPUTS.toml: which logger measures what. Read strictly, every fault at once with its TOML path.

[[recording]]    replays a file of recorded readings (simulator.recording)
[scenario]       plays a physical scenario, with its parts as tables below it (simulator.scenario)
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from seepline.site import Site
from seepline.site_shape import read_entry
from simulator import play, recording
from simulator.input_table import InputError, Scan
from simulator.recording import Recording
from simulator.scenario import Scenario, Settings

_HINTS = get_type_hints(Scenario)
_LISTS = {name: get_args(hint)[0] for name, hint in _HINTS.items() if get_args(hint)[-1:] == (Ellipsis,)}
_SINGLES = {name: get_args(hint)[0] for name, hint in _HINTS.items() if type(None) in get_args(hint)}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the loggers of a site measure. Files of recordings are relative to `folder`."""

    recordings: tuple[Recording, ...]
    scenario: Scenario | None
    folder: Path

    def scans(self, logger: str, site: Site, start_ms: int) -> list[Scan]:
        """Return the scans of one logger; none, and all its channels missing, when nothing is said about it."""
        for part in self.recordings:
            if part.logger == logger:
                channels = [channel for channel in site.channels if channel.logger == logger]
                return recording.scans(part, self.folder / part.file, channels)
        if self.scenario and self.scenario.settings.logger == logger:
            return play.scans(self.scenario, site, start_ms)
        return []


NO_INPUTS = Inputs((), None, Path())


def read(path: Path, site: Site) -> Inputs:
    """Return the inputs in a file, checked against the site.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    document, faults = _document(path), list[str]()
    faults += [
        f"{key}: an unknown key, expected recording, scenario"
        for key in document.keys() - {"recording", "scenario"}
    ]
    recordings = _tables(Recording, document.get("recording", []), "recording", faults)
    scenario = _scenario(document["scenario"], faults) if "scenario" in document else None
    for number, part in enumerate(recordings, start=1):
        faults += recording.check(part, site, f"recording[{number}]")
    faults += _driven_twice(recordings, scenario, site)
    if faults:
        raise InputError([f"{path}: {fault}" for fault in faults])
    return Inputs(tuple(recordings), scenario, path.parent)


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError([f"{path}: cannot be read ({error.strerror}), check the path"]) from error
    except UnicodeDecodeError as error:
        raise InputError([f"{path}: byte {error.start} is not UTF-8, save the file as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError([f"{path}: not valid TOML: {error}"]) from error


def _table(form: type[Any], raw: object, path: str, faults: list[str]) -> Any:
    if not isinstance(raw, Mapping):
        faults.append(f"{path}: found {raw!r}, expected a table")
        return None
    entry, wrong = read_entry(form, raw)
    faults += [f"{path}.{key}: found {found}, expected {expected}" for key, found, expected in wrong]
    return entry


def _tables(form: type[Any], raw: object, path: str, faults: list[str]) -> list[Any]:
    if not isinstance(raw, list):
        faults.append(f"{path}: expected [[{path}]], a list of tables")
        return []
    entries = [_table(form, item, f"{path}[{number}]", faults) for number, item in enumerate(raw, start=1)]
    return [entry for entry in entries if entry is not None]


def _scenario(raw: object, faults: list[str]) -> Scenario | None:
    if not isinstance(raw, Mapping):
        faults.append(f"scenario: found {raw!r}, expected a table")
        return None
    own = {key: value for key, value in raw.items() if key not in _LISTS and key not in _SINGLES}
    settings = _table(Settings, own, "scenario", faults)
    parts: dict[str, Any] = {
        name: _table(form, raw[name], f"scenario.{name}", faults) for name, form in _SINGLES.items() if name in raw
    }
    for name in _LISTS.keys() & raw.keys():
        parts[name] = tuple(_tables(_LISTS[name], raw[name], f"scenario.{name}", faults))
    return Scenario(settings=settings, **parts) if settings else None


def _driven_twice(recordings: Sequence[Recording], scenario: Scenario | None, site: Site) -> list[str]:
    loggers = [part.logger for part in recordings] + ([scenario.settings.logger] if scenario else [])
    faults = [
        f"logger {name} has two inputs, expected one recording or the scenario"
        for name in sorted({n for n in loggers if loggers.count(n) > 1})
    ]
    if scenario and scenario.settings.logger not in site.logger_by_id:
        faults.append(f"scenario.logger: no logger '{scenario.settings.logger}' in the site")
    return faults
