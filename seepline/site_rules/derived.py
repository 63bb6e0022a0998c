"""Derived quantities: a known formula with its inputs and parameters, of readings that exist, without a circle."""

from collections.abc import Iterator, Mapping

from seepline.derive.formula import Formula, Parameters, utc_ms
from seepline.derive.formulas import FORMULAS
from seepline.quantities import QUANTITIES
from seepline.site_derived import Derived, begin_ms
from seepline.site_geometry import MARK, named
from seepline.site_rules.dated import utc
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.gauges import quantities_by_point
from seepline.site_rules.identity import twins
from seepline.site_rules.values import shown

Key = tuple[str, str]
_EVER_MS = 2**62


def formulas_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that there is such a formula, and that it makes the quantity."""
    for one in draft.site.derived:
        formula = FORMULAS.get(one.formula)
        if formula is None:
            yield Problem(draft.path(one, "formula"), repr(one.formula), one_of(list(FORMULAS), one.formula))
        elif one.quantity not in (formula.quantities or QUANTITIES):
            known = sorted(formula.quantities or QUANTITIES)
            expected = one_of(known, one.quantity, f"what {formula.name} makes: " + ", ".join(known))
            yield Problem(draft.path(one, "quantity"), repr(one.quantity), expected)


def derived_points_exist(draft: Draft) -> Iterator[Problem]:
    """Check that the point of a derived quantity is one of the site's."""
    for one in draft.site.derived:
        if one.point not in draft.names["point"]:
            expected = one_of(sorted(draft.names["point"]), one.point, "the id of a [[point]]")
            yield Problem(draft.path(one, "point"), repr(one.point), expected)


def inputs_are_what_the_formula_takes(draft: Draft) -> Iterator[Problem]:
    """Check that each input is given, known to the formula, and of a quantity that it takes."""
    for one in draft.site.derived:
        formula = FORMULAS.get(one.formula)
        if formula is None:
            continue
        for name in (name for name in formula.inputs if name not in one.inputs):
            expected = "'point/quantity' of " + " or ".join(formula.inputs[name])
            yield Problem(draft.path(one, "inputs", name), "nothing", expected)
        if not one.inputs and formula.free_inputs:
            yield Problem(draft.path(one, "inputs"), "nothing", "one input or more; the first one drives")
        for name, source in one.inputs.items():
            yield from _input_problems(draft, one, formula, (name, source))


def _input_problems(draft: Draft, one: Derived, formula: Formula, given: tuple[str, str]) -> Iterator[Problem]:
    (name, source), path = given, draft.path(one, "inputs", given[0])
    point, _, quantity = source.partition("/")
    if not formula.free_inputs and name not in formula.inputs:
        yield Problem(path, "an unknown input", one_of(list(formula.inputs), name, f"an input of {formula.name}"))
    elif quantity not in QUANTITIES:
        yield Problem(path, repr(source), "'point/quantity', with " + one_of(list(QUANTITIES), quantity))
    elif not formula.free_inputs and quantity not in formula.inputs[name]:
        yield Problem(path, repr(source), "a quantity that it takes: " + ", ".join(formula.inputs[name]))
    elif quantity not in _available(draft).get(point, QUANTITIES if point in draft.names["point"] else ()):
        here = ", ".join(sorted(_available(draft).get(point, ()))) or "nothing"
        yield Problem(path, repr(source), f"what is measured or derived at a point; at {point!r}: {here}")


def _available(draft: Draft) -> Mapping[str, frozenset[str]]:
    """Return what can be known at each point; left out where that cannot be told."""
    unread = draft.unread_values("derived", "point")
    derived = derived_by_point(draft)
    return {
        point: here | derived.get(point, frozenset())
        for point, here in quantities_by_point(draft).items()
        if point not in unread
    }


def derived_by_point(draft: Draft) -> Mapping[str, frozenset[str]]:
    """Return the derived quantities of each point, and those of strong motion that stand for it."""
    of_events = frozenset(name for name, row in QUANTITIES.items() if row.occasional)
    found = {one.point: of_events for one in draft.site.strong_motion}
    for one in draft.site.derived:
        found[one.point] = found.get(one.point, frozenset()) | {one.quantity}
    return found


def parameters_are_what_the_formula_takes(draft: Draft) -> Iterator[Problem]:
    """Check that no parameter is missing (none has a default), unknown, or outside of what it may be."""
    for one in draft.site.derived:
        formula = FORMULAS.get(one.formula)
        if formula is None:
            continue
        given, problems = _with_geometry(draft, one)
        yield from problems
        for name, kind in formula.parameters.items() if not problems else ():
            if name not in given:
                yield Problem(draft.path(one, "parameters", name), "nothing", kind.expected)
            elif not kind.accepts(given[name]):
                found = shown(given[name])
                yield Problem(draft.path(one, "parameters", name), found, kind.expected)
        yield from _unknown_parameters(draft, one, formula)
        yield from _own_faults(draft, one, formula, given) if not problems else ()


