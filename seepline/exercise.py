"""The exercise that runs at a site: pure steps, told by acts and the clock. It changes no reading and no level.

A real alarm breaks through: orange or red ends the exercise at once, and with it every release of sirens.

    NotNow    what a person asked for does not fit what runs: one sentence
"""

from dataclasses import dataclass, replace

from seepline.acts.exercise import LONGEST_MS, Begin, End, Played, SirenRelease
from seepline.thresholds import Level


class NotNow(Exception):  # noqa: N818 - says what it is
    """An act does not fit what runs."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What runs: '' as `id` is nothing. Sirens may sound from `siren_from_ms` to `siren_until_ms`."""

    id: str = ""
    name: str = ""
    begun_ms: int = 0
    until_ms: int = 0
    siren_authority: str = ""
    siren_from_ms: int = 0
    siren_until_ms: int = 0
    siren_gateway: str = ""


NONE = Exercise()


def runs(state: Exercise, now_ms: int) -> bool:
    """Tell whether an exercise runs at a time.

    >>> runs(Exercise("e", until_ms=10), 9), runs(Exercise("e", until_ms=10), 10), runs(NONE, 0)
    (True, False, False)
    """
    return bool(state.id) and now_ms < state.until_ms


def sirens_are_released(state: Exercise, gateway: str, now_ms: int) -> bool:
    """Tell whether the sirens of a gateway may sound in the exercise at a time."""
    in_time = state.siren_from_ms <= now_ms < state.siren_until_ms
    return runs(state, now_ms) and in_time and state.siren_gateway in ("", gateway)


def begun(state: Exercise, body: Begin, now_ms: int) -> Exercise:
    """Return the state with an exercise that begins. Raises NotNow."""
    if runs(state, now_ms):
        raise NotNow(f"exercise {state.id} runs already")
    if not now_ms < body.until_ms <= now_ms + LONGEST_MS:
        raise NotNow(
            f"it would end at {body.until_ms} ms; expected within {LONGEST_MS // 3_600_000} hours from now"
        )
    return Exercise(body.exercise, body.name.strip(), now_ms, body.until_ms, body.siren_authority)


def ended(state: Exercise, body: End, now_ms: int) -> Exercise:
    """Return the state without the exercise that a person ends. Raises NotNow."""
    _running(state, body.exercise, now_ms)
    return NONE


def played(state: Exercise, body: Played, now_ms: int) -> Exercise:
    """Return the state, which an event that is played does not change. Raises NotNow."""
    _running(state, body.exercise, now_ms)
    return state


def released(state: Exercise, body: SirenRelease, person: str, now_ms: int) -> Exercise:
    """Return the state in which sirens may sound for a time. Raises NotNow."""
    _running(state, body.exercise, now_ms)
    if person != state.siren_authority:
        named = state.siren_authority or "nobody"
        raise NotNow(f"{person} may not release sirens in exercise {state.id}: it named {named}")
    if body.until_ms > state.until_ms:
        raise NotNow("the release would outlast the exercise")
    return replace(state, siren_from_ms=body.from_ms, siren_until_ms=body.until_ms, siren_gateway=body.gateway)


def breaks(level_from: int | None, level_to: int | None) -> bool:
    """Tell whether a real change of level ends an exercise: it rises, to orange or red."""
    return level_to is not None and level_to >= Level.ORANGE and level_to > (level_from or 0)


def _running(state: Exercise, exercise: str, now_ms: int) -> None:
    if not runs(state, now_ms):
        raise NotNow("no exercise runs")
    if exercise != state.id:
        raise NotNow(f"exercise {state.id} runs, not {exercise[:64]}")
