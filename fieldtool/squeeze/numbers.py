"""Puts numbers and words that have a name where the name is used, in its own module and in others.

Words are the forms of records and the names in the store. A long number or a word that stands in a module twice is
in the heap once.
"""

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fieldtool.squeeze.tree import Trees

_LONGEST = 40  # of words; a longer one is data
_Constant = int | float | str | bytes
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], int]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.FloorDiv: lambda one, other: one // other,
    ast.Mod: lambda one, other: one % other,
    ast.LShift: lambda one, other: one << other,
    ast.RShift: lambda one, other: one >> other,
    ast.BitAnd: lambda one, other: one & other,
    ast.BitOr: lambda one, other: one | other,
    ast.BitXor: lambda one, other: one ^ other,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], int]] = {
    ast.USub: lambda one: -one,
    ast.Invert: lambda one: ~one,
    ast.UAdd: lambda one: one,
}


def put_in_place(trees: Trees, kept: frozenset[str]) -> None:
    """Replace the names of numbers and words by these. A name that is set from outside stays."""
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in trees}
    walked = [node for tree in trees.values() for node in ast.walk(tree)]
    stays = kept | {
        node.attr for node in walked if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    known: dict[Path, dict[str, _Constant]] = {path: {} for path in trees}
    found = -1
    while found < sum(map(len, known.values())):
        found = sum(map(len, known.values()))
        for path, tree in trees.items():
            _Scope(path, modules, known).visit(tree)
            known[path] = _constants(tree, stays)


def _constants(tree: ast.Module, stays: frozenset[str] | set[str]) -> dict[str, _Constant]:
    """Return the numbers and the words that a module gives a name in capitals, once and for all."""
    stores = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    found: dict[str, _Constant] = {}
    for node in tree.body:
        for name, value in _assigned(node):
            if name.isupper() and stores[name] == 1 and name not in stays and (put := _put(value)) is not None:
                found[name] = put
    return found


def _put(node: ast.expr) -> _Constant | None:
    """Return what stands better where it is used than under a name, None for anything else."""
    match node:
        case ast.Constant(value=str(word) | bytes(word)):
            return word if len(word) <= _LONGEST else None
        case ast.Constant(value=float(number)):
            return number
    return _value(node)


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Return (name, value) of `X = 1`, of `X, Y = 1, 2` and of `X, Y = range(2)`."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    if not isinstance(target, ast.Tuple):
        return []
    values = value.elts if isinstance(value, ast.Tuple) else _ranged(value, len(target.elts))
    return [(one.id, of) for one, of in zip(target.elts, values, strict=False) if isinstance(one, ast.Name)]


def _ranged(value: ast.expr, count: int) -> list[ast.expr]:
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "range"):
        return []
    limits = [number for one in value.args if (number := _value(one)) is not None]
    if len(limits) < len(value.args) or len(range(*limits)) != count:
        return []
    return [ast.Constant(number) for number in range(*limits)]


def _value(node: ast.expr) -> int | None:
    """Return the whole number that an expression is, None for anything else."""
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=sign, operand=operand):
            value = _value(operand)
            return None if value is None or type(sign) not in _SIGNS else _SIGNS[type(sign)](value)
        case ast.BinOp(left=left, op=operator, right=right):
            one, other = _value(left), _value(right)
            known = one is not None and other is not None and type(operator) in _OPERATIONS
            return _OPERATIONS[type(operator)](one, other) if known else None
    return None


class _Scope(ast.NodeTransformer):
    """Replaces what one module names of its own and of others' numbers."""

    def __init__(self, path: Path, modules: dict[str, Path], known: dict[Path, dict[str, _Constant]]) -> None:
        self._modules = modules
        self._known = known
        self._numbers = dict(known[path])
        self._imported: dict[str, Path] = {}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        for one in ast.walk(node):
            if isinstance(one, ast.ImportFrom) and one.module:
                self._take(one)
            if isinstance(one, ast.Import):
                self._imported.update(
                    {
                        alias.asname: self._modules[alias.name]
                        for alias in one.names
                        if alias.asname and alias.name in self._modules
                    }
                )
        self.generic_visit(node)
        return node

    def _take(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name, module = alias.asname or alias.name, f"{node.module}.{alias.name}"
            if module in self._modules:
                self._imported[name] = self._modules[module]
            elif node.module in self._modules and alias.name in self._known[self._modules[node.module]]:
                self._numbers[name] = self._known[self._modules[node.module]][alias.name]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id in self._numbers:
            return ast.Constant(self._numbers[node.id])
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name) and node.value.id in self._imported:
            numbers = self._known[self._imported[node.value.id]]
            if node.attr in numbers:
                return ast.Constant(numbers[node.attr])
        return node
