"""Takes out what a logger does not need to run: docstrings, annotations, and whatever nothing mentions."""

import ast
from collections import Counter

from fieldtool.squeeze.tree import DEFINITIONS, Trees, arguments, is_fixed, is_machine_code, mentions

_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
_HARMLESS = (
    ast.Constant,
    ast.Tuple,
    ast.Name,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)


class Bare(ast.NodeTransformer):
    """Takes docstrings and annotations away; those of viper functions are types and stay."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not is_machine_code(node):
            node.returns = None
            for argument in arguments(node):
                argument.annotation = None
        return self._without_docstring(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        return ast.Assign([node.target], node.value) if node.value else None

    def _without_docstring(self, node: _Documented) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        if not isinstance(node, ast.Module) and not node.body:
            node.body = [ast.Pass()]
        return node


def shake(trees: Trees, kept: frozenset[str]) -> None:
    """Remove what is mentioned nowhere, until nothing more is, and the imports that this leaves unused."""
    removed = True
    while removed:
        mentioned = Counter(name for tree in trees.values() for name in mentions(tree) if name not in kept)
        mentioned.update(dict.fromkeys(kept, len(trees) * 1000))
        removed = any([_shake_body(holder, mentioned) for tree in trees.values() for holder in _holders(tree)])
        walked = [node for tree in trees.values() for node in ast.walk(tree)]
        attributes = {node.attr for node in walked if isinstance(node, ast.Attribute)}
        taken = {
            (node.module, alias.name)
            for node in walked
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
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
    if isinstance(node, DEFINITIONS):
        own = Counter(mentions(node))[node.name]
        return not is_fixed(node.name) and mentioned[node.name] <= own
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return False
    target = node.targets[0]
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    if not all(isinstance(one, ast.Name) for one in targets) or not _is_harmless(node.value):
        return False
    return not any(is_fixed(one.id) or mentioned[one.id] > 1 for one in targets if isinstance(one, ast.Name))


def _is_harmless(value: ast.expr) -> bool:
    """Tell whether nothing but a value comes of an expression: numbers, names, and ranges of them."""
    is_range = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "range"
    parts = [value.func, *value.args] if isinstance(value, ast.Call) and is_range else [value]
    return all(isinstance(one, _HARMLESS) for part in parts for one in ast.walk(part))


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
