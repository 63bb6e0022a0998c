"""States that live in memory and are kept in the store: what changed is written with the transaction that ends."""

from collections.abc import Callable
from typing import Generic

from collector.state_json import State, to_json
from collector.store_writing import StoreWriter


class Kept(Generic[State]):
    """States of one kind by name.

    Parameters
    ----------
    kind, form
        The kind's name in the store and its dataclass.
    begin
        Makes the state of a name that is not known yet.
    """

    def __init__(self, kind: str, form: type[State], begin: Callable[[], State]) -> None:
        self._kind = kind
        self._form = form
        self._begin = begin
        self._changed: set[str] = set()
        self.by_name: dict[str, State] = {}

    def load(self, store: StoreWriter) -> None:
        """Take what the store holds, and forget everything else."""
        self.by_name = store.states(self._kind, self._form)
        self._changed.clear()

    def get(self, name: str) -> State:
        """Return the state of a name."""
        return self.by_name[name] if name in self.by_name else self._begin()

    def put(self, name: str, state: State) -> None:
        """Change the state of a name."""
        known = self.by_name.get(name)
        if known is not state and known != state:
            self.by_name[name] = state
            self._changed.add(name)

    def drop(self, name: str) -> None:
        """Forget a name."""
        if self.by_name.pop(name, None) is not None:
            self._changed.add(name)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        known = self.by_name
        changed = sorted(self._changed)
        store.keep_states(self._kind, [(name, to_json(known[name])) for name in changed if name in known])
        store.drop_states(self._kind, [name for name in changed if name not in known])
        self._changed.clear()
