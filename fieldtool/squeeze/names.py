"""Gives the names that only the program knows short ones, and finds modules from where they are."""

import ast
import itertools
import keyword
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fieldtool.squeeze.tree import (
    Function,
    Trees,
    Use,
    arguments,
    defined_by,
    field_names,
    is_fixed,
    is_machine_code,
    known_names,
    names_in,
    uses,
)


def given_names(trees: Trees) -> frozenset[str]:
    """Return the names that must stay: written in a string, given by keyword, or a module's that is imported."""
    found: set[str] = set()
    for tree in trees.values():
        fields = field_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(part for alias in node.names for part in alias.name.split("."))
            if isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in fields:
                found.add(node.value)
    return frozenset(found)


def short_names(
    trees: Trees, given: frozenset[str], spaces: Iterable[frozenset[str]] = (), gone: Iterable[Path] = ()
) -> tuple[dict[str, str], dict[Path, dict[str, str]]]:
    """Return the short names for what the program defines, and which of them each module uses.

    Two names that can never be meant in one place get the same short one: every name that is interned costs
    seven bytes of heap. A place is the names of a module, or its attributes; modules whose classes inherit from
    each other have their attributes in one place, and an attribute that is set from outside is like no other.
    `spaces`: names of modules that will be one module yet; `gone`: modules that will have no file.
    """
    found = {path: list(uses(tree)) for path, tree in trees.items()}
    used = Counter(use.name for path in trees for use in found[path])
    stays = given | {part for path in trees.keys() - set(gone) for part in path.with_suffix("").parts}
    candidates = [name for name in _defined(trees) if len(name) > 2 and not is_fixed(name) and name not in stays]
    candidates.sort(key=lambda name: (-used[name], name))
    fresh = _fresh(frozenset(used) | frozenset(candidates) | known_names())
    apart = _places(trees, found, list(spaces))
    short: dict[str, str] = {}
    taken: list[tuple[str, set[object]]] = []
    for name in candidates:
        free = next((one for one in taken if not one[1] & apart[name]), None)
        if free is None:
            taken.append(free := (next(fresh), set()))
        free[1].update(apart[name])
        short[name] = free[0]
    names = {path: {use.name for use in found[path]} for path in trees}
    return short, {path: {name: short[name] for name in candidates if name in names[path]} for path in trees}


def _defined(trees: Trees) -> set[str]:
    found = {name for tree in trees.values() for node in ast.walk(tree) for name in defined_by(node)}
    return found | {str(one.value) for tree in trees.values() for one in field_names(tree)}


def _places(trees: Trees, found: Mapping[Path, list[Use]], spaces: list[frozenset[str]]) -> dict[str, set[object]]:
    """Return for each name the places in which no other may have the same short one."""
    families, outside = _families(trees), _set_from_outside(trees)
    everywhere = {(family, True) for family in families.values()}
    places: dict[str, set[object]] = {}
    for path, uses_of_path in found.items():
        for use in uses_of_path:
            place = (families[path] if use.is_attribute else path, use.is_attribute)
            if use.name not in places:
                places[use.name] = set(everywhere) if use.name in outside else set()
            places[use.name].add(place)
    for number, space in enumerate(spaces):
        for name in space & places.keys():
            places[name].add(number)
    return places


def _set_from_outside(trees: Trees) -> set[str]:
    """Return the attributes that something sets of another than `self`."""
    return {
        node.attr
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }


def _families(trees: Trees) -> dict[Path, Path]:
    """Return for each module one that stands for all whose classes inherit from each other.

    Raises
    ------
    ValueError
        When a class inherits from something that neither the program nor MicroPython is known to define.
    """
    defined = {
        node.name: path for path, tree in trees.items() for node in tree.body if isinstance(node, ast.ClassDef)
    }
    family = {path: path for path in trees}
    for path, tree in trees.items():
        for name in _bases(tree):
            if name in defined:
                old, new = family[path], family[defined[name]]
                family = {one: new if root == old else root for one, root in family.items()}
            elif name not in known_names():
                raise ValueError(f"{path} has a class that inherits from {name}, which no module defines")
    return family


def _bases(tree: ast.Module) -> Iterator[str]:
    """Yield what the classes of a module inherit from, by the name that it has where it is defined."""
    imported = {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    for node in ast.walk(tree):
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            yield imported.get(name, name)


def _fresh(taken: frozenset[str]) -> Iterator[str]:
    for length in (2, 3):  # single letters are for arguments
        for letters in itertools.product(string.ascii_letters, repeat=length):
            if (name := "".join(letters)) not in taken and not keyword.iskeyword(name):
                yield name


def make_relative(path: Path, tree: ast.Module) -> None:
    """Say where a module is from here: shorter than from the top."""
    here = path.parts[:-1]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module or node.level:
            continue
        there = node.module.split(".")
        common = len([1 for one, other in zip(here, there, strict=False) if one == other])
        if common and tuple(there[:common]) == here[:common]:
            node.level, node.module = len(here) - common + 1, ".".join(there[common:]) or None


class Renamer(ast.NodeTransformer):
    """Gives everything its short name; a function's own arguments get the first letters that it does not use."""

    def __init__(self, short: Mapping[str, str], given: frozenset[str]) -> None:
        self._short = short
        self.given_names = given
        self._scopes: list[dict[str, str]] = []

    def _new(self, name: str) -> str:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return self._short.get(name, name)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._new(node.id)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._new(name) for name in node.names]
        return node

    visit_Global = visit_Nonlocal  # type: ignore[assignment]  # noqa: N815

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = self._short.get(node.attr, node.attr)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.name = self._new(node.name) if node.name else None
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        for alias in node.names:
            old, new = alias.asname or alias.name, self._short.get(alias.name, alias.name)
            local = self._new(old)
            alias.name, alias.asname = new, local if local != new else None
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            if alias.asname:
                alias.asname = self._new(alias.asname)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._new(node.name)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._new(node.name)
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self._visit_function(node)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._visit_function(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            node.value = self._short.get(node.value, node.value)
        return node

    def _visit_function(self, node: Function) -> None:
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        scope = self._scope(node)
        for argument in arguments(node):
            argument.arg = scope[argument.arg]
        self._scopes.append(scope)
        node.body = (
            [self.visit(one) for one in node.body] if isinstance(node.body, list) else self.visit(node.body)
        )
        self._scopes.pop()

    def _scope(self, node: Function) -> dict[str, str]:
        taken = {name for one in ast.walk(node) for name in names_in(one)}
        taken.update(name for scope in self._scopes for name in scope.values())
        letters = (name for name in string.ascii_letters if name not in taken)
        scope = {}
        for argument in arguments(node):
            name = argument.arg
            stays = is_machine_code(node) or len(name) == 1 or name in self.given_names
            scope[name] = name if stays or argument in node.args.kwonlyargs else next(letters, name)
        return scope
