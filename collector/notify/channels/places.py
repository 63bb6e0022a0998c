"""Where a channel may send without TLS: to this machine only. And how a place is named without its secrets."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from collector import outward
from collector.notify.sender import NotTaken
from collector.outward import is_here

EXPECTED_URL = "an https:// address (http:// only to this machine), without name and password in it"


def is_allowed(url: str) -> bool:
    """Tell whether a message may go to this address.

    >>> is_allowed("https://sms.example/send"), is_allowed("http://127.0.0.1:8/"), is_allowed("http://sms.example/")
    (True, True, False)
    """
    try:
        parts = urlsplit(url)
        port_is_good = parts.port != 0
    except ValueError:
        return False
    plain_here = parts.scheme == "http" and is_here(parts.hostname or "")
    named = bool(parts.hostname) and "@" not in parts.netloc and url.isprintable() and " " not in url
    return named and port_is_good and (parts.scheme == "https" or plain_here)


def host_of(url: str) -> str:
    """Return the host of an address: its path may be a secret and is never told."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def trust(folder: Path, ca_file: str) -> ssl.SSLContext:
    """Return TLS that believes the machine's authorities, or only those of `ca_file`.

    Raises
    ------
    NotTaken
        When that file is no certificate.
    """
    try:
        return outward.trust(folder / ca_file if ca_file else None)
    except OSError as error:  # that of TLS is one, too
        raise NotTaken(f"ca_file: {folder / ca_file} is no certificate of an authority", again=True) from error
