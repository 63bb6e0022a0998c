"""`seepline sign` and `seepline person-key`: a person's word on a set of limits."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli import app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.cli.signing import PassphraseFile, new_key, opened_key
from seepline.site import Site

if TYPE_CHECKING:
    from seepline.signing_key import SigningKey

_HEADINGS = (
    "point",
    "quantity",
    "direction",
    "yellow",
    "orange",
    "red",
    "deadband",
    "delay_count",
    "rate_window_s",
)


@app.command("person-key")
def person_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes: on a medium of your own.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a person's key, encrypted; its public half goes into the policy file of every gateway."""
    new_key(file, passphrase_file)


@app.command()
def sign(
    site_file: SiteFile,
    set_id: Annotated[str, typer.Argument(metavar="SET", help="Id of a [[threshold_set]].")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="Your key.")],
    person: Annotated[str, typer.Option(help="Your id in the policy file.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the approval goes; without it `approvals` beside SITE.toml."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show a set of limits and sign it; `seepline collector bundle make` takes the approval up."""
    site = read_site_or_exit(site_file)
    known = [one.id for one in site.threshold_sets]
    if set_id not in known:
        raise refused(f"{site_file} has no set of limits {set_id}; it has {', '.join(known) or 'none'}.")
    Console(stderr=True).print(_limits(site, set_id))
    if not yes and not typer.confirm(f"Sign these limits of {site.info.id} as {person}?", err=True):
        raise refused("Nothing was signed.", NOT_POSSIBLE)
    path = (out or site_file.parent / "approvals") / f"{set_id}.{person}.json"
    _write(path, _approval(site, set_id, person, opened_key(key, passphrase_file)))
    typer.echo(f"{path} written")


def _approval(site: Site, set_id: str, person: str, key: "SigningKey") -> dict[str, str]:
    from seepline.bundle.approvals import statement
    from seepline.bundle.document import Approval, time_text

    signed_at = time_text(int(datetime.now(UTC).timestamp() * 1000))
    signature = key.sign(statement(site, set_id, person, signed_at)).hex()
    return {"site": site.info.id} | asdict(
        Approval(set=set_id, person=person, signed_at=signed_at, signature=signature)
    )


def _write(path: Path, approval: dict[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(approval, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise refused(f"{path} cannot be written ({error.strerror})", NOT_POSSIBLE) from error


def _limits(site: Site, set_id: str) -> Table:
    about = next(one for one in site.threshold_sets if one.id == set_id)
    table = Table(title=f"Limits of set {set_id}, site {site.info.id}", caption=about.source)
    for heading in _HEADINGS:
        table.add_column(heading.replace("_", " "), overflow="fold")
    for one in site.thresholds:
        if one.set == set_id:
            cells = (getattr(one, name) for name in _HEADINGS)
            table.add_row(*("" if cell is None else str(cell) for cell in cells))
    return table
