"""Makes the logger's sources smaller before they are compiled: what only people read costs flash on every logger.

MicroPython keeps every name of a module in its .mpy file, once per file: a third of the program. For a release

* annotations and the imports that only they need go,
* functions, methods and constants that no module of the program mentions go (what masters use of seepline/wire),
* whole numbers with a name of their own are put where they are used (`const`),
* names that only this program knows become short, the same everywhere, and imports relative.

A name is left alone when MicroPython knows it (micropython_names.txt), when it is written in a string anywhere, or
given by keyword. So a logger's program works with nothing but itself: its tests are squeezed along with it. The
.mpy files name the source, and `names` is kept beside a bundle to read a crash with.
"""

import ast
import itertools
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_HARMLESS = (ast.Constant, ast.Tuple, ast.Name, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context)
_ENTRIES = frozenset({"start", "enter", "open_board", "run", "const"})  # called from outside the program


@cache
def known_names() -> frozenset[str]:
    """Return the names that MicroPython's modules and types define."""
    return frozenset((Path(__file__).parent / "micropython_names.txt").read_text(encoding="ascii").split())


@dataclass(frozen=True, slots=True)
class Squeezed:
    """The smaller sources by path, and what each short name was in a module."""

    sources: Mapping[Path, str]
    names: Mapping[Path, Mapping[str, str]]


def squeezed(sources: Mapping[Path, str], kept: frozenset[str] = frozenset()) -> Squeezed:
    """Return the modules of one program, smaller; the paths say which module each is, `kept` names stay."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    for path, tree in trees.items():
        trees[path] = ast.fix_missing_locations(_Bare().visit(tree))
    _shake(trees, kept)
    given = _given(trees) | kept
    short = _short_names(trees, given)
    walked = [node for tree in trees.values() for node in ast.walk(tree)]
    seen = {name for node in walked for name in _taken_from_elsewhere(node)}
    changed = {node.attr for node in walked if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    for path, tree in trees.items():
        _fold_numbers(tree, seen, changed)
        _Renamer(short[path], given).visit(tree)
        _make_relative(path, tree)
    made = {path: ast.unparse(ast.fix_missing_locations(tree)) for path, tree in trees.items()}
    return Squeezed(made, {path: {new: old for old, new in names.items()} for path, names in short.items()})


class _Bare(ast.NodeTransformer):
    """Takes docstrings and annotations away; those of viper functions are types and stay."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not _is_machine_code(node):
            node.returns = None
            for argument in _arguments(node):
                argument.annotation = None
        return self._without_docstring(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.Assign([node.target], node.value) if node.value else None

    def _without_docstring(self, node: ast.AST) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        if not isinstance(node, ast.Module) and not node.body:
            node.body = [ast.Pass()]
        return node


def _is_machine_code(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(one, ast.Attribute) and one.attr in ("viper", "native") for one in decorators)


def _arguments(node: ast.AST) -> list[ast.arg]:
    found = node.args
    more = [one for one in (found.vararg, found.kwarg) if one]
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *more]


def _mentions(node: ast.AST) -> Iterator[str]:
    """Yield every name and every string in a piece of program, definitions' own names not counted."""
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name):
                yield name.split(".")[-1]
            case ast.Constant(value=str(text)):
                yield text


