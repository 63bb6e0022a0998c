"""What persons sign for a local alarm: checked here by the gateway's own policy, without any network."""

from gateway.clock import Clock
from gateway.local_alarm.service import LocalAlarm, Refused
from seepline.acts.check import body_of, checked
from seepline.acts.document import AcceptedAct, read_act
from seepline.acts.errors import ActRefused
from seepline.acts.exercise import Begin, End, SirenRelease
from seepline.acts.local_alarm import Proof, Release
from seepline.bundle.policy import Policy
from seepline.exercise import NotNow, begun, ended, released

FRESH_MS = 600_000  # an act is signed, and given to the gateway, within so long: an old one is not used again


class Person:
    """The door of one gateway's local alarm for whoever its policy names; each act counts once."""

    def __init__(self, policy: Policy, gateway: str, clock: Clock) -> None:
        self._policy, self._gateway, self._clock = policy, gateway, clock

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
        elif isinstance(body, Begin):
            done = self._begin(body, alarm)
        elif isinstance(body, SirenRelease):
            done = self._release_sirens(body, accepted, alarm)
        elif isinstance(body, End):
            done = self._end(body, who, alarm)
        else:
            raise Refused(f"a {accepted.act.kind} is for the collector: `seepline act` sends it there")
        alarm.done(accepted.id)
        return done

    def _begin(self, body: Begin, alarm: LocalAlarm) -> str:
        """Know of an exercise: nothing sounds by that."""
        try:
            alarm.running = begun(alarm.running, body, self._clock.now_ms())
        except NotNow as error:
            raise Refused(str(error)) from error
        return f"exercise {body.exercise} is known here; sirens wait for {body.siren_authority or 'nobody'}"

    def _end(self, body: End, who: str, alarm: LocalAlarm) -> str:
        try:
            ended(alarm.running, body, self._clock.now_ms())
        except NotNow as error:
            raise Refused(str(error)) from error
        return alarm.end_exercise(who)

    def _release_sirens(self, body: SirenRelease, accepted: AcceptedAct, alarm: LocalAlarm) -> str:
        now_ms = self._clock.now_ms()
        try:
            released(alarm.running, body, accepted.act.person, now_ms)
        except NotNow as error:
            raise Refused(str(error)) from error
        return alarm.exercise(body, f"{accepted.name} ({accepted.role})")

    def _checked(self, text: str, alarm: LocalAlarm) -> tuple[AcceptedAct, object]:
        now_ms = self._clock.now_ms()
        if alarm.site is None:
            raise Refused("no signed bundle is in force: there is nothing to release or to test yet")
        try:
            accepted = checked(read_act(text), self._policy, alarm.site, now_ms)
            body = body_of(accepted.act, alarm.site)
        except ActRefused as error:
            raise Refused(str(error)) from error
        if getattr(body, "gateway", "") not in ("", self._gateway):
            raise Refused(f"it is signed for gateway {body.gateway}; this is {self._gateway}")
        if now_ms - accepted.act.signed_at_ms > FRESH_MS or accepted.id in alarm.kept.acts:
            raise Refused(f"it was signed at {accepted.act.signed_at}, or is known already: sign it anew")
        return accepted, body
