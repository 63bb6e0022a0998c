"""docs/gateway-on-a-pi.md: every command on it exists with its options, every file is one that install writes."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from gateway import disk, install
from gateway.metrics import FIGURES
from seepline.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gateway-on-a-pi.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^ {4,}(?:sudo )?(seepline .+)$|`(?:sudo )?(seepline [a-z].+?)`", PAGE, re.MULTILINE)
COMMANDS = sorted({block or inline for block, inline in SHOWN})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_is_understood(line):
    command, words = get_command(app), shlex.split(line)[1:]
    path = "seepline"
    while getattr(command, "commands", None):
        path, command, words = f"{path} {words[0]}", command.commands[words[0]], words[1:]
    assert command.make_context(path, words).params


def test_the_page_has_ten_steps_and_the_commands_that_install_prints():
    assert re.findall(r"^(\d+)\. \*\*", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]
    shown = PAGE.replace("sudo ", "")
    assert all(line in shown for line in install.FIRST)


def test_every_file_of_the_page_is_written_by_install():
    written = {str(path) for path in install._SYSTEM_FILES.values()}
    written |= {str(install.CONFIGURATION), str(install.CONFIGURATION / "gateway.toml"), str(install.DATA)}
    named = set(re.findall(r"/(?:etc|var)/[\w./-]+\w", PAGE))
    assert named == written


def test_every_event_and_figure_of_the_page_exists():
    events = set(re.findall(r"`((?:disk|inodes)_\w+)`", PAGE))
    assert events == set(disk.TROUBLES)
    figures = set(re.findall(r"`seepline_(\w+)`", PAGE))
    assert figures <= {figure.name for figure in FIGURES}
