"""The further keys that the journal's acts made known: read along its chain, each entry once."""

from collector.acts.table import ActTable
from seepline.acts.chain import policy_of
from seepline.acts.document import read_accepted
from seepline.acts.keys import NO_KEYS, KeyRing
from seepline.bundle.policy import Policy, parse_policy

_AT_ONCE = 1000


class KeyBook:
    """The ring of one journal, in the thread that owns it."""

    def __init__(self, acts: ActTable) -> None:
        self._acts = acts
        self._line, self._policy, self._ring = 0, "", NO_KEYS
        self._parsed: tuple[str, Policy] | None = None

    def ring(self) -> KeyRing:
        """Return the further keys behind the newest entry; what was accepted is not checked anew."""
        while kept := self._acts.about_keys(self._line, _AT_ONCE):
            for one in kept:
                self._line = one.line
                if text := policy_of(one.text):
                    self._policy = text
                else:
                    self._ring = self._ring.after(read_accepted(one.text), self._now())
        return self._ring

    def _now(self) -> Policy:
        if self._parsed is None or self._parsed[0] != self._policy:
            self._parsed = (self._policy, parse_policy(self._policy, "the policy in the journal"))
        return self._parsed[1]
