"""First flash: the starter, the program into slot A, boot.py and main.py, and the public release key, over USB.

The board must already carry a MicroPython that executes in place, with the partitions `romfs` and `log`
(firmware/README.md says how). `python fieldtool/flash.py --port /dev/ttyUSB0 --release-key release.pem.pub`;
`--dry-run` only compiles and prints what it would do. Slots, staged updates and their records of before are
removed; configuration and device key stay.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from fieldtool import bundle, release_key
from fieldtool.connection import FieldError

BUNDLE = "staged.bundle"
MAIN = """import sys

sys.path.insert(0, "/starter")
try:
    from firmware.power_on import enter

    enter()
    del enter
    from firmware.main import start

    start([])
except Exception as error:
    sys.print_exception(error)
import machine
import time

time.sleep(10)
machine.reset()
"""

# On the board, before anything is copied: a half-copied program must not start, and none of before be left.
_PREPARE = """
import esp32, machine, os
machine.WDT(timeout=900000)  # a program that ran has left one of a minute
def remove(path):
    try:
        folder = os.stat(path)[0] & 0x4000
    except OSError:
        return
    if folder:
        for name in os.listdir(path):
            remove(path + "/" + name)
        os.rmdir(path)
    else:
        os.remove(path)
for path in ("main.py", "starter", "staged.bundle", "firmware", "seepline"):
    remove("/" + path)
nvs = esp32.NVS("seepline")
for name in ("slots", "update", "update_news", "release_key"):
    try:
        nvs.erase_key(name)
    except OSError:
        pass
key = bytes.fromhex("{key}")
if key:
    nvs.set_blob("release_key", key)
nvs.commit()
"""

# On the board, when all is there but main.py.
_FILL = """
import os, sys
sys.path.insert(0, "/starter")
from firmware import rom_image
from firmware.rom_partition import halves
from seepline.wire import bundle_format
places = halves()
for slot in (0, 1):
    rom_image.clear(places, slot)
with open("/staged.bundle", "rb") as bundle:
    head = bundle_format.read_head(bundle)
    entries = list(bundle_format.read_entries(bundle, head))
    bundle.seek(bundle_format.SIGNATURE_BYTES, 1)
    rom_image.fill(places, 0, head.version, entries, bundle)
os.remove("/staged.bundle")
"""


class FlashError(FieldError):
    """The program could not be copied: says why and what to do."""


def lay_out(folder: Path, version: int) -> list[Path]:
    """Write what the board gets into `folder`; returns the files, relative to it, main.py last. FieldError."""
    starter = bundle.compile_into(folder / "starter", bundle.sources_of(bundle.ROOT, bundle.STARTER))
    (folder / BUNDLE).write_bytes(bundle.unsigned(bundle.program(version)))
    (folder / "boot.py").write_bytes((bundle.ROOT / "firmware" / "boot.py").read_bytes())
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    return [*(Path("starter") / file for file in starter), Path("boot.py"), Path(BUNDLE), Path("main.py")]


def commands(folder: Path, files: list[Path], port: str | None, key: bytes) -> list[list[str]]:
    """Return the mpremote commands that put the files on the board, fill slot A and start it."""
    base = [sys.executable, "-m", "mpremote", *(["connect", port] if port else [])]
    folders = sorted({parent.as_posix() for file in files for parent in file.parents} - {"."})
    makes = [["fs", "mkdir", f":{name}"] for name in folders]
    copies = [["fs", "cp", str(folder / file), f":{file.as_posix()}"] for file in files]
    prepare, fill = ["exec", _PREPARE.replace("{key}", key.hex())], ["exec", _FILL]
    return [[*base, *step] for step in (prepare, *makes, *copies[:-1], fill, copies[-1], ["reset"])]


def flash(port: str | None, dry_run: bool, version: int | None = None, key: bytes = b"") -> list[str]:
    """Compile and copy; returns one line per file. Raises FieldError.

    `key` is the public release key; without one the board will take no update over the bus.
    """
    with tempfile.TemporaryDirectory(prefix="seepline-flash-") as scratch:
        folder = Path(scratch)
        files = lay_out(folder, version or bundle.version_of(datetime.now(UTC)))
        for command in commands(folder, files, port, key):
            if not dry_run:
                _run(command)
        return [f"{file} {(folder / file).stat().st_size} bytes" for file in files]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise FlashError(
            f"The board does not take the program (is it connected, and is nobody else on its port?): {reason[0]}"
        )


def main() -> None:
    """Read the command line and flash."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", help="serial port of the board; without it mpremote looks for one")
    parser.add_argument("--release-key", type=Path, help="public key file; without it the board takes no update")
    parser.add_argument("--dry-run", action="store_true", help="compile and say what would be copied")
    options = parser.parse_args()
    try:
        key = release_key.load_public(options.release_key) if options.release_key else b""
        lines = flash(options.port, options.dry_run, key=key)
    except FieldError as error:
        sys.exit(str(error))
    notes = (
        [] if options.release_key else ["No release key was given: this logger will take no update over the bus."]
    )
    sys.stdout.write("\n".join([*lines, *notes, ""]))


if __name__ == "__main__":
    main()
