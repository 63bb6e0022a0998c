"""Every kind of act. A new kind is a row in the table of its own module, and that table one line here."""

from collections.abc import Mapping

from seepline.acts import air, commissioning, history, notes, surfaces, works
from seepline.acts.kind import ActKind

KINDS: Mapping[str, ActKind] = {
    **air.KINDS,
    **notes.KINDS,
    **history.KINDS,
    **commissioning.KINDS,
    **works.KINDS,
    **surfaces.KINDS,
}
