"""What every channel gives, and what it is given.

NotTaken    a message was not taken: one sentence, and whether trying again can help
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from seepline.notices.channel import ChannelKind


class Letter(NamedTuple):
    """A message in words. `parts` is the body as it is cut into text messages; data has JSON as its body."""

    subject: str
    body: str
    parts: tuple[str, ...] = ()
    html: str = ""


class NotTaken(Exception):  # noqa: N818 - says what it is
    """A message was not taken.

    Parameters
    ----------
    reason
        One sentence without a secret in it.
    again
        Whether the same message may be taken later; False when the address itself is refused.
    """

    def __init__(self, reason: str, again: bool) -> None:
        super().__init__(reason)
        self.reason, self.again = reason, again


class Sender(Protocol):
    """One channel. It may be asked for several messages at once; the book gives each call a time limit."""

    async def send(self, address: str, letter: Letter, message_id: str) -> str:
        """Send a letter and return what the other side said of it; raises NotTaken.

        The same message_id is the same message: who can, lets it arrive once (Message-ID, idempotency key).
        """
        ...


@runtime_checkable
class Lasting(Protocol):
    """A sender with a connection that stays until it is closed."""

    def close(self) -> None:
        """Close it; this takes a moment."""
        ...


class Way(NamedTuple):
    """A kind of channel and how its sender is made of its settings; relative files are in the data directory."""

    kind: ChannelKind
    sender: Callable[[Any, Path], Sender]
