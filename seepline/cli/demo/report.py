"""What the demo tells: a line while it runs, a table at its end, and how to look further."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from seepline.cli.demo.checks import TOLERANCE, Comparison, Count

TOE = ("TOE-P1", "pore_pressure")
_STYLES = {"green": "green", "yellow": "yellow", "orange": "dark_orange", "red": "bold red"}
_LEVELS = ("green", "yellow", "orange", "red")
_CLIMB = ["yellow", "orange", "red"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the demo claims, and whether all of it holds."""

    counts: tuple[Count, ...]
    comparison: Comparison
    read: int
    stored_twice: int
    conflicts: int
    climb: tuple[dict[str, Any], ...]
    alarms: tuple[dict[str, Any], ...]
    interpreter: str
    by_hand: str = ""
    told: str = ""

    @property
    def lost(self) -> int:
        """Return how many records that were in a logger's flash are not on the collector's disk."""
        return sum(one.lost for one in self.counts)

    @property
    def climbed(self) -> bool:
        """Tell whether the toe piezometer's alarm went from green through every level to red, in that order."""
        return [_LEVELS[event["level_to"]] for event in self.climb] == _CLIMB

    @property
    def passed(self) -> bool:
        """Tell whether nothing was lost or doubled, all pressures fit, and the alarm climbed."""
        complete = (
            all(one.in_flash for one in self.counts) and self.lost == self.stored_twice == self.conflicts == 0
        )
        return complete and self.comparison.passed and self.climbed and bool(self.told)


def verdict(
    counts: tuple[Count, ...],
    comparison: Comparison,
    gateway: dict[str, Any],
    state: dict[str, Any],
    interpreter: str,
) -> Verdict:
    """Return the verdict on a finished run."""
    events = sorted(state["events"], key=lambda event: (event["time_ms"], event["level_to"] or 0))
    alarms = tuple(event for event in events if event["kind"] in ("level", "late"))
    totals = state["counts"]
    return Verdict(
        counts=counts,
        comparison=comparison,
        read=sum(one["stored"] for one in gateway["loggers"].values()),
        stored_twice=totals["journal_rows"] - totals["raw_records"],
        conflicts=totals["conflicts"],
        climb=_climb(alarms),
        alarms=alarms,
        interpreter=interpreter,
    )


