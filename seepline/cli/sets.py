"""`seepline sets`: propose, read, approve and look up sets of limits that several persons decide together."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli import app as seepline_app
from seepline.cli.act import sent, signed_act
from seepline.cli.asking import Collector, TokenFile, fetched_json
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.cli.signing import PassphraseFile, opened_key

if TYPE_CHECKING:
    from seepline.acts.document import Act
    from seepline.sets.change import Change
    from seepline.sets.limit_set import LimitSet

_EFFECT_S, _ASK_S = 30.0, 0.1

app = typer.Typer(no_args_is_help=True, help="Sets of limits: check, propose, approve, look up.")
seepline_app.add_typer(app, name="sets")

SetFile = Annotated[Path, typer.Argument(metavar="SET.toml", help="The set of limits.")]
Key = Annotated[Path, typer.Option(metavar="FILE", help="Your key.")]
Person = Annotated[str, typer.Option(help="Your id in the policy file.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def new(
    site_file: SiteFile,
    set_id: Annotated[str, typer.Option("--id", help="The new set's id.")],
    follows: Annotated[str, typer.Option(help="The set decided last; without it this is the first.")] = "",
) -> None:
    """Print an empty form of SET.toml: a rule for everything that has limits now, and not one number."""
    from seepline.sets.form import empty_form

    typer.echo(empty_form(read_site_or_exit(site_file), set_id, follows), nl=False)


@app.command()
def check(
    set_file: SetFile,
    site: Annotated[Path | None, typer.Option(metavar="SITE.toml", help="Check it on this site too.")] = None,
    against: Annotated[Path | None, typer.Option(metavar="OLD.toml", help="Show what changes from it.")] = None,
) -> None:
    """Say everything that is wrong with a set, and what changes from another one: tighter, looser, or neither."""
    limits = set_or_exit(set_file)[0]
    if site is not None:
        from seepline.sets.site_fit import site_problems

        if problems := list(site_problems(limits, read_site_or_exit(site))):
            raise refused("\n".join(map(str, problems)))
    typer.echo(f"set {limits.head.id}: {len(limits.thresholds)} rules, SHA-256 {limits.digest}")
    _say_false_alarms(limits)
    if against is not None:
        from seepline.sets.change import changes, kind_of

        found = changes(set_or_exit(against)[0], limits)
        Console().print(_changes(found))
        typer.echo(f"It {kind_of(found)}.")


@app.command()
def submit(
    set_file: SetFile,
    key: Key,
    person: Person,
    to: Collector,
    passphrase_file: PassphraseFile = None,
    yes: Yes = False,
    token_file: TokenFile = None,
) -> None:
    """Sign a set as its proposer and send it to the collector."""
    limits, text = set_or_exit(set_file)
    _show(limits)
    _ask(f"Propose set {limits.head.id} of {limits.head.site} as {person}?", yes)
    _send(limits.head.site, "set_submit", {"toml": text}, (key, person, to, token_file), passphrase_file)


@app.command()
def approve(  # noqa: PLR0913 - each is an option of the command
    set_file: SetFile,
    key: Key,
    person: Person,
    to: Collector,
    act: Annotated[
        str, typer.Option(metavar="TITLE;NUMBER;DATE;FILE", help="The legal act beside it, with its scan.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    yes: Yes = False,
    token_file: TokenFile = None,
) -> None:
    """Show the set in a file, sign your approval of this very text, and send it."""
    limits = set_or_exit(set_file)[0]
    body = {"set": limits.head.id, "digest": limits.digest} | _legal(act)
    _show(limits)
    _ask(f"Approve set {limits.head.id} of {limits.head.site} as {person}?", yes)
    _send(limits.head.site, "set_approve", body, (key, person, to, token_file), passphrase_file)


@app.command("list")
def listed(
    to: Collector,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Show every set of a collector: where it stands, what it changes, what is still missing."""
    found = fetched_json(to, "/api/v1/sets", token_file)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    now = found["limits"]
    table = Table(title=f"In force: {now['set_id'] or 'none'}{' (provisional)' if now['provisional'] else ''}")
    for heading in ("set", "status", "what it does", "proposed by", "approved by", "missing", "objections"):
        table.add_column(heading, overflow="fold")
    for one in found["sets"]:
        names = ", ".join(word["name"] for word in one["approvals"])
        against = "; ".join(f"{word['name']}: {word['said']}" for word in one["objections"])
        table.add_row(
            one["set"], one["status"], one["kind"], one["proposer"]["name"], names, one["missing"], against
        )
    Console().print(table)


