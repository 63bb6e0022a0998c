"""The demo's data in a real InfluxDB, once for all tests of the dashboards."""

from collections.abc import Iterator

import pytest

from tests.dashboards import moving
from tests.dashboards.demo_data import judged, lines
from tests.influxdb_v2 import InfluxDB, influxdb_v2


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[InfluxDB]:
    demo = judged(tmp_path_factory.mktemp("demo"))
    with influxdb_v2(tmp_path_factory.mktemp("influxdb")) as found:
        found.ask("CREATE DATABASE dam")
        found.ask("CREATE DATABASE empty")
        for parcel in lines(*demo):
            found.write("dam", *(line.decode() for line in parcel))
        yield found


@pytest.fixture(scope="session")
def moving_slide(server) -> str:
    """The database of the invented slide."""
    server.ask("CREATE DATABASE moving")
    server.write("moving", *moving.lines())
    return "moving"
