"""Squeezing: what goes, what stays, and that the list of MicroPython's names is that of the stubs."""

import ast
from pathlib import Path

import pytest

from fieldtool import bundle, squeeze
from fieldtool.squeeze.tree import known_names

ROOT = Path(__file__).parents[2]
MODULES = (
    *("__builtins__", "binascii", "errno", "esp32", "gc", "hashlib", "machine", "math", "micropython", "random"),
    *("select", "time", "uctypes", "vfs", "_mpy_shed"),
)
STDLIB = ("builtins", "asyncio", "json", "os", "sys", "struct", "array", "collections", "io", "traceback", "types")
MORE = {"ptr8", "ptr16", "ptr32", "ptr", "viper", "native", "rom_ioctl", "uint"}


def squeezed(**sources: str) -> dict[str, str]:
    """Return modules of one program squeezed, by their names."""
    made = squeeze.squeezed({Path(f"{name}.py"): text for name, text in sources.items()}).sources
    return {path.stem: text for path, text in made.items()}


def run(sources: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: str) -> object:
    """Import squeezed modules and return what `start()` of one returns."""
    package = tmp_path / "pressed"
    package.mkdir()
    for name, text in {"__init__": "", **sources}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = __import__(f"pressed.{entry}", fromlist=["start"])
    return module.start()


def test_what_nothing_mentions_goes_and_the_rest_still_works(monkeypatch, tmp_path):
    one = '''
"""What only people read."""

from collections import namedtuple

LARGEST, UNUSED = 12, 13
_FACTOR = LARGEST * 2
Reading = namedtuple("Reading", ("frequency_mhz", "remark"))

def unused_by_anyone(value: int) -> int:
    return value

class Stepper:
    """Counts."""
    def __init__(self, begin_value: int) -> None:
        self._current_value: int = begin_value
    def step_onwards(self, width_of_step=1):
        self._current_value += width_of_step * _FACTOR
        return [self._current_value for number in range(2)]
'''
    two = """
from pressed import one as other
from pressed.one import Stepper, Reading

def start():
    counting = Stepper(5)
    total = sum(counting.step_onwards(width_of_step=3)) + other.LARGEST
    return Reading(total, (lambda first_part, second_part: first_part + second_part)("a", "b")).frequency_mhz
"""
    made = squeeze.squeezed({Path("pressed/one.py"): one, Path("pressed/two.py"): two}).sources
    texts = {path.stem: text for path, text in made.items()}
    gone = ("people", "LARGEST", "UNUSED", "_FACTOR", "unused_by_anyone", "int", "Stepper", "step_onwards")
    assert not [word for word in gone if word in texts["one"] + texts["two"]]
    assert "width_of_step" in texts["one"]  # it is given by keyword
    assert run(texts, monkeypatch, tmp_path, "two") == 2 * (5 + 3 * 24) + 12


MAIN = """
import other

LIMIT_MS = 7

def start():
    other.TURN_S = 3
    return getattr(other, 'by_name')()
"""
OTHER = """
TURN_S = 1

def by_name():
    return readblocks(TURN_S)

def readblocks(buffer):
    return buffer
"""


def test_names_in_strings_known_to_micropython_or_set_from_outside_stay():
    made = squeezed(main=MAIN, other=OTHER)
    assert "'by_name'" in made["main"]
    assert "def by_name(" in made["other"]
    assert "def readblocks(" in made["other"]
    assert "LIMIT_MS" not in made["main"]
    turn = made["other"].split(" = ")[0]
    assert f"other.{turn} = 3" in made["main"]  # tests give the program another pace


CLASS = """
{imports}
class {name}({base}):
    def __init__(self):
        self._own_of_{name} = 1
        self.total_of_all = self._own_of_{name}
"""
START = """
from one import Base
from two import Heir
from three import Alone

def start():
    return Base().total_of_all + Heir().total_of_all + Alone().total_of_all
"""


def test_private_names_of_unrelated_modules_share_short_ones_and_those_of_a_family_do_not():
    texts = {
        "one": CLASS.format(imports="", name="Base", base=""),
        "two": CLASS.format(imports="from one import Base", name="Heir", base="Base"),
        "three": CLASS.format(imports="", name="Alone", base=""),
        "main": START,
    }
    made = squeeze.squeezed({Path(f"{name}.py"): text for name, text in texts.items()})
    short = {old: new for names in made.names.values() for new, old in names.items()}
    assert short["_own_of_Base"] != short["_own_of_Heir"]
    assert short["_own_of_Alone"] in (short["_own_of_Base"], short["_own_of_Heir"])
    assert "total_of_all" in short


def test_every_module_of_the_program_is_covered_by_the_list_of_known_names():
    sources = bundle.sources_of(ROOT, bundle.modules(ROOT))
    own = {path.parts[0] for path in sources}
    imported = {
        name
        for text in sources.values()
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    outside = {name.split(".")[0] for name in imported} - own
    assert outside <= {*MODULES, *STDLIB}, outside - {*MODULES, *STDLIB}


def test_the_known_names_are_those_of_the_stubs():
    stubs = ROOT / "typings"
    files = [stubs / f"{name}.pyi" for name in MODULES if (stubs / f"{name}.pyi").exists()]
    files += [file for name in STDLIB for file in (stubs / "stdlib").glob(f"{name}.pyi")]
    files += [file for name in STDLIB for file in (stubs / "stdlib" / name).rglob("*.pyi")]
    files += (stubs / "_mpy_shed").rglob("*.pyi")
    assert len(files) > 30
    found = {name for file in files for node in ast.walk(ast.parse(file.read_text())) for name in _defined(node)}
    assert known_names() == {name for name in found if not name.startswith("_")} | MORE


def _defined(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []
