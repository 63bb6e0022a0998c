from collections.abc import Iterator

import pytest

from tests.collector.imports.foreign import Importing


@pytest.fixture
def importing(tmp_path) -> Iterator[Importing]:
    made = Importing(tmp_path)
    yield made
    made.chain.close()
