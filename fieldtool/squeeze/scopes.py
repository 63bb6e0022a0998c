"""Which thing a name is: Python's own rules of scope, for giving things at the top of a module other names."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fieldtool.squeeze.tree import Function, arguments

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class ScopeError(ValueError):
    """A module does what its names cannot be followed through."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A name that stands for another module: what things of it are called, in this file or as its attributes."""

    names: Mapping[str, str]
    is_here: bool


@dataclass(slots=True)
class _Scope:
    names: dict[str, str | Linked | None]  # None: its own, and stays
    is_class: bool = False


def bound_at_top(tree: ast.Module) -> list[str]:
    """Return the names that a module defines at its top, imports not counted."""
    return list(dict.fromkeys(name for node in tree.body for name in _bound(node, with_imports=False)))


def _bound(node: ast.AST, *, with_imports: bool = True) -> Iterator[str]:
    """Yield the names that a node binds in the scope in which it stands."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.split(".")[0] for alias in aliases if with_imports)
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
    if not isinstance(node, _COMPREHENSIONS):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child, with_imports=with_imports)


def _locals_of(node: Function) -> dict[str, str | Linked | None]:
    body = node.body if isinstance(node.body, list) else [node.body]
    elsewhere = {
        name for one in ast.walk(node) if isinstance(one, ast.Nonlocal | ast.Global) for name in one.names
    }
    names = [argument.arg for argument in arguments(node)] + [name for one in body for name in _bound(one)]
    return {name: None for name in names if name not in elsewhere}


class Resolver(ast.NodeTransformer):
    """Gives the names of a module's top new ones; who inherits says where imported things are."""

    def __init__(self, top: Mapping[str, str]) -> None:
        self._scopes = [_Scope(dict(top))]

    def link_name(self, local: str, name: str) -> None:
        """Let a name of the scope in hand stand for a thing of this file."""
        self._scopes[-1].names[local] = name

    def link_module(self, local: str, names: Mapping[str, str], *, is_here: bool) -> None:
        """Let a name of the scope in hand stand for a module."""
        self._scopes[-1].names[local] = Linked(names, is_here)

    def here(self, name: str) -> str:
        """Return what a name is called that is no module of this file."""
        found = self._found(name)
        if isinstance(found, Linked) and found.is_here:
            raise ScopeError(f"the module {name} is used as a value, expected <module>.<name>")
        return found if isinstance(found, str) else name

    def _found(self, name: str) -> str | Linked | None:
        for depth, scope in enumerate(reversed(self._scopes)):
            if name in scope.names and not (scope.is_class and depth):
                return scope.names[name]
        return None

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.here(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        found = self._found(node.value.id) if isinstance(node.value, ast.Name) else None
        if not isinstance(found, Linked):
            self.generic_visit(node)
            return node
        if node.attr not in found.names:
            raise ScopeError(f"{ast.unparse(node)} is nothing that the module defines")
        if found.is_here:
            return ast.Name(found.names[node.attr], node.ctx)
        node.attr = found.names[node.attr]
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        raise ScopeError(f"'{ast.unparse(node)}' stands in a function, expected a value that others hold")

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.here(node.name)
        node.bases = [self.visit(one) for one in node.bases]
        node.keywords = [self.visit(one) for one in node.keywords]
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self._within(node, _Scope(dict.fromkeys(n for one in node.body for n in _bound(one)), is_class=True))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.here(node.name)
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        return self.visit_Lambda(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_Lambda(self, node: Function) -> ast.AST:
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        self._within(node, _Scope(_locals_of(node)))
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        targets = [name for one in node.generators for name in _bound(one.target)]
        node.generators[0].iter = self.visit(node.generators[0].iter)
        first, node.generators[0].iter = node.generators[0].iter, ast.Constant(None)
        self._scopes.append(_Scope(dict.fromkeys(targets)))
        self.generic_visit(node)
        self._scopes.pop()
        node.generators[0].iter = first
        return node

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # type: ignore[assignment]  # noqa: N815

    def _within(self, node: Function | ast.ClassDef, scope: _Scope) -> None:
        self._scopes.append(scope)
        if isinstance(node.body, list):
            node.body = [made for one in node.body for made in self._statements(one)]
        else:
            node.body = self.visit(node.body)
        self._scopes.pop()

    def _statements(self, node: ast.stmt) -> list[ast.stmt]:
        made = self.visit(node)
        return made if isinstance(made, list) else [made]
