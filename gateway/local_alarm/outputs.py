"""Contact and coil together: both say the same, and neither waits for the other."""

import asyncio
import logging
from contextlib import closing

from gateway.local_alarm.coil import Coil
from gateway.local_alarm.contact import Contact, ContactError
from gateway.local_alarm.plan import Plan

log = logging.getLogger(__name__)

_COIL_EVERY_S = 1.0
_AGAIN_S = 30.0


class Outputs:
    """Runs until cancelled, and then lets go of whatever it holds."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._contact: Contact | None = None
        self._coil = Coil(plan.coil) if plan.coil else None
        self._well = False
        self.pin_error = ""

    def feed(self, well: bool) -> None:
        """Hold or let go, now; to be called twice a second."""
        self._well = well
        if self._contact is not None:
            self._contact.feed(well)

    async def run(self) -> None:
        """Open the pin and write the coil, until cancelled; what fails is said once and tried again."""
        async with asyncio.TaskGroup() as group:
            if self._plan.pin is not None:
                group.create_task(self._hold_pin(self._plan.pin))
            if self._coil is not None:
                group.create_task(self._write_coil(self._coil))

    async def _hold_pin(self, pin: int) -> None:
        while True:
            try:
                contact = Contact(pin, self._plan.pin_signal)
            except ContactError as error:
                if self.pin_error != str(error):
                    log.warning("%s", error)
                self.pin_error = str(error)
                await asyncio.sleep(_AGAIN_S)
                continue
            self.pin_error = ""
            with closing(contact):
                self._contact = contact
                try:
                    await asyncio.Event().wait()
                finally:
                    self._contact = None

    async def _write_coil(self, coil: Coil) -> None:
        with closing(coil):
            try:
                while True:
                    await coil.write(self._well)
                    await asyncio.sleep(_COIL_EVERY_S)
            finally:
                self._well = False
                await coil.write(False)

    def status(self) -> dict[str, object]:
        """Return what is held, and what cannot be."""
        return {
            "held": self._well,
            "pin": self._plan.pin,
            "pin_error": self.pin_error,
            "coil": None
            if self._coil is None
            else {"written": self._coil.written, "last_error": self._coil.last_error},
        }
