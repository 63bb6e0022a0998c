"""What becomes of messages that wait when notify.toml says something else: no orange or red is left behind.

A message whose channel or whose recipient's address is gone is closed as failed, with the reason. Whoever is still
a contact gets an orange or red by every channel that reaches them now. What then is nobody's is told as not told.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from collector.notify.message import Message
from seepline.notices.contacts import Contacts
from seepline.notices.kinds import channel_level
from seepline.notices.notice import Notice
from seepline.notices.told_to import ways_to
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True)
class Rerouted:
    """The messages that are closed, and those that take their place."""

    closed: tuple[Message, ...]
    new: tuple[Message, ...]

    def lost(self, open_ones: Iterable[Message]) -> list[str]:
        """Return the events of closed oranges and reds that no open message carries any more."""
        carried = {one.event for one in (*open_ones, *self.new)}
        grave = dict.fromkeys(one.event for one in self.closed if one.level >= Level.ORANGE)
        return [event for event in grave if event not in carried]


def rerouted(
    open_ones: Iterable[Message], contacts: Contacts, notice_of: Callable[[str], Notice | None], now_ms: int
) -> Rerouted:
    """Return what some contacts make of the messages that are open."""
    waiting = list(open_ones)
    closed = [one for one in waiting if not _is_reached(one, contacts)]
    new = {one.key: one for gone in closed for one in _instead(gone, contacts, notice_of(gone.event), now_ms)}
    for one in waiting:
        new.pop(one.key, None)
    reason = "notify.toml has no such way to them any more"
    return Rerouted(
        tuple(replace(one, state="failed", reason=reason, last_ms=now_ms) for one in closed), tuple(new.values())
    )


def _is_reached(message: Message, contacts: Contacts) -> bool:
    contact = contacts.contact(message.person)
    channel = next((one for one in contacts.channels if one.id == message.channel), None)
    return contact is not None and channel is not None and bool(contacts.address(contact, channel))


def _instead(gone: Message, contacts: Contacts, notice: Notice | None, now_ms: int) -> Iterator[Message]:
    contact = contacts.contact(gone.person)
    if contact is None or notice is None or gone.level < Level.ORANGE:
        return
    for channel in ways_to(contacts, contact, channel_level(notice.kind, notice.level)):
        if channel != gone.channel:
            at_once = gone.at_once or contacts.form(channel) == "data"
            yield replace(
                gone, channel=channel, state="queued", tries=0, reason="", at_once=at_once, made_ms=now_ms
            )
