"""A text message through the gateway's own modem: the door of gammu, which runs beside us and can be killed.

SmsError    it was not sent: one sentence
"""

import asyncio
import contextlib
from pathlib import Path

from seepline.notices import gammu


class SmsError(Exception):
    """The message was not sent."""


async def send(settings: Path, to: str, text: str, patience_s: float = gammu.PATIENCE_S) -> None:
    """Send one message; `settings` is gammu's own file, which names port and connection.

    Raises
    ------
    SmsError
        When it was not sent, or nobody knows.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *gammu.command(str(settings), to, text),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise SmsError(f"{gammu.PROGRAM} cannot be run ({error.strerror}): apt-get install gammu") from error
    try:
        said, _ = await asyncio.wait_for(process.communicate(), patience_s)
    except TimeoutError as error:
        raise SmsError(f"the modem did not send within {patience_s:g} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise SmsError(f"the modem did not send: {gammu.last_line(said)}")
