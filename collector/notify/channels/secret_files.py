"""Secrets of channels: each alone in a file that only its owner may read, read anew for every message."""

import stat
from collections.abc import Iterable
from pathlib import Path

from collector.notify.sender import NotTaken

_HIDDEN = "***"


def secret(folder: Path, name: str, key: str) -> str:
    """Return what stands in a file that notify.toml names under `key`; a relative name is in `folder`.

    Raises
    ------
    NotTaken
        When it cannot be read, is empty, or may be read by others. Again: a person can mend that.
    """
    path = folder / name
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotTaken(f"{key}: {path} can be read by others: chmod 600 {path}", again=True)
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise NotTaken(f"{key}: {path} cannot be read ({said})", again=True) from error
    if not found:
        raise NotTaken(f"{key}: {path} is empty", again=True)
    return found


def hidden(text: str, secrets: Iterable[str], most: int = 200) -> str:
    r"""Return the beginning of what a server said, on one line and without any secret that it says back.

    >>> hidden("bad token abc\r\nabcabc", ["abc"])
    'bad token *** ******'
    """
    for one in secrets:
        text = text.replace(one, _HIDDEN) if one else text
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:most]
