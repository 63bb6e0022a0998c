"""Which limits are in force when: SITE.toml's provisional sets, then those of the register.

The register is made by the acts of the journal, one after the other, under the policy that the journal held then;
so it is the same after a restart, in a replay, and in whatever order readings came.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from collector import events
from collector.acts.desk import Handler
from collector.audit_heads import AuditHeads
from collector.kept import Kept
from collector.set_acts import NoEffect, SetAct
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.chain import KeptAct
from seepline.acts.document import AcceptedAct, accepted_text
from seepline.acts.sets import KINDS
from seepline.alarm import event_id
from seepline.bundle.policy import Policy, PolicyError, parse_policy
from seepline.bundle.policy_rules import cannot
from seepline.sets.by_act import step
from seepline.sets.in_force import with_register
from seepline.sets.life import SetRefused, Told
from seepline.sets.register import Proposal, Register, announced, begin_ms
from seepline.site import Site, Threshold, in_commissioning
from seepline.thresholds import in_force

_POLICY = "now"


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The policy in force: the text of policy.toml as the journal holds it."""

    text: str = ""


def _no_such_set() -> Proposal:
    raise KeyError("a set is asked for by its number only when it is there")


class Limits:
    """The limits of one running collector.

    `site` is the site with the register's sets in the place of its own; `use` is told each time it is another.
    """

    def __init__(
        self, site: Site, use: Callable[[Site], None], newest_act: Callable[[int], KeptAct | None]
    ) -> None:
        self._plain, self._told = site, use
        self._heads = AuditHeads(site.info.id, newest_act)
        self._proposals = Kept("set", Proposal, _no_such_set)
        self._policies = Kept("policy", PolicyText, PolicyText)
        self._acts = Kept("set_act", SetAct, lambda: SetAct(0, ""))
        self._refused = Kept("set_refused", NoEffect, lambda: NoEffect(""))
        self._read_policy: Policy | None = None
        self._use(Register())

    def load(self, store: StoreWriter) -> None:
        """Take up the register and the policy that the store holds."""
        for kept in (self._proposals, self._policies, self._acts, self._refused, self._heads):
            kept.load(store)
        self._use(Register(tuple(one for _, one in sorted(self._proposals.by_name.items()))))

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        for kept in (self._proposals, self._policies, self._acts, self._refused, self._heads):
            kept.save(store)

    def of(self, site: Site, point: str, quantity: str, time_ms: int) -> tuple[Threshold, ...]:
        """Return the thresholds that judge a quantity of a point: none while it is in commissioning on `site`."""
        new = in_commissioning(site, point, time_ms)
        return () if new else in_force(self.site, time_ms).get((point, quantity), ())

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Who acts on the acts on sets."""
        return dict.fromkeys(KINDS, self._handle)

    def policy_is(self, text: str, at_ms: int) -> list[StoredEvent]:
        """Take up a policy of the journal; tell that it is another, and what nobody can do under it."""
        self._policies.put(_POLICY, PolicyText(text))
        digest = hashlib.sha256(text.encode()).hexdigest()
        said = f"Who may act on site {self._plain.info.id} is now written in policy {digest[:16]}"
        number = event_id(self._plain.info.id, "policy", digest, at_ms)
        return [events.by_person(number, "policy", ("", ""), (at_ms, at_ms), f"{said}{self._never(at_ms)}.")]

    def _never(self, at_ms: int) -> str:
        """Return what cannot be approved by the persons appointed now, as the end of a sentence."""
        try:
            policy = self._policy()
        except SetRefused as error:
            return f"; {error}"
        rules = policy.rules_at(at_ms)
        if by_touch := [rule for rule in rules if rule.sets is None]:
            why = cannot(by_touch, policy.appointments, at_ms)
            return f"; not every set can be approved by those appointed now: {why} would be missing" if why else ""
        return "".join(
            f"; sets {rule.sets} cannot be approved by those appointed now: {why} would be missing"
            for rule in rules
            if (why := cannot([rule], policy.appointments, at_ms))
        )

    def is_due(self, now_ms: int) -> bool:
        """Tell whether a set has come into force, or a day of the chain ended, that nobody was told of."""
        begun = any(not one.announced and begin_ms(one) <= now_ms for one in self.register.decided)
        return begun or self._heads.due(now_ms) is not None

    def due(self, now_ms: int, line: int) -> list[StoredEvent]:
        """Tell what is due at the journal's line of a tick."""
        return [*self._heads.tell(now_ms, line), *self._begun(now_ms)]

    def _begun(self, now_ms: int) -> list[StoredEvent]:
        """Tell of the sets that have come into force."""
        register, begun = announced(self.register, now_ms)
        self._keep(register)
        return [
            self._event(Told("set_in_force", one.id, f"Set {one.id} is in force."), one.id, begin_ms(one), now_ms)
            for one in begun
        ]

    def _handle(self, accepted: AcceptedAct, _body: object, arrived_ms: int) -> Iterator[StoredEvent]:
        at_ms = accepted.accepted_ms or arrived_ms
        try:
            register, told = step(self.register, self._policy(), accepted, at_ms)
        except SetRefused as error:
            set_id = str(accepted.act.body.get("set", ""))
            self._refused.put(accepted.id, NoEffect(str(error)))
            said = Told("set_refused", set_id, f"{accepted.name}: an act on a set has no effect: {error}.")
            yield self._event(said, accepted.id, arrived_ms, arrived_ms)
            return
        self._acts.put(f"{len(self._acts.by_name):08d}", SetAct(at_ms, accepted_text(accepted)))
        self._keep(register)
        for one in told:
            yield self._event(one, accepted.id, arrived_ms, arrived_ms)
        yield from self._begun(arrived_ms)

    def _policy(self) -> Policy:
        text = self._policies.get(_POLICY).text
        if self._read_policy is None or self._read_policy.text != text:
            try:
                self._read_policy = parse_policy(text, "the policy of the journal")
            except PolicyError as error:
                raise SetRefused(f"the journal holds no policy that can be read: {error.problems[0]}") from error
        return self._read_policy

    def _keep(self, register: Register) -> None:
        for number, one in enumerate(register.proposals):
            self._proposals.put(f"{number:08d}", one)
        self._use(register)

    def _use(self, register: Register) -> None:
        self.register = register
        self.site = with_register(self._plain, register)
        self._told(self.site)

    def _event(self, told: Told, about: str, time_ms: int, arrived_ms: int) -> StoredEvent:
        number = event_id(self._plain.info.id, told.kind, told.set_id, about)
        event = events.by_person(number, told.kind, ("", ""), (time_ms, arrived_ms), told.text)
        return replace(event, threshold_set=told.set_id)
