"""Instruments are of a known kind, their sheets agree with it, and they are given what their sheets need."""

from collections.abc import Iterator, Mapping

from seepline.hand.methods import QUANTITIES_OF
from seepline.instruments import INSTRUMENT_KINDS
from seepline.instruments.kind import Fault, InstrumentKind
from seepline.site import Assignment, Calibration
from seepline.site_rules.dated import end_ms
from seepline.site_rules.draft import Draft, Problem, one_of


def kind_of(draft: Draft, instrument_id: str) -> InstrumentKind | None:
    """Return the kind of an instrument, or None where instrument or kind are unknown (another rule says so)."""
    instrument = draft.site.instrument_by_id.get(instrument_id)
    return INSTRUMENT_KINDS.get(instrument.kind) if instrument else None


def instrument_kinds_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that there is a module of seepline.instruments for it."""
    for instrument in draft.site.instruments:
        if instrument.kind not in INSTRUMENT_KINDS:
            yield Problem(
                draft.path(instrument, "kind"),
                repr(instrument.kind),
                one_of(list(INSTRUMENT_KINDS), instrument.kind),
            )


def _sheet_faults(draft: Draft, sheet: Calibration) -> list[Fault]:
    kind = kind_of(draft, sheet.instrument)
    return kind.check(sheet, draft.site.instrument_by_id[sheet.instrument]) if kind else []


def sheets_fit_their_instrument(draft: Draft) -> Iterator[Problem]:
    """Check that form, signs, units and coefficients of every sheet are what the instrument's module asks for."""
    for sheet in draft.site.calibrations:
        for fault in _sheet_faults(draft, sheet):
            yield Problem(draft.path(sheet, fault.key), fault.found, fault.expected)


def inputs_fit_the_instrument(draft: Draft) -> Iterator[Problem]:
    """Check that an assignment feeds its instrument's inputs, each from a channel of the input's unit."""
    for assignment in draft.site.assignments:
        kind = kind_of(draft, assignment.instrument)
        if kind is None:
            continue
        for name in dict.fromkeys((kind.primary, *kind.required)):
            if name in kind.inputs and name not in assignment.inputs:
                yield Problem(
                    draft.path(assignment, "inputs", name), "nothing", f"a channel in {kind.inputs[name]}"
                )
        for name, channel_name in assignment.inputs.items():
            yield from _input_problems(draft, assignment, kind, (name, channel_name))


def _input_problems(
    draft: Draft, assignment: Assignment, kind: InstrumentKind, given: tuple[str, str]
) -> Iterator[Problem]:
    name, channel_name = given
    path = draft.path(assignment, "inputs", name)
    if name not in kind.inputs:
        yield Problem(path, "an unknown input", one_of(list(kind.inputs), name, f"an input of {kind.name}"))
        return
    channel = draft.site.channel_by_name.get(channel_name)
    if channel is not None and channel.unit != kind.inputs[name]:
        yield Problem(path, f"{channel_name!r} in {channel.unit}", f"a channel in {kind.inputs[name]}")


def quantities_by_point(draft: Draft) -> Mapping[str, frozenset[str]]:
    """Return what is ever measured at each point, by its instruments or by hand; left out when nobody can tell."""
    unread = draft.unread_values("hand", "point")
    by_hand: dict[str, frozenset[str]] = {}
    for one in draft.site.hands:
        known = QUANTITIES_OF.get(one.method)
        unread |= frozenset() if known else {one.point}
        by_hand[one.point] = by_hand.get(one.point, frozenset()) | frozenset(known or ())
    return {
        point: here | by_hand.get(point, frozenset())
        for point, here in quantities_of_instruments(draft).items()
        if point not in unread
    }


def quantities_of_instruments(draft: Draft) -> Mapping[str, frozenset[str]]:
    """Return what the instruments ever assigned to each point measure.

    A point is left out when that cannot be told: an assignment of it was not read, or its instrument is unknown.
    """
    measured: dict[str, frozenset[str]] = {point.id: frozenset() for point in draft.site.points}
    unknown = set(draft.unread_values("assignment", "point"))
    for assignment in draft.site.assignments:
        kind = kind_of(draft, assignment.instrument)
        if kind is None:
            unknown.add(assignment.point)
        else:
            measured[assignment.point] = measured.get(assignment.point, frozenset()) | set(kind.quantities)
    return {point: quantities for point, quantities in measured.items() if point not in unknown}


def references_measure_what_is_needed(draft: Draft) -> Iterator[Problem]:
    """Check that a reference is a point whose instrument measures the quantity asked for."""
    measured = quantities_of_instruments(draft)
    for assignment in draft.site.assignments:
        kind = kind_of(draft, assignment.instrument)
        if kind is None:
            continue
        wanted = kind.references or {}
        for name, point in assignment.references.items():
            path = draft.path(assignment, "references", name)
            if name not in wanted:
                yield Problem(
                    path, "an unknown reference", one_of(list(wanted), name, f"a reference of {kind.name}")
                )
            elif wanted[name] not in measured.get(point, wanted.values()):
                yield Problem(
                    path, f"{point!r}, which does not measure it", f"a point that measures {wanted[name]}"
                )


def sheets_get_what_they_need(draft: Draft) -> Iterator[Problem]:
    """Check that each term of a sheet has its input: none is left out silently."""
    sheets_of: dict[str, list[Calibration]] = {}
    for sheet in draft.site.calibrations:
        if not _sheet_faults(draft, sheet):
            sheets_of.setdefault(sheet.instrument, []).append(sheet)
    for assignment in draft.site.assignments:
        kind = kind_of(draft, assignment.instrument)
        if kind is None:
            continue
        for sheet in sheets_of.get(assignment.instrument, ()):
            if sheet.valid_from_ms < end_ms(assignment) and assignment.valid_from_ms < end_ms(sheet):
                yield from _missing_inputs(draft, assignment, kind, sheet)


def _missing_inputs(
    draft: Draft, assignment: Assignment, kind: InstrumentKind, sheet: Calibration
) -> Iterator[Problem]:
    needed = {name for names in kind.needs(sheet).values() if kind.primary in names for name in names}
    for name in sorted(needed - set(assignment.inputs) - set(assignment.references)):
        key, what = (
            ("inputs", f"a channel in {kind.inputs[name]}")
            if name in kind.inputs
            else ("references", f"a point that measures {(kind.references or {}).get(name, name)}")
        )
        yield Problem(draft.path(assignment, key, name), "nothing", f"{what}, for {draft.path(sheet)}")


RULES = (
    instrument_kinds_are_known,
    sheets_fit_their_instrument,
    inputs_fit_the_instrument,
    references_measure_what_is_needed,
    sheets_get_what_they_need,
)
