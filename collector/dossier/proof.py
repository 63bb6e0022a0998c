"""Proving a dossier without any server: the chain is whole and signed, and the cut judges to the same event.

The cut is put into a journal of its own and goes through the same engine as it did live.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from collector.dossier.document import CutEntry, Dossier, DossierError
from collector.dossier.told import event_of
from collector.engine import Engine
from collector.events import utc_text
from collector.journal import Batch, Journal
from collector.journal_entries import Kind
from collector.raw_lines import RawRow, RawValue
from collector.store import STORE_NAME, StoreReader
from collector.store_writing import StoreWriter
from seepline.acts.chain import Audit, AuditError, Head, KeptAct, audited, missing_heads, policy_of
from seepline.acts.document import read_accepted
from seepline.bundle.policy import Policy
from seepline.sets.register import Register
from seepline.site import Site
from seepline.site_file import SiteError, parse_site

_AT_ONCE = 500
# What a replay has to find again. The level before depends on what was before the cut; words follow from the rest.
_COMPARED = (
    "id", "kind", "time_ms", "point", "quantity", "logger", "level_to", "value", "limit_value", "threshold_set",
    "direction", "late",
)  # fmt: skip


def proven(dossier: Dossier, policy: Policy | None, heads: Sequence[Head]) -> Iterator[str]:
    """Yield a sentence for each thing that holds.

    Raises
    ------
    DossierError
        At the first thing that does not.
    """
    audit = _audit(dossier)
    holds = f"The chain of {audit.acts} acts and {audit.policies} policies"
    yield f"{holds} is whole and signed; its head is {audit.head}."
    yield _policy(audit, policy)
    if lost := missing_heads(audit, heads):
        raise DossierError(f"the head of {lost[0].day}, {lost[0].chain}, is not in this chain: it is another one")
    if heads:
        yield f"All {len(heads)} heads that were kept are in it."
    site = _site(dossier)
    with tempfile.TemporaryDirectory(prefix="seepline-dossier-") as folder:
        reader = _replayed(dossier, site, Path(folder))
        yield _event(dossier, reader)
        yield _limits(dossier, reader.register())
    yield from _done(dossier)


def _audit(dossier: Dossier) -> Audit:
    try:
        return audited(dossier.acts)
    except AuditError as error:
        raise DossierError(f"the chain of acts is not whole: {error}") from error


def _policy(audit: Audit, policy: Policy | None) -> str:
    if policy is None:
        return "Its policy was not compared with one of yours: give --policy."
    if audit.policy is None or audit.policy.digest != policy.digest:
        raise DossierError("the newest policy in it is not the one you gave: ask who changed it")
    return "Its newest policy is the one that you gave."


def _site(dossier: Dossier) -> Site:
    try:
        return parse_site(dossier.site_toml, "the dossier's SITE.toml")
    except SiteError as error:
        raise DossierError(f"its site file has problems: {error.problems[0]}") from error


def _replayed(dossier: Dossier, site: Site, folder: Path) -> StoreReader:
    with (
        closing(Journal(folder / "journal.sqlite")) as journal,
        closing(StoreWriter(folder / STORE_NAME)) as store,
    ):
        _fill(journal, dossier)
        engine = Engine(site, journal, store)
        while engine.judge(_AT_ONCE):
            pass
    return StoreReader(folder / STORE_NAME)


def _fill(journal: Journal, dossier: Dossier) -> None:
    arrived_ms = int(dossier.event["arrived_ms"])
    acts = [one for one in dossier.acts if one.arrival_ms <= arrived_ms]
    lines: list[CutEntry | KeptAct] = sorted([*dossier.entries, *acts], key=lambda one: one.line)
    for kind, group in groupby(lines, key=_batch):
        if kind[0] == Kind.READINGS:
            rows = [_row(one) for one in group if isinstance(one, CutEntry)]
            journal.append(Batch(arrival_ms=kind[1], writer=kind[2], rows=rows))
            continue
        for one in group:
            if isinstance(one, CutEntry):
                journal.tick(Kind(one.kind), one.arrival_ms)
            elif text := policy_of(one.text):
                journal.append_policy(text, one.arrival_ms)
            else:
                journal.append_act(read_accepted(one.text).id, one.text, one.arrival_ms)


def _batch(one: CutEntry | KeptAct) -> tuple[int, int, str]:
    """Return what rows of one batch share."""
    return (one.kind, one.arrival_ms, one.writer) if isinstance(one, CutEntry) else (Kind.ACT, 0, "")


def _row(one: CutEntry) -> RawRow:
    return RawRow(
        line=one.line,
        logger=one.logger,
        block=one.block,
        time_ms=one.time_ms,
        values=tuple(RawValue(*value) for value in one.values),
        ring=one.ring,
        boot=one.boot,
        seq=one.seq,
        tq=one.tq,
    )


def _event(dossier: Dossier, reader: StoreReader) -> str:
    found = event_of(reader, str(dossier.event["id"]))
    if found is None:
        raise DossierError("the raw readings, calibrations and limits in it do not lead to its event")
    made: dict[str, Any] = asdict(found)
    for key in _COMPARED:
        said = dossier.event[key]
        if made[key] != said:
            raise DossierError(f"its event says {key} {said!r}; the readings in it lead to {made[key]!r}")
    readings = sum(one.kind == Kind.READINGS for one in dossier.entries)
    return f"The same event follows from {readings} raw scans in it: {dossier.event['text']}"


def _limits(dossier: Dossier, register: Register) -> str:
    one = register.find(str(dossier.event["threshold_set"]))
    if one is None:
        return f"Its limits, set {dossier.event['threshold_set'] or 'none'}, are provisional, of the site file."
    if one.effective_ms is None:
        return f"Set {one.id} was not decided then."
    words = ", ".join(f"{word.name} ({word.role})" for word in (one.proposer, *one.approvals))
    return f"Set {one.id} was in force from {utc_text(one.effective_ms)}, by {words}."


def _done(dossier: Dossier) -> Iterator[str]:
    """Yield what persons did about the event, each in the chain under their own signature."""
    event_id = str(dossier.event["id"])
    for one in dossier.acts:
        if not policy_of(one.text) and (accepted := read_accepted(one.text)).act.body.get("event") == event_id:
            body, who = accepted.act.body, f"{accepted.name} ({accepted.role})"
            words = [str(body[key]) for key in ("finding", "decision", "action", "reason") if body.get(key)]
            said = f": {', '.join(words)}" if words else ""
            yield f"{utc_text(accepted.act.signed_at_ms)}: {accepted.act.kind} by {who}{said}."
