"""The gateway as a service of this machine: which files that takes, written and removed again.

A file is written when it is absent or still what an earlier `install` wrote; one that a person changed is kept.
What was written stands with its SHA-256 in etc/seepline/installed.json; `uninstall` removes what is on that list
and unchanged, and never data.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.instruments.station import own_profiles
from gateway.wiring import Wiring

DATA = Path("/var/lib/seepline")
CONFIGURATION = Path("/etc/seepline")
FIRST = (  # what puts the files into use, in this order
    "systemd-sysusers /etc/sysusers.d/seepline.conf",
    "systemd-tmpfiles --create /etc/tmpfiles.d/seepline.conf",
    "udevadm control --reload && udevadm trigger --subsystem-match=usb-serial --action=add",
    "systemctl daemon-reload",
    "systemctl enable --now seepline-gateway",
)
_DEPLOY = Path(__file__).parent / "deploy"
_LIST = CONFIGURATION / "installed.json"
_SHIPPED_COMMAND = "/opt/seepline/.venv/bin/seepline"
_SYSTEM_FILES = {
    "seepline-gateway.service": Path("/etc/systemd/system/seepline-gateway.service"),
    "99-seepline-rs485.rules": Path("/etc/udev/rules.d/99-seepline-rs485.rules"),
    "sysusers.conf": Path("/etc/sysusers.d/seepline.conf"),
    "tmpfiles.conf": Path("/etc/tmpfiles.d/seepline.conf"),
}
_HIDDEN_BY_UNIT = ("/home", "/root", "/run/user")  # ProtectHome=yes


class NotInstalled(Exception):  # noqa: N818 - says what it is
    """It cannot be installed like this: one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file to write: where, what and with which rights."""

    path: Path
    content: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file: written, replaced, unchanged, kept, removed or gone."""

    path: Path
    what: str


def planned(wiring: Wiring, gateway_file: Path, command: Path) -> list[Item]:
    """Return every file that the gateway of a gateway.toml needs, started by `command`.

    Raises
    ------
    NotInstalled
        When the unit could not write the data folder or not reach the command.
    """
    settings = wiring.settings
    if wiring.data != DATA:
        raise NotInstalled(
            f"gateway.data is {settings.gateway.data!r}: the service may write {DATA} only, expected that"
        )
    if str(command).startswith(_HIDDEN_BY_UNIT):
        raise NotInstalled(f"{command} is hidden from services (ProtectHome): install Seepline in /opt/seepline")
    items = []
    for name, path in _SYSTEM_FILES.items():
        text = (_DEPLOY / name).read_text(encoding="utf-8").replace(_SHIPPED_COMMAND, str(command))
        items.append(Item(path, text.encode(), 0o644))
    if settings.folder.resolve() != CONFIGURATION:
        items.append(Item(CONFIGURATION / "gateway.toml", gateway_file.read_bytes(), 0o640))
        for name in _named_beside(wiring):
            if ".." in Path(name).parts:
                raise NotInstalled(f"{name} does not lie beside {gateway_file}: put it there, or name it from /")
            items.append(Item(CONFIGURATION / name, settings.path(name).read_bytes(), 0o640))
    return items


def _named_beside(wiring: Wiring) -> Iterator[str]:
    """Yield the relative paths of the files that a gateway.toml and its SITE.toml name, each once."""
    settings = wiring.settings
    names = [settings.gateway.site, settings.bundle.policy if settings.bundle else ""]
    names += [str(Path(settings.gateway.site).parent / name) for name in own_profiles(wiring.site)]
    for one in settings.destinations:
        names += [one.token_file, one.ca_file or "", one.client_cert or "", one.client_key or ""]
    yield from dict.fromkeys(name for name in names if name and not Path(name).is_absolute())


def install(items: Sequence[Item], prefix: Path, dry_run: bool) -> list[Done]:
    """Write the files below a prefix, and return what became of each."""
    files, folders = _read_list(prefix)
    done = []
    for item in items:
        what = _fate(item, _below(prefix, item.path), files.get(str(item.path)))
        done.append(Done(item.path, what))
        if not dry_run and what in ("written", "replaced"):
            folders += _write(item, prefix)
            files[str(item.path)] = _digest(item.content)
            folders += _write_list(prefix, files, folders)
    return done


def _fate(item: Item, target: Path, ours: str | None) -> str:
    if not target.exists():
        return "written"
    there = target.read_bytes()
    if there == item.content:
        return "unchanged"
    return "replaced" if _digest(there) == ours else "kept, for it was changed by hand"


def uninstall(prefix: Path, dry_run: bool) -> list[Done]:
    """Remove what `install` wrote, and return what became of each file.

    Raises
    ------
    NotInstalled
        When nothing was installed below the prefix.
    """
    files, folders = _read_list(prefix)
    if not files:
        raise NotInstalled(f"{_below(prefix, _LIST)} lists nothing: the gateway is not installed there")
    done = []
    for name, digest in files.items():
        target = _below(prefix, Path(name))
        ours = target.exists() and _digest(target.read_bytes()) == digest
        what = "removed" if ours else "kept, for it was changed by hand" if target.exists() else "gone already"
        done.append(Done(Path(name), what))
        if ours and not dry_run:
            target.unlink()
    if not dry_run:
        _below(prefix, _LIST).unlink()
        for name in sorted(folders, reverse=True):
            folder = _below(prefix, Path(name))
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    return done


def _write(item: Item, prefix: Path) -> list[str]:
    """Write one file in one step and return the folders that had to be made for it."""
    target = _below(prefix, item.path)
    made = [folder for folder in item.path.parents if not _below(prefix, folder).exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, item.mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, item.mode)  # whatever the umask
        file.write(item.content)
    beside.replace(target)
    return [str(folder) for folder in made]


def _below(prefix: Path, path: Path) -> Path:
    return prefix / path.relative_to("/")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_list(prefix: Path) -> tuple[dict[str, str], list[str]]:
    """Return (digest by path, folders made) of what was installed below a prefix; raises NotInstalled."""
    path = _below(prefix, _LIST)
    if not path.exists():
        return {}, []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        files, folders = dict(found["files"]), list(found["folders"])
        paths = [Path(one) for one in (*files, *folders)]
    except (ValueError, KeyError, TypeError, RecursionError):
        paths = [Path()]
    if not all(one.is_absolute() and ".." not in one.parts for one in paths):
        raise NotInstalled(f"{path} is damaged: remove it, then what it listed is kept as if changed by hand")
    return files, folders


def _write_list(prefix: Path, files: Mapping[str, str], folders: Sequence[str]) -> list[str]:
    """Write what was installed, and return the folders that the list itself needed; they stand on it too."""
    text = json.dumps({"files": files, "folders": folders}, indent=1)
    made = _write(Item(_LIST, text.encode(), 0o644), prefix)
    return [*made, *_write_list(prefix, files, [*folders, *made])] if made else []
