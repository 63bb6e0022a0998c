"""A gateway with two destinations: each gets everything, and a dead one neither slows nor shortens the other."""

import json
import signal

import pytest

from tests.gateway.conftest import DEMO_HELD, Collector


@pytest.fixture
def authority():
    collector = Collector()
    yield collector
    collector.close()


def identities(collector: Collector) -> set[tuple[str, str]]:
    return {
        (line.split(",logger=")[1].split(",")[0], line.split("seq=")[1].split("i,")[0])
        for line in collector.stored
    }


def test_operator_and_authority_hold_their_own_copies(
    tmp_path, demo_slave, demo_wiring, collector, authority, start, wait_for
):
    def links() -> dict:
        path = tmp_path / "data" / "status.json"
        return json.loads(path.read_text())["links"] if path.exists() else {}

    second = (
        "[[destination]]\nname = 'authority'\nkind = 'seepline'\nurl = '{url}'\ntoken_file = 'token'\n"
        "cap_bytes_per_s = 200000\n"
    )
    alone = demo_wiring(demo_slave.path, collector.url)
    program = start(alone + second.format(url="http://127.0.0.1:1"))
    wait_for(lambda: len(identities(collector)) == 3 * DEMO_HELD)
    wait_for(lambda: links().get("authority", {}).get("unsent") == 3 * DEMO_HELD)
    assert "nothing listens there" in links()["authority"]["last_error"]
    wait_for(lambda: links()["collector"]["unsent"] == 0)
    (tmp_path / "gateway.toml").write_text(alone + second.format(url=authority.url))
    program.send_signal(signal.SIGHUP)
    wait_for(lambda: identities(authority) == identities(collector))
    wait_for(lambda: links()["authority"]["unsent"] == 0)
    assert len(collector.stored) == 3 * DEMO_HELD
    assert "s3cret" not in (tmp_path / "log").read_text()
