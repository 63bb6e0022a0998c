"""Users' expressions: computed in units, refused with the column, and bounded whatever stands in them."""

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seepline.derive.expression import MOST_CHARACTERS, MOST_LEVELS, ExpressionError, parse
from seepline.derive.units import unit
from seepline.quantities import QUANTITIES

INPUTS = (("u", "kPa"), ("h", "m"), ("t", "degC"), ("q", "L/s"), ("a", "deg"))
VALUES = {"u": 98.0665, "h": 2.0, "t": 20.0, "q": 3.0, "a": 30.0}


def value(text, makes):
    return parse(text, INPUTS, makes)(VALUES)


def test_every_quantity_has_a_unit_that_expressions_know():
    for row in QUANTITIES.values():
        assert unit(row.unit).factor > 0


@pytest.mark.parametrize(
    ("text", "makes", "expected"),
    [
        ("u / 9.80665 [kN/m3]", "m", 10.0),
        ("h", "mm", 2000.0),
        ("1 - 2 - 3", "1", -4.0),
        ("8 / 4 / 2", "1", 1.0),
        ("2 + 3 * 4", "1", 14.0),
        ("-2 ^ 2", "1", -4.0),
        ("(-2) ^ 2", "1", 4.0),
        ("2 ^ -1", "1", 0.5),
        ("--2", "1", 2.0),
        ("sin(a)", "1", 0.5),
        ("h * cos(2 * a)", "m", 1.0),
        ("sqrt(h * 8 [m])", "m", 4.0),
        ("max(h, 300 [cm], 1 [m])", "m", 3.0),
        ("abs(h - 5 [m])", "m", 3.0),
        ("ln(exp(1.5))", "1", 1.5),
        ("q * 1 [h]", "1", None),
        ("u + 0.5 [kPa/degC] * (t - 10 [degC])", "kPa", 103.0665),
        ("1.5e-3 [km] + h", "m", 3.5),
    ],
)
def test_expressions_are_computed_in_the_units_they_name(text, makes, expected):
    if expected is None:
        with pytest.raises(ExpressionError, match="m3"):
            value(text, makes)
    else:
        assert value(text, makes) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "found the end"),
        ("h +", 4, "found the end"),
        ("h + u", 3, "cannot be added"),
        ("h * (u - t)", 8, "cannot be subtracted"),
        ("u", 1, "is wanted"),
        ("x + h", 1, "'x' is no input; the inputs are u, h, t, q, a"),
        ("h.real", 2, "'.' has no meaning here"),
        ("h[0]", 2, "expected the end"),
        ("__import__('os')", 12, "has no meaning here"),
        ("open(h)", 1, "'open' is no function"),
        ("h = 3", 3, "has no meaning here"),
        ("h if h else h", 3, "expected the end"),
        ("lambda: h", 7, "has no meaning here"),
        ("h; h", 2, "has no meaning here"),
        ("3 [furlong]", 3, "'furlong' of [furlong] is no unit"),
        ("(h", 3, "expected ')'"),
        ("h)", 2, "expected the end"),
        ("h ^ 2.5", 5, "whole number"),
        ("h ^ 99", 5, "whole number"),
        ("h ^ h", 5, "whole number"),
        ("sqrt(h)", 1, "there is no root of m"),
        ("sin(h)", 1, "sin takes rad, not m"),
        ("max(h, u)", 1, "one dimension"),
        ("abs(h, h)", 1, "one argument"),
        ("1e999", 1, "too large"),
        ("(" * 99 + "h", MOST_LEVELS + 1, "levels"),
        ("h" + " + h" * 200, MOST_CHARACTERS + 1, "characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(text, column, words):
    with pytest.raises(ExpressionError) as caught:
        value(text, "m")
    assert (caught.value.column, words in str(caught.value)) == (column, True), str(caught.value)


def test_the_longest_sum_and_the_deepest_nesting_are_computed():
    assert value("+".join(["1"] * (MOST_CHARACTERS // 2)), "1") == MOST_CHARACTERS // 2
    assert value("(" * (MOST_LEVELS - 1) + "h" + ")" * (MOST_LEVELS - 1), "m") == 2.0
    assert value("-" * (MOST_CHARACTERS - 1) + "1", "1") == -1.0


@settings(deadline=None)
@given(st.text(alphabet="uhtq0123456789.+-*/^()[],m eEsinqrtaxl_", max_size=80))
def test_any_text_is_an_answer_or_a_refusal(text):
    column, compute = 1, None
    try:
        compute = parse(text, INPUTS, "1")
    except ExpressionError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
    with contextlib.suppress(ZeroDivisionError, ValueError, OverflowError):
        assert compute is None or isinstance(compute(VALUES), float)


@given(u=st.floats(-1e6, 1e6), h=st.floats(-1e6, 1e6))
def test_it_agrees_with_python(u, h):
    made = parse("(u / 1 [kPa] + h / 1 [m]) * 2 - 3 * h / 1 [m]", INPUTS, "1")({**VALUES, "u": u, "h": h})
    assert math.isclose(made, (u + h) * 2 - 3 * h, rel_tol=1e-9, abs_tol=1e-6)
