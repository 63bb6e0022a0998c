"""Who needs which rows: the rows that are gone from the outbox, and one account per destination."""

from collections.abc import Iterable, Sequence

from gateway.outbox.database import OutboxError
from gateway.outbox.ranges import Range
from gateway.outbox.sent import Sent
from gateway.outbox.state import GONE, State


class Accounts:
    """`gone` rows are in no segment any more; `sent` is what each destination has, by its name."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.gone = state.stretches(GONE)
        self.sent = {name: Sent(state, name, *kept) for name, kept in state.destinations().items()}

    def begin(self, name: str) -> Sent:
        """Return the account of a destination, a new one for a name never heard."""
        if name not in self.sent:
            self.sent[name] = Sent.begin(self._state, name, self.gone)
        return self.sent[name]

    def forget(self, name: str) -> Sent:
        """Let a destination that is no more hold back nothing; return its last account.

        Raises
        ------
        OutboxError
            When nothing was ever sent there.
        """
        if name not in self.sent:
            raise OutboxError(
                f"the outbox knows no destination {name}, expected one of {', '.join(sorted(self.sent))}"
            )
        with self._state.commit():
            self._state.forget_destination(name)
        return self.sent.pop(name)

    def release(self, last: int) -> bool:
        """Tell whether every destination has all rows up to `last`; without any destination none has."""
        return bool(self.sent) and all(sent.releases(last) for sent in self.sent.values())

    def write_off(self, rows: Iterable[Range], removed: Sequence[int] = ()) -> None:
        """Write down that rows are in no segment any more, and which segments are no more, in one commit."""
        rows = list(rows)
        try:
            with self._state.commit():
                self._state.put_stretches(GONE, [self.gone.add(first, last) for first, last in rows])
                for sent in self.sent.values():
                    sent.take(rows)
                for first in removed:
                    self._state.remove_segment(first)
        except BaseException:
            self.gone = self._state.stretches(GONE)
            for sent in self.sent.values():
                sent.settled = self._state.stretches(sent.name)
            raise
