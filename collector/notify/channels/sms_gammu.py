"""A text message through a modem at the collector, by gammu, one at a time."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.notify.channels import command
from collector.notify.channels.secret_files import hidden
from collector.notify.sender import Letter, NotTaken
from seepline.notices import gammu
from seepline.site_shape import Fault

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_REFERENCE = re.compile(rb"message reference=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGammuSettings:
    """Keys of a [[channel]] of kind "sms_gammu". `settings_file` is gammu's own: port and connection."""

    settings_file: str
    patience_s: float = gammu.PATIENCE_S


def faults(settings: SmsGammuSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    if settings.patience_s <= 0:
        yield "patience_s", f"{settings.patience_s:g}", "seconds, more than 0"


class SmsGammu:
    """Sends through one modem."""

    def __init__(self, settings: SmsGammuSettings, folder: Path) -> None:
        self._settings, self._file = settings, str(folder / settings.settings_file)
        self._modem = asyncio.Lock()

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Send a letter to a number; return the references that the network gave its parts. Raises NotTaken."""
        if not _NUMBER.fullmatch(address):
            raise NotTaken(f"{address} is no number: expected digits such as +992900000000", again=False)
        async with self._modem:
            code, said = await command.run(
                gammu.command(self._file, address, letter.body), "", self._settings.patience_s
            )
        if code != 0:
            raise NotTaken(f"the modem did not send: {hidden(gammu.last_line(said), ())}", again=True)
        return f"sent by the modem, reference {b', '.join(_REFERENCE.findall(said)).decode() or 'none'}"
