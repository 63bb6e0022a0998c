"""A program beside us, run without a shell, that is killed when it takes too long."""

import asyncio
import contextlib
import os
from collections.abc import Sequence

from collector.notify.sender import NotTaken

_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "HOME",
)  # of our environment: no secret is passed on


async def run(command: Sequence[str], said: str, patience_s: float) -> tuple[int, bytes]:
    """Run a command with a text on its stdin; return its exit code and what it printed.

    Raises
    ------
    NotTaken
        When it cannot be run, or did not end in time: then it is killed.
    """
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotTaken(f"{command[0]} cannot be run ({reason})", again=True) from error
    try:
        printed, _ = await asyncio.wait_for(process.communicate(said.encode()), patience_s)
    except TimeoutError as error:
        raise NotTaken(f"{command[0]} did not end within {patience_s:g} s", again=True) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await process.wait()
    return int(process.returncode or 0), printed
