"""A call: a program that rings a number and reads a text aloud, or an HTTP gateway that does."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.notify.channels import command, template
from collector.notify.channels.secret_files import hidden
from collector.notify.sender import Letter, NotTaken
from seepline.site_shape import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """Keys of a [[channel]] of kind "voice": `command`, or `url` with what belongs to it.

    `command` is a list, run without a shell, with {to} and {id} in its arguments and the text on its stdin; it
    ends with 0 when somebody took the call.
    """

    command: tuple[str, ...] = ()
    url: str = ""
    token_file: str = ""
    body: str = ""
    encoding: template.Encoding = "json"
    authorization: str = "Bearer {token}"
    taken: str = ""
    ca_file: str = ""
    patience_s: float = 120.0


def faults(settings: VoiceSettings) -> Iterable[Fault]:
    """Yield what does not fit in settings."""
    if bool(settings.command) == bool(settings.url):
        yield "command", "both or neither of command and url", "either a command or an url"
    elif settings.url:
        yield from template.faults(template.of(settings))
    elif not settings.command[0] or "{" in settings.command[0]:
        yield "command", repr(settings.command[0]), "a program first, then its arguments"
    elif not any("{to}" in argument for argument in settings.command):
        yield "command", "no {to}", "an argument that holds {to}"


class Voice:
    """Calls the number of each contact."""

    def __init__(self, settings: VoiceSettings, folder: Path) -> None:
        self._settings, self._folder = settings, folder

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Have a letter read aloud to a number; raises NotTaken."""
        if not self._settings.command:
            return await template.send(template.of(self._settings), self._folder, address, letter.body, message_id)
        if address.startswith("-"):
            raise NotTaken(f"{address} is no number: a program would take it for an option", again=False)
        values = {"to": address, "id": message_id}
        arguments = [template.filled(argument, values) for argument in self._settings.command]
        code, printed = await command.run(arguments, letter.body, self._settings.patience_s)
        said = hidden(printed.decode("utf-8", "replace"), ())
        if code != 0:
            raise NotTaken(f"{arguments[0]} ended with {code}: {said}".rstrip(": "), again=True)
        return f"{Path(arguments[0]).name} ended well: {said}".rstrip(": ")
