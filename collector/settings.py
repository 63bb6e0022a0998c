"""DIR/collector.toml: what one installation of a collector adds to the site. The file may be absent.

    [influxdb]                  # without this table nothing is sent to InfluxDB
    url = "http://127.0.0.1:8086"
    org = "dam"
    bucket = "dam"
    token_file = "influxdb.token"    # beside collector.toml unless absolute
    raw = true                       # raw values too; may be left out: true

Every other key of a table is required.
"""

import tomllib
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path

FILE_NAME = "collector.toml"


class SettingsError(Exception):
    """The file cannot be used: says which key, what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class InfluxSettings:
    """Where the store is mirrored to, with or without raw values; the token itself stands in `token_file`."""

    url: str
    org: str
    bucket: str
    token_file: Path
    raw: bool = True

    def token(self) -> str:
        """Return the token; raises SettingsError when its file cannot be read."""
        try:
            return self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"{FILE_NAME}: influxdb.token_file is {self.token_file} ({error}): expected a readable file"
            raise SettingsError(message) from error


def read_influx(data: Path) -> InfluxSettings | None:
    """Return the InfluxDB settings of a data directory, None when there are none.

    Raises
    ------
    SettingsError
        With the first thing that is wrong.
    """
    path = data / FILE_NAME
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}: expected readable TOML") from error
    if unknown := sorted(document.keys() - {"influxdb"}):
        raise SettingsError(f"{path}: {unknown[0]} is unknown: expected [influxdb] only")
    table = document.get("influxdb")
    return None if table is None else _influx(path, table)


def _influx(path: Path, table: object) -> InfluxSettings:
    names = {one.name for one in fields(InfluxSettings)}
    found = table if isinstance(table, dict) else {}
    for name in sorted(names | found.keys()):
        if name not in names:
            raise SettingsError(f"{path}: influxdb.{name} is unknown: expected {', '.join(sorted(names))}")
        if name == "raw":
            if not isinstance(found.get(name, True), bool):
                raise SettingsError(f"{path}: influxdb.raw is {found[name]!r}: expected true or false")
        elif not isinstance(found.get(name), str) or not found[name]:
            raise SettingsError(f"{path}: influxdb.{name} is {found.get(name)!r}: expected a text")
    if not found["url"].startswith(("http://", "https://")):
        raise SettingsError(f"{path}: influxdb.url is {found['url']!r}: expected http:// or https://")
    if find_spec("influxdb_client") is None:
        raise SettingsError(f"{path}: influxdb needs influxdb-client: pip install -e '.[influxdb]'")
    token_file = path.parent / found["token_file"]
    return InfluxSettings(found["url"], found["org"], found["bucket"], token_file, found.get("raw", True))
