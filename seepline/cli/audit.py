"""`seepline audit` and `seepline dossier`: prove who did what, and why an alarm was raised."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seepline.cli import app as seepline_app
from seepline.cli.asking import TokenFile, fetched, fetched_json
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, refused
from seepline.cli.signing import policy_or_exit

if TYPE_CHECKING:
    from seepline.acts.chain import Audit, Head, KeptAct

app = typer.Typer(no_args_is_help=True, help="The chain of acts, and dossiers of events: proven without trust.")
seepline_app.add_typer(app, name="audit")

_AT_ONCE = 1000
From = Annotated[str | None, typer.Option("--from", metavar="URL", help="A running collector.")]
Heads = Annotated[Path | None, typer.Option(metavar="FILE", help="Heads that `seepline audit keep` kept.")]
Policy = Annotated[Path | None, typer.Option(metavar="POLICY.toml", help="Your own copy of the policy.")]


@app.command()
def verify(
    url: From = None,
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="The data of a stopped collector.")] = None,
    heads: Heads = None,
    token_file: TokenFile = None,
) -> None:
    """Check every link and every signature of a collector's chain of acts."""
    if (url is None) == (data is None):
        raise refused("Give --from URL or --data DIR, one of them.")
    audit = _audited(_kept_at(str(url), token_file) if data is None else _kept_in(data))
    _hold(audit, _read_heads(heads))
    about = f"{audit.acts} acts and {audit.policies} policies, whole and signed"
    typer.echo(f"{about}; head {audit.head or 'none'}{f', with all heads of {heads}' if heads else ''}.")


@app.command()
def keep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the heads are kept, on your own machine.")],
    url: Annotated[str, typer.Option("--from", metavar="URL", help="A running collector.")],
    token_file: TokenFile = None,
) -> None:
    """Check that every head kept so far is still in the chain, and keep those of the days since; once a day."""
    from seepline.acts.chain import closed

    known = _read_heads(file if file.exists() else None)
    audit = _audited(_kept_at(url, token_file))
    _hold(audit, known)
    now_ms = int(fetched_json(url, "/api/v1/state", token_file)["time_ms"])
    found = closed(audit.heads, now_ms)
    try:
        file.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise refused(f"{file} cannot be written ({error.strerror})", NOT_POSSIBLE) from error
    typer.echo(f"{len(found)} heads kept in {file}, {len(found) - len(known)} of them new.")


@app.command()
def dossier(
    file: Annotated[Path, typer.Argument(metavar="DOSSIER.json", help="What `seepline dossier` wrote.")],
    policy: Policy = None,
    heads: Heads = None,
) -> None:
    """Prove a dossier without the server: chain, signatures, limits, and the event itself, judged anew."""
    from collector.dossier.document import DossierError, from_json
    from collector.dossier.proof import proven

    own = policy_or_exit(policy) if policy else None
    try:
        for sentence in proven(from_json(_text(file)), own, _read_heads(heads)):
            typer.echo(sentence)
    except DossierError as error:
        raise refused(f"Not proven: {error}.", NOT_POSSIBLE) from error


@seepline_app.command("dossier")
def export(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id, as the API names it.")],
    site_file: SiteFile,
    url: Annotated[str, typer.Option("--from", metavar="URL", help="A running collector.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the dossier goes.")],
    days: Annotated[int, typer.Option(min=1, max=400, help="Days of raw readings before the event.")] = 7,
    token_file: TokenFile = None,
) -> None:
    """Write an event's dossier: raw readings, calibrations, limits, acts and signatures; it is proven before."""
    from collector.dossier.document import DossierError, from_json, to_json
    from collector.dossier.proof import proven

    said = fetched(url, f"/api/v1/dossiers/{event}?days={days}", token_file)
    found = replace(from_json(said), site_toml=_text(site_file))
    try:
        sentences = list(proven(found, None, ()))
        out.write_text(to_json(found) + "\n", encoding="utf-8")
    except DossierError as error:
        text = f"No dossier was written: {error}. Give the site file that the collector runs with, or more --days."
        raise refused(text, NOT_POSSIBLE) from error
    except OSError as error:
        raise refused(f"{out} cannot be written ({error.strerror})", NOT_POSSIBLE) from error
    typer.echo("\n".join((*sentences, f"{out} written")))


def _kept_at(url: str, token_file: Path | None) -> "list[KeptAct]":
    from seepline.acts.chain import KeptAct

    found: list[KeptAct] = []
    while True:
        last = found[-1].line if found else 0
        more = fetched_json(url, f"/api/v1/acts?after={last}&limit={_AT_ONCE}", token_file)
        if not more:
            return found
        found += [_kept(one) for one in more]


def _kept(said: dict[str, Any]) -> "KeptAct":
    from seepline.acts.chain import KeptAct
    from seepline.bundle.document import canonical

    return KeptAct(said["line"], said["arrival_ms"], canonical(said["text"]).decode(), said["chain"])


def _kept_in(data: Path) -> "list[KeptAct]":
    from collector import journal_file
    from collector.journal import Journal

    if not (data / journal_file.FILE_NAME).exists():
        raise refused(f"{data} holds no journal.")
    try:
        with journal_file.lock(data), closing(Journal(data / journal_file.FILE_NAME)) as journal:
            return journal.acts.after(0, 2**31)
    except journal_file.DataError as error:
        raise refused(f"{error} A running collector is asked with --from URL.", NOT_POSSIBLE) from error


def _audited(kept: "list[KeptAct]") -> "Audit":
    from seepline.acts.chain import AuditError, audited

    try:
        return audited(kept)
    except AuditError as error:
        raise refused(f"The chain of acts is not whole: {error}.", NOT_POSSIBLE) from error


def _hold(audit: "Audit", known: "list[Head]") -> None:
    from seepline.acts.chain import missing_heads

    if lost := missing_heads(audit, known):
        text = (
            f"The head of {lost[0].day} that you kept is not in this chain: it was written anew. Tell the others."
        )
        raise refused(text, NOT_POSSIBLE)


def _read_heads(path: Path | None) -> "list[Head]":
    from seepline.acts.chain import Head

    return [] if path is None else _parsed(path, lambda said: [Head(**one) for one in said])


def _parsed(path: Path, form: Callable[[Any], Any]) -> Any:
    try:
        return form(json.loads(_text(path)))
    except (ValueError, TypeError, KeyError) as error:
        raise refused(f"{path}: {error}: expected what `seepline audit keep` wrote") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"{path} cannot be read ({error})") from error
