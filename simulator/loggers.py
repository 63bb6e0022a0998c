"""The logger programs: the real firmware, one process each, on simulated boards (simulator.device)."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.clock import VARIABLE
from simulator.interpreter import Interpreter

FLASH_BLOCKS = 128  # 512 KiB
FLASH_RECORDS = (FLASH_BLOCKS - 2) * 34  # held at every moment: one block in writing, one erased ahead
_ROOT = Path(__file__).resolve().parent.parent
_LAST_LINES = 4
_RESTART_CODE = 75  # of simulator.device.board: the logger restarts itself, as after a command


class LoggerError(RuntimeError):
    """A logger program cannot be started or has ended: says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where one logger keeps its things in the run directory."""

    config: Path
    table: Path
    flash: Path
    ready: Path
    log: Path


def files(folder: Path, logger: str) -> Files:
    """Return the files of one logger, as absolute paths: the program runs elsewhere."""
    endings = ("json", "csv", "flash", "ready", "log")
    return Files(*(folder.resolve() / f"{logger}.{ending}" for ending in endings))


def configuration(own: Mapping[str, Any], port: int, where: Files, history_from_s: int | None) -> dict[str, Any]:
    """Return what simulator.device.board reads: the logger's own configuration and the desk around it."""
    return {
        "logger": own,
        "bus": ["127.0.0.1", port],
        "flash": str(where.flash),
        "flash_blocks": FLASH_BLOCKS,
        "inputs": str(where.table),
        "history_from_s": history_from_s,
        "ready": str(where.ready),
    }


class Node:
    """One running logger program."""

    def __init__(self, logger: str, where: Files, program: Sequence[str], clock: str | None) -> None:
        self.logger = logger
        self.files = where
        self._program = tuple(program)
        self._environment = environment(os.environ, clock)
        self._process = self._start()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def ready(self) -> bool:
        """Tell whether the memory is filled and the live scans have begun."""
        return self.files.ready.exists()

    def check(self) -> None:
        """Start a program again that has ended for this; raise LoggerError when it has ended otherwise."""
        code = self._process.poll()
        if code == _RESTART_CODE:
            self._process = self._start()
        elif code is not None:
            lines = self.files.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
            said = "\n  ".join(["", *lines]) if lines else " without a word"
            raise LoggerError(f"logger {self.logger} ended with code {code}, see {self.files.log}:{said}")

    def restart(self) -> None:
        """Power the logger up again, with the memory it had."""
        self.stop()
        self._process = self._start()

    def stop(self) -> None:
        """Power the logger off."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        try:
            with self.files.log.open("ab") as log:
                return subprocess.Popen(  # noqa: S603 - the interpreter found on this machine
                    self._program,
                    cwd=_ROOT,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        except OSError as error:
            raise LoggerError(
                f"logger {self.logger} cannot start {self._program[0]} ({error.strerror})"
            ) from error


def program(interpreter: Interpreter, config: Path) -> tuple[str, ...]:
    """Return the command line of a logger.

    Raises
    ------
    LoggerError
        When the firmware is not beside the simulator.
    """
    if not (_ROOT / "firmware" / "main.py").exists():
        raise LoggerError(f"no firmware in {_ROOT}: run the simulator from a clone of the repository")
    return (*interpreter.command, "-m", "firmware.main", "simulator.device.board", str(config))


def write_configuration(path: Path, config: Mapping[str, Any]) -> None:
    """Write the file that a logger reads at power-up."""
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="ascii")


def environment(own: Mapping[str, str], clock: str | None) -> dict[str, str]:
    """Return the environment of a logger: ours, with the anchored site clock."""
    rest = {name: value for name, value in own.items() if name != VARIABLE}
    return rest if clock is None else {**rest, VARIABLE: clock}
