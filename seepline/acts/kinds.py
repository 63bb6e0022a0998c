"""Every kind of act. A new kind is a row in the table of its own module, and that table one line here."""

from collections.abc import Mapping

from seepline.acts import commissioning, history, notes, works
from seepline.acts.kind import ActKind

KINDS: Mapping[str, ActKind] = {
    **notes.KINDS,
    **history.KINDS,
    **commissioning.KINDS,
    **works.KINDS,
}
