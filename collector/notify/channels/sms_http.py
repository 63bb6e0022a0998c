"""A text message through an operator's HTTP gateway."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.notify.channels import template
from collector.notify.sender import Letter
from seepline.site_shape import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsHttpSettings:
    """Keys of a [[channel]] of kind "sms_http".

    `taken` is a text that stands in the answer when the gateway took a message, for those that answer 200 always.
    """

    url: str
    token_file: str
    body: str
    encoding: template.Encoding
    authorization: str = "Bearer {token}"
    taken: str = ""
    ca_file: str = ""
    patience_s: float = 20.0


def faults(settings: SmsHttpSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    return template.faults(template.of(settings))


class SmsHttp:
    """Sends the whole text; the gateway cuts it into the parts that were counted for it."""

    def __init__(self, settings: SmsHttpSettings, folder: Path) -> None:
        self._template, self._folder = template.of(settings), folder

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Send a letter to a number; raises NotTaken."""
        return await template.send(self._template, self._folder, address, letter.body, message_id)
