"""Every fault has its row in docs/faulty-line.md, with an example that is taken."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from simulator.faults import FaultError, LineFaults, parse

ROWS = re.findall(
    r"^\| `(\w+)` \| (\S+) \|", Path("docs/faulty-line.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_the_page_has_every_fault_and_no_other():
    assert [name for name, _ in ROWS] == [field.name for field in fields(LineFaults)]


@pytest.mark.parametrize(("name", "example"), ROWS)
def test_the_example_of_the_page_is_taken_and_changes_something(name, example):
    faults = parse([f"{name}={example}"])
    assert getattr(faults, name) != getattr(LineFaults(), name)


@pytest.mark.parametrize("setting", ["short_share=1.1", "stuck=yes", "radio_bytes=1.5", "babble_ms=-1", "flap=1"])
def test_a_setting_that_cannot_be_is_refused_by_name(setting):
    with pytest.raises(FaultError, match=setting.partition("=")[0]):
        parse([setting])
