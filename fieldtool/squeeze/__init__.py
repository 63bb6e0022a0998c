"""Makes the logger's sources smaller before they are compiled: what only people read costs flash on every logger.

MicroPython keeps every name of a module in its .mpy file, once per file: a third of the program. For a release

* annotations and the imports that only they need go,
* functions, methods and constants that no module of the program mentions go (what masters use of seepline/wire),
* small whole numbers with a name in capitals are put where it stands,
* names that only this program knows become short, the same everywhere, and imports relative.

A name is left alone when MicroPython knows it (micropython_names.txt), when it is written in a string anywhere, or
given by keyword. So a logger's program works with nothing but itself: its tests are squeezed along with it. The
.mpy files name the source, and BUNDLE.names is kept beside a bundle to read a crash with.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fieldtool.squeeze.loops import write_out
from fieldtool.squeeze.merge import grouped, joined, rename_members
from fieldtool.squeeze.names import Renamer, given_names, make_relative, short_names
from fieldtool.squeeze.numbers import put_in_place
from fieldtool.squeeze.unused import Bare, shake

# What is loaded together, by the module that brings it all.
CHIEFS = tuple(
    Path("firmware") / name
    for name in (
        *("app.py", "scan.py", "update.py"),
        *("vibrating_wire/driver.py", "shake.py", "drivers/sdi12.py", "sockets.py"),
    )
)


@dataclass(frozen=True, slots=True)
class Squeezed:
    """The smaller sources by path, and what each short name was, by the module that it was written in.

    `members`: the modules that lie in another one's file, by its path.
    """

    sources: Mapping[Path, str]
    names: Mapping[Path, Mapping[str, str]]
    members: Mapping[Path, tuple[Path, ...]] = field(default_factory=dict)


def squeezed(
    sources: Mapping[Path, str], kept: frozenset[str] = frozenset(), chiefs: tuple[Path, ...] = CHIEFS
) -> Squeezed:
    """Return the modules of one program, smaller; the paths say which module each is, `kept` names stay."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    for tree in trees.values():
        Bare().visit(tree)
    put_in_place(trees, kept)
    shake(trees, kept)
    groups = grouped(trees, tuple(chief for chief in chiefs if chief in trees))
    rename_members(trees, groups)
    shake(trees, kept)  # what a member defines and nobody takes is known now, whatever else has its name
    write_out(trees)
    given = given_names(trees) | kept
    gone = [path for group in groups for path in group.members if path != group.chief]
    short, own = short_names(trees, given, [group.space(trees) for group in groups], gone)
    for tree in trees.values():
        Renamer(short, given).visit(tree)
    made = joined(trees, groups)
    for path, tree in made.items():
        make_relative(path, tree)
    texts = {path: ast.unparse(ast.fix_missing_locations(tree)) for path, tree in made.items()}
    names = {path: {new: old.split("__in__")[0] for old, new in names.items()} for path, names in own.items()}
    return Squeezed(texts, names, {group.chief: group.members for group in groups})
