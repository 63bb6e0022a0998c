"""What persons sign for a local alarm: checked here by the gateway's own policy, without any network."""

from collections import deque

from gateway.clock import Clock
from gateway.local_alarm.service import LocalAlarm, Refused
from seepline.acts.check import body_of, checked
from seepline.acts.document import AcceptedAct, read_act
from seepline.acts.errors import ActRefused
from seepline.acts.local_alarm import Proof, Release
from seepline.bundle.policy import Policy

FRESH_MS = 600_000  # an act is signed, and given to the gateway, within so long: an old one is not used again
_MOST_KNOWN = 1000


class Person:
    """The door of one gateway's local alarm for whoever its policy names; each act counts once."""

    def __init__(self, policy: Policy, gateway: str, clock: Clock) -> None:
        self._policy, self._gateway, self._clock = policy, gateway, clock
        self._known: deque[str] = deque(maxlen=_MOST_KNOWN)

    def do(self, text: str, alarm: LocalAlarm) -> str:
        """Do what a signed act says; return what was done.

        Raises
        ------
        Refused
            With the reason, and nothing is changed then.
        """
        accepted, body = self._checked(text, alarm)
        who = f"{accepted.name} ({accepted.role})"
        if isinstance(body, Release):
            done = alarm.release(body, who)
        elif isinstance(body, Proof):
            done = alarm.proof(body, who)
        else:
            raise Refused(f"a {accepted.act.kind} is for the collector: `seepline act` sends it there")
        self._known.append(accepted.id)
        return done

    def _checked(self, text: str, alarm: LocalAlarm) -> tuple[AcceptedAct, object]:
        now_ms = self._clock.now_ms()
        if alarm.site is None:
            raise Refused("no signed bundle is in force: there is nothing to release or to test yet")
        try:
            accepted = checked(read_act(text), self._policy, alarm.site, now_ms)
            body = body_of(accepted.act, alarm.site)
        except ActRefused as error:
            raise Refused(str(error)) from error
        if getattr(body, "gateway", self._gateway) != self._gateway:
            raise Refused(f"it is signed for gateway {body.gateway}; this is {self._gateway}")
        if now_ms - accepted.act.signed_at_ms > FRESH_MS or accepted.id in self._known:
            raise Refused(f"it was signed at {accepted.act.signed_at}, or is known already: sign it anew")
        return accepted, body
