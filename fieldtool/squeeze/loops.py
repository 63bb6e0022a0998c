"""Writes comprehensions out as loops: MicroPython keeps a function in the heap for each, as long as its module.

`return [f(x) for x in y if x]` becomes `made = []`, a loop that appends, and `return made`. That is done where the
loop can run before the rest of its statement without anybody noticing: nothing but names and constants comes
earlier in it. Generators stay, and so does what a lambda within it would see.
"""

import ast
import itertools
from collections.abc import Iterator

from fieldtool.squeeze.tree import Trees, is_machine_code

_Written = ast.ListComp | ast.SetComp | ast.DictComp
_WRITTEN = (ast.ListComp, ast.SetComp, ast.DictComp)
_INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def write_out(trees: Trees) -> None:
    """Write out the comprehensions in all functions of a program."""
    for tree in trees.values():
        _Functions().visit(tree)


class _Functions(ast.NodeTransformer):
    def __init__(self) -> None:
        self._numbers = itertools.count()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not is_machine_code(node):
            node.body = self._block(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [made for node in body for made in self._statement(node)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        if isinstance(node, ast.ClassDef):
            return [self.generic_visit(node)]  # type: ignore[list-item]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return [self.visit(node)]
        for part in ("body", "orelse", "finalbody"):
            if getattr(node, part, None):
                setattr(node, part, self._block(getattr(node, part)))
        for handler in getattr(node, "handlers", []):
            handler.body = self._block(handler.body)
        before: list[ast.stmt] = []
        while found := _first_evaluated(node):
            before += self._loop(found, node)
        return [*before, node]

    def _loop(self, found: _Written, node: ast.stmt) -> list[ast.stmt]:
        """Return the loop of a comprehension, in whose place in the statement its result stands from now on."""
        number = next(self._numbers)
        made = f"made__{number}"
        own = {
            name.id: f"{name.id}__{number}"
            for one in found.generators
            for name in ast.walk(one.target)
            if isinstance(name, ast.Name)
        }
        first = found.generators[0].iter  # is looked up outside
        found.generators[0].iter = ast.Constant(None)
        renamed = _Renamed(own).visit(found)
        found.generators[0].iter = first
        _Replaced(found, ast.Name(made, ast.Load())).visit(node)
        body = _kept(renamed, made)
        for one in reversed(renamed.generators):
            for condition in reversed(one.ifs):
                body = [ast.If(condition, body, [])]
            body = [ast.For(one.target, one.iter, body, [])]
        return [ast.Assign([ast.Name(made, ast.Store())], _empty(renamed)), *body]


def _empty(found: _Written) -> ast.expr:
    match found:
        case ast.ListComp():
            return ast.List([], ast.Load())
        case ast.DictComp():
            return ast.Dict([], [])
    return ast.Call(ast.Name("set", ast.Load()), [], [])


def _kept(found: _Written, made: str) -> list[ast.stmt]:
    """Return the statements that add one element; a key is reckoned before its value."""
    into = ast.Name(made, ast.Load())
    if isinstance(found, ast.DictComp):
        key = ast.Assign([ast.Name(f"key__{made}", ast.Store())], found.key)
        place = ast.Subscript(into, ast.Name(f"key__{made}", ast.Load()), ast.Store())
        return [key, ast.Assign([place], found.value)]
    method = "append" if isinstance(found, ast.ListComp) else "add"
    return [ast.Expr(ast.Call(ast.Attribute(into, method, ast.Load()), [found.elt], []))]


def _first_evaluated(node: ast.stmt) -> _Written | None:
    """Return the comprehension before which nothing happens in a statement, if there is one to be written out."""
    match node:
        case ast.Return(value=value) | ast.Expr(value=value) if value:
            return _first(value)
        case ast.Assign(value=value):
            return _first(value)
        case ast.AugAssign(target=ast.Name(), value=value):
            return _first(value)
        case ast.For(iter=value) | ast.If(test=value):
            return _first(value)
    return None


def _first(node: ast.expr) -> _Written | None:
    """Look where evaluation begins, past what only names something."""
    if isinstance(node, _WRITTEN):
        return node if _can_be_written(node) else None
    for part in _in_order(node):
        if isinstance(part, ast.Name | ast.Constant):
            continue
        return _first(part)
    return None


def _in_order(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of an expression that are always evaluated, in their order."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _function_parts(func)
            yield from (one.value if isinstance(one, ast.Starred) else one for one in args)
            yield from (one.value for one in keywords)
        case ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Compare(left=left, comparators=[right]):
            yield from (left, right)
        case ast.UnaryOp(operand=part) | ast.Await(value=part) | ast.Attribute(value=part):
            yield part
        case ast.Subscript(value=value, slice=part):
            yield from (value, part)
        case ast.BoolOp(values=[part, *_]) | ast.IfExp(test=part):
            yield part
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            yield from elements


def _function_parts(func: ast.expr) -> Iterator[ast.expr]:
    """Yield what a call names first: the function, or the thing whose method it is."""
    yield func.value if isinstance(func, ast.Attribute) else func


def _can_be_written(node: _Written) -> bool:
    inner = any(one is not node and isinstance(one, (*_INNER, ast.Await)) for one in ast.walk(node))
    return not inner and not any(one.is_async for one in node.generators)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)
