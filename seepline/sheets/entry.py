"""The [[calibration]] entry that an accepted sheet becomes, as text for SITE.toml."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from seepline.sheets.fit import ended_by
from seepline.sheets.residuals import Verdict
from seepline.sheets.sheet_file import Sheet
from seepline.site import Site
from seepline.site_rules.dated import utc

_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*calibration[ \t]*\]\][^\n]*\n", re.MULTILINE)


def entry(sheet: Sheet, found: Verdict, accepted_by: str, day: str) -> str:
    """Return the entry; its `source` says how far the recomputed points are off, and who took it."""
    worst = abs(found.worst_percent_fs or 0.0)
    said = f"{len(found.residuals)} calibration points recomputed, at most {worst:.2g} % FS off"
    source = f"{sheet.calibration.source}; {said}; accepted by {accepted_by}, {day}"
    lines = [f"{key} = {_toml(source if key == 'source' else value)}" for key, value in sheet.raw.items()]
    return "\n".join(("[[calibration]]", *lines, ""))


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def with_entry(text: str, site: Site, sheet: Sheet, added: str) -> str:
    """Return the text of SITE.toml with the entry at its end, and the sheet before it ended where this begins.

    Only a sheet of the same instrument that has no end yet is ended; whether all fits together is for the site's
    own rules to say.
    """
    heads = [*_HEAD.finditer(text)]
    before = ended_by(site, sheet.calibration)
    if before is not None and len(heads) == len(site.calibrations):
        end = heads[site.calibrations.index(before)].end()
        text = f"{text[:end]}valid_to = {utc(sheet.calibration.valid_from_ms)}\n{text[end:]}"
    return text.rstrip("\n") + "\n\n" + added
