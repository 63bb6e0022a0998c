"""The configuration on its way into a logger: made from the site, compared with the last, staged and committed.

A logger shows of its configuration only generation and CRC-32, so this laptop keeps a copy of what it sent, beside
the site's other records; where its CRC is not the logger's, the difference is not known and that is said.
"""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldtool.connection import FieldError
from fieldtool.identification import Identification
from fieldtool.sealed import Commander, commit_configuration_payload
from seepline.site import Site
from seepline.site_wiring import Logger
from seepline.wire import seal
from seepline.wire.crc import crc32


def encoded(configuration: Mapping[str, Any]) -> bytes:
    """Return a configuration as the logger stores it: compact JSON, ASCII."""
    return json.dumps(configuration, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def copy_path(folder: Path, logger: str) -> Path:
    """Return where the copy of a logger's configuration lies."""
    return folder / f"{logger}.configuration.json"


def known(folder: Path, logger: str, found: Identification) -> dict[str, Any] | None:
    """Return the configuration that the logger has now, None when this laptop does not know it."""
    try:
        data = copy_path(folder, logger).read_bytes()
        configuration: dict[str, Any] = json.loads(data)
    except (OSError, ValueError):
        return None
    return configuration if crc32(encoded(configuration)) == found.values["config_crc"] else None


def has(found: Identification, content: bytes) -> bool:
    """Tell whether the logger has exactly this configuration already."""
    return bool(found.values["config_generation"]) and found.values["config_crc"] == crc32(content)


def keep(folder: Path, logger: str, configuration: Mapping[str, Any]) -> None:
    """Keep a copy of what was sent."""
    path = copy_path(folder, logger)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(configuration, indent=1) + "\n", encoding="ascii")
    except OSError as error:
        raise FieldError(f"{path} cannot be written ({error.strerror}); the logger is configured.") from error


def difference(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """Return the lines that change, with a little around them; all of the new one when the old is not known.

    >>> difference({"scan_s": 900}, {"scan_s": 60})
    [' {', '-  "scan_s": 900', '+  "scan_s": 60', ' }']
    """
    before = [] if old is None else json.dumps(old, indent=2).splitlines()
    lines = difflib.unified_diff(before, json.dumps(new, indent=2).splitlines(), lineterm="", n=2)
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def logger_fits(site: Site, logger: Logger, found: Identification, *, new: bool) -> None:
    """Refuse to configure another logger than the one meant.

    Raises
    ------
    FieldError
        When another one answers, and it is not said that it is a new one that shall become this logger.
    """
    if found.serial == logger.serial or new:
        return
    others = [one.id for one in site.loggers if one.serial == found.serial]
    name = f"{others[0]} ({found.serial})" if others else str(found.serial)
    raise FieldError(
        f"Logger {name} answers, not {logger.id} ({logger.serial}): check the cable, or give --new for a new"
        " logger that shall become this one."
    )


async def send(commander: Commander, content: bytes) -> None:
    """Stage and commit a configuration; the logger then restarts with it.

    Raises
    ------
    FieldError
        When the logger refuses it: the sentence says why, and the old one stays.
    """
    await commander.stage(seal.STAGE_CONFIG, content, lambda _: None, from_the_start=True)
    await commander.give(seal.COMMIT_CONFIG, commit_configuration_payload(content))