def _shake(trees: Mapping[Path, ast.Module], kept: frozenset[str]) -> None:
    """Remove what is mentioned nowhere, until nothing more is, and the imports that this leaves unused."""
    removed = True
    while removed:
        mentioned = Counter(name for tree in trees.values() for name in _mentions(tree) if name not in kept)
        mentioned.update(dict.fromkeys(kept, len(trees) * 1000))
        removed = any([_shake_body(holder, mentioned) for tree in trees.values() for holder in _holders(tree)])
        walked = [node for tree in trees.values() for node in ast.walk(tree)]
        attributes = {node.attr for node in walked if isinstance(node, ast.Attribute)}
        taken = {
            (node.module, alias.name) for node in walked if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        for path, tree in trees.items():
            module = ".".join(path.with_suffix("").parts)
            handed_on = {name for source, name in taken if source == module}
            removed |= _shake_imports(tree, attributes | handed_on)


def _holders(tree: ast.Module) -> list[ast.Module | ast.ClassDef]:
    return [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]


def _shake_body(holder: ast.Module | ast.ClassDef, mentioned: Counter[str]) -> bool:
    kept = [node for node in holder.body if not _is_unused(node, mentioned)]
    changed = len(kept) < len(holder.body)
    holder.body = kept if kept or isinstance(holder, ast.Module) else [ast.Pass()]
    return changed


def _is_unused(node: ast.stmt, mentioned: Counter[str]) -> bool:
    if isinstance(node, _DEFINITIONS):
        own = Counter(_mentions(node))[node.name]
        return not _is_fixed(node.name) and mentioned[node.name] <= own
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        return False
    name = node.targets[0].id
    is_harmless = all(isinstance(one, _HARMLESS) for one in ast.walk(node.value))
    return is_harmless and not _is_fixed(name) and mentioned[name] <= 1


def _is_fixed(name: str) -> bool:
    return name.startswith(("__", "test_")) or name in _ENTRIES or name in known_names()


def _shake_imports(tree: ast.Module, elsewhere: set[str]) -> bool:
    """Remove imported names that neither this module uses nor another one takes from it."""
    used = elsewhere | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    changed = False
    for node in [node for node in tree.body if isinstance(node, ast.ImportFrom)]:
        names = [alias for alias in node.names if (alias.asname or alias.name) in used]
        changed |= len(names) < len(node.names)
        node.names = names
        if not names:
            tree.body.remove(node)
    return changed


def _taken_from_elsewhere(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Attribute(attr=name):
            return (name,)
        case ast.ImportFrom(names=aliases):
            return [alias.name for alias in aliases]
    return ()


def _fold_numbers(tree: ast.Module, seen: set[str], changed: set[str]) -> None:
    """Have the compiler put whole numbers where they are used: `X = const(5)`; a private one then is no more.

    `seen`: names that other modules may look at, `changed`: that they may set, as tests do.
    """
    known: set[str] = set()
    body: list[ast.stmt] = []
    stores = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    for node in tree.body:
        for name, value in _assigned(node):
            stays = name in changed or (name.startswith("_") and name in seen)
            if stores[name] == 1 and not stays and _is_number(value, known):
                known.add(name)
        body += _as_constants(node, known)
    tree.body = body


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Return (name, value) of `X = 1` and of `X, Y = 1, 2`."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [(one.id, of) for one, of in zip(target.elts, value.elts, strict=True) if isinstance(one, ast.Name)]
    return []


def _is_number(node: ast.AST, known: set[str]) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) is int
        case ast.UnaryOp(operand=operand):
            return _is_number(operand, known)
        case ast.BinOp(left=left, op=operator, right=right):
            whole = not isinstance(operator, (ast.Div, ast.Pow))
            return whole and _is_number(left, known) and _is_number(right, known)
        case ast.Name(id=name):
            return name in known
    return False


def _as_constants(node: ast.stmt, known: set[str]) -> list[ast.stmt]:
    rows = _assigned(node)
    if not rows or not all(name in known for name, _ in rows):
        return [node]
    return [
        ast.Assign([ast.Name(name, ast.Store())], ast.Call(ast.Name("const", ast.Load()), [value], []))
        for name, value in rows
    ]


def _given(trees: Mapping[Path, ast.Module]) -> frozenset[str]:
    """Return the names that must stay: written in a string, given by keyword, or a module's that is imported."""
    found: set[str] = set()
    for tree in trees.values():
        fields = _field_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(part for alias in node.names for part in alias.name.split("."))
            if isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in fields:
                found.add(node.value)
    return frozenset(found)


def _field_names(tree: ast.Module) -> set[ast.Constant]:
    """Return the strings that are the fields of a namedtuple written out."""
    calls = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "namedtuple"
    ]
    tuples = [call.args[1] for call in calls if len(call.args) == 2 and isinstance(call.args[1], ast.Tuple)]
    return {one for fields in tuples for one in fields.elts if isinstance(one, ast.Constant)}