def _climb(alarms: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """Return the toe's events by which it reached a level for the first time, in event time.

    On a busy machine a live poll may fail; what is read later is told as late, and is an alarm all the same.
    """
    first: dict[int, dict[str, Any]] = {}
    for event in alarms:
        if (event["point"], event["quantity"], event["direction"]) == (*TOE, "above") and event["level_to"]:
            first.setdefault(event["level_to"], event)
    return tuple(first.values())


def _toe(state: dict[str, Any]) -> dict[str, Any] | None:
    return next((one for one in state["points"] if (one["point"], one["quantity"]) == TOE), None)


def is_red(state: dict[str, Any]) -> bool:
    """Tell whether the toe piezometer has reached red."""
    toe = _toe(state)
    return toe is not None and toe["level"] == "red"


def live_line(state: dict[str, Any]) -> str:
    """Return the line under the progress bars: site time, toe pressure, its level."""
    toe = _toe(state)
    moment = _utc(state["time_ms"])
    if toe is None or toe["value"] is None:
        return f"{moment} UTC"
    style = _STYLES[toe["level"]]
    return f"{moment} UTC  pond rises, toe piezometer {toe['value']:.1f} kPa [{style}]{toe['level']}[/]"


def _utc(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M")


def show(console: Console, one: Verdict, collector: str, elapsed_s: float, *, stays: bool) -> None:
    """Print the table of what was proven, the alarms with their times, and where the page is (or would be)."""
    console.print(_records(one))
    console.print(_claims(one))
    console.print(_alarms(one))
    mark = "[bold green]All of it holds[/]" if one.passed else "[bold red]Not all of it holds[/]"
    page = f"The dam's page: {collector}/" if stays else f"The dam's page was at {collector}/; KEEP=1 keeps it."
    console.print(f"{mark} after {elapsed_s:.0f} s. {page}", soft_wrap=True)


def _records(one: Verdict) -> Table:
    table = Table(title=f"Records: from the loggers' flash to the collector's disk ({one.interpreter})")
    for heading in ("logger", "in its flash", "stored", "lost"):
        table.add_column(heading, justify="left" if heading == "logger" else "right")
    for count in one.counts:
        table.add_row(count.logger, str(count.in_flash), str(count.stored), str(count.lost))
    return table


def _claims(one: Verdict) -> Table:
    table = Table(title="What holds", show_header=False)
    match = one.comparison
    rows = (
        (one.lost == 0, "records lost", str(one.lost)),
        (one.stored_twice == 0, "records stored twice", str(one.stored_twice)),
        (one.conflicts == 0, "values in conflict", str(one.conflicts)),
        (one.read > 0, "records read by the gateway by now", str(one.read)),
        (
            match.passed,
            f"pressures and temperatures as published, within {TOLERANCE:g}",
            f"{match.scans} of {match.expected_scans} scans, two piezometers;"
            f" worst difference {match.worst:.2g} kPa or degC",
        ),
        (one.climbed, "the toe piezometer's alarm climbed", "green, yellow, orange, red" if one.climbed else "no"),
        (bool(one.by_hand), "a person's signed readings, judged", one.by_hand or "none"),
        (bool(one.told), "people told of the red, with receipts", one.told or "nobody"),
    )
    for holds, what, value in rows:
        table.add_row("[green]yes[/]" if holds else "[red]NO[/]", what, value)
    return table


_LATE = (
    "late: found in a reading that came after newer ones, for the lines lose data on purpose; told beside the"
    " level of the newest reading, which it does not change. Some limits are of a rate per hour."
)


def _alarms(one: Verdict) -> Table:
    table = Table(title="Alarms", caption=_LATE, caption_justify="left")
    for heading in ("time, UTC", "point", "quantity", "from", "to", "value", "limit"):
        table.add_column(heading, overflow="fold")
    for event in one.alarms:
        before, after = (_LEVELS[event[key]] for key in ("level_from", "level_to"))
        value, limit = (f"{event[key]:.4g}" if event[key] is not None else "" for key in ("value", "limit_value"))
        late = " (late)" if event["kind"] == "late" else ""
        row = (
            _utc(event["time_ms"]),
            event["point"],
            event["quantity"],
            before,
            f"[{_STYLES[after]}]{after}[/]{late}",
        )
        table.add_row(*row, value, limit)
    return table


def _how_to_act(collector: str, data: Path) -> tuple[str, ...]:
    """Return how a visitor signs in and acts under the name of one of the demo's persons."""
    return (
        f"  to act            {collector}/field/ makes a key in your browser: be olga (operator) or eva",
        "                    (engineer of record), and write the key that it shows into that person's entry of",
        f"                    {data / 'policy.toml'}; then {collector}/alarms, {collector}/limits/new",
        f"  to sign in        seepline collector people add eva --data {data} --address {collector}",
    )


def show_how_to_look(
    console: Console, collector: str, ready: dict[str, Any], folder: Path, gateway_pid: int
) -> None:
    """Print what a person can try while everything keeps running."""
    tty = next(iter(ready["buses"].values()))["tty"]
    lines = (
        "Everything keeps running; Ctrl-C ends it. To look at it:",
        f"  the page          {collector}/?refresh=5",
        f"  a phone's form    {collector}/field/    and what was read by hand: {collector}/hand",
        f"  who was told      {collector}/told    and as JSON: {collector}/api/v1/messages",
        f"  printed journals  {collector}/journals    and labels with a code: {collector}/labels",
        *_how_to_act(collector, folder / "collector"),
        f"  state as JSON     {collector}/api/v1/state",
        f"  the gateway       {folder / 'gateway' / 'status.json'}",
        f"  another sheet     seepline collector recompute preview A-COPY.toml --data {folder / 'collector'}",
        f"  logs              {folder}/*.log",
        f"  a foreign master  kill {gateway_pid}  # the gateway: one master owns a line; then",
        f"                    mbpoll -m rtu -a 3 -b 115200 -P none -t 3:hex -r 1001 -c 60 -1 {tty}",
    )
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
