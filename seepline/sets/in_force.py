"""A site with the sets of its register: what the judgement reads is one site, as before there was a register.

Until the first decided set takes effect the sets of SITE.toml judge: they are the provisional ones. From then on
no later date in SITE.toml does, and none of its rows counts as one of a decided set's, whatever id it names.
"""

from collections.abc import Sequence
from dataclasses import replace

from seepline.sets.limit_set import LimitSet, as_threshold_set
from seepline.sets.register import Register, begin_ms
from seepline.site import Site
from seepline.thresholds import set_in_force

_NEVER_MS = 2**62


def with_register(site: Site, register: Register) -> Site:
    """Return a site whose sets are those of the register, and its own before the first of them."""
    decided = register.decided
    if not decided:
        return site
    first_ms = begin_ms(decided[0])
    ids = {one.id for one in decided}
    provisional = tuple(one for one in site.threshold_sets if one.valid_from_ms < first_ms and one.id not in ids)
    kept = {one.id for one in provisional}
    sets = [one.limits for one in decided]
    return replace(
        site,
        threshold_sets=(*provisional, *(as_threshold_set(one.limits, begin_ms(one)) for one in decided)),
        **{  # type: ignore[arg-type]
            table: (
                *(entry for entry in getattr(site, table) if entry.set in kept),
                *(entry for limits in sets for entry in getattr(limits, table)),
            )
            for table in ("thresholds", "actions", "votes", "observations")
        },
        critical_by_set={one.id: one.limits.head.critical for one in decided},
    )


def with_proposals(site: Site, register: Register) -> Site:
    """Return a site that also has the sets which are only proposed, dated never: to be replayed, not to judge."""
    return _with_more(with_register(site, register), [one.limits for one in register.proposals if one.is_open])


def with_draft(site: Site, register: Register, draft: LimitSet) -> Site:
    """Return such a site with a set that nobody submitted yet, too; a proposal of its id gives way.

    Raises
    ------
    ValueError
        When a decided set has its id and is another one: no set is ever changed.
    """
    decided = {one.id: one for one in register.decided}
    if (one := decided.get(draft.head.id)) is not None:
        if one.digest != draft.digest:
            raise ValueError(f"set {one.id} is decided and another one: give the set in the file an id of its own")
        return with_proposals(site, register)
    sets = [one.limits for one in register.proposals if one.is_open and one.id != draft.head.id]
    return _with_more(with_register(site, register), [*sets, draft])


def _with_more(judged: Site, sets: Sequence[LimitSet]) -> Site:
    return replace(
        judged,
        threshold_sets=(*judged.threshold_sets, *(as_threshold_set(limits, _NEVER_MS) for limits in sets)),
        thresholds=(*judged.thresholds, *(rule for limits in sets for rule in limits.thresholds)),
    )


def provisional(site: Site, register: Register, at_ms: int) -> str:
    """Return the id of the provisional set that judges at a time, '' when a decided one does or none at all."""
    if register.in_force(at_ms) is not None:
        return ""
    chosen = set_in_force(site.threshold_sets, at_ms)
    return chosen.id if chosen else ""
