"""The demo's telephones take what is told, and the demo waits until everybody due has got the red."""

import json
import time
import urllib.request

import pytest

from collector.notify.settings import read_contacts
from seepline.cli.demo import told


@pytest.fixture
def phones():
    with told.phones() as found:
        yield found


def test_its_notify_toml_is_good(phones, tmp_path):
    phones.settle(tmp_path)
    found = read_contacts(tmp_path)
    assert [one.person for one in found.contacts] == ["olga", "emil", "eva", "anna", "rosa", "viktor"]
    assert (tmp_path / "sms.token").stat().st_mode & 0o077 == 0


def test_it_says_who_got_the_red_and_nothing_before_all_have(phones, monkeypatch):
    said = json.dumps({"to": "+15550100002", "text": "RED Demo dam TOE-P1"}).encode()
    request = urllib.request.Request(phones.url, said)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 204
    rows = [{"level": 3, "announces": True, "person": one, "state": "sent"} for one in ("eva", "anna")]
    monkeypatch.setattr(told.checks, "ask", lambda _url: rows)
    assert (
        phones.told("", time.monotonic() + 20) == "eva; 1 text messages. The first red to eva: RED Demo dam TOE-P1"
    )
    rows[1]["state"] = "queued"
    assert phones.told("", time.monotonic() + 0.3) == ""
