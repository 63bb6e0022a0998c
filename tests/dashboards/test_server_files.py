"""docs/examples/server: nothing but the proxy is reachable, and no password stands in it."""

import re

import pytest
import yaml

from tests.dashboards.grafana import ROOT

SERVER = ROOT / "docs" / "examples" / "server"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((SERVER / "compose.yaml").read_text(encoding="utf-8"))


def test_only_the_proxy_listens_outside(compose):
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["proxy"]


def test_every_password_is_read_from_a_file(compose):
    assert all(one["file"].startswith("secrets/") for one in compose["secrets"].values())
    for one in compose["services"].values():
        assert set(one.get("secrets", ())) <= set(compose["secrets"])
        environment = one.get("environment", {})
        for key, value in environment.items() if isinstance(environment, dict) else ():
            if re.search("PASSWORD|TOKEN", key):
                assert key.endswith("FILE") or str(value).startswith("${"), key


def test_what_is_mounted_is_there(compose):
    mounted = [path for one in compose["services"].values() for path in one.get("volumes", ())]
    for source in (path.split(":")[0] for path in mounted):
        made_by_a_person = source in ("./site", "./collector")
        assert not source.startswith(".") or made_by_a_person or (SERVER / source).exists(), source


def test_what_provisioning_takes_from_the_environment_is_given(compose):
    given = compose["services"]["grafana"]["environment"]
    for path in (ROOT / "dashboards" / "provisioning").rglob("*.yaml"):
        if path.name not in ("influxdb-1.yaml", "influxdb-3.yaml"):
            assert set(re.findall(r"\$(SEEPLINE_\w+)", path.read_text(encoding="utf-8"))) <= given.keys()
