"""Where the heap of a running logger goes: a table, by kind of object. Run it on Linux, from the repository root.

    python bench/logger_heap.py

The program runs as tests/firmware/test_size.py runs it. Its map of the heap, and the memory of its process, tell
what each block is by the layout of MicroPython 1.25's objects on 32 bits (py/obj.h, py/qstr.c).
"""

import ast
import os
import random
import re
import struct
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/firmware")]

import conftest as firmware  # noqa: E402
import test_size  # noqa: E402

_LETTERS = {"B": "functions", "T": "tuples", "F": "numbers", "S": "words and bytes", "A": "buffers"}
_TYPES = {
    **{"bound": "coroutines, closures", "coroutine": "coroutines, closures", "task": "coroutines, closures"},
    **{"closure": "coroutines, closures", "int": "numbers"},
}


class Memory:
    """The blocks of the heap (address -> letter, bytes), and what stands anywhere in the process."""

    def __init__(self, said: str, pid: int) -> None:
        base = int(re.search(r"layout; from (?:0x)?([0-9a-f]+)", said)[1], 16)
        self.blocks: dict[int, list] = {}
        for offset, row in re.findall(r"^([0-9a-f]{8}): (.*)$", said, re.MULTILINE):
            for place, letter in enumerate(row):
                at = base + int(offset, 16) + 16 * place
                if letter == "=":
                    self.blocks[next(reversed(self.blocks))][1] += 16
                elif letter != ".":
                    self.blocks[at] = [letter, 16]
        self._sorted = sorted(self.blocks)
        self._memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)

    def words(self, at: int) -> tuple[int, ...]:
        size = self.blocks[at][1]
        return struct.unpack(f"<{size // 4}I", os.pread(self._memory, size, at))

    def holding(self, address: int) -> int:
        """Return the block that an address lies in, 0 when in none."""
        at = self._sorted[max(0, bisect_right(self._sorted, address) - 1)]
        return at if at <= address < at + self.blocks[at][1] else 0


def kinds(memory: Memory, types: dict[int, str]) -> dict[int, str]:
    """Return what each block is: what holds others first, for their parts have no sign of their own."""
    found: dict[int, str] = {}
    for kind, places in (*_holders(memory, types), *_single(memory, types)):
        found.update({at: kind for at in places if at in memory.blocks and at not in found})
    return found


def _holders(memory: Memory, types: dict[int, str]) -> Iterator[tuple[str, list[int]]]:
    """Yield (kind, blocks) of pools of names, modules, classes and their objects."""
    classes = {at for at in memory.blocks if types.get(memory.words(at)[0]) == "type"}
    for at in [at for at in memory.blocks if _is_pool(memory.words(at))]:
        words = memory.words(at)
        yield "names", [at, *(memory.holding(chars) for chars in words[6 : 6 + words[3]])]
    for at, (letter, _) in memory.blocks.items():
        words = memory.words(at)
        if letter == "M":
            yield "modules", [at, *words[1:4], *_table(memory, words[1])]
        elif at in classes:
            dicts = [word for word in words[1:] if memory.blocks.get(word, " ")[0] == "D"]
            yield "classes", [at, *dicts, *(table for one in dicts for table in _table(memory, one))]
        elif words[0] in classes:
            yield "objects", [at, words[3]]


def _single(memory: Memory, types: dict[int, str]) -> Iterator[tuple[str, list[int]]]:
    for at, (letter, _) in memory.blocks.items():
        words = memory.words(at)
        if letter in "DL":
            yield "dictionaries, lists", [at, words[3]]
        elif letter in _LETTERS:
            yield _LETTERS[letter], [at, *(words[3:4] if letter in "SA" else ())]
        elif types.get(words[0]) in _TYPES:
            yield _TYPES[types[words[0]]], [at]
    yield "the rest", list(memory.blocks)


def _table(memory: Memory, dictionary: int) -> list[int]:
    return [memory.words(dictionary)[3]] if dictionary in memory.blocks else []


def _is_pool(words: tuple[int, ...]) -> bool:
    """Tell a pool by its form: what came before it, how much it can hold and holds, and its two tables within."""
    return (
        len(words) > 30
        and words[2] in (20, 40, 80, 160, 320, 640, 1280)
        and words[3] <= words[2]
        and words[5] == words[4] + 2 * words[2]
    )


def measured() -> Counter[str]:
    """Run a logger and return the bytes of each kind."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        program = os.environ.get("MICROPYTHON32", str(firmware.CACHE / "micropython"))
        parts = [path for path in firmware.desk_modules() if path.parent != firmware.ON_DEVICE]
        runner = firmware.rom_runner(program, folder, [*firmware.shipped_modules(), *parts], "-O2")
        (folder / "node").mkdir()
        node = firmware.Node(folder / "node", runner, "100k")
        node.environment["MICROPYPATH"] += f":{ROOT / 'bench'}"
        said = folder / "said"
        standard_output = os.dup(1)
        try:
            os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 1)
            node.start(rate=900, module="heap_map")
            os.dup2(standard_output, 1)
            node.wait_ready()
            test_size._busy(node, random.Random(1), 6)
            while "READY" not in said.read_text():
                time.sleep(0.1)
            return _summed(said.read_text(), node.process.pid)
        finally:
            node.kill()
            node.server.close()


def _summed(said: str, pid: int) -> Counter[str]:
    memory = Memory(said, pid)
    types = ast.literal_eval(re.search(r"TYPES (.*)", said)[1])
    found = kinds(memory, {address & 0xFFFFFFFF: name for name, address in types.items()})
    sums: Counter[str] = Counter()
    for at, kind in found.items():
        sums[kind] += memory.blocks[at][1]
    return sums


if __name__ == "__main__":
    table = measured()
    print("| kind | bytes |\n|---|---|")
    for kind, size in table.most_common():
        print(f"| {kind} | {size} |")
    print(f"| together | {sum(table.values())} |")
