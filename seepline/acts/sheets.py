"""An engineer accepts a maker's calibration sheet by the text of its SHEET.toml; SITE.toml takes it from there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.document import AcceptedAct, read_accepted
from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS
from seepline.sheets.fit import fit_problems
from seepline.sheets.residuals import verdict
from seepline.sheets.sheet_file import parse_sheet
from seepline.site import Site
from seepline.site_digest import site_digest
from seepline.site_rules.values import shown
from seepline.toml_file import Faulty

KIND = "sheet_accept"
MOST_BYTES = 65_536  # of a SHEET.toml


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAccept:
    """A sheet: whose, which ('id:version'), its SHEET.toml, the digest of the site by which it was checked."""

    instrument: str
    calibration: str
    sheet: str
    site: str


def _rules(body: SheetAccept, _site: Site) -> Iterator[str]:
    if not 0 < len(body.sheet.encode()) <= MOST_BYTES:
        yield f"sheet: found {len(body.sheet.encode())} bytes; expected a SHEET.toml of at most {MOST_BYTES}"


def _fits(body: SheetAccept, site: Site) -> Iterator[str]:
    if body.site != site_digest(site):
        yield "site: found another site file's digest than that of the one that runs; expected it: check again"
    try:
        sheet = parse_sheet(body.sheet, site)
    except Faulty as error:
        yield from map(str, error.problems)
        return
    for key, found in (("instrument", sheet.calibration.instrument), ("calibration", sheet.calibration.label)):
        if getattr(body, key) != found:
            yield f"{key}: found {shown(getattr(body, key))}; expected {found!r}, as in the sheet"
    yield from verdict(sheet).reasons
    yield from map(str, fit_problems(site, sheet.calibration))


def waiting(site: Site, texts: Iterable[str]) -> list[AcceptedAct]:
    """Return, of accepted acts in their order, the sheets that the site has not; of one sheet the last word."""
    known = {one.label for one in site.calibrations}
    found: dict[str, AcceptedAct] = {}
    for accepted in map(read_accepted, texts):
        label = str(accepted.act.body.get("calibration", ""))
        if label not in known:
            found.pop(label, None)
            found[label] = accepted
    return list(found.values())


KINDS: Mapping[str, ActKind] = {
    KIND: ActKind("a maker's calibration sheet accepted", ENGINEERS, SheetAccept, _rules, _fits)
}
