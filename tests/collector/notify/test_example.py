"""The example of docs/ is a good notify.toml, and every kind of channel stands in it and in the page."""

import re
from dataclasses import fields
from pathlib import Path

from collector.notify.channels.ways import WAYS
from collector.notify.text_data import document
from seepline.notices.contacts_file import parse_contacts
from tests.collector.notify.notices import RED

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "telling-people.md").read_text(encoding="utf-8")


def test_the_example_is_good_and_shows_every_kind():
    text = (DOCS / "examples" / "notify.toml").read_text(encoding="utf-8")
    found = parse_contacts(text, {word: way.kind for word, way in WAYS.items()})
    assert {one.kind for one in found.channels} == set(WAYS)


def test_the_page_names_every_key_of_every_kind():
    for word, way in WAYS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{word}`"))
        known = row + (PAGE if word == "voice" else "")
        for key in fields(way.kind.settings):
            assert key.name == "patience_s" or key.name in known, (word, key.name)
        assert f"`{way.kind.address}`" in row


def test_the_page_names_every_key_of_the_json():
    table = PAGE[PAGE.index("### JSON") : PAGE.index("### MQTT")]
    named = set(re.findall(r"`(\w+)`", table))
    assert set(document(RED, "en")) <= named
