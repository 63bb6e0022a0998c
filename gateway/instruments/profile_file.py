"""Reading a profile file: TOML to a Profile, or everything that is wrong with it, each thing with its place.

[profile] maker, model, source        [device] orders, pauses, limits, line settings
[field.<name>] ...                    [trigger] optional
[settings.<name>] text, default       "$<name>" anywhere stands for what the site (or the default) gives

ProfileError    carries every Problem
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from gateway.instruments.profile import About, Device, Field, Profile, Setting, Trigger, field_faults, value_rows
from seepline.site_rules.draft import Problem, one_of
from seepline.site_rules.values import printed, shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, once, parse_toml, read_text

Raw = Mapping[str, Any]

_ENDING = ".toml"
_TABLES = ("profile", "device", "field", "trigger", "settings")


class ProfileError(Faulty):
    """A profile cannot be used; `problems` says everything that is wrong with it."""


def shipped() -> dict[str, Path]:
    """Return the profiles that come with the gateway, by name."""
    folder = Path(str(resources.files("gateway.instruments"))) / "profiles"
    return {path.stem: path for path in sorted(folder.glob(f"*{_ENDING}"))}


def read_profile(name: str, directory: Path, settings: Raw) -> Profile:
    """Return the profile of a name (shipped) or of a path from `directory` (the user's own, ends in .toml).

    Raises
    ------
    ProfileError
        With every problem of the file and of the settings.
    """
    path = directory / name if name.endswith(_ENDING) else shipped().get(name)
    if path is None:
        expected = one_of(sorted(shipped()), name, "a shipped profile, or the path of a .toml file")
        raise ProfileError([Problem("profile", repr(name), expected)])
    try:
        text = read_text(path, "profile")
    except Faulty as error:
        raise ProfileError(error.problems) from error
    return parse_profile(text, name, settings)


def parse_profile(text: str, name: str, settings: Raw) -> Profile:
    """Return the profile in a text, its settings filled in; raises ProfileError with every problem."""
    try:
        document = parse_toml(text, name)
    except Faulty as error:
        raise ProfileError(error.problems) from error
    problems = [*_unknown(document, _TABLES, "")]
    values, faults = _settings(document, settings)
    problems += faults
    filled = {key: _filled(value, values) for key, value in document.items() if key != "settings"}
    profile, faults = _read(name, filled)
    declared, _ = _table(document, "settings")
    open_settings = {repr(f"${setting}") for setting in declared if setting not in values}
    problems += [fault for fault in faults if fault.found not in open_settings]
    if profile is None or problems:
        raise ProfileError(once(problems))
    return profile


def _unknown(raw: Raw, known: Iterable[str], where: str) -> Iterator[Problem]:
    for key in raw:
        if key not in known:
            yield Problem(where + printed(key), "an unknown table or key", one_of(sorted(known), key))


def _settings(document: Raw, given: Raw) -> tuple[dict[str, object], list[Problem]]:
    """Return the value of each setting that the profile knows, and the problems of both sides."""
    declared, problems = _table(document, "settings")
    values: dict[str, object] = {}
    for name, raw in declared.items():
        setting, faults = _entry(Setting, raw, f"settings.{printed(name)}")
        problems += faults
        if setting is not None and (name in given or "default" in raw):
            values[name] = given[name] if name in given else raw["default"]
        elif setting is not None:
            problems.append(Problem(f"settings.{printed(name)}", "nothing", setting.text))
    return values, [*problems, *_unknown(given, declared, "settings.")]


def _filled(value: object, settings: Raw) -> Any:
    """Return a TOML value with each "$name" replaced; one without a value stays and fails by its type."""
    if isinstance(value, Mapping):
        return {key: _filled(below, settings) for key, below in value.items()}
    if isinstance(value, list):
        return [_filled(below, settings) for below in value]
    if isinstance(value, str) and value.startswith("$"):
        return settings.get(value[1:], value)
    return value


def _read(name: str, document: Raw) -> tuple[Profile | None, list[Problem]]:
    about, problems = _entry(About, document.get("profile"), "profile")
    device, faults = _entry(Device, document.get("device"), "device")
    problems += faults
    trigger = None
    if "trigger" in document:
        trigger, faults = _entry(Trigger, document["trigger"], "trigger")
        problems += faults
    fields, faults = _fields(document, device)
    problems += faults
    if problems or about is None or device is None:
        return None, problems
    return Profile(name=name, about=about, device=device, fields=fields, trigger=trigger), []


def _fields(document: Raw, device: Device | None) -> tuple[dict[str, Field], list[Problem]]:
    raws, problems = _table(document, "field")
    if not raws and not problems:
        problems.append(Problem("field", "nothing", "at least one [field.<name>]"))
    fields: dict[str, Field] = {}
    for name, raw in raws.items():
        path = f"field.{printed(name)}"
        one, faults = _entry(Field, raw, path)
        problems += faults
        if one is not None and not faults:
            fields[name] = one
            most = device.most_registers if device else None
            problems += [_problem(path, *fault) for fault in field_faults(name, one, raws, most)]
    return fields, problems


def _problem(path: str, key: str, found: str, expected: str) -> Problem:
    return Problem(f"{path}.{key}" if key else path, found, expected)


def _table(document: Raw, key: str) -> tuple[Raw, list[Problem]]:
    raw = document.get(key, {})
    if isinstance(raw, Mapping):
        return raw, []
    return {}, [Problem(key, shown(raw), f"[{key}.<name>] tables")]


def _entry(kind: type, raw: object, path: str) -> tuple[Any, list[Problem]]:
    """Return the entry of a class in a table, or None, and every problem of the table."""
    if not isinstance(raw, Mapping):
        return None, [Problem(path, "nothing" if raw is None else shown(raw), f"a [{path}] table")]
    entry, faults = read_entry(kind, raw)
    problems = [Problem(f"{path}.{key}", found, expected) for key, found, expected in faults]
    wrong = {problem.path for problem in problems}
    problems += [
        Problem(f"{path}.{key}", shown(value), expected)
        for key, value, expected in value_rows(kind, raw)
        if f"{path}.{key}" not in wrong
    ]
    return entry, problems