def _with_geometry(draft: Draft, one: Derived) -> tuple[Parameters, list[Problem]]:
    """Return the parameters with the newest of each geometry that they name, and names that are none."""
    geometry, names = draft.site.geometry, named(one.parameters)
    problems = [
        Problem(
            draft.path(one, "parameters", key),
            repr(MARK + name),
            one_of(
                sorted(MARK + known for known in geometry.names()), MARK + name, "an [[elevation]] or [[curve]]"
            ),
        )
        for key, name in names.items()
        if name not in geometry.names()
    ]
    newest = {key: geometry.value(name, _EVER_MS) for key, name in names.items()} if not problems else {}
    return {**one.parameters, **{key: found[0] for key, found in newest.items() if found}}, problems


def _unknown_parameters(draft: Draft, one: Derived, formula: Formula) -> Iterator[Problem]:
    known: Parameters | Mapping[str, object] = formula.parameters
    for name in one.parameters if not formula.free_parameters else ():
        if name not in known:
            expected = one_of(list(known), name, f"a parameter of {formula.name}")
            yield Problem(draft.path(one, "parameters", name), "an unknown parameter", expected)


def _own_faults(draft: Draft, one: Derived, formula: Formula, given: Parameters) -> Iterator[Problem]:
    quantities = {name: source.partition("/")[2] for name, source in one.inputs.items()}
    if all(quantity in QUANTITIES for quantity in (*quantities.values(), one.quantity)):
        for fault in formula.check(one.quantity, quantities, given):
            yield Problem(draft.path(one, fault.key), fault.found, fault.expected)


def derived_stand_once(draft: Draft) -> Iterator[Problem]:
    """Check that a quantity of a point is either measured or derived, by one declaration at a time."""
    measured = quantities_by_point(draft)
    for one in draft.site.derived:
        if one.quantity in measured.get(one.point, ()):
            yield Problem(
                draft.path(one, "quantity"),
                f"{one.quantity!r}, which is measured at {one.point}",
                "a quantity that nothing else gives at this point",
            )
    for before, one in twins(draft.site.derived, lambda one: (one.point, one.quantity, begin_ms(one))):
        found = f"the same beginning as {draft.path(before)}, of the same point and quantity"
        yield Problem(draft.path(one, "valid_from"), found, "a beginning of its own")
    for before, one in twins(draft.site.derived, lambda one: (one.point, one.quantity, one.label)):
        found = f"{one.version}, as in {draft.path(before)}"
        yield Problem(draft.path(one, "version"), found, "a version of its own: values are known by it")


def derived_make_no_circle(draft: Draft) -> Iterator[Problem]:
    """Check that no quantity is made of itself, however far around."""
    needs: dict[Key, set[Key]] = {}
    for one in draft.site.derived:
        sources = {_key(source) for source in one.inputs.values()}
        needs.setdefault((one.point, one.quantity), set()).update(sources)
    for one in draft.site.derived:
        start = (one.point, one.quantity)
        if start in _reached(needs, start):
            yield Problem(draft.path(one, "inputs"), f"a circle: {'/'.join(start)} is made of itself", "no circle")


def _key(source: str) -> Key:
    point, _, quantity = source.partition("/")
    return point, quantity


def _reached(needs: Mapping[Key, set[Key]], start: Key) -> set[Key]:
    found: set[Key] = set()
    ahead = list(needs[start])
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += needs.get(key, ())
    return found


def surfaces_name_their_geometry(draft: Draft) -> Iterator[Problem]:
    """Check that a factor of safety was made for a surveyed ground line: it expires with that one."""
    for one in draft.site.derived:
        made_for = one.parameters.get("geometry_from")
        point = draft.site.point_by_id.get(one.point)
        if one.formula != "factor_of_safety" or not isinstance(made_for, str) or point is None:
            continue
        begun = sorted(
            profile.valid_from_ms
            for profile in draft.site.profiles
            if (profile.section, profile.name) == (point.section, "ground")
        )
        if utc_ms(made_for) is not None and utc_ms(made_for) not in begun and not draft.unread.get("profile"):
            known = ", ".join(utc(time_ms) for time_ms in begun) or "there is none"
            expected = f"the valid_from of a ground [[profile]] of section {point.section}: {known}"
            yield Problem(draft.path(one, "parameters", "geometry_from"), repr(made_for), expected)


def phreatic_inputs_are_phreatic(draft: Draft) -> Iterator[Problem]:
    """Check that no phreatic surface goes through a pressure tip: nobody knows what stands above it."""
    for one in draft.site.derived:
        formula = FORMULAS.get(one.formula)
        for name, source in one.inputs.items() if formula and formula.phreatic_inputs else ():
            point, quantity = _key(source)
            known = draft.site.point_by_id.get(point)
            if quantity != "water_level" and known is not None and not known.phreatic:
                expected = "a point declared phreatic, or a water_level"
                yield Problem(draft.path(one, "inputs", name), repr(source), expected)


RULES = (
    phreatic_inputs_are_phreatic,
    surfaces_name_their_geometry,
    formulas_are_known,
    derived_points_exist,
    inputs_are_what_the_formula_takes,
    parameters_are_what_the_formula_takes,
    derived_stand_once,
    derived_make_no_circle,
)
