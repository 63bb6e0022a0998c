"""Messages that are due, one after the other through the modem; each is tried again for a day."""

import logging
from collections.abc import Awaitable, Callable

from gateway.local_alarm import latch, sms
from gateway.local_alarm.latch import Kept, Message
from gateway.local_alarm.plan import Around, Plan

log = logging.getLogger(__name__)

Send = Callable[[str, str], Awaitable[None]]  # (to, text); raises sms.SmsError


class Messenger:
    """Sends what one memory holds. `change` replaces that memory, which somebody else puts on disk."""

    def __init__(self, plan: Plan, around: Around, note: Callable[[str, str, str], None]) -> None:
        self._plan, self._around, self._note = plan, around, note
        self.last_error = ""
        self.sent = self.handed_over = 0

    async def send_one(self, kept: Callable[[], Kept], change: Callable[[Kept], None]) -> bool:
        """Send the first message that is due, or drop one that the collector tells; say if there was any."""
        now_ms = self._around.clock.now_ms()
        for message in kept().messages:
            if message.row is not None and self._around.committed() >= message.row:
                self.handed_over += 1
                self._note("sms_handed_over", message.to, f"the collector has event {message.event[:8]}")
            elif not latch.is_due(message, self._plan.hand_over_s, now_ms):
                continue
            elif not await self._is_sent(message):
                after, given_up = latch.tried(kept(), message, self._around.clock.now_ms())
                change(after)
                if given_up:
                    self._note("sms_given_up", message.to, f"not sent within a day: {self.last_error}")
                return True
            change(latch.without_message(kept(), message))
            return True
        return False

    async def _is_sent(self, message: Message) -> bool:
        try:
            await sms.send(self._plan.sms_settings, message.to, message.text)
        except sms.SmsError as error:
            self.last_error = str(error)
            if message.tries == 0:
                self._note("sms_failed", message.to, f"{error}; it is tried again for a day")
            return False
        self.last_error = ""
        self.sent += 1
        self._note("sms_sent", message.to, message.text)
        return True

    def status(self, kept: Kept) -> dict[str, object]:
        """Return how messages fare."""
        return {
            "waiting": len(kept.messages),
            "sent": self.sent,
            "handed_over": self.handed_over,
            "last_error": self.last_error,
        }
