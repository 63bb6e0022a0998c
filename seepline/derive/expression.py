"""A user's expression, safe and unit-checked: parsed by its own grammar, never by Python's.

    sum      product (("+" | "-") product)*             both sides of one dimension
    product  power (("*" | "/") power)*
    power    "-" power | atom ["^" whole number from -6 to 6]
    atom     number ["[" unit "]"] | name | function "(" sum ("," sum)* ")" | "(" sum ")"

There are no loops, no attributes, no assignments and no names but those of the inputs. A text has at most 500
characters and 20 levels, so its cost is bounded. Numbers without a unit are pure. Computing is in base units.

    ExpressionError    a text that is not in this grammar, or whose units do not fit; says in which column
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, exp, isfinite, log, sin, sqrt, tan
from typing import NamedTuple

from seepline.derive.units import ANGLE, ONE, Unit, unit

MOST_CHARACTERS = 500
MOST_LEVELS = 20
_MOST_POWER = 6

Values = Mapping[str, float]
Compute = Callable[[Values], float]


class ExpressionError(Exception):
    """What is wrong with an expression, with the column (from 1) where it is."""

    def __init__(self, column: int, words: str) -> None:
        super().__init__(f"column {column}: {words}")
        self.column = column


class Node(NamedTuple):
    """A part of an expression: its dimension, and how it is computed in base units."""

    unit: Unit
    compute: Compute


class Token(NamedTuple):
    """A word of the text: 'number', 'unit', 'name', 'sign' or 'end', and its column from 1."""

    kind: str
    text: str
    column: int


_WORDS = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)|(?P<unit>\[[^\]]*\])"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/^(),]))"
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one argument (or any number alike): what it asks of its dimension, and what it gives."""

    compute: Callable[..., float]
    asks: Unit | None = None  # None: any, the same for all
    many: bool = False
    halves: bool = False


_FUNCTIONS = {
    "abs": Function(abs),
    "min": Function(min, many=True),
    "max": Function(max, many=True),
    "sqrt": Function(sqrt, halves=True),
    "ln": Function(log, ONE),
    "exp": Function(exp, ONE),
    "sin": Function(sin, ANGLE),
    "cos": Function(cos, ANGLE),
    "tan": Function(tan, ANGLE),
}


@lru_cache(maxsize=1024)
def parse(text: str, inputs: tuple[tuple[str, str], ...], makes: str) -> Compute:
    """Return how to compute an expression, in the unit `makes`, from inputs (name, unit); raises ExpressionError.

    >>> head = parse("1250 [m] + u / 9.80665 [kN/m3]", (("u", "kPa"),), "m")
    >>> round(head({"u": 84.35}), 4)
    1258.6013
    >>> parse("u + 3 [m]", (("u", "kPa"),), "m")
    Traceback (most recent call last):
    seepline.derive.expression.ExpressionError: column 3: m-1 kg s-2 and m cannot be added
    """
    known = {name: unit(of) for name, of in inputs}
    parser = _Parser(_tokens(text), known)
    made, goal = parser.whole(), unit(makes)
    if made.unit.powers != goal.powers:
        raise ExpressionError(1, f"it gives {made.unit.words}, where {makes} ({goal.words}) is wanted")

    def compute(values: Values) -> float:
        return made.compute({name: values[name] * of.factor for name, of in known.items()}) / goal.factor

    return compute


def _tokens(text: str) -> list[Token]:
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(MOST_CHARACTERS + 1, f"more than {MOST_CHARACTERS} characters")
    found, place = [], 0
    while text[place:].strip():
        match = _WORDS.match(text, place)
        if match is None:
            column = place + len(text[place:]) - len(text[place:].lstrip()) + 1
            raise ExpressionError(column, f"{text[column - 1]!r} has no meaning here")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


