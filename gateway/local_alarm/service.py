"""The local alarm: what this gateway judges by signed limits, into contact, coil and text messages.

    judged readings -> heard() -> latched alarms, messages -> on disk
    twice a second:  all well? -> contact, coil            messages that are due -> modem

It is armed by the first signed bundle; until then the contact is not held. All is well while it is armed, no alarm
is latched, no proof test runs, the outbox is read, and, with `blind_after_s`, some reading is younger than that.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from gateway.clock import now_s
from gateway.local_alarm import latch, state_file
from gateway.local_alarm.coverage import Coverage, Covering, rule_of
from gateway.local_alarm.latch import Kept, Latched, Message
from gateway.local_alarm.messenger import Messenger
from gateway.local_alarm.outputs import Outputs
from gateway.local_alarm.plan import Around, Plan
from gateway.outbox.file import OutboxError
from seepline.acts.exercise import SirenRelease
from seepline.acts.local_alarm import Proof, Release
from seepline.alarm import AlarmState, Event, Track
from seepline.exercise import NONE
from seepline.reading import Reading
from seepline.site import Site
from seepline.thresholds import Key, Level

log = logging.getLogger(__name__)

_STEP_S = 0.5
_PROOF_S = 10.0
_SAVE_EVERY_S = 600.0
_MEMORY = "its memory"  # stands among the alarms when the file of it was damaged


class Refused(ValueError):  # noqa: N818 - says what it is
    """What a person asked for cannot be done now: one sentence."""


class LocalAlarm:
    """One gateway's local alarm. `begun` is what was kept before, None at the first start."""

    def __init__(self, plan: Plan, around: Around) -> None:
        self._plan, self._around = plan, around
        self.begun = self._remembered()
        self.kept = self.begun or Kept()
        if self.kept.since_ms is None:
            self.kept = replace(self.kept, since_ms=around.clock.now_ms())
        self.running = NONE
        self._outputs = Outputs(plan)
        self._messenger = Messenger(plan, around, self._tell)
        self._coverage = Coverage(frozenset(), ())
        self._covering: Covering | None = None
        self.site: Site | None = None
        self._bundle = 0
        self._newest_ms: int | None = None
        self._trouble = "the outbox is not judged to its end yet"
        self._proof_until_s = 0.0
        self._siren: SirenRelease | None = None
        self._siren_until_s = 0.0
        self._saved_s = float("-inf")
        self._saved = self.begun or Kept()
        self._memory_error = ""
        self._proof_told = False
        self._writing = threading.Lock()

    def _remembered(self) -> Kept | None:
        try:
            return state_file.read_state(self._around.data)
        except state_file.DamagedStateError as error:
            log.error("%s: the local alarm stays until somebody releases it", error)  # noqa: TRY400
            return Kept(alarms={_MEMORY: Latched("", self._around.clock.now_ms(), str(error))})

    def arm(self, site: Site, number: int, derived_here: Set[Key] = frozenset()) -> None:
        """Judge by a signed bundle from now on; `derived_here` are the derived quantities that are made here."""
        self.site, self._bundle, self._covering = site, number, Covering(site, self._plan.gateway, derived_here)
        self._cover()

    def _cover(self) -> None:
        if self._covering is not None:
            self._coverage = self._covering.at(self._around.clock.now_ms())

    @property
    def is_armed(self) -> bool:
        """Whether a bundle is in force that has limits for this gateway."""
        return bool(self._coverage.here)

    def heard(self, events: Iterable[Event], row: int) -> None:
        """Take what the readings up to a row of the outbox changed; a red lets the contact go at once."""
        for event in events:
            self._cover()
            rule = rule_of(event.point, event.quantity, event.direction)
            rises = event.to_level is not None and event.to_level > (event.from_level or Level.GREEN)
            if rises and rule in self._coverage.here:
                self._rise(rule, event, row)

    def _rise(self, rule: str, event: Event, row: int) -> None:
        level = event.to_level or Level.GREEN
        known = rule in self.kept.alarms
        if level >= Level.ORANGE:  # what is real breaks through
            self.running, self._siren = NONE, None
        if level is Level.RED and not known:
            self.kept = latch.raised(self.kept, rule, event)
            self._outputs.feed(False)
            self._tell("local_alarm", event.point, latch.text_of(event))
        if level >= self._plan.sms_from and not known:
            self.kept = latch.with_messages(self.kept, self._messages(event, row))

    def _messages(self, event: Event, row: int) -> Iterator[Message]:
        now_ms, wait_s = self._around.clock.now_ms(), self._plan.hand_over_s
        text = latch.ascii_text(f"{self.site.info.id if self.site else ''}: {latch.text_of(event)}")
        due_ms = now_ms + 1000 * (wait_s or 0)
        for to in self._plan.sms_to:
            yield Message(
                event=event.id,
                to=to,
                text=text,
                made_ms=now_ms,
                due_ms=due_ms,
                row=None if wait_s is None else row,
            )

    def settle(self, row: int, states: Mapping[str, AlarmState]) -> None:
        """Know that everything up to a row is judged, and the states then."""
        self.kept = replace(self.kept, row=row, states=dict(states))

    def look(self, latest: Mapping[Key, Reading], trouble: str) -> None:
        """See which readings there are, and what keeps the outbox from being judged."""
        self._cover()
        here = {rule.rpartition("/")[0] for rule in self._coverage.here}
        times = [one.time_ms for key, one in latest.items() if one.judged and "/".join(key) in here]
        self._newest_ms, self._trouble = max(times, default=None), trouble

    def faults(self) -> list[str]:
        """Return why the contact is not held; nothing while all is well."""
        now_ms = self._around.clock.now_ms()
        blind_s = self._plan.blind_after_s
        blind = blind_s is not None and (self._newest_ms is None or abs(now_ms - self._newest_ms) > 1000 * blind_s)
        said = (
            ("no signed limits are in force for anything that is judged here", not self.is_armed),
            ("a proof test runs", now_s() < self._proof_until_s),
            ("EXERCISE: the authority lets it sound", self._siren_sounds()),
            (self._trouble, bool(self._trouble)),
            (f"no reading is younger than {blind_s} s", blind),
        )
        return [one.text for one in self.kept.alarms.values()] + [text for text, is_so in said if is_so]

    async def run(self) -> None:
        """Hold the contact while all is well, send what is due, until cancelled; what is known then is on disk."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._outputs.run())
                group.create_task(self._feed())
                group.create_task(self._save_and_send())
        finally:
            self._write()

    async def _feed(self) -> None:
        while True:
            self._outputs.feed(not self.faults())
            if self.proof_is_due and not self._proof_told:
                self._tell("proof_overdue", "local_alarm", f"no proof test for {self._plan.proof_test_days} days")
            self._proof_told = self.proof_is_due
            await asyncio.sleep(_STEP_S)

    async def _save_and_send(self) -> None:
        while True:
            await self._save()
            if await self._messenger.send_one(lambda: self.kept, self._change):
                continue
            await asyncio.sleep(_STEP_S)

    async def _save(self) -> None:
        """Put on disk what changed; of states whose levels are the same only every ten minutes."""
        kept, saved = self.kept, self._saved
        urgent = _matter(kept) != _matter(saved)
        if kept != saved and (urgent or now_s() - self._saved_s >= _SAVE_EVERY_S):
            self._saved_s = now_s()
            await asyncio.to_thread(self._write)

    def _write(self) -> None:
        """Put what is kept on disk; a disk that does not take it stops no alarm, and is tried again."""
        with self._writing:  # a write that was begun in its thread goes on when its task is cancelled
            kept, error = self.kept, ""
            try:
                state_file.write_state(self._around.data, kept)
                self._saved = kept
            except OSError as caught:
                error = str(caught)
            if error and error != self._memory_error:
                log.warning("the local alarm cannot be remembered: %s", error)
            self._memory_error = error

    def done(self, act_id: str) -> None:
        """Know, and have on disk, that an act is done: a restart does not do it again."""
        self.kept = latch.with_act(self.kept, act_id)
        self._write()

    def _change(self, kept: Kept) -> None:
        self.kept = kept

    @property
    def proof_is_due(self) -> bool:
        """Whether the last passed proof test is too long ago."""
        now_ms = self._around.clock.now_ms()
        since_ms = now_ms if self.kept.since_ms is None else self.kept.since_ms
        return latch.proof_is_due(self.kept, since_ms, self._plan.proof_test_days, now_ms)

    def release(self, act: Release, who: str) -> str:
        """End every latched alarm by a named person's word; return what was done. Raises Refused."""
        if self._trouble:
            raise Refused(f"{self._trouble}: try again when it is")
        if not self.kept.alarms:
            raise Refused("nothing is latched here")
        count = len(self.kept.alarms)
        self.kept = latch.released(self.kept)
        self._tell("local_release", "local_alarm", f"{who} released {count} alarms: {act.reason}")
        return f"{count} alarms are released"

    def proof(self, act: Proof, who: str) -> str:
        """Begin a proof test, or keep how it ended; return what was done. Raises Refused."""
        if self.kept.alarms:
            raise Refused("an alarm is latched: release it before a proof test")
        if act.step == "begin":
            self._proof_until_s = now_s() + _PROOF_S
            self._outputs.feed(False)
            now_ms = self._around.clock.now_ms()
            text = latch.ascii_text(
                f"TEST of the local alarm of gateway {self._plan.gateway}: nothing was measured"
            )
            new = [Message(f"proof {now_ms}", to, text, now_ms, now_ms) for to in self._plan.sms_to]
            self.kept = latch.with_messages(self.kept, new)
        elif act.step == "passed":
            self.kept = replace(self.kept, proven_ms=self._around.clock.now_ms(), proven_by=who, failed="")
        else:
            self.kept = replace(self.kept, failed=f"{who}: {act.text.strip()}")
        self._tell("local_proof", "local_alarm", f"{who}: {act.step}{', ' if act.text else ''}{act.text}")
        return f"the contact is let go for {_PROOF_S:g} s" if act.step == "begin" else f"{act.step}, and logged"

    def exercise(self, body: SirenRelease, who: str) -> str:
        """Let the contact go in an exercise for a stated time; a real alarm ends that. Raises Refused."""
        if self.kept.alarms:
            raise Refused("a real alarm is latched here: there is no exercise")
        running, self._siren = self.running, body
        self._siren_until_s = now_s() + (body.until_ms - self._around.clock.now_ms()) / 1000
        span_s = (body.until_ms - body.from_ms) // 1000
        text = f"EXERCISE {running.id} ({running.name}): sirens released by {who} for {span_s} s"
        self._tell("exercise_siren", "local_alarm", text)
        return f"the contact is let go in exercise {running.id}, and held again at its end"

    def end_exercise(self, who: str) -> str:
        """End the exercise that runs here, and with it every release of sirens."""
        running, self.running, self._siren = self.running, NONE, None
        self._tell("exercise_end", "local_alarm", f"EXERCISE {running.id} ({running.name}): ended by {who}")
        return f"exercise {running.id} is over here; no siren is released any more"

    def _siren_sounds(self) -> bool:
        body, now_ms = self._siren, self._around.clock.now_ms()
        if body is None or self.kept.alarms or now_s() >= self._siren_until_s:  # by a clock that nobody sets back
            return False
        return body.from_ms <= now_ms < body.until_ms

    def _tell(self, kind: str, subject: str, text: str) -> None:
        try:
            self._around.note(kind, subject, text, self._around.clock.now_ms())
        except OutboxError as error:  # a full disk stops no alarm
            log.warning("%s: %s (not kept as an event: %s)", kind, text, error)

    def status(self) -> dict[str, object]:
        """Return this part of the status file."""
        return {
            "armed": self.is_armed,
            "bundle": self._bundle,
            "faults": self.faults(),
            "latched": {
                rule: {"event": one.event, "at_ms": one.time_ms, "text": one.text}
                for rule, one in self.kept.alarms.items()
            },
            "rules_here": sorted(self._coverage.here),
            "not_judged_here": list(self._coverage.elsewhere),
            "outputs": self._outputs.status(),
            "sms": self._messenger.status(self.kept),
            "memory_error": self._memory_error,
            "proof": {
                "at_ms": self.kept.proven_ms,
                "by": self.kept.proven_by,
                "due": self.proof_is_due,
                "failed": self.kept.failed,
            },
        }


def _matter(kept: Kept) -> Kept:
    """Return of what is kept all but the number of the row and what changes with every reading."""
    levels = {rule: AlarmState(Track(one.present.level)) for rule, one in kept.states.items()}
    return replace(kept, row=0, states=levels)
