"""The programs that the demo starts: each with its own log file, stopped by those who started them, by pid."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STOP_S = 8.0


class ChildError(Exception):
    """A program that the demo needs has ended; says which, and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """One started program and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise ChildError when the program has ended by itself."""
        code = self.process.poll()
        if code is not None:
            tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
            raise ChildError(f"The {self.name} ended with code {code}. The end of {self.log}:\n{tail}")


def start(name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Child:
    """Start `seepline ARGUMENTS` in its own process group, with its output in `<folder>/<name>.log`."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "seepline.cli", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    _remember(folder, process.pid)
    return Child(name, process, log)


def stop(child: Child) -> None:
    """End a program and its own children: SIGTERM, then SIGKILL after eight seconds."""
    _end_group(child.process.pid)
    deadline_s = time.monotonic() + _STOP_S
    while child.process.poll() is None and time.monotonic() < deadline_s:
        time.sleep(0.05)
    if child.process.poll() is None:
        _end_group(child.process.pid, signal.SIGKILL)
    child.process.wait()


def stop_earlier_run(folder: Path) -> int:
    """End what an earlier demo left running in `folder`; returns how many programs that were."""
    ended = 0
    for pid in _remembered(folder):
        if _is_ours(pid):
            _end_group(pid, signal.SIGKILL)
            ended += 1
    return ended


def _pid_file(folder: Path) -> Path:
    return folder / "pids.json"


def _remembered(folder: Path) -> list[int]:
    path = _pid_file(folder)
    try:
        return [int(pid) for pid in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
    except ValueError as error:
        message = f"{path} cannot be read: end what an earlier demo left running, then remove {folder}."
        raise ChildError(message) from error


def _remember(folder: Path, pid: int) -> None:
    fresh = _pid_file(folder).with_suffix(".new")
    fresh.write_text(json.dumps([*_remembered(folder), pid]), encoding="utf-8")
    fresh.replace(_pid_file(folder))  # a kill between two bytes must not leave half a list


def _is_ours(pid: int) -> bool:
    # A pid may have been given to a stranger since: only a process that runs this command here is ended.
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"seepline.cli" in words and Path(f"/proc/{pid}/cwd").resolve() == Path.cwd().resolve()
    except OSError:
        return False


def _end_group(pid: int, number: int = signal.SIGTERM) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return  # it ended by itself in the meantime: what was wanted
