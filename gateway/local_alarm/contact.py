"""The dead-man contact: a pin that holds a relay while all is well, and lets it go otherwise. Door of gpiozero.

    level    the pin is high while all is well
    pulse    it changes twice a second while all is well: a retriggerable relay or charge pump behind it also drops
             when the processor stands still with the pin high

Whoever holds the pin must be fed. A thread of its own lets the contact go when the event loop stands still.

    ContactError    the pin cannot be used: one sentence that says what to do
"""

import threading
from typing import Any, Literal

HELD_S = 10.0  # without being fed; the loop feeds twice a second, and a slow disk may hold it up for seconds


class ContactError(Exception):
    """The pin cannot be used."""


class Contact:
    """A pin by its BCM number. It is let go first, and whenever `feed` has not been called for `held_s`.

    Parameters
    ----------
    factory
        gpiozero's pin factory; None is that of this machine (or of GPIOZERO_PIN_FACTORY).
    """

    def __init__(
        self, pin: int, signal: Literal["level", "pulse"], factory: Any = None, held_s: float = HELD_S
    ) -> None:
        self._signal = signal
        self._held_s = held_s
        self._device = _output(pin, factory)
        self._fed, self._ended = threading.Event(), False
        self._guard = threading.Thread(target=self._watch, name="contact", daemon=True)
        self._guard.start()

    @property
    def is_high(self) -> bool:
        """Whether the pin is high at this moment."""
        return bool(self._device.value)

    def feed(self, well: bool) -> None:
        """Hold the contact when all is well, let it go at once otherwise."""
        self._fed.set()
        if not well:
            self._device.off()
        elif self._signal == "level":
            self._device.on()
        else:
            self._device.toggle()

    def close(self) -> None:
        """Let the contact go, and the pin with it."""
        self._ended = True
        self._fed.set()
        self._guard.join()
        self._device.off()
        self._device.close()

    def _watch(self) -> None:
        while not self._ended:
            if not self._fed.wait(self._held_s):
                self._device.off()
            self._fed.clear()


def _output(pin: int, factory: Any) -> Any:
    try:
        from gpiozero import OutputDevice
        from gpiozero.exc import GPIOZeroError
    except ImportError as error:
        raise ContactError("the contact needs gpiozero: pip install 'seepline[gpio]'") from error
    try:
        return OutputDevice(pin, initial_value=False, pin_factory=factory)
    except (GPIOZeroError, OSError, ValueError) as error:
        raise ContactError(
            f"pin {pin} of [local_alarm] cannot be used ({error}): expected a free BCM number and membership of"
            " the group gpio"
        ) from error
