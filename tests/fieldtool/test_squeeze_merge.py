"""Modules that become one: the same program, and an error where the squeezer cannot see what a name is."""

import ast
import sys
from pathlib import Path

import pytest

from fieldtool import bundle, squeeze
from fieldtool.squeeze.merge import MergeError
from fieldtool.squeeze.scopes import ScopeError

ROOT = Path(__file__).parents[2]
PACKAGE = "merged"
CHIEF = Path(f"{PACKAGE}/chief.py")


def squeezed(**texts: str) -> squeeze.Squeezed:
    """Return modules of one package squeezed, those that `chief` brings in its file."""
    return squeeze.squeezed(
        {Path(f"{PACKAGE}/{name}.py"): text for name, text in {"__init__": "", **texts}.items()}, chiefs=(CHIEF,)
    )


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Return what writes squeezed modules, imports `chief` and returns what its `start()` returns."""

    def start(made: squeeze.Squeezed) -> object:
        for path, text in made.sources.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        try:
            return __import__(f"{PACKAGE}.chief", fromlist=["start"]).start()
        finally:
            for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
                del sys.modules[name]

    return start


ONE = """
from collections import namedtuple
_hidden = [1]
Pair = namedtuple("Pair", ("left_part", "right_part"))

def reckoned(value):
    _hidden.append(value)
    return Pair(_hidden[0], value)

class Counting:
    how_many = 3
    def __init__(self, start_at):
        self.start_at = start_at
    def reckoned(self, how_many=how_many):
        return [start_at + self.start_at for start_at in range(how_many)]
"""
OTHER = """
from merged import one as source
from merged.one import Counting as Numbers
_hidden = [20]

def reckoned(Counting):
    class Inner(Numbers):
        how_many = 7
        shown = how_many
    _hidden.append(Counting)
    later = lambda source: source + _hidden[0]
    return source.reckoned(later(Counting)), Inner(1).shown, Numbers(2).reckoned()
"""
CHIEF_TEXT = """
from merged import other
from merged.one import reckoned

def start():
    from merged import lazy
    pair, shown, numbers = other.reckoned(4)
    return tuple(pair), pair.right_part, shown, numbers, tuple(reckoned(5)), lazy.seen()
"""
LAZY = """
from merged import one
from merged.other import _hidden
from merged.one import reckoned as counted

def seen():
    return list(_hidden), one._hidden, counted(9).right_part
"""


def test_modules_with_names_in_common_become_one_and_do_what_they_did(started):
    made = squeezed(chief=CHIEF_TEXT, one=ONE, other=OTHER, lazy=LAZY)
    assert {path.stem for path in made.sources} == {"__init__", "chief", "lazy"}
    assert made.members[CHIEF] == tuple(Path(f"{PACKAGE}/{name}.py") for name in ("one", "other", "chief"))
    expected = ((1, 24), 24, 7, [2, 3, 4], (1, 5), ([20, 4], [1, 24, 5, 9], 9))
    assert started(made) == expected


def test_what_a_member_takes_from_outside_is_not_taken_for_something_else(started):
    """Two members, each with a name from a third module: all three names stand at the top of one file."""
    kernel = "def start():\n    return 0\n\nTABLE = [1]\n"
    first = "from merged.kernel import TABLE\n\ndef first_of():\n    return TABLE[0]\n"
    second = "def made():\n    return 2\n\nLIST_OF = [made()]\n\ndef second_of():\n    return LIST_OF[0]\n"
    chief = (
        "from merged.first import first_of\nfrom merged.second import second_of\n\n"
        "NAME = 'merged.kernel'\n\ndef start():\n    return NAME, first_of(), second_of()\n"
    )
    made = squeezed(chief=chief, first=first, second=second, kernel=kernel)
    assert Path(f"{PACKAGE}/kernel.py") in made.sources  # it is named in a string, so somebody may load it by that
    assert started(made) == ("merged.kernel", 1, 2)


def test_attributes_of_classes_that_never_meet_share_a_name_and_those_of_a_family_do_not():
    text = "class {0}({1}):\n    def __init__(self):\n        self.kept_by_{0} = self.shared_by_all = 1\n"
    chief = (
        "from merged.one import Base\nfrom merged.other import Heir\nfrom merged.more import Alone\n\n"
        "def start():\n    return [Base().shared_by_all, Heir().shared_by_all, Alone().shared_by_all]\n"
    )
    made = squeezed(
        chief=chief,
        one=text.format("Base", ""),
        other="from merged.one import Base\n\n" + text.format("Heir", "Base"),
        more=text.format("Alone", ""),
    )
    short = {old: new for names in made.names.values() for new, old in names.items()}
    assert short["kept_by_Base"] != short["kept_by_Heir"]
    assert short["kept_by_Alone"] in (short["kept_by_Base"], short["kept_by_Heir"])
    assert len({short[name] for name in ("Base", "Heir", "Alone")}) == 3  # they are at the top of one file


@pytest.mark.parametrize(
    ("fault", "chief"),
    [
        ("the module one is used as a value", "from merged import one\n\ndef start():\n    return dir(one)\n"),
        ("one.nothing is nothing", "from merged import one\n\ndef start():\n    return one.nothing\n"),
        ("takes nothing of merged/one.py", "from merged.one import nothing\n\ndef start():\n    return nothing\n"),
        ("'global _held' stands in a function", "_held = 1\n\ndef start():\n    global _held\n    _held = 2\n"),
    ],
)
def test_what_cannot_be_followed_is_an_error(fault: str, chief: str):
    with pytest.raises((MergeError, ScopeError)) as caught:
        squeezed(chief=chief, one=ONE)
    assert fault in str(caught.value)


def test_a_base_that_nobody_defines_is_an_error():
    with pytest.raises(ValueError, match="inherits from Unheard"):
        squeezed(chief="class Heir(Unheard):\n    pass\n\ndef start():\n    return Heir\n")


def test_what_runs_before_the_program_loads_none_of_it():
    """A start must reach the store, a committed update and the place for a traceback whatever `app` is."""
    made = squeeze.squeezed(bundle.sources_of(ROOT, bundle.modules(ROOT)))
    for name in ("main", "board", "crash", "update", "install", "rom_slots", "rom_image"):
        tree = ast.parse(made.sources[Path(f"firmware/{name}.py")])
        loaded = {ast.unparse(node) for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert not [line for line in loaded if "app" in line or "scan" in line], name
