"""A text message through the gateway's own modem: the door of gammu, which runs beside us and can be killed.

SmsError    it was not sent: one sentence
"""

import asyncio
import contextlib
from pathlib import Path

_COMMAND = "gammu"
PATIENCE_S = 90.0  # a modem that looks for its network takes a minute


class SmsError(Exception):
    """The message was not sent."""


async def send(settings: Path, to: str, text: str, patience_s: float = PATIENCE_S) -> None:
    """Send one message; `settings` is gammu's own file, which names port and connection.

    Raises
    ------
    SmsError
        When it was not sent, or nobody knows.
    """
    command = (_COMMAND, "-c", str(settings), "sendsms", "TEXT", to, "-text", text)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise SmsError(f"{_COMMAND} cannot be run ({error.strerror}): apt-get install gammu") from error
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
        raise SmsError(f"the modem did not send: {_last_line(said)}")


def _last_line(said: bytes) -> str:
    r"""Return the last thing that gammu said.

    >>> _last_line(b"Warning: no phone\nError opening device, it doesn't exist.\n")
    "Error opening device, it doesn't exist."
    """
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "gammu said nothing"
