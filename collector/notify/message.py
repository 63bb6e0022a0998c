"""One message to one person by one channel, and what became of it. Times are UTC ms of the site's clock."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from seepline.notices.notice import Notice

State = Literal["queued", "sent", "failed", "unreachable"]
Key = tuple[str, str, str]  # event, person, channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event, a recipient and a channel: once.

    queued         to be sent; with `tries` it failed so often, for `reason`, and is tried again
    sent           the channel took it; `receipt` is what the other side said
    failed         given up, for `reason`
    unreachable    nobody can send it: `person` is a name without a contact, or has no address; `channel` is ''

    `level` is what the message begins with (0 to 3), `alarm` the name of the alarm that it is about, '' for none.
    `announces`: it is an alarm to its person, and no news about one.
    """

    event: str
    person: str
    channel: str
    level: int
    at_once: bool
    announces: bool
    alarm: str
    made_ms: int
    state: State = "queued"
    tries: int = 0
    reason: str = ""
    receipt: str = ""
    last_ms: int | None = None

    @property
    def key(self) -> Key:
        """What there is one message of."""
        return self.event, self.person, self.channel

    @property
    def id(self) -> str:
        """What names the message to the other side, the same at every try."""
        return message_id([self])


def message_id(messages: "list[Message]") -> str:
    """Return what names one letter that carries these messages."""
    said = "\x1f".join("\x1e".join(one.key) for one in sorted(messages, key=lambda one: one.key))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one event of the store makes: a notice, and messages that carry it. Without messages nobody is told.

    `lost`: nobody whom it concerns can be reached, so everybody is told, and that is told too.
    """

    event: str
    notice: Notice | None = None
    messages: tuple[Message, ...] = ()
    lost: bool = False