def _short_names(trees: Mapping[Path, ast.Module], given: frozenset[str]) -> dict[Path, dict[str, str]]:
    """Return the short names of each module for what the program defines.

    A name that one module has to itself gets one that others use for something else: what is interned is counted in
    heap, seven bytes each. Classes that inherit from each other have one space of names.
    """
    places, used, defined = _places(trees), Counter[str](), set[str]()
    for tree in trees.values():
        for node in ast.walk(tree):
            used.update(_names_in(node))
            defined.update(_defined_by(node))
        defined.update(one.value for one in _field_names(tree))
    stays = given | {part for path in trees for part in path.with_suffix("").parts}
    candidates = [name for name in defined if len(name) > 2 and not _is_fixed(name) and name not in stays]
    candidates.sort(key=lambda name: (-used[name], name))
    fresh = _fresh(frozenset(used) | defined | known_names())
    own: dict[Path, list[str]] = {}
    families = _families(trees)
    shared, inside = {}, _inside(trees)
    for name in candidates:
        if len(places.get(name, ())) == 1 and name in inside:
            own.setdefault(families[next(iter(places[name]))], []).append(name)
        else:
            shared[name] = next(fresh)
    again = list(itertools.islice(fresh, max(map(len, own.values()), default=0)))
    return {
        path: shared | dict(zip(own.get(families[path], []), again, strict=False)) for path in trees
    }


def _places(trees: Mapping[Path, ast.Module]) -> dict[str, set[Path]]:
    """Return the modules in which each name stands."""
    found: dict[str, set[Path]] = {}
    for path, tree in trees.items():
        names = {name for node in ast.walk(tree) for name in (*_names_in(node), *_defined_by(node))}
        names.update(_taken for node in ast.walk(tree) for _taken in _taken_from_elsewhere(node))
        for name in names:
            found.setdefault(name, set()).add(path)
    return found


def _inside(trees: Mapping[Path, ast.Module]) -> set[str]:
    """Return the names that are never an attribute of anything but `self`, nor a field."""
    names, outside = set[str](), set[str]()
    for tree in trees.values():
        outside.update(one.value for one in _field_names(tree))
        for node in ast.walk(tree):
            names.update(_names_in(node), _defined_by(node))
            if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
                outside.add(node.attr)
    return names - outside


def _families(trees: Mapping[Path, ast.Module]) -> dict[Path, Path]:
    """Return for each module one that stands for all whose classes inherit from each other."""
    defined = {node.name: path for path, tree in trees.items() for node in tree.body if isinstance(node, ast.ClassDef)}
    family = {path: path for path in trees}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            for base in node.bases if isinstance(node, ast.ClassDef) else ():
                name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                if name in defined:
                    old, new = family[path], family[defined[name]]
                    family = {one: new if root == old else root for one, root in family.items()}
    return family


def _names_in(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return (name,)
    return ()


def _defined_by(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return (name,)
    return ()


def _fresh(taken: frozenset[str]) -> Iterator[str]:
    for length in (2, 3):  # single letters are for arguments
        for letters in itertools.product(string.ascii_letters, repeat=length):
            if (name := "".join(letters)) not in taken and not (name in {"as", "if", "in", "is", "or"}):
                yield name


def _make_relative(path: Path, tree: ast.Module) -> None:
    """Say where a module is from here: shorter than from the top."""
    here = path.parts[:-1]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module or node.level:
            continue
        there = node.module.split(".")
        common = len([1 for one, other in zip(here, there, strict=False) if one == other])
        if common and tuple(there[:common]) == here[:common]:
            node.level, node.module = len(here) - common + 1, ".".join(there[common:]) or None


class _Renamer(ast.NodeTransformer):
    """Gives everything its short name; a function's own arguments get the first letters that it does not use."""

    def __init__(self, short: Mapping[str, str], given: frozenset[str]) -> None:
        self._short = short
        self._given = given
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

    def _visit_function(self, node: ast.FunctionDef | ast.Lambda) -> None:
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        scope = self._scope(node)
        for argument in _arguments(node):
            argument.arg = scope[argument.arg]
        self._scopes.append(scope)
        node.body = [self.visit(one) for one in node.body] if isinstance(node.body, list) else self.visit(node.body)
        self._scopes.pop()

    def _scope(self, node: ast.AST) -> dict[str, str]:
        taken = {name for one in ast.walk(node) for name in _names_in(one)}
        taken.update(name for scope in self._scopes for name in scope.values())
        letters = (name for name in string.ascii_letters if name not in taken)
        scope = {}
        for argument in _arguments(node):
            name = argument.arg
            stays = _is_machine_code(node) or len(name) == 1 or name in self._given
            scope[name] = name if stays or argument in node.args.kwonlyargs else next(letters, name)
        return scope
