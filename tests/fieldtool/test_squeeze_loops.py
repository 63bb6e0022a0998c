"""Comprehensions written out: the same values, in the same order of evaluation, and none left where one can go."""

import ast
from pathlib import Path

import pytest

from fieldtool.squeeze.loops import write_out

HEAD = """
from collections import namedtuple
heard = []

def said(value):
    heard.append(value)
    return value
"""

WRITTEN = [
    "return [said(x) for x in range(3)]",
    "return [said(x + y) for x in range(3) if said(x) for y in range(x) if y != 1]",
    "return {said(x): said(-x) for x in (2, 1)}",
    "return sorted({x // 2 for x in range(4)})",
    "return max([said(x) for x in (3, 9)]) + said(7)",
    "return b''.join([bytes([said(x)]) for x in range(3)])",
    "return [said(x) for x in said([1, 2])] + [said(y) for y in (5,)]",
    "x = 4\n    y = [x for x in range(x)]\n    return x, y",
    "total = 3\n    total += sum([said(x) for x in range(total)])\n    return total",
    "for x in [said(x) for x in range(2)]:\n        said(x)\n    return x",
    "if any([said(x) for x in (0, 2)]):\n        return 1\n    return 2",
    "if said(0):\n        return 1\n    elif [said(x) for x in (1,)]:\n        return 2",
    "try:\n        return [said(x) for x in (1, None + 1)]\n    except TypeError:\n        return heard",
    "return said if not [x for x in ()] else heard",
    "a, b = [x * 2 for x, _ in [(1, 2), (3, 4)]]\n    return a, b",
    "return 'a' if len([x for x in (1, 2)]) == 2 else [said(y) for y in (1,)]",
]
STAY = [
    "return said(1) + sum([said(x) for x in range(2)])",  # something happens before it
    "return said(0) and [said(x) for x in range(2)]",  # it may not happen at all
    "return [(lambda: x) for x in range(2)][0]()",  # the lambda keeps the last x
    "return list(said(x) for x in range(2))",  # one after the other, as they are asked for
    "while [x for x in heard if x > 5]:\n        heard.pop()\n    return heard",
    "return [[x + y for x in range(2)] for y in range(2)]",
    "said([]).extend([said(x) for x in (1, 2)])\n    return heard",
]


def outcome(text: str) -> tuple[object, list[object]]:
    names: dict = {}
    exec(text, names)
    value = names["start"]()
    return (value if not callable(value) else value.__name__), names["heard"]


def written(text: str) -> ast.Module:
    tree = ast.parse(text)
    write_out({Path("one.py"): tree})
    return ast.fix_missing_locations(tree)


def count(tree: ast.Module) -> int:
    return sum(isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp) for node in ast.walk(tree))


@pytest.mark.parametrize("body", WRITTEN + STAY)
def test_the_value_and_the_order_of_what_happens_stay(body: str):
    text = f"{HEAD}\ndef start():\n    {body}\n"
    assert outcome(ast.unparse(written(text))) == outcome(text)


@pytest.mark.parametrize("body", WRITTEN)
def test_a_comprehension_that_comes_first_goes(body: str):
    left = count(written(f"{HEAD}\ndef start():\n    {body}\n"))
    assert left == (1 if "else [" in body else 0)


@pytest.mark.parametrize("body", STAY)
def test_one_before_which_something_happens_stays(body: str):
    text = f"{HEAD}\ndef start():\n    {body}\n"
    assert count(written(text)) == count(ast.parse(text))
