"""Every kind of act. A new kind is a row in the table of its own module, and that table one line here."""

from collections.abc import Mapping

from seepline.acts import air, exercise, hand, local_alarm, notes, sets, surfaces
from seepline.acts.kind import ActKind

KINDS: Mapping[str, ActKind] = {
    **air.KINDS,
    **exercise.KINDS,
    **hand.KINDS,
    **local_alarm.KINDS,
    **notes.KINDS,
    **surfaces.KINDS,
    **sets.KINDS,
}
