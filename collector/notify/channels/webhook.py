"""A POST of JSON to somebody's own server, signed so that it can tell ours from a forgery.

The header `Seepline-Signature: v1=<hex>` is HMAC-SHA256 with the secret over `<Seepline-Timestamp>.<body>`. The
receiver refuses a wrong signature and an old timestamp, and knows a repeat by `Seepline-Message`.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.clock import wall_s
from collector.notify.channels import https
from collector.notify.channels.places import host_of
from collector.notify.channels.secret_files import hidden, secret
from collector.notify.sender import Letter
from seepline.site_shape import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Keys of a [[channel]] of kind "webhook". The address is the contact's `webhook`."""

    secret_file: str
    ca_file: str = ""
    patience_s: float = 20.0


def faults(settings: WebhookSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    if settings.patience_s <= 0:
        yield "patience_s", f"{settings.patience_s:g}", "seconds, more than 0"


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Return the value of Seepline-Signature.

    >>> signature("key", "1764144000", b"{}")[:14]
    'v1=b44b434db3c'
    """
    return "v1=" + hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """Sends to the address of each contact."""

    def __init__(self, settings: WebhookSettings, folder: Path, now_s: Callable[[], int] = wall_s) -> None:
        self._settings, self._folder, self._now_s = settings, folder, now_s

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Send the JSON of a letter; any 2xx is the receipt. Raises NotTaken."""
        key = secret(self._folder, self._settings.secret_file, "secret_file")
        body, timestamp = letter.body.encode(), str(self._now_s())
        headers = {
            "Content-Type": "application/json",
            "Seepline-Message": message_id,
            "Seepline-Timestamp": timestamp,
            "Seepline-Signature": signature(key, timestamp, body),
        }
        settings = self._settings
        plan = https.Post(address, body, headers, settings.ca_file, settings.patience_s, (key, address))
        said = await https.post(self._folder, plan)
        return f"taken by {host_of(address)}: {hidden(said, plan.secrets, 80)}".rstrip(": ")
