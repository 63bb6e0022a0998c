"""What a person writes is text on every page, never markup."""

import time

import httpx
import pytest

from tests.acts import Persons
from tests.collector.chain import T0_MS
from tests.collector.conftest import RunningCollector
from tests.collector.hand.conftest import dam_text
from tests.ports import free_port

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>%(days)s{{7*7}}"


@pytest.fixture
def collector(tmp_path):
    site = tmp_path / "site.toml"
    site.write_text(dam_text())
    running = RunningCollector(tmp_path, free_port(), site)
    running.start()
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def bodies():
    dip = {"point": "SP1", "method": "standpipe", "taken_ms": T0_MS, "values": {"dip_m": 4.2}, "note": EVIL}
    begin = {"exercise": "e1", "name": EVIL, "until_ms": T0_MS + 3_600_000}
    return (
        ("operator", "note", {"text": EVIL, "at_ms": T0_MS, "point": "P1"}),
        ("operator", "diary", {"work": "other", "from_ms": T0_MS, "text": EVIL, "points": ["P1"]}),
        ("operator", "hand_reading", dip),
        ("engineer_of_record", "commissioning_begun", {"point": "P1", "from_ms": T0_MS, "reason": EVIL}),
        ("engineer_of_record", "recompute", {"reason": EVIL}),
        ("engineer_of_record", "exercise_begin", begin),
    )


def test_what_people_write_is_text_on_every_page(collector, tmp_path):
    persons = Persons()
    persons.write_policy(collector.data)
    with httpx.Client(base_url=collector.url, trust_env=False, timeout=60) as client:
        for person, kind, body in bodies():
            answer = client.post("/api/v1/acts", json=persons.sent(person, kind, body, T0_MS))
            assert answer.status_code == 201, answer.text
        found, end_s = "", time.monotonic() + 60
        while not ("EXERCISE" in found and "4.2" in found):
            assert time.monotonic() < end_s, found
            pages = [client.get(path) for path in ("/", "/hand")]
            found = "".join(page.text for page in pages)
        assert all(page.status_code == 200 for page in pages)
        assert "&lt;script&gt;" in found
        assert "<script>alert" not in found
        assert "<img src=x" not in found
    assert collector.stop() == 0
