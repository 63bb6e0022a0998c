"""Every kind of act. A new kind is a row in the table of its own module, and that table one line here."""

from collections.abc import Mapping

from seepline.acts import air, alarms, exercise, local_alarm, notes, surfaces
from seepline.acts.kind import ActKind

KINDS: Mapping[str, ActKind] = {
    **air.KINDS,
    **exercise.KINDS,
    **local_alarm.KINDS,
    **notes.KINDS,
    **surfaces.KINDS,
    **alarms.KINDS,
}
