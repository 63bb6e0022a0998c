"""What `seepline check` says of the rules in force now: how long until people know, and what nobody has to do."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from seepline.alarm.actions import without_actions
from seepline.alarm.response import Response, counts_by_repeats, response
from seepline.site import Site, Threshold

_HEADINGS = ("rule", "failure mode", "to message", "with repeats", "to last step", "stated", "adds up to")


def failure_mode_of(site: Site, rule: Threshold) -> str:
    """Return the failure mode that a rule watches: its own, else that of its point."""
    return rule.failure_mode or site.point_by_id[rule.point].failure_mode


def rows(site: Site) -> Iterator[tuple[Threshold, Response]]:
    """Yield every rule of every set with its times, as the site is on the set's first day."""
    began_ms = {one.id: one.valid_from_ms for one in site.threshold_sets}
    for rule in site.thresholds:
        found = response(site, rule, began_ms.get(rule.set, 0))
        if found is not None:
            yield rule, found


def as_json(site: Site) -> list[dict[str, object]]:
    """Return the times of every rule in seconds, null where the gateway states no link_s."""
    return [
        {
            "set": rule.set,
            "rule": rule.name,
            "failure_mode": failure_mode_of(site, rule),
            "message_s": found.message_s,
            "with_repeats_s": _with_repeats_s(site, rule, found),
            "longest_s": found.longest_s,
            "stated_s": rule.longest_s,
            **found._asdict(),
        }
        for rule, found in rows(site)
    ]


def show(site: Site, console: Console) -> None:
    """Print a table of the rules, and how many levels have no action."""
    table = Table(title="Longest time from crossing a limit to people", title_justify="left", box=None)
    for heading in _HEADINGS:
        table.add_column(heading)
    for rule, found in rows(site):
        table.add_row(*(Text(cell) for cell in _cells(site, rule, found)))
    if table.rows:
        console.print(table)
    missing = list(without_actions(site.actions, site.thresholds))
    if missing:
        levels = f"{len(missing)} of {3 * len(site.thresholds)} levels"
        console.print(Text(f"{levels} have no [[action]]: a set that has one cannot be submitted."))


def _cells(site: Site, rule: Threshold, found: Response) -> tuple[str, ...]:
    repeats = _with_repeats_s(site, rule, found)
    return (
        f"{rule.set} {rule.name}",
        failure_mode_of(site, rule),
        _minutes(found.message_s),
        "" if repeats is None else _minutes(repeats),
        _minutes(found.longest_s),
        "" if rule.longest_s is None else _minutes(rule.longest_s),
        found.words() + (", link not stated" if found.link_s is None else ""),
    )


def _with_repeats_s(site: Site, rule: Threshold, found: Response) -> float | None:
    return found.with_repeats_s() if counts_by_repeats(site, rule, _began_ms(site, rule)) else None


def _began_ms(site: Site, rule: Threshold) -> int:
    return next((one.valid_from_ms for one in site.threshold_sets if one.id == rule.set), 0)


def _minutes(seconds: float | None) -> str:
    return "not known" if seconds is None else f"{seconds / 60:g} min"
