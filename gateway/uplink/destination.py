"""Where records go, as gateway.toml says it: address, secrets by file, cap, and when the link may be used.

DestinationError            a file of a destination cannot be used: one sentence that names destination and file
"""

import logging
import re
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from gateway.uplink.window import Window

log = logging.getLogger(__name__)

SMALLEST_CAP_BYTES_PER_S = 100


class DestinationError(Exception):
    """A file of a destination cannot be used: one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One place that gets its own whole copy of what was read.

    `outside` says what may go while no window is open: nothing, urgent rows, or every live row. Without windows
    the link is always open. `cap_bytes_per_s` counts both directions, TLS included, TCP and IP headers not.
    """

    name: str = "collector"
    url: str
    token_file: Path
    kind: Literal["collector", "influxdb"] = "collector"
    org: str = ""
    bucket: str = "raw"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    cap_bytes_per_s: int | None = None
    windows: tuple[Window, ...] = ()
    timezone: str = "UTC"
    outside: Literal["nothing", "urgent", "live"] = "live"

    @property
    def keep_days(self) -> int:
        """Return how long sent rows must stay here: InfluxDB acknowledges what a torn file can still lose."""
        return 30 if self.kind == "influxdb" else 7


def faults(destination: Destination) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for everything that is wrong, without opening a file."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", destination.name):
        yield "name", f"is {destination.name!r}: expected letters, digits, '.', '_', '-'"
    parts = urlsplit(destination.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _port_is_right(parts):
        yield "url", f"is {destination.url!r}: expected an address such as https://collector.example:8443"
    if parts.username or parts.password or parts.query:
        yield "url", "must not hold a password or a query: the token stands in token_file"
    if destination.kind == "influxdb" and not destination.org:
        yield "org", "is missing: InfluxDB needs the organisation's name (any text for 1.8)"
    if (destination.certificate_file is None) != (destination.key_file is None):
        yield "key_file", "and certificate_file belong together: expected both or neither"
    cap = destination.cap_bytes_per_s
    if cap is not None and cap < SMALLEST_CAP_BYTES_PER_S:
        yield "cap_bytes_per_s", f"is {cap}: expected at least {SMALLEST_CAP_BYTES_PER_S}, or no cap"


def _port_is_right(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # no number, or above 65535
        return False


def read_token(destination: Destination) -> str:
    """Return the token; others being able to read its file is logged.

    Raises
    ------
    DestinationError
        When the file cannot be read or does not hold one token.
    """
    path = destination.token_file
    try:
        token = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise DestinationError(f"{destination.name}: token_file {path} cannot be read: {_MAKE_ONE}") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise DestinationError(f"{destination.name}: token_file {path} does not hold one token: {_MAKE_ONE}")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        log.warning("%s can be read by others: chmod 600 %s", path, path)
    return token


_MAKE_ONE = "make one with `seepline collector token`"


def tls_context(destination: Destination) -> ssl.SSLContext:
    """Return whom to believe (this machine's authorities, or only `ca_file`) and who we are, when that is asked.

    Raises
    ------
    DestinationError
        When a file cannot be read or holds something else.
    """
    try:
        context = ssl.create_default_context(cafile=destination.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise DestinationError(
            f"{destination.name}: ca_file {destination.ca_file} cannot be used ({_reason(error)}): expected PEM"
            " certificates"
        ) from error
    if destination.certificate_file is not None:
        try:
            context.load_cert_chain(destination.certificate_file, destination.key_file)
        except OSError as error:
            raise DestinationError(
                f"{destination.name}: certificate_file {destination.certificate_file} and key_file"
                f" {destination.key_file} cannot be used ({_reason(error)}): expected PEM files"
            ) from error
    return context


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
