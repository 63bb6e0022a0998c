"""Makes one module of those that live and go together: each module has a heap price that its code has not.

A module costs its dictionary, a table of every name it mentions, an entry for each thing that it takes from
another, and its path. A group's members lie behind each other in the file of its chief, in the order in which
their imports would have run them. What is at the top of a member gets a name that says whose it is, so nothing
meets by accident; the imports between members go, and those from outside lead to the chief.

Packages stay, modules of machine code, and those that are loaded or forgotten by name. What this cannot see
through is an error, not a guess: a member that is used as a value, a name that it does not define.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fieldtool.squeeze.scopes import Resolver, bound_at_top
from fieldtool.squeeze.tree import Trees, is_machine_code


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

    def space(self, trees: Trees) -> frozenset[str]:
        """Return every name at the top of the file, once the members' names are those of the group."""
        own = (name for names in self.names.values() for name in names.values())
        taken = (name for path in self.members for name, _ in _imports(trees[path]))
        return frozenset((*own, *taken))


def grouped(trees: Trees, chiefs: tuple[Path, ...]) -> list[Group]:
    """Return for each chief the group of all that it brings when it is loaded; no module is taken twice."""
    modules = dotted(trees)
    taken = {path for path, tree in trees.items() if path.name == "__init__.py" or _has_machine_code(tree)}
    taken |= _loaded_by_name(trees, modules) | set(chiefs)
    groups = []
    for chief in chiefs:
        members: list[Path] = []
        _gather(chief, trees, modules, taken, members)
        groups.append(Group(tuple(members), {path: _top_names(path, chief, trees[path]) for path in members}))
    return groups


def dotted(trees: Trees) -> dict[str, Path]:
    """Return the modules by the names by which they are imported."""
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in trees}


def _gather(path: Path, trees: Trees, modules: Mapping[str, Path], taken: set[Path], members: list[Path]) -> None:
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


def _has_machine_code(tree: ast.Module) -> bool:
    return any(is_machine_code(node) for node in tree.body)


def _loaded_by_name(trees: Trees, modules: Mapping[str, Path]) -> set[Path]:
    """Return the modules whose names stand in strings: somebody loads them, or forgets them, by that."""
    strings = {node.value for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {path for name, path in modules.items() if name in strings}


def rename_members(trees: Trees, groups: list[Group]) -> None:
    """Give the members' names their new ones everywhere, and let imports lead to the chief; trees stay apart."""
    home = {path: group for group in groups for path in group.members}
    modules = dotted(trees)
    known = {path: _known(path, trees, home, modules) for path in home}
    for path, tree in trees.items():
        _Links(path, home, modules, known).visit(tree)
        _drop_empty(tree)


def _known(path: Path, trees: Trees, home: Mapping[Path, Group], modules: Mapping[str, Path]) -> Mapping[str, str]:
    """Return the new name of each thing that a member defines, or hands on from another member of its group."""
    found = dict(home[path].names[path])
    for node in trees[path].body:
        source = modules.get(node.module or "") if isinstance(node, ast.ImportFrom) else None
        if isinstance(node, ast.ImportFrom) and source and home.get(source) is home[path]:
            names = _known(source, trees, home, modules)
            found.update({a.asname or a.name: names[a.name] for a in node.names if a.name in names})
    return found


def joined(trees: Trees, groups: list[Group]) -> dict[Path, ast.Module]:
    """Return the modules with each group as one, its imports once and first."""
    gone = {path for group in groups for path in group.members}
    made = {path: tree for path, tree in trees.items() if path not in gone}
    for group in groups:
        made[group.chief] = ast.Module(_bodies(group, trees), [])
    return made


def _bodies(group: Group, trees: Trees) -> list[ast.stmt]:
    imports: dict[str, ast.stmt] = {}  # by what it binds
    bound: dict[str, Path] = {}
    rest = []
    for path in group.members:
        for name in bound_at_top(trees[path]):
            if bound.setdefault(name, path) != path:
                raise MergeError(f"{path} and {bound[name]} both define {name}, expected names of their own")
        for name, one in _imports(trees[path]):
            if ast.unparse(imports.setdefault(name, one)) != ast.unparse(one):
                raise MergeError(
                    f"{path} has '{ast.unparse(one)}', expected '{ast.unparse(imports[name])}' as before"
                )
        rest += [node for node in trees[path].body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if both := imports.keys() & bound.keys():
        raise MergeError(f"{group.chief} would import and define {', '.join(sorted(both))}")
    return [*imports.values(), *rest]


def _imports(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield each import at the top of a module, by the name that it binds."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                one = (
                    ast.Import([alias])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [alias], node.level)
                )
                yield alias.asname or alias.name.split(".")[0], one


class _Links(Resolver):
    """Follows names and imports of one module to where their things are after merging."""

    def __init__(
        self,
        path: Path,
        home: Mapping[Path, Group],
        modules: Mapping[str, Path],
        known: Mapping[Path, Mapping[str, str]],
    ) -> None:
        self._path = path
        self._home = home
        self._modules = modules
        self._known = known
        self._group = home.get(path)
        super().__init__(self._group.names[path] if self._group else {})

    def visit_Assign(self, node: ast.Assign) -> ast.AST:  # noqa: N802
        """Let the name that is written out in a namedtuple go along with the tuple's own."""
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="namedtuple"), args=[ast.Constant(value=title) as written, _]),
            ) if name == title:
                written.value = self.here(name)
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST:  # noqa: N802
        for alias in node.names:
            if self._modules.get(alias.name) in self._home:
                raise MergeError(f"{self._path} has 'import {alias.name}', expected 'from ... import ...'")
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:  # noqa: N802
        kept: list[ast.stmt] = []
        for alias in node.names:
            kept += self._linked(node, alias)
        return kept or ast.Pass()

    def _linked(self, node: ast.ImportFrom, alias: ast.alias) -> list[ast.stmt]:
        """Return the import of one name, led to the chief; none when the thing is in this file already."""
        local = alias.asname or alias.name
        module = self._modules.get(f"{node.module}.{alias.name}")
        source = self._modules.get(node.module or "")
        if module and module in self._home:
            group = self._home[module]
            self.link_module(local, self._known[module], is_here=group is self._group)
            chief = group.chief.with_suffix("").parts
            return [] if group is self._group else [_import(".".join(chief[:-1]), chief[-1], self.here(local))]
        if source and source in self._home:
            group = self._home[source]
            name = self._known[source].get(alias.name)
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
