"""`seepline logger set-clock`, `restart`, `forget-key`: what is done only with the device key."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    BAUD,
    KEYS,
    PARITY,
    Address,
    AsJson,
    Baud,
    Keys,
    Parity,
    PassphraseFile,
    Port,
    Reach,
    Through,
    Usb,
    Yes,
    confirmed,
    open_keys,
    print_json,
    run,
    way,
)

if TYPE_CHECKING:
    from fieldtool.connection import Device, Way
    from fieldtool.identification import Identification
    from fieldtool.key_file import KeyFile
    from fieldtool.sealed import Commander

Work = Callable[["Device", "Commander", "Identification"], Awaitable["Identification"]]


def sealed(reach: "Way", keys: "KeyFile", work: Work) -> "tuple[Identification, Identification]":
    """Do something with the logger's device key; return its identification before and after."""
    from fieldtool import device_key, sealed
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify

    async def whole(device: "Device") -> "tuple[Identification, Identification]":
        before = await identify(device, clock_of_environment())
        key = device_key.known(keys, before)
        return before, await work(device, sealed.Commander(device, before.serial, key), before)

    return run(reach, whole)


@app.command("set-clock")
def set_clock(  # noqa: PLR0913 - one argument per option
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    keys: Keys = KEYS,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Set the logger's clock to this computer's, by a step of any size; the step is logged."""
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify

    clock = clock_of_environment()

    async def step(device: "Device", commander: "Commander", before: "Identification") -> "Identification":
        await commander.set_clock(clock.now_ms())
        return await identify(device, clock)

    reach = way(Reach(port, usb, through), address, baud, parity)
    before, after = sealed(reach, open_keys(keys, passphrase_file), step)
    if as_json:
        print_json({"offset_before_ms": before.clock_offset_ms, "offset_after_ms": after.clock_offset_ms})
        return
    was = (
        "had never been set"
        if before.clock_offset_ms is None
        else f"was {before.clock_offset_ms / 1000:+.1f} s off"
    )
    typer.echo(f"The clock of logger {after.serial} {was}; now {(after.clock_offset_ms or 0) / 1000:+.1f} s.")


@app.command()
def restart(  # noqa: PLR0913 - one argument per option
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    keys: Keys = KEYS,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Restart the logger and wait until it answers again."""
    from fieldtool.clock import clock_of_environment
    from fieldtool.sealed import wait_for_boot
    from seepline.wire import seal

    async def again(device: "Device", commander: "Commander", before: "Identification") -> "Identification":
        await commander.give(seal.RESTART)
        return await wait_for_boot(device, clock_of_environment(), before)

    reach = way(Reach(port, usb, through), address, baud, parity)
    _, after = sealed(reach, open_keys(keys, passphrase_file), again)
    if as_json:
        print_json({"boot": after.values["boot"]})
    else:
        typer.echo(f"Logger {after.serial} runs again, boot {after.values['boot']}.")


@app.command("forget-key")
def forget_key(  # noqa: PLR0913 - one argument per option
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    keys: Keys = KEYS,
    passphrase_file: PassphraseFile = None,
    yes: Yes = False,
) -> None:
    """Make the logger forget its device key; over USB it then takes a new one."""
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify
    from seepline.wire import seal

    async def forget(device: "Device", commander: "Commander", before: "Identification") -> "Identification":
        await commander.give(seal.FORGET_KEY)
        return await identify(device, clock_of_environment())

    reach = way(Reach(port, usb, through), address, baud, parity)
    confirmed("Nobody can then change this logger until a key is written over its USB. Go on?", yes)
    before, _ = sealed(reach, open_keys(keys, passphrase_file), forget)
    typer.echo(f"Logger {before.serial} has no device key any more.")
