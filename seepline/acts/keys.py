"""The further keys that are believed: what acts `device_key` and `device_key_end` of a chain make of it. Pure.

A ring follows from the entries before an act and from nothing else, so whoever has the chain can check every
signature again, without a server. A further key hangs on the policy's key that signed for it: a policy that gives
the person another key ends it too. A key that was known once, ended or not, is never made known again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from seepline.acts import exercise, local_alarm, sets
from seepline.acts.document import AcceptedAct, Act, act_id
from seepline.acts.roles import ADMINISTRATOR
from seepline.bundle.policy import Person, Policy

KEY, END = "device_key", "device_key_end"
# what a gateway checks too, with its own policy file and without this chain; and what makes further keys
POLICY_KEY_ONLY = frozenset((*sets.KINDS, *local_alarm.KINDS, *exercise.KINDS, KEY))

MOST_KEYS = 20  # of one person at one time


@dataclass(frozen=True, slots=True)
class FurtherKey:
    """One further key; `act` made it known, signed by the policy's key `signed_by` of its person."""

    person: str
    act: str
    device: str
    until_ms: int
    signed_by: str
    ended: bool = False

    def holds(self, person: Person, at_ms: int) -> bool:
        """Tell whether this is a person's key at a time, as the policy has the person now."""
        own = self.person == person.id and self.signed_by == person.public_key
        return own and at_ms < self.until_ms and not self.ended


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every further key that a chain made known, by its public half; an ended one stays."""

    keys: Mapping[str, FurtherKey] = field(default_factory=dict)

    def of(self, person: Person, act: Act, at_ms: int) -> Iterator[bytes]:
        """Yield the further keys with which a person could have signed an act that comes at a time."""
        if act.kind in POLICY_KEY_ONLY:
            return
        for public, key in self.keys.items():
            if key.holds(person, act.signed_at_ms) and key.holds(person, at_ms):
                yield bytes.fromhex(public)

    def problem(self, act: Act, role: str, policy: Policy) -> str:
        """Return why an act about keys has no effect, '' when it has one."""
        if act.kind not in (KEY, END):
            return ""
        public, known = _text(act.body, "public_key"), self.keys.get(_text(act.body, "public_key"))
        if act.kind == END:
            own = known is not None and (known.person == act.person or role == ADMINISTRATOR)
            return (
                "" if own else "public_key: found no further key of yours; expected one that was made known here"
            )
        taken = {one.public_key for one in policy.persons.values()} | {policy.service_key.hex()}
        if known is not None and known.act == act_id(act):
            return ""  # the same act sent twice is one act
        if known is not None or public in taken:
            return "public_key: found a key that is known already; expected a new one, of this device alone"
        return ""

    def excess(self, act: Act, person: Person, at_ms: int) -> str:
        """Return why a person makes no further key known at a time, '' when one may: asked at the door alone.

        Each key is tried with every act that somebody sends in the person's name, with a right signature or not.
        """
        if act.kind != KEY or any(one.act == act_id(act) for one in self.keys.values()):
            return ""
        if sum(one.holds(person, at_ms) for one in self.keys.values()) < MOST_KEYS:
            return ""
        return f"public_key: found {MOST_KEYS} further keys of yours; expected fewer: end one first"

    def after(self, accepted: AcceptedAct, policy: Policy) -> "KeyRing":
        """Return the ring behind an act; one without effect changes nothing."""
        act = accepted.act
        if act.kind not in (KEY, END) or self.problem(act, accepted.role, policy):
            return self
        public = _text(act.body, "public_key")
        if act.kind == END:
            return KeyRing({**self.keys, public: replace(self.keys[public], ended=True)})
        if public in self.keys:
            return self
        until_ms, signed_by = int(act.body["until_ms"]), policy.persons[act.person].public_key
        key = FurtherKey(act.person, accepted.id, _text(act.body, "device"), until_ms, signed_by)
        return KeyRing({**self.keys, public: key})


def _text(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name, ""))


NO_KEYS = KeyRing()
