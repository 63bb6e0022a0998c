"""The device key's way into a logger: over USB, once, while it has none."""

from fieldtool.connection import Device, FieldError, Refused
from fieldtool.identification import Identification
from fieldtool.key_file import KeyFile, new_key
from seepline.wire import registers, seal

_REPLACE = "give the key file that holds it, or forget the key with the old file (`seepline logger forget-key`)"


async def key_for(keys: KeyFile, device: Device, found: Identification, serial: int, now: str) -> bytes:
    """Return the device key of the logger that is, or shall become, `serial`; one without a key gets it now.

    The key stands in the file before it goes to the logger: a laptop that dies between leaves no logger with a key
    that nobody has.

    Raises
    ------
    FieldError
        When the logger has another key, or has none and this is no USB port.
    """
    key, shown = keys.key(serial), found.values["key_fingerprint"]
    if shown:
        return _known(key, shown)
    if not device.way.usb:
        raise FieldError("The logger has no device key yet: connect its USB and give --usb, once.")
    if key is None:
        key = new_key()
        keys.with_key(serial, key, now)
    await _write(device, key)
    return key


def known(keys: KeyFile, found: Identification) -> bytes:
    """Return the device key that the logger has.

    Raises
    ------
    FieldError
        When it has none, or one that the key file does not hold.
    """
    shown = found.values["key_fingerprint"]
    if not shown:
        raise FieldError("The logger has no device key: run `seepline logger configure` over USB first.")
    return _known(keys.key(found.serial), shown)


def _known(key: bytes | None, shown: int) -> bytes:
    if key is None:
        raise FieldError(
            f"The logger has a device key ({shown:08x}) that this key file does not hold: {_REPLACE}."
        )
    if seal.fingerprint(key) != shown:
        own = seal.fingerprint(key)
        raise FieldError(f"The logger has the key {shown:08x}, this key file has {own:08x} for it: {_REPLACE}.")
    return key


async def _write(device: Device, key: bytes) -> None:
    words = [key[at] << 8 | key[at + 1] for at in range(0, len(key), 2)]
    try:
        await device.write(registers.KEY_REGISTER, words)
    except Refused as refused:
        raise FieldError("The logger does not take a key: is this its own USB, and has it none yet?") from refused
