"""The acts on sets of limits that had effect, as the store keeps them for the bundle and the dossier."""

from dataclasses import dataclass

from collector.store import StoreReader, read_states


@dataclass(frozen=True, slots=True)
class SetAct:
    """When an act came, and the text of an AcceptedAct."""

    arrived_ms: int
    text: str


def set_acts(reader: StoreReader) -> list[SetAct]:
    """Return the acts on sets in their order."""
    with reader.connected() as connection:
        return list(read_states(connection, "set_act", SetAct).values())