class _Parser:
    """Recursive descent over the tokens; every part knows its dimension."""

    def __init__(self, tokens: Sequence[Token], inputs: Mapping[str, Unit]) -> None:
        self._tokens = tokens
        self._inputs = inputs
        self._place = 0
        self._level = 0

    def whole(self) -> Node:
        made = self._sum()
        self._expect("")
        return made

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _is(self, *signs: str) -> bool:
        return self._now.kind == "sign" and self._now.text in signs

    def _expect(self, sign: str) -> None:
        if self._now.text != sign:
            wanted = f"{sign!r}" if sign else "the end"
            found = repr(self._now.text) if self._now.text else "the end"
            raise ExpressionError(self._now.column, f"found {found}, expected {wanted}")
        self._next()

    def _sum(self) -> Node:
        self._level += 1
        if self._level > MOST_LEVELS:
            raise ExpressionError(self._now.column, f"more than {MOST_LEVELS} levels of parentheses")
        made = self._product()
        while self._is("+", "-"):
            sign = self._next()
            made = _added(made, self._product(), sign)
        self._level -= 1
        return made

    def _product(self) -> Node:
        made = self._power()
        while self._is("*", "/"):
            made = _multiplied(made, self._next().text, self._power())
        return made

    def _power(self) -> Node:
        minus = False
        while self._is("-"):
            self._next()
            minus = not minus
        made = self._atom()
        if self._is("^"):
            self._next()
            made = _raised(made, self._exponent())
        return Node(made.unit, lambda values: -made.compute(values)) if minus else made

    def _exponent(self) -> int:
        sign = -1 if self._is("-") and self._next() else 1
        token = self._next()
        if token.kind != "number" or not token.text.isdigit() or int(token.text) > _MOST_POWER:
            raise ExpressionError(token.column, f"a power is a whole number up to {_MOST_POWER}")
        return sign * int(token.text)

    def _atom(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name" and self._is("("):
            return self._call(token)
        if token.kind == "name":
            return self._input(token)
        if token.text == "(":
            made = self._sum()
            self._expect(")")
            return made
        found = repr(token.text) if token.text else "the end"
        raise ExpressionError(token.column, f"found {found}, expected a number, an input or a parenthesis")

    def _number(self, token: Token) -> Node:
        of = self._unit(self._next()) if self._now.kind == "unit" else ONE
        value = float(token.text) * of.factor
        if not isfinite(value):
            raise ExpressionError(token.column, f"{token.text} is too large")
        return Node(of, lambda values: value)

    def _unit(self, token: Token) -> Unit:
        try:
            return unit(token.text[1:-1].strip())
        except ValueError as error:
            raise ExpressionError(token.column, str(error)) from error

    def _input(self, token: Token) -> Node:
        if token.text not in self._inputs:
            known = ", ".join(self._inputs) or "none"
            raise ExpressionError(token.column, f"{token.text!r} is no input; the inputs are {known}")
        return Node(self._inputs[token.text], lambda values: values[token.text])

    def _call(self, token: Token) -> Node:
        function = _FUNCTIONS.get(token.text)
        if function is None:
            raise ExpressionError(
                token.column, f"{token.text!r} is no function; there are {', '.join(_FUNCTIONS)}"
            )
        self._expect("(")
        given = [self._sum()]
        while self._is(","):
            self._next()
            given.append(self._sum())
        self._expect(")")
        return _called(function, given, token)


def _added(left: Node, right: Node, sign: Token) -> Node:
    if left.unit.powers != right.unit.powers:
        words = (
            f"{left.unit.words} and {right.unit.words} cannot be {'added' if sign.text == '+' else 'subtracted'}"
        )
        raise ExpressionError(sign.column, words)
    if sign.text == "+":
        return Node(left.unit, lambda values: left.compute(values) + right.compute(values))
    return Node(left.unit, lambda values: left.compute(values) - right.compute(values))


def _multiplied(left: Node, sign: str, right: Node) -> Node:
    if sign == "*":
        return Node(left.unit.times(right.unit), lambda values: left.compute(values) * right.compute(values))
    return Node(left.unit.times(right.unit, -1), lambda values: left.compute(values) / right.compute(values))


def _raised(base: Node, power: int) -> Node:
    return Node(ONE.times(base.unit, power), lambda values: float(base.compute(values) ** power))


def _called(function: Function, given: Sequence[Node], token: Token) -> Node:
    first = given[0].unit
    if len(given) > 1 and not function.many:
        raise ExpressionError(token.column, f"{token.text} takes one argument")
    if any(one.unit.powers != first.powers for one in given):
        raise ExpressionError(token.column, f"{token.text} takes arguments of one dimension")
    if function.asks is not None and first.powers != function.asks.powers:
        raise ExpressionError(token.column, f"{token.text} takes {function.asks.words}, not {first.words}")
    made = first
    if function.halves:
        if any(power % 2 for power in first.powers):
            raise ExpressionError(token.column, f"there is no root of {first.words}")
        made = Unit(1.0, tuple(power // 2 for power in first.powers))
    elif function.asks is not None:
        made = ONE
    return Node(made, lambda values: float(function.compute(*(one.compute(values) for one in given))))
