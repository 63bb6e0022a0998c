"""A kept state (a frozen dataclass) as JSON and back: the collector's door to pydantic."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

State = TypeVar("State")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(form: type[Any]) -> TypeAdapter[Any]:
    if form not in _ADAPTERS:  # making one costs more than using it
        _ADAPTERS[form] = TypeAdapter(form)
    return _ADAPTERS[form]


def to_json(state: object) -> str:
    """Return a dataclass as JSON text."""
    return _adapter(type(state)).dump_json(state).decode()


def from_json(form: type[State], text: str) -> State:
    """Return the dataclass of `form` that stands in JSON text.

    Raises
    ------
    pydantic.ValidationError
        When the text was written by something else: the store is damaged or of another version.
    """
    found: State = _adapter(form).validate_json(text)
    return found
