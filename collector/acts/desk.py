"""Where the engine hands an accepted act to the one who acts on it: a table of handlers by kind of act."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from collector import events
from collector.store import StoredEvent
from seepline.acts.check import body_of
from seepline.acts.document import AcceptedAct
from seepline.acts.errors import BadBody
from seepline.acts.local_alarm import Proof, Release
from seepline.acts.notes import Note
from seepline.acts.people import DeviceKey, DeviceKeyEnd
from seepline.site import Site

# Of an accepted act, the body as the dataclass of its kind, and its arrival, the events that follow from it.
Handler = Callable[[AcceptedAct, Any, int], Iterable[StoredEvent]]


class ActDesk:
    """The handlers of one site's acts.

    Parameters
    ----------
    site
        The site whose acts these are.
    handlers
        By kind of act, those of the engine's other parts.
    """

    def __init__(self, site: Site, handlers: Mapping[str, Handler] | None = None) -> None:
        self._site = site
        self._handlers: dict[str, Handler] = {**_HANDLERS, **(handlers or {})}

    def add(self, handlers: Mapping[str, Handler]) -> None:
        """Take more handlers."""
        self._handlers.update(handlers)

    def handle(self, accepted: AcceptedAct, arrived_ms: int) -> Iterator[StoredEvent]:
        """Yield what follows from an act.

        One that the site no longer understands (its point is gone) is kept as an event of its own.
        """
        try:
            body = body_of(accepted.act, self._site)
        except BadBody as error:
            text = f"{accepted.name} ({accepted.act.kind}): no longer fits the site file: {error}"
            yield events.by_person(accepted.id, "act_unfit", ("", ""), (arrived_ms, arrived_ms), text)
            return
        yield from self._handlers[accepted.act.kind](accepted, body, arrived_ms)


def _note(accepted: AcceptedAct, body: Note, arrived_ms: int) -> Iterator[StoredEvent]:
    text = f"{accepted.name} at {events.utc_text(body.at_ms)}: {body.text.strip()}"
    yield events.by_person(accepted.id, "note", (body.point, ""), (body.at_ms, arrived_ms), text)


def _at_a_gateway(accepted: AcceptedAct, body: Release | Proof, arrived_ms: int) -> Iterator[StoredEvent]:
    """Keep for the record what was done at a gateway's own door; nothing follows from it here."""
    at_ms = accepted.act.signed_at_ms
    what = (
        f"released: {body.reason}" if isinstance(body, Release) else f"proof test, {body.step} {body.text}".strip()
    )
    text = f"{accepted.name} at {events.utc_text(at_ms)}, local alarm of {body.gateway}: {what}"
    yield events.by_person(accepted.id, "local_alarm", ("", ""), (at_ms, arrived_ms), text)


def _of_a_key(accepted: AcceptedAct, body: DeviceKey | DeviceKeyEnd, arrived_ms: int) -> Iterator[StoredEvent]:
    if isinstance(body, DeviceKey):
        what = f"makes a further key known, for {body.device.strip()}, until {events.utc_text(body.until_ms)}"
    else:
        what = f"ends a further key{': ' if body.reason.strip() else ''}{body.reason.strip()}"
    text = f"{accepted.name} {what}: {body.public_key[:16]}..."
    yield events.by_person(accepted.id, "key", ("", ""), (accepted.act.signed_at_ms, arrived_ms), text)


_KEYS: dict[str, Handler] = {"device_key": _of_a_key, "device_key_end": _of_a_key}
_HANDLERS: dict[str, Handler] = {
    **_KEYS,
    "note": _note,
    "local_release": _at_a_gateway,
    "local_proof": _at_a_gateway,
}
