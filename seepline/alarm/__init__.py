"""Alarms: pure functions (state, input) -> (state, events), replayable from the journal.

    condition   per rule: what readings say now, green .. red, with delays and deadband
    machine     the states of an alarm by name, and the one table of what leads from which to which (ISA-18.2)
    standing    per rule: the alarm that people see: it rises with the condition and goes down as people allow
    timers      what time alone does to it: re-alarm, escalation, the end of a shelf
    signals     the instrument's own alarms: no valid reading, silence, a clock that is ahead
    voting      what a group of rules says of the whole site
    response    the longest time from a crossing to a message

Rules they hold: a statistical flag never keeps a reading out; an instrument that fails or falls silent keeps its
level; a reading older than the newest judged one runs on a side track, which can warn and never lowers.
"""

from seepline.alarm.condition import AlarmState, Track, advance, step
from seepline.alarm.event import Event, EventKind, event_id
from seepline.alarm.signals import (
    MAX_AHEAD_MS,
    ClockState,
    FaultState,
    SilenceState,
    clock_step,
    fault_step,
    is_ahead,
    silence_step,
)

__all__ = (
    "MAX_AHEAD_MS",
    "AlarmState",
    "ClockState",
    "Event",
    "EventKind",
    "FaultState",
    "SilenceState",
    "Track",
    "advance",
    "clock_step",
    "event_id",
    "fault_step",
    "is_ahead",
    "silence_step",
    "step",
)