def set_or_exit(path: Path) -> "tuple[LimitSet, str]":
    """Return the set in a file, and its text; what is wrong with it ends the command."""
    from seepline.sets.set_file import SetError, read_set

    try:
        return read_set(path)
    except SetError as error:
        raise refused("\n".join(map(str, error.problems))) from error


def _legal(act: str) -> dict[str, str]:
    """Return the keys of an approval that name its legal act; the file's hash is signed."""
    import hashlib

    if not act:
        return {}
    parts = [part.strip() for part in act.split(";")]
    if len(parts) != 4:
        raise refused(f"--act is {act!r}: expected TITLE;NUMBER;DATE;FILE")
    title, number, date, file = parts
    try:
        digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError as error:
        raise refused(f"{file} cannot be read ({error.strerror})") from error
    return {"act_title": title, "act_number": number, "act_date": date, "act_sha256": digest}


def _ask(question: str, yes: bool) -> None:
    if not yes and not typer.confirm(question, err=True):
        raise refused("Nothing was signed.", NOT_POSSIBLE)


Who = tuple[Path, str, str, Path | None]  # key, person, collector, file of a token


def _send(site: str, kind: str, body: dict[str, Any], who: Who, passphrase: Path | None) -> None:
    key, person, to, token_file = who
    act = signed_act(site, kind, person, body, opened_key(key, passphrase))
    typer.echo(sent(to, act))
    _wait_for_effect(to, act, token_file)


def _wait_for_effect(to: str, act: "Act", token_file: Path | None) -> None:
    """Say what a collector made of an act: it judges behind its answer, in the order of its journal."""
    from seepline.acts.document import act_id

    number, last = act_id(act), time.monotonic() + _EFFECT_S
    while time.monotonic() < last:
        found = fetched_json(to, "/api/v1/sets", token_file)
        if number in found["without_effect"]:
            raise refused(f"It has no effect: {found['without_effect'][number]}.", NOT_POSSIBLE)
        for one in found["sets"]:
            if number in {word["act"] for word in (one["proposer"], *one["approvals"])}:
                lacks = f"; missing: {one['missing']}" if one["missing"] else ""
                typer.echo(f"Set {one['set']}: {one['status']}{lacks}.")
                return
        time.sleep(_ASK_S)
    typer.echo("It is accepted and not judged yet: see `seepline sets list`.")


def _show(limits: "LimitSet") -> None:
    head = limits.head
    table = Table(title=f"Set {head.id} of {head.site}, follows {head.follows or 'none'}", caption=head.reason)
    names = ("point", "quantity", "direction", "yellow", "orange", "red", "deadband", "delay_count")
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for one in limits.thresholds:
        table.add_row(*(str(getattr(one, name)) for name in names))
    console = Console(stderr=True)
    console.print(table)
    critical, geometry = ", ".join(head.critical) or "none", f"{head.geometry} ({head.geometry_date})"
    _say_false_alarms(limits)
    console.print(f"Critical: {critical}. Made for: {geometry}. SHA-256 {limits.digest}", highlight=False)


def _say_false_alarms(limits: "LimitSet") -> None:
    from seepline.sets.percentile import expected

    for one, number in expected(limits):
        rule = f"{one.point} {one.quantity} {one.direction}, {one.level}"
        words = f"about {number:.3g} alarms a year by chance, with nothing wrong (readings taken as independent)"
        typer.echo(f"{rule}: percentile {one.percentile:g} means {words}.", err=True)


def _changes(found: "tuple[Change, ...]") -> Table:
    table = Table(title="Changes")
    for heading in ("what", "before", "after", "which way"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(one.place, one.before, one.after, one.verdict)
    return table
