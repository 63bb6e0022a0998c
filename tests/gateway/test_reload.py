"""SIGHUP during polls, on a real process with two buses: only what differs is begun anew, and nothing is lost."""

import json
import signal
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "simulator" / "demo" / "site.toml"
HELD = 80


@pytest.fixture
def buses(slave):
    """Bus 1 with two loggers and bus 2 with the pond's."""
    memory = type(slave.devices[1])
    one = type(slave)({1: memory(116001, newest=HELD), 2: memory(116002, newest=HELD, ring=78, blocks=2)})
    two = type(slave)({3: memory(116003, newest=HELD, ring=79, blocks=2)})
    yield one, two
    one.close()
    two.close()


@pytest.fixture
def site(tmp_path):
    """The demo's site with its pond on a second bus."""
    text = SITE.read_text(encoding="utf-8")
    pond = text.index('id = "pond"')
    text = text[:pond] + text[pond:].replace('bus = "bus1"', 'bus = "bus2"', 1)
    bus = '[[bus]]\nid = "bus1"\ngateway = "gw1"\n'
    assert bus in text
    path = tmp_path / "SITE.toml"
    path.write_text(
        text.replace(bus, f'[[bus]]\nid = "bus2"\ngateway = "gw1"\nbaud = 9600\nparity = "none"\n\n{bus}')
    )
    return path


def wiring(buses, url: str, *, turn_round_s: float = 0.05) -> str:
    ports = "".join(
        f"[[port]]\nbus = 'bus{number}'\npath = '{bus.path}'\nturn_round_s = {time_s}\n\n"
        for number, bus, time_s in ((1, buses[0], 0.05), (2, buses[1], turn_round_s))
    )
    return (
        "[gateway]\nid = 'gw1'\ndata = 'data'\n\n" + ports + "[[destination]]\nname = 'collector'\n"
        f"kind = 'seepline'\nurl = '{url}'\ntoken_file = 'token'\n"
    )


def test_a_reload_begins_only_what_differs_and_loses_nothing(
    tmp_path, buses, site, collector, start, demo_wiring, wait_for
):
    def status() -> dict:
        return json.loads((tmp_path / "data" / "status.json").read_text())

    def log() -> str:
        return (tmp_path / "log").read_text()

    def again(text: str, says: str) -> None:
        (tmp_path / "gateway.toml").write_text(text)
        before = log().count(says)
        program.send_signal(signal.SIGHUP)
        wait_for(lambda: log().count(says) > before)

    program = start(wiring(buses, collector.url))
    wait_for(lambda: len(collector.rows) > 20)
    again(wiring(buses, collector.url, turn_round_s=0.06), "begun anew: bus2")
    again(wiring(buses, collector.url, turn_round_s=0.06), "begun anew: nothing")
    again(wiring(buses, collector.url).replace("token_file = 'token'", "token_file = 'none'"), "is refused")
    again(wiring(buses, collector.url).replace("gw1", "gw2"), "is refused")
    assert "restart the gateway" not in log()  # the site has no gw2, which is said first
    buses[0].devices[1].newest = HELD + 5  # scans that come meanwhile
    again(wiring(buses, collector.url + "/", turn_round_s=0.06), "begun anew: collector")
    site.write_text(site.read_text().replace("silence_s = ", "silence_s = 1", 1))
    again(wiring(buses, collector.url + "/", turn_round_s=0.06), "begun anew: bus1")

    wait_for(lambda: status()["outbox"]["rows"] == 3 * HELD + 5)
    wait_for(lambda: status()["outbox"]["unsent"] == 0)
    assert len(set(collector.stored)) == 3 * HELD + 5
    assert status()["buses"]["bus1"]["counters"]["opened"] == 1
    assert "gap" not in status()["outbox"]["events"]
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0


def test_a_bus_that_is_not_changed_never_stops(tmp_path, buses, site, collector, start, demo_wiring, wait_for):
    program = start(wiring(buses, collector.url))
    for number in range(6):
        wait_for(lambda number=number: buses[0].requests > 8 * number)
        other = wiring(buses, collector.url, turn_round_s=0.05 + 0.001 * (number % 2))
        (tmp_path / "gateway.toml").write_text(other)
        program.send_signal(signal.SIGHUP)
    asked = buses[0].requests
    wait_for(lambda: buses[0].requests > asked + 20)
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0
    buses_now = json.loads((tmp_path / "data" / "status.json").read_text())["buses"]
    assert buses_now["bus1"]["counters"]["opened"] == 1
    assert "begun anew: bus2" in (tmp_path / "log").read_text()
