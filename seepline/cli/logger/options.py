"""What the commands of `seepline logger` share: how the logger is reached, who seals, how a command refuses."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seepline.cli.problems import BAD_INPUT, NOT_POSSIBLE, read_site_or_exit, refused
from seepline.site import Site
from seepline.site_wiring import Logger
from seepline.wire.site_clock import ClockError

if TYPE_CHECKING:
    from fieldtool.connection import Device, Way
    from fieldtool.key_file import KeyFile
    from fieldtool.record_rows import Channels

T = TypeVar("T")

Port = Annotated[str | None, typer.Option(metavar="TTY", help="Serial port of the logger's bus.")]
Usb = Annotated[str | None, typer.Option(metavar="TTY", help="Serial port of the logger's own USB.")]
Through = Annotated[
    str | None,
    typer.Option(metavar="DIR[:BUS]", help="Data directory of the running gateway that owns the bus."),
]
Address = Annotated[int | None, typer.Option(min=1, max=247, help="Its address on the bus.")]
Baud = Annotated[int, typer.Option(help="Baud rate of the bus.")]
Parity = Annotated[str, typer.Option(help="Parity of the bus: none, even or odd.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
SiteOption = Annotated[
    Path | None, typer.Option("--site", metavar="SITE.toml", help="Names the channels and gives their units.")
]
Keys = Annotated[Path, typer.Option(metavar="FILE", help="The operator's encrypted key file.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Holds the key file's passphrase; without it, it is asked for.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Records = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the dated records; without it `commissioning` beside SITE.toml."),
]
Who = Annotated[str | None, typer.Option(help="Who does it, for the record; without it, it is asked for.")]

KEYS = Path("seepline-keys.json")
BAUD, PARITY = 9600, "none"
_PARITIES = ("none", "even", "odd")
_COLOURS = {"pass": "green", "weak": "yellow", "FAIL": "bold red", "fail": "bold red", "pending": "dim"}


@dataclass(frozen=True, slots=True)
class Reach:
    """What the options say of how a logger is reached: one of them."""

    port: str | None
    usb: str | None
    through: str | None


def way(reach: Reach, address: int | None, baud: int, parity: str) -> "Way":
    """Return how to reach the logger; exit with code 2 when that was not said."""
    from fieldtool.connection import ANY_ADDRESS, USB_BAUD, Way

    if [reach.port, reach.usb, reach.through].count(None) != 2:
        raise refused(
            "Give --usb TTY for the logger's own USB, --port TTY and --address N for its bus, or --through DIR and"
            " --address N for a bus that a running gateway owns."
        )
    if parity not in _PARITIES:
        raise refused(f"--parity {parity}: expected none, even or odd")
    if reach.usb:
        return Way(reach.usb, True, address or ANY_ADDRESS, USB_BAUD, "none")
    if address is None:
        raise refused("--address is missing: which logger of this bus?")
    if reach.through:
        place, _, bus = reach.through.partition(":")
        return Way(place, False, address, baud, parity, through=True, bus=bus)
    return Way(str(reach.port), False, address, baud, parity)


def way_of(site: Site, logger: Logger, reach: Reach, address: int | None = None) -> "Way":
    """Return how to reach a logger of the site: address, bus, baud rate and parity are the site's."""
    bus = next(one for one in site.buses if one.id == logger.bus)
    found = way(reach, address or (None if reach.usb else logger.address), bus.baud, bus.parity)
    return replace(found, bus=found.bus or bus.id) if found.through else found


def logger_of(site: Site, name: str) -> Logger:
    """Return a logger of the site, or exit with code 2."""
    if name not in site.logger_by_id:
        raise refused(f"The site has no logger {name}; it has {', '.join(site.logger_by_id)}.")
    return site.logger_by_id[name]


def channels_for(site_file: Path | None, serial: int) -> "Channels":
    """Return the site's channels of the logger with this serial, none without a site or with a foreign logger."""
    from fieldtool.record_rows import channels_of

    if site_file is None:
        return {}
    site = read_site_or_exit(site_file)
    return {
        place: channel
        for logger in site.loggers
        if logger.serial == serial
        for place, channel in channels_of(site.channels, logger.id).items()
    }


def run(reach: "Way", work: "Callable[[Device], Awaitable[T]]") -> T:
    """Do something with the logger; every failure is one sentence and exit code 1."""
    from fieldtool.connection import connected

    async def whole() -> T:
        async with connected(reach) as device:
            return await work(device)

    return guarded(lambda: asyncio.run(whole()))


def guarded(work: Callable[[], T]) -> T:
    """Do something; a failure is one sentence and exit code 1, bad input 2, Ctrl-C 130."""
    from fieldtool.connection import FieldError

    try:
        return work()
    except FieldError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    except ClockError as error:
        raise refused(str(error), BAD_INPUT) from error
    except ModuleNotFoundError as error:
        text = f"This needs the package {error.name}: pip install 'seepline[fieldtool]'"
        raise refused(text, NOT_POSSIBLE) from error
    except KeyboardInterrupt as interrupt:
        raise refused("Broken off; what was done is kept.", 130) from interrupt


def open_keys(path: Path, passphrase_file: Path | None) -> "KeyFile":
    """Open the key file with the passphrase of a file or of the prompt; a new one is asked for twice."""
    from fieldtool.key_file import open_or_make

    return guarded(lambda: open_or_make(path, _passphrase(path, passphrase_file)))


def _passphrase(path: Path, passphrase_file: Path | None) -> str:
    if passphrase_file is None:
        new = not path.exists()
        return str(typer.prompt(f"Passphrase of {path}", hide_input=True, confirmation_prompt=new, err=True))
    try:
        return passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"--passphrase-file {passphrase_file} cannot be read.") from error


def records_folder(site_file: Path, records: Path | None) -> Path:
    """Return the folder of the site's dated records."""
    from fieldtool.records import FOLDER

    return records or site_file.parent / FOLDER


def person(who: str | None) -> str:
    """Return who does it."""
    name = (
        who if who is not None else str(typer.prompt("Your name", default=getpass.getuser(), err=True))
    ).strip()
    if not name:
        raise refused("--who must not be empty: a record without a name proves nothing.")
    return name


def confirmed(question: str, yes: bool) -> None:
    """Go on only when the operator says so."""
    if not yes and not typer.confirm(question, err=True):
        raise refused("Nothing was changed.", NOT_POSSIBLE)


def print_json(document: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def print_table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table; verdicts are coloured."""
    table = Table(title=title, title_justify="left", box=None, show_header=any(heads), pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    Console().print(table)
