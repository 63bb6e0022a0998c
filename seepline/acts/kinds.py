"""Every kind of act. A new kind is a row in the table of its own module, and that table one line here."""

from collections.abc import Mapping

from seepline.acts import (
    air,
    alarms,
    commissioning,
    duty,
    exercise,
    hand,
    history,
    local_alarm,
    notes,
    people,
    sets,
    sheets,
    surfaces,
    works,
)
from seepline.acts.kind import ActKind

KINDS: Mapping[str, ActKind] = {
    **air.KINDS,
    **exercise.KINDS,
    **hand.KINDS,
    **local_alarm.KINDS,
    **notes.KINDS,
    **history.KINDS,
    **commissioning.KINDS,
    **duty.KINDS,
    **works.KINDS,
    **surfaces.KINDS,
    **sets.KINDS,
    **sheets.KINDS,
    **alarms.KINDS,
    **people.KINDS,
}
