"""The acts on sets of limits as the store keeps them: with effect for the bundle, without for who signed them."""

from dataclasses import dataclass

from collector.store import StoreReader, read_states


@dataclass(frozen=True, slots=True)
class SetAct:
    """When an act came, and the text of an AcceptedAct."""

    arrived_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class NoEffect:
    """Why an act on a set has no effect: one sentence."""

    text: str


def without_effect(reader: StoreReader) -> dict[str, NoEffect]:
    """Return why acts had no effect, by the id of the act."""
    with reader.connected() as connection:
        return read_states(connection, "set_refused", NoEffect)


def set_acts(reader: StoreReader) -> list[SetAct]:
    """Return the acts on sets in their order."""
    with reader.connected() as connection:
        return list(read_states(connection, "set_act", SetAct).values())
