"""Makes one module of those that live and go together: each module has a heap price that its code has not.

A module costs its dictionary, a table of every name it mentions, an entry for each thing that it takes from another
module, and its path. A group's members lie behind each other in the file of its chief, in the order in which their
imports would have run them. What is at the top of a member gets a name that says whose it is, so nothing meets by
accident; the imports between members go, and those from outside lead to the chief.

What this cannot see through is an error, not a guess: a member used as a value, or one whose path stands in a string.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fieldtool.squeeze.scopes import Resolver, bound_at_top
from fieldtool.squeeze.tree import Trees


class MergeError(ValueError):
    """Modules that cannot be made one: names the module and what stands in it."""


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one file, in the order in which they run; the last is the chief, whose path the file has."""

    members: tuple[Path, ...]
    names: Mapping[Path, Mapping[str, str]] = field(default_factory=dict)

    @property
    def chief(self) -> Path:
        """Return the module that brings all others, and whose names stay."""
        return self.members[-1]

    @property
    def globals(self) -> frozenset[str]:
        """Return every name at the top of the file."""
        return frozenset(name for names in self.names.values() for name in names.values())


def grouped(trees: Trees, chiefs: tuple[Path, ...]) -> list[Group]:
    """Return for each chief the group of all that it brings when it is loaded, but packages.

    A module that an earlier chief has taken is not taken again.
    """
    modules = dotted(trees)
    taken = {path for path in trees if path.name == "__init__.py"} | set(chiefs)
    groups = []
    for chief in chiefs:
        members: list[Path] = []
        _gather(chief, trees, modules, taken, members)
        groups.append(Group(tuple(members), {path: _top_names(path, chief, trees[path]) for path in members}))
    _refuse_paths_in_strings(trees, {path for group in groups for path in group.members if path != group.chief})
    return groups


def dotted(trees: Trees) -> dict[str, Path]:
    """Return the modules by the names by which they are imported."""
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in trees}


def _gather(
    path: Path, trees: Trees, modules: Mapping[str, Path], taken: set[Path], members: list[Path]
) -> None:
    for node in trees[path].body:
        for name in _imported(node):
            found = modules.get(name)
            if found and found not in taken:
                taken.add(found)
                _gather(found, trees, modules, taken, members)
    members.append(path)


def _imported(node: ast.stmt) -> Iterator[str]:
    """Yield what an import statement may load."""
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def _top_names(path: Path, chief: Path, tree: ast.Module) -> dict[str, str]:
    """Return the new name of each thing defined at the top of a module."""
    suffix = "" if path == chief else "__in__" + "_".join(path.with_suffix("").parts)
    return {name: name + suffix for name in bound_at_top(tree)}


def _refuse_paths_in_strings(trees: Trees, members: set[Path]) -> None:
    hidden = {".".join(path.with_suffix("").parts) for path in members}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in hidden:
                raise MergeError(f"{path} names {node.value} in a string, expected a module of its own")


def rename_members(trees: Trees, groups: list[Group]) -> None:
    """Give the members' names their new ones everywhere, and let imports lead to the chief; trees stay apart."""
    home = {path: group for group in groups for path in group.members}
    modules = dotted(trees)
    for path, tree in trees.items():
        _Links(path, home, modules).visit(tree)
        _drop_empty(tree)


def joined(trees: Trees, groups: list[Group]) -> dict[Path, ast.Module]:
    """Return the modules with each group as one, its imports once and first."""
    gone = {path for group in groups for path in group.members}
    made = {path: tree for path, tree in trees.items() if path not in gone}
    for group in groups:
        made[group.chief] = ast.Module(_bodies(group, trees), [])
    return made


def _bodies(group: Group, trees: Trees) -> list[ast.stmt]:
    imports: dict[str, ast.stmt] = {}  # by what it binds
    rest = []
    for path in group.members:
        for node in trees[path].body:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                rest.append(node)
                continue
            for name, one in _one_by_one(node):
                other = imports.setdefault(name, one)
                if name in group.globals or ast.unparse(other) != ast.unparse(one):
                    raise MergeError(f"{path} has '{ast.unparse(one)}', but {name} is something else in {group.chief}")
    return [*imports.values(), *rest]


def _one_by_one(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, ast.stmt]]:
    for alias in node.names:
        one = ast.ImportFrom(node.module, [alias], node.level) if isinstance(node, ast.ImportFrom) else ast.Import([alias])
        yield alias.asname or alias.name.split(".")[0], one


class _Links(Resolver):
    """Follows names and imports of one module to where their things are after merging."""

    def __init__(self, path: Path, home: Mapping[Path, Group], modules: Mapping[str, Path]) -> None:
        self._path = path
        self._home = home
        self._modules = modules
        self._group = home.get(path)
        super().__init__(self._group.names[path] if self._group else {})

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            if self._modules.get(alias.name) in self._home:
                raise MergeError(f"{self._path} has 'import {alias.name}', expected 'from ... import ...'")
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        kept: list[ast.stmt] = []
        for alias in node.names:
            kept += self._linked(node, alias)
        return kept or ast.Pass()

    def _linked(self, node: ast.ImportFrom, alias: ast.alias) -> list[ast.stmt]:
        """Return the import of one name, led to the chief; none when the thing is in this file already."""
        local = alias.asname or alias.name
        module = self._modules.get(f"{node.module}.{alias.name}")
        source = self._modules.get(node.module or "")
        if module in self._home:
            group = self._home[module]
            self.link_module(local, group.names[module], is_here=group is self._group)
            chief = group.chief.with_suffix("").parts
            return [] if group is self._group else [_import(".".join(chief[:-1]), chief[-1], self.here(local))]
        if source in self._home:
            group = self._home[source]
            name = group.names[source].get(alias.name)
            if name is None:
                raise MergeError(f"{self._path} takes {alias.name} of {source}, which does not define it")
            if group is self._group:
                self.link_name(local, name)
                return []
            return [_import(".".join(group.chief.with_suffix("").parts), name, self.here(local))]
        return [_import(node.module or "", alias.name, self.here(local), node.level)]


def _import(module: str, name: str, local: str, level: int = 0) -> ast.ImportFrom:
    return ast.ImportFrom(module, [ast.alias(name, None if local == name else local)], level)


def _drop_empty(tree: ast.Module) -> None:
    tree.body = [node for node in tree.body if not isinstance(node, ast.Pass)]
