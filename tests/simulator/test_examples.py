import doctest

import pytest

from simulator import clock, faults, gauge, physics


@pytest.mark.parametrize("module", [clock, faults, gauge, physics])
def test_examples_in_the_documentation_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
