"""The one door of pydantic: a TOML table becomes an entry of seepline.site, or every fault in its shape.

The classes of seepline.site are the schema. Two things differ in the file: a date is an offset date-time and its
key has no `_ms` (`valid_from = 2015-12-01T00:00:00Z`), and what is still valid has no `valid_to`.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from seepline.site_rules.draft import one_of
from seepline.site_rules.values import printed, shown

Fault = tuple[str, str, str]  # key below the entry, what was found, what was expected

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_KEYS = {"valid_from_ms": "valid_from", "valid_to_ms": "valid_to"}
_YEARS = range(1900, 2200)  # from the oldest dams still in use to beyond every date that means something here
_DATE_WORDS = "a date and time with offset, such as 2015-12-01T00:00:00Z"
_UNIT_WORDS = 'a unit in quotes, such as "kPa" (no unit has a default)'
_KEY_WORDS = dict.fromkeys(_DATE_KEYS.values(), _DATE_WORDS) | dict.fromkeys(
    ("unit", "input_unit", "output_unit"), _UNIT_WORDS
)
_WORDS: Mapping[object, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    bool: "true or false",
    str | float: "a text in quotes or a number",
    str | float | tuple[float, ...]: "a text in quotes, a number or a list of numbers",
    tuple[str, ...]: "a list of texts in quotes",
    tuple[int, ...]: "a list of whole numbers",
    tuple[float, ...]: "a list of numbers",
    tuple[tuple[float, float], ...]: "a list of [x m, elevation m] pairs",
}


def _utc_ms(value: object) -> int:
    if isinstance(value, datetime) and value.tzinfo is not None and value.year in _YEARS:
        return (value - _EPOCH) // timedelta(milliseconds=1)
    raise PydanticCustomError("date", _DATE_WORDS)


def _toml_field(field: dataclasses.Field[Any], hint: object) -> tuple[object, Any]:
    """Return the pydantic field of a dataclass field: its type, its key in the file, its default if it has one."""
    if field.name in _DATE_KEYS:
        given = ... if field.default is dataclasses.MISSING else field.default
        default = None if field.name == "valid_to_ms" else given
        return Annotated[hint, BeforeValidator(_utc_ms)], Field(default, alias=_DATE_KEYS[field.name])
    if _without_none(hint) is int:
        hint = Annotated[hint, Field(ge=-(2**63), lt=2**63)]  # TOML's own range; Python reads any length
    if field.default_factory is not dataclasses.MISSING:
        return hint, Field(default_factory=field.default_factory, alias=field.name)
    return hint, Field(... if field.default is dataclasses.MISSING else field.default, alias=field.name)


def keys_of(kind: type) -> Mapping[str, object]:
    """Return the keys that a table of this kind may have, with the type of each."""
    hints = get_type_hints(kind)
    return {_DATE_KEYS.get(field.name, field.name): hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _model(kind: type) -> type[BaseModel]:
    hints = get_type_hints(kind)
    fields: dict[str, Any] = {  # with another name than in the file: pydantic has a `register` of its own
        f"{field.name}_": _toml_field(field, hints[field.name]) for field in dataclasses.fields(kind)
    }
    config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())
    return create_model(kind.__name__, __config__=config, **fields)


def _without_none(hint: object) -> object:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    parts = [part for part in get_args(hint) if part is not type(None)]
    return parts[0] if len(parts) == 1 else hint


def words_for(key: str, hint: object, depth: int = 0) -> str:
    """Return what is expected of a value of this type, or `depth` keys below it."""
    if key in _KEY_WORDS:
        return _KEY_WORDS[key]
    hint = _without_none(hint)
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(json.dumps(word) for word in get_args(hint))
    if get_origin(hint) is Mapping:
        return words_for("", get_args(hint)[1]) if depth else "a table { key = value }"
    return _WORDS[hint]


def _place(key: str, below: tuple[int | str, ...], hint: object) -> str:
    """Return the key path of an error; a list is counted from 1, and a union's branch is no key."""
    if get_origin(hint) is Mapping:
        below = below[:1]
    return "".join(
        (printed(key), *(f"[{step + 1}]" if isinstance(step, int) else f".{printed(step)}" for step in below))
    )


def _fault(error: Mapping[str, Any], keys: Mapping[str, object]) -> Fault:
    key, *below = error["loc"]
    if error["type"] == "extra_forbidden":
        return printed(key), "an unknown key", one_of(sorted(keys), key)
    found = "nothing" if error["type"] == "missing" else shown(error["input"])
    return _place(key, tuple(below), keys[key]), found, words_for(key, keys[key], len(below))


def _tuples(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _validate(kind: type, raw: Mapping[str, object]) -> tuple[Any, list[Any]]:
    try:
        read = _model(kind).model_validate(raw)
    except ValidationError as error:
        return None, error.errors(include_url=False, include_context=False)
    return kind(**{field.name: getattr(read, f"{field.name}_") for field in dataclasses.fields(kind)}), []


def read_entry(kind: type, raw: Mapping[str, object]) -> tuple[Any, tuple[Fault, ...]]:
    """Return the entry of class `kind` in a TOML table, and the faults in the table's shape.

    With unknown keys as the only faults the entry is returned all the same, so that its values can be judged;
    with any other fault it is None.
    """
    keys = keys_of(kind)
    frozen = {key: _tuples(value) for key, value in raw.items()}
    entry, errors = _validate(kind, frozen)
    if errors and all(error["type"] == "extra_forbidden" for error in errors):
        entry, _ = _validate(kind, {key: value for key, value in frozen.items() if key in keys})
    return entry, tuple(_unique(_fault(error, keys) for error in errors))


def _unique(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Yield one fault for each place: a value that may be a text or a number is reported by pydantic for both."""
    yield from {fault[0]: fault for fault in faults}.values()
