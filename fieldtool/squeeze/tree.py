"""What the parts of the squeezer ask of a module's syntax tree."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

Trees = Mapping[Path, ast.Module]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ENTRIES = frozenset({"start", "enter", "open_board", "run", "const"})  # called from outside the program


@cache
def known_names() -> frozenset[str]:
    """Return the names that MicroPython's modules and types define."""
    return frozenset((Path(__file__).parent / "micropython_names.txt").read_text(encoding="ascii").split())


def is_fixed(name: str) -> bool:
    """Tell whether a name stays in any case."""
    return name.startswith(("__", "test_")) or name in _ENTRIES or name in known_names()


def is_machine_code(node: ast.AST) -> bool:
    """Tell whether a function is compiled to the processor's own code."""
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(one, ast.Attribute) and one.attr in ("viper", "native") for one in decorators)


def arguments(node: Function) -> list[ast.arg]:
    """Return all arguments of a function."""
    found = node.args
    more = [one for one in (found.vararg, found.kwarg) if one]
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *more]


def mentions(node: ast.AST) -> Iterator[str]:
    """Yield every name and every string in a piece of program, definitions' own names not counted."""
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name):
                yield name.split(".")[-1]
            case ast.Constant(value=str(text)):
                yield text


def field_names(tree: ast.Module) -> set[ast.Constant]:
    """Return the strings by which the namedtuples of a module, and their fields, are written out."""
    found: set[ast.Constant] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="namedtuple"), args=[ast.Constant() as title, fields]),
            ):
                found.update([title] if title.value == name else [])
                found.update(one for one in ast.walk(fields) if isinstance(one, ast.Constant))
    return found


def names_in(node: ast.AST) -> Iterable[str]:
    """Return the name that a node is."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return (name,)
    return ()


def defined_by(node: ast.AST) -> Iterable[str]:
    """Return the name that a node gives to something."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return (name,)
        case ast.alias(asname=str(name)):
            return (name,)
    return ()


class Use(NamedTuple):
    """A name as it stands somewhere: looked up in scopes, or on an object."""

    name: str
    is_attribute: bool


def uses(tree: ast.Module) -> Iterator[Use]:
    """Yield every use of a name in a module; one in the body of a class may be either, and is both."""
    yield from (Use(str(one.value), is_attribute=True) for one in field_names(tree))
    for node in tree.body:
        yield from _uses(node, in_class=False)


def _uses(node: ast.AST, *, in_class: bool) -> Iterator[Use]:
    for name in names_at(node):
        is_method = in_class and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (
            isinstance(node, ast.Attribute)
            or is_method
            or (in_class and isinstance(node, ast.Name | ast.ClassDef))
        ):
            yield Use(name, is_attribute=True)
        if not (isinstance(node, ast.Attribute) or is_method):
            yield Use(name, is_attribute=False)
    for part, child in _children(node):
        inside = part == "body" and not isinstance(node, ast.If | ast.For | ast.While | ast.Try | ast.With)
        yield from _uses(child, in_class=isinstance(node, ast.ClassDef) if inside else in_class)


def names_at(node: ast.AST) -> Iterator[str]:
    """Yield every name that a node has itself."""
    yield from names_in(node)
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield from (one for one in (name, other) if one)
        case ast.ExceptHandler(name=str(name)):
            yield name


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for part, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield part, child
