"""What the repository promises about itself: fresh pages, true names, held layers."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from seepline.cli import app

ROOT = Path(__file__).parents[1]
ROOMS = ("seepline", "firmware", "gateway", "collector", "simulator", "fieldtool", "dashboards", "hardware")
TEXT = {".py", ".md", ".toml", ".html", ".css", ".csv", ""}


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines()]


def test_the_pages_made_from_code_are_fresh():
    sys.path.insert(0, str(ROOT / "docs"))
    generate = importlib.import_module("generate")
    sys.path.pop(0)
    for name, make in generate.PAGES.items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == make(), f"docs/{name} is old: run `make docs`"


def test_the_changelog_s_newest_entry_is_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == version


def test_every_function_that_the_architecture_page_names_exists():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py)` `([A-Za-z_.]+)\(", page)
    assert len(named) >= 10
    for file, function in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        defined = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        assert set(function.split(".")) <= defined, f"docs/architecture.md: {file} has no {function}"


def test_every_link_between_committed_pages_leads_somewhere():
    for page in (path for path in committed_files() if path.suffix == ".md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_no_file_is_too_long_to_read():
    for path in committed_files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS:
            assert path.read_text(encoding="utf-8").count("\n") <= 300, f"{path.relative_to(ROOT)} is two things"


# One violation of each import-linter contract, by the contract's name in pyproject.toml.
VIOLATIONS = [
    ("Rooms talk only through seepline", "gateway/bus/line.py", "import collector.journal"),
    ("Rooms talk only through seepline", "collector/journal.py", "import gateway.outbox.intake"),
    ("Rooms talk only through seepline", "firmware/scan.py", "import simulator.line"),
    ("Rooms talk only through seepline", "gateway/bus/line.py", "import fieldtool.flash"),
    ("Rooms talk only through seepline", "fieldtool/flash.py", "import gateway.outbox.intake"),
    ("Rooms talk only through seepline", "fieldtool/flash.py", "import simulator.bus"),
    ("Rooms talk only through seepline", "hardware/level1/table.py", "import firmware.pins"),
    (
        "The language knows no room (only the command line does)",
        "seepline/alarm/standing.py",
        "import seepline.cli",
    ),
    ("Rooms do not know the command line", "collector/engine.py", "import typer"),
    ("The wire runs on the logger: MicroPython's modules only", "seepline/wire/record.py", "import dataclasses"),
    ("Judgement is pure: no clock, no file, no network", "seepline/convert.py", "import time"),
    (
        "Inside the gateway: wire and disk know nothing above them, and not one another",
        "gateway/bus/master.py",
        "import gateway.loggers.plan",
    ),
    (
        "Inside the gateway: wire and disk know nothing above them, and not one another",
        "gateway/outbox/file.py",
        "import gateway.bus.exchange",
    ),
    ("One door for sqlite3 in the gateway", "gateway/outbox/segment.py", "import sqlite3"),
    ("One door for machine", "firmware/scan.py", "import machine"),
    ("One door for serial", "simulator/bus.py", "import serial"),
    ("One door for gpiod", "gateway/bus/line.py", "import gpiod"),
    ("One door for gpiozero", "gateway/bus/line.py", "import gpiozero"),
    ("One door for pymodbus", "gateway/bus/master.py", "import pymodbus"),
    ("One door for httpx", "gateway/loggers/poll.py", "import httpx"),
    ("One door for jinja2", "collector/api.py", "import jinja2"),
    ("One door for segno", "collector/api.py", "import segno"),
    ("One door for babel", "collector/quick_lines.py", "import babel"),
    ("One door for aiosmtplib", "collector/notify/channels/webhook.py", "import aiosmtplib"),
    ("One door for paho", "collector/notify/channels/mqtt.py", "import paho.mqtt.client"),
    ("One door for argon2", "collector/people/door.py", "import argon2"),
    ("One door for joserfc", "collector/people/provider.py", "import joserfc"),
    ("One door for uvicorn", "collector/service.py", "import uvicorn"),
    ("One door for influxdb_client", "collector/export/mirror.py", "import influxdb_client"),
    ("One door for cryptography", "fieldtool/flash.py", "import cryptography"),
    ("One door for reportlab", "fieldtool/flash.py", "import reportlab"),
    (
        "One door for Grafana's SDK: what draws, never what says",
        "dashboards/parts.py",
        "import grafana_foundation_sdk",
    ),
    ("One door for grafana_api", "dashboards/push.py", "import requests"),
    ("One door for pydantic", "seepline/site_file.py", "import pydantic"),
]


def test_each_layer_contract_has_a_violation_here():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["name"] for one in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in VIOLATIONS}


def test_no_module_of_the_language_is_forgotten_by_its_contracts():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["name"]: one for one in settings["tool"]["importlinter"]["contracts"]}
    modules = {f"seepline.{path.stem}" for path in (ROOT / "seepline").iterdir() if path.suffix == ".py"}
    modules |= {f"seepline.{path.parent.name}" for path in (ROOT / "seepline").glob("*/__init__.py")}
    language = modules - {"seepline.cli", "seepline.__init__"}
    assert set(contracts["The language knows no room (only the command line does)"]["source_modules"]) == language
    wire = contracts["The wire runs on the logger: MicroPython's modules only"]["forbidden_modules"]
    assert set(wire) >= language - {"seepline.wire"}


@pytest.fixture(scope="module")
def violated(tmp_path_factory) -> tuple[Path, str]:
    """Return a copy with every violation at the end of its file, and what import-linter says of it."""
    copy = tmp_path_factory.mktemp("violated")
    for room in ROOMS:
        _copy_sources(ROOT / room, copy / room)
    (copy / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for _, file, line in VIOLATIONS:
        (copy / file).write_text((copy / file).read_text() + f"{line}\n")
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=copy,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert result.returncode == 1, result.stdout
    return copy, result.stdout


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS)
def test_the_layer_contracts_catch_a_violation(violated, contract, file, line):
    copy, said = violated
    assert f"{contract} BROKEN" in said
    about = said.split(f"{contract}\n{'-' * len(contract)}\n")[1].split("\n-----")[0]
    module, imported = file.removesuffix(".py").replace("/", "."), line.split()[1]
    names = "|".join(map(re.escape, (module, imported, imported.partition(".")[0])))
    at = (copy / file).read_text().splitlines().index(line) + 1
    assert re.search(rf"\b({names})\b.*\bl\.{at}\b", about), about


def _copy_sources(source: Path, target: Path) -> None:
    for path in source.rglob("*.py"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def test_every_command_has_help():
    from typer.main import get_command

    group = get_command(app)
    for name, command in group.commands.items():
        assert command.help or getattr(command, "commands", None), f"seepline {name} has no help"


def test_users_texts_never_call_a_dam_safe():
    banned = re.compile(r"\b(is|dam|state|all) safe\b|безопас", re.IGNORECASE)
    for path in committed_files():
        shown = path.suffix in {".html", ".po", ".py", ".svg"}
        if shown and path.relative_to(ROOT).parts[0] in ROOMS:
            assert not banned.search(path.read_text(encoding="utf-8")), path
