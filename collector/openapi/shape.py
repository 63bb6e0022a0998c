"""The JSON Schema of a dataclass or NamedTuple as its fields say it, so that description and code cannot part."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]
_PLAIN: Mapping[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    Any: {},
    object: {},
}


def shape(form: type, *left_out: str, **more: Schema) -> Schema:
    """Return the schema of a class as asdict or _asdict gives it, without some fields and with others."""
    hints = get_type_hints(form)
    names = [one.name for one in fields(form)] if is_dataclass(form) else list(hints)
    return an_object(**{name: kind(hints[name]) for name in names if name not in left_out}, **more)


def an_object(**properties: Schema) -> Schema:
    """Return the schema of an object that has these properties, all of them, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """Return the schema of what may be missing."""
    return {"anyOf": [schema, _PLAIN[types.NoneType]]}


def kind(hint: Any) -> Schema:
    """Return the schema of a type. Raises TypeError for one that JSON does not have."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    outer, inner = get_origin(hint), get_args(hint)
    if outer is Literal:
        return {"enum": list(inner)}
    if outer in (types.UnionType, Union):
        return {"anyOf": [kind(one) for one in inner]}
    if outer in (tuple, list, Sequence):
        return list_of(kind(inner[0]))
    if outer in (dict, Mapping):
        return {"type": "object", "additionalProperties": kind(inner[1])}
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return {"enum": [int(one) for one in hint]}
    if isinstance(hint, type) and (is_dataclass(hint) or hasattr(hint, "_fields")):
        return shape(hint)
    raise TypeError(f"{hint} has no JSON Schema here")
