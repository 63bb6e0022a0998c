"""The demo's copy in an InfluxDB that is given: the collector's settings for it, and waiting until it is there."""

import time
from pathlib import Path

from seepline.cli.demo.children import Child

_LOOK_S = 0.5
_LIMIT_S = 120.0


class InfluxError(Exception):
    """The copy is not there: says why in one sentence."""


def settle(data: Path, url: str, org: str, bucket: str, token_file: Path | None) -> None:
    """Write DIR/collector.toml, and read it back as the collector will. Raises InfluxError."""
    from collector.settings import FILE_NAME, SettingsError, read_influx

    if token_file is None:
        raise InfluxError("An InfluxDB needs --influx-token-file: a file with a token that may write and read.")
    keys = {"url": url, "org": org, "bucket": bucket, "token_file": str(token_file.resolve())}
    lines = (f"{key} = '{value}'\n" for key, value in keys.items())
    (data / FILE_NAME).write_text(f"[influxdb]\n{''.join(lines)}", encoding="utf-8")
    try:
        settings = read_influx(data)
        assert settings is not None  # noqa: S101 - the table was just written
        settings.token()
    except SettingsError as error:
        raise InfluxError(str(error)) from error


def wait_until_copied(data: Path, collector: Child) -> int:
    """Wait until the database holds as many readings as the store did; return how many. Raises InfluxError."""
    from collector.export.client import ExportError, InfluxBucket
    from collector.service import STORE_NAME
    from collector.settings import read_influx
    from collector.store import StoreReader

    settings, reader = read_influx(data), StoreReader(data / STORE_NAME)
    assert settings is not None  # noqa: S101 - `settle` wrote it
    with reader.connected() as connection:
        (wanted,) = connection.execute("SELECT count(*) FROM readings WHERE current = 1").fetchone()
    bucket, said, deadline_s = InfluxBucket(settings), "", time.monotonic() + _LIMIT_S
    try:
        while time.monotonic() < deadline_s:
            collector.check()
            try:
                held = sum(int(rows[0][1]) for _, rows in bucket.ask('SELECT count("quality") FROM "reading"'))
            except ExportError as error:
                held, said = 0, f": {error}"
            if held >= wanted:
                return held
            time.sleep(_LOOK_S)
    finally:
        bucket.close()
    raise InfluxError(f"After {_LIMIT_S:g} s InfluxDB does not hold the demo's {wanted} readings{said}")
