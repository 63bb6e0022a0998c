"""A small dam, its raw rows, and a real collector process."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from collector import tokens
from collector.notify.sentences import said
from collector.raw_lines import RawRow, RawValue
from seepline.site import Site
from seepline.site_file import read_site
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.ports import free_port

DAM = Path(__file__).with_name("dam.toml")
ROOT = Path(__file__).parents[2]
CLOCK = "2016-01-01T08:00:00Z@1"


@pytest.fixture
def dam() -> Site:
    return read_site(DAM)


@dataclass(frozen=True)
class Rows:
    """Raw rows of the dam's loggers, by scan number."""

    def piezometer(self, scan: int, hertz: float = 2900.0, ohm: float = 3000.0, seq: int | None = None) -> RawRow:
        values = (RawValue("f", hertz, 0), RawValue("t", ohm, 0))
        return self.row("a", scan, values, seq)

    def barometer(self, scan: int, millivolt: float = 2100.0, seq: int | None = None) -> RawRow:
        return self.row("b", scan, (RawValue("baro", millivolt, 0),), seq)

    def row(self, logger: str, scan: int, values: tuple[RawValue, ...], seq: int | None = None) -> RawRow:
        seq = scan + 1 if seq is None else seq
        time_ms = T0_MS + scan * SCAN_MS
        return RawRow(
            line=1, logger=logger, block=0, time_ms=time_ms, values=values, ring=7, boot=1, seq=seq, tq=2
        )


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def chain(dam: Site, tmp_path: Path) -> Iterator[Chain]:
    made = Chain(dam, tmp_path)
    yield made
    kept = made.reader.events(10_000)
    made.close()
    assert [one.text for one in kept if said(one.kind, one.text, "ru").language != "ru"] == []


@dataclass
class RunningCollector:
    """A collector of the dam in a process of its own."""

    data: Path
    port: int
    site: Path = DAM
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, prelude: str = "") -> None:
        code = f"{prelude}\nfrom seepline.cli import app\napp()"
        arguments = [
            "collector",
            "run",
            str(self.site),
            "--data",
            str(self.data),
            "--listen",
            f"127.0.0.1:{self.port}",
        ]
        environment = {**os.environ, "SEEPLINE_CLOCK": CLOCK, "PYTHONPATH": str(ROOT)}
        log = (self.data / "collector.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments], env=environment, stdout=log, stderr=log, cwd=self.data
            )
        self.processes.append(process)
        self._wait_until_it_answers(process)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/ping", timeout=5).close()
            except OSError:  # nobody listens yet, or it took too long
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.data / "collector.log").read_text())

    def kill(self) -> None:
        self.processes[-1].send_signal(signal.SIGKILL)
        self.processes[-1].wait()

    def stop(self) -> int:
        self.processes[-1].send_signal(signal.SIGTERM)
        return self.processes[-1].wait()


@pytest.fixture
def collector_process(tmp_path: Path) -> Iterator[RunningCollector]:
    running = RunningCollector(tmp_path, free_port())
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def new_token(tmp_path: Path) -> Callable[[str], str]:
    return lambda gateway: tokens.add(tmp_path / tokens.FILE_NAME, gateway)


@pytest.fixture
def client(collector_process, new_token) -> Iterator[httpx.Client]:
    token = new_token("gw1")
    collector_process.start()
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=collector_process.url, headers=headers, trust_env=False, timeout=60) as opened:
        yield opened
    assert collector_process.stop() == 0
