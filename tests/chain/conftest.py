"""A whole chain in a folder: simulator, collector and gateway as real processes, on shortened recordings."""

import json
import os
import random
import signal
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector import tokens
from seepline.cli.demo import checks, children
from seepline.cli.demo.children import Child
from seepline.cli.demo.command import gateway_toml
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SITE = ROOT / "simulator" / "demo" / "site.toml"
INPUTS = ROOT / "simulator" / "demo" / "inputs.toml"
DATA = ROOT / "tests" / "data" / "usgs-mukilteo"

# Live scans come every 15 minutes of site time: at rate 90 every ten seconds, so most of what is read is history.
RATE = 90


def shortened_inputs(folder: Path, scans: int) -> Path:
    """Write the demo's INPUTS.toml with only the last scans of each recording."""
    text = INPUTS.read_text(encoding="utf-8")
    for name in ("station-mvd116.tsv", "station-waterton-a.tsv"):
        lines = (DATA / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[-scans:]), encoding="utf-8")
        text = text.replace(f"../../tests/data/usgs-mukilteo/{name}", name)
    path = folder / "inputs.toml"
    path.write_text(text, encoding="utf-8")
    assert tomllib.loads(text)["recording"][0]["file"] == "station-mvd116.tsv"
    return path


@dataclass
class Chain:
    """The programs of one chain, each of which can be killed and started again."""

    folder: Path
    inputs: Path
    port: int
    clock: str
    running: dict[str, Child] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        data = str(self.folder / name)
        commands = {
            "simulator": ("simulate", str(SITE), "--inputs", str(self.inputs), "--dir", str(self.folder)),
            "collector": ("collector", "run", str(SITE), "--data", data, "--listen", f"127.0.0.1:{self.port}"),
            "gateway": ("gateway", "run", str(self.folder / "gateway.toml")),
        }  # fmt: skip
        environment = {"SEEPLINE_CLOCK": self.clock}
        self.running[name] = children.start(name, commands[name], self.folder, environment)

    def stop(self, name: str) -> None:
        children.stop(self.running.pop(name))

    def kill(self, name: str) -> None:
        """Kill -9, with no chance to say goodbye."""
        child = self.running.pop(name)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def wait(self, what: str, happened: Callable[[], bool], limit_s: float = 240) -> None:
        deadline = time.monotonic() + limit_s
        while not happened():
            for child in self.running.values():
                child.check()
            assert time.monotonic() < deadline, f"not within {limit_s} s: {what}"
            time.sleep(0.1)

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/api/v1/state", timeout=60) as answer:
            return json.load(answer)

    def page(self) -> str:
        with urllib.request.urlopen(f"{self.url}/?days=1", timeout=60) as answer:
            return answer.read().decode()

    def answers(self) -> bool:
        try:
            self.state()
        except OSError:
            return False
        return True

    def flash_images(self) -> dict[str, Path]:
        loggers = json.loads((self.folder / "ready.json").read_text())["loggers"]
        return {name: Path(one["flash"]) for name, one in loggers.items()}

    def held(self) -> dict[str, set[checks.Identity]]:
        return {name: checks.flash_identities(image) for name, image in self.flash_images().items()}

    def lost(self, held: dict[str, set[checks.Identity]]) -> int:
        return sum(one.lost for one in checks.count(self.url, held))


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    """A chain whose simulator is ready; collector and gateway are for the test to start."""
    start = datetime.now(UTC).isoformat(timespec="milliseconds")
    whole = Chain(tmp_path, shortened_inputs(tmp_path, 120), free_port(), f"2016-01-01T07:45:00Z@{RATE}@{start}")
    (tmp_path / "token").touch(mode=0o600)
    (tmp_path / "gateway.toml").write_text(gateway_toml(whole.url, "token"))
    (tmp_path / "collector").mkdir()
    (tmp_path / "token").write_text(tokens.add(tmp_path / "collector" / tokens.FILE_NAME, "gw1"))
    try:
        whole.start("simulator")
        whole.wait("all loggers filled their memories", (tmp_path / "ready.json").exists)
        yield whole
    finally:
        for child in whole.running.values():
            children.stop(child)


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> random.Random:
    """A random source whose seed stands in the report, so that a failure can be repeated (SEED=n)."""
    number = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    record_property("seed", number)
    sys.stdout.write(f"seed {number}\n")  # pytest shows it when the test fails
    return random.Random(number)
