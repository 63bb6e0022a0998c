"""DIR/notify.toml of a data directory, read again when it changes."""

from collections.abc import Mapping
from pathlib import Path

from collector.notify.channels.ways import WAYS
from collector.notify.sender import Way
from seepline.notices.contacts import Contacts
from seepline.notices.contacts_file import FILE_NAME, parse_contacts
from seepline.toml_file import read_text


def read_contacts(data: Path, ways: Mapping[str, Way] = WAYS) -> Contacts | None:
    """Return the contacts of a data directory, None without a notify.toml: then nobody is told anything.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem of the file.
    """
    path = data / FILE_NAME
    if not path.exists():
        return None
    return parse_contacts(read_text(path, FILE_NAME), {word: way.kind for word, way in ways.items()}, str(path))
