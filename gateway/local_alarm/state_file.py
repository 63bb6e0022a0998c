"""DIR/local_alarm.json: what a local alarm remembers, replaced whole. This folder's door of pydantic.

DamagedStateError    the file is there and cannot be used: one sentence
"""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gateway.local_alarm.latch import Kept
from gateway.whole_file import replace_file

NAME = "local_alarm.json"
_FORM = TypeAdapter(Kept)


class DamagedStateError(Exception):
    """What was remembered cannot be read."""


def read_state(directory: Path) -> Kept | None:
    """Return what was kept, None where nothing ever was. Raises DamagedStateError."""
    path = directory / NAME
    try:
        return _FORM.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DamagedStateError(f"{path} cannot be used ({where or 'content'}: {first['msg']})") from error
    except OSError as error:
        raise DamagedStateError(f"{path} cannot be read ({error.strerror})") from error


def write_state(directory: Path, kept: Kept) -> None:
    """Replace the file, durably. Raises OSError."""
    replace_file(directory / NAME, _FORM.dump_json(kept))
