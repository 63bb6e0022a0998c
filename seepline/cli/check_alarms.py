"""What `seepline check` says of the rules in force now: how long until people know, and what nobody has to do."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from seepline.alarm.actions import without_actions
from seepline.alarm.response import Response, counts_by_repeats, response
from seepline.site import Site, Threshold


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
    """Print a line for each rule, and how many levels have no action."""
    lines = [_line(site, rule, found) for rule, found in rows(site)]
    if lines:
        console.print(Text("Longest time from crossing a limit to people"), style="bold")
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    missing = list(without_actions(site.actions, site.thresholds))
    if missing:
        levels = f"{len(missing)} of {3 * len(site.thresholds)} levels"
        console.print(
            Text(f"{levels} have no [[action]]: a set that has one cannot be submitted."), soft_wrap=True
        )


def _line(site: Site, rule: Threshold, found: Response) -> str:
    """Return what a person reads of one rule: times, the parts they add up of, the failure mode."""
    repeats_s = _with_repeats_s(site, rule, found)
    times = [f"{_minutes(found.message_s)} to the message"]
    if repeats_s is not None:
        times.append(f"{_minutes(repeats_s)} with repeats")
    if found.escalation_s:
        times.append(f"{_minutes(found.longest_s)} to the last step")
    if rule.longest_s is not None:
        times.append(f"{_minutes(rule.longest_s)} stated")
    unknown = ", link not stated" if found.link_s is None else ""
    mode = failure_mode_of(site, rule)
    return f"  {rule.set} {rule.name}: {', '.join(times)} ({found.words()}{unknown}); watches {mode}"


def _with_repeats_s(site: Site, rule: Threshold, found: Response) -> float | None:
    return found.with_repeats_s() if counts_by_repeats(site, rule, _began_ms(site, rule)) else None


def _began_ms(site: Site, rule: Threshold) -> int:
    return next((one.valid_from_ms for one in site.threshold_sets if one.id == rule.set), 0)


def _minutes(seconds: float | None) -> str:
    return "not known" if seconds is None else f"{seconds / 60:.1f} min"
