"""`seepline logger configure`: key and configuration of one logger of the site, sealed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    KEYS,
    Address,
    AsJson,
    Keys,
    PassphraseFile,
    Port,
    Reach,
    Records,
    Through,
    Usb,
    Yes,
    confirmed,
    logger_of,
    open_keys,
    print_json,
    records_folder,
    run,
    way_of,
)
from seepline.cli.problems import SiteFile, read_site_or_exit

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.identification import Identification
    from fieldtool.key_file import KeyFile


@app.command()
def configure(  # noqa: PLR0913 - one argument per option
    site_file: SiteFile,
    logger: Annotated[str, typer.Argument(metavar="LOGGER", help="Id of a logger of the site.")],
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    new: Annotated[bool, typer.Option("--new", help="The logger that answers shall become this one.")] = False,
    keys: Keys = KEYS,
    passphrase_file: PassphraseFile = None,
    records: Records = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give a logger its configuration from the site file; over USB a new one also gets its device key."""
    from fieldtool import configuration as sent
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify
    from fieldtool.sealed import wait_for_boot

    site, folder, clock = read_site_or_exit(site_file), records_folder(site_file, records), clock_of_environment()
    meant = logger_of(site, logger)
    made = _configuration(site, meant.id)
    key_file, content = open_keys(keys, passphrase_file), sent.encoded(made)

    async def offer(device: "Device") -> "Identification":
        found = await identify(device, clock)
        sent.logger_fits(site, meant, found, new=new)
        if not sent.has(found, content):
            _show(found, sent.known(folder, meant.id, found), made, quiet=as_json)
            confirmed(f"Send this to {meant.id}?", yes)
            await _send(device, key_file, found, meant.serial, content)
        return found

    reach, after_reach = (way_of(site, meant, Reach(port, usb, through), one) for one in (address, None))
    before = run(reach, offer)

    async def follow(device: "Device") -> "Identification":
        return await wait_for_boot(device, clock, before)

    after = before if sent.has(before, content) else run(after_reach, follow)
    sent.keep(folder, meant.id, made)
    _report(meant.id, before, after, as_json)


def _configuration(site: Any, logger: str) -> dict[str, Any]:
    from seepline.logger_configuration import configuration

    return dict(configuration(site, site.logger_by_id[logger]))


async def _send(device: "Device", keys: "KeyFile", found: "Identification", serial: int, content: bytes) -> None:
    from fieldtool import configuration as sent
    from fieldtool.clock import clock_of_environment, iso
    from fieldtool.device_key import key_for
    from fieldtool.sealed import Commander

    key = await key_for(keys, device, found, serial, iso(clock_of_environment().now_ms()))
    await sent.send(Commander(device, found.serial, key), content)


def _show(found: "Identification", old: dict[str, Any] | None, new: dict[str, Any], *, quiet: bool) -> None:
    from fieldtool.configuration import difference

    if quiet:
        return
    if old is None:
        generation = found.values["config_generation"]
        typer.echo(f"What the logger has now (generation {generation}) is not known here; it gets:", err=True)
    for line in difference(old, new):
        typer.echo(typer.style(line, fg={"+": "green", "-": "red"}.get(line[:1])), err=True)


def _report(logger: str, before: "Identification", after: "Identification", as_json: bool) -> None:
    was, now = before.values["config_generation"], after.values["config_generation"]
    key = f"{after.values['key_fingerprint']:08x}"
    if as_json:
        print_json({"logger": logger, "generation_before": was, "generation_after": now, "key_fingerprint": key})
    elif was == now:
        typer.echo(f"{logger} has this configuration already (generation {now}).")
    else:
        typer.echo(f"{logger} runs with configuration generation {now}; key fingerprint {key}.")
