import doctest

import pytest

from gateway.bus import direction, exchange, merge, tally, trace


@pytest.mark.parametrize("module", [direction, exchange, merge, tally, trace])
def test_examples_in_the_documentation_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
