"""Where records go: address, secret, whom to believe, cap, and when the link may be used.

DestinationError            a file of a destination cannot be used: one sentence that names destination and file
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.uplink.window import Window


class DestinationError(Exception):
    """A file of a destination cannot be used: which `key`, what was `found` and what was `expected`."""

    def __init__(self, name: str, key: str, found: str, expected: str) -> None:
        super().__init__(f"{name}: {key} is {found}: expected {expected}")
        self.key, self.found, self.expected = key, found, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One place that gets its own whole copy of what was read.

    `outside` says what may go while no window is open: nothing, urgent rows, or every live row. Without windows
    the link is always open. `cap_bytes_per_s` counts both directions, TLS included, TCP and IP headers not.
    """

    name: str
    url: str
    token: str = field(repr=False)
    kind: Literal["seepline", "influxdb"] = "seepline"
    org: str = ""
    bucket: str = "raw"
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    cap_bytes_per_s: int | None = None
    windows: tuple[Window, ...] = ()
    timezone: str = "UTC"
    outside: Literal["nothing", "urgent", "live"] = "live"


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
        found = f"{destination.ca_file} ({_reason(error)})"
        raise DestinationError(destination.name, "ca_file", found, "certificates in PEM") from error
    if destination.client_cert is not None:
        try:
            context.load_cert_chain(destination.client_cert, destination.client_key)
        except OSError as error:
            found = f"{destination.client_cert} with {destination.client_key} ({_reason(error)})"
            expected = "a certificate and its own key, both in PEM"
            raise DestinationError(destination.name, "client_cert", found, expected) from error
    return context


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
