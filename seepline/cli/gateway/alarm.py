"""`seepline gateway alarm`: release what is latched at a gateway, and test that it would be heard."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from seepline.cli.act import body_of_words, signed_act
from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.cli.signing import PassphraseFile, opened_key

alarm = typer.Typer(no_args_is_help=True, help="The local alarm of a running gateway, on the gateway itself.")
app.add_typer(alarm, name="alarm")

Data = Annotated[Path, typer.Option(help="Data directory of the running gateway.")]
Key = Annotated[Path, typer.Option(metavar="FILE", help="Your key.")]
Who = Annotated[str, typer.Option(help="Your id in the gateway's policy file.")]
SiteId = Annotated[str, typer.Option(help="Id of the site.")]


@alarm.command()
def release(
    data: Data,
    key: Key,
    person: Who,
    site: SiteId,
    reason: Annotated[str, typer.Option(help="Why: what was found, what was decided.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """End the alarms that are latched here, in an engineer's name; a new crossing of a limit latches again."""
    body = {"gateway": _gateway(data), "reason": reason}
    typer.echo(_done(data, signed_act(site, "local_release", person, body, opened_key(key, passphrase_file))))


@alarm.command("test")
def proof(
    data: Data,
    key: Key,
    person: Who,
    site: SiteId,
    heard: Annotated[
        bool | None, typer.Option("--heard/--not-heard", help="How it ended; asked without it.")
    ] = None,
    text: Annotated[str, typer.Option(help="What was seen; needed when something was not heard.")] = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Let the contact go for ten seconds, send a test message to every number, and keep who heard it."""
    opened, gateway = opened_key(key, passphrase_file), _gateway(data)
    typer.echo(_done(data, signed_act(site, "local_proof", person, {"gateway": gateway, "step": "begin"}, opened)))
    if heard is None:
        heard = typer.confirm("Did everything sound, and did every message come?")
    if not heard and not text:
        text = typer.prompt("What was missing?")
    body = {"gateway": gateway, "step": "passed" if heard else "failed", "text": text}
    typer.echo(_done(data, signed_act(site, "local_proof", person, body, opened)))


@alarm.command()
def act(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="exercise_begin, siren_release or exercise_end.")],
    data: Data,
    key: Key,
    person: Who,
    site: SiteId,
    fields: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="As of `seepline act`.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Tell this gateway of an exercise, or let its contact go in one: by the authority that the exercise names."""
    body = body_of_words(fields or [])
    typer.echo(_done(data, signed_act(site, kind, person, body, opened_key(key, passphrase_file))))


def _gateway(data: Path) -> str:
    try:
        return str(json.loads((data / "status.json").read_text(encoding="utf-8"))["gateway"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refused(f"{data} holds no status of a gateway: give its --data directory", NOT_POSSIBLE) from error


def _done(data: Path, act: Any) -> str:
    """Give a signed act to the running gateway; return what it did."""
    from gateway.loggers.operator_socket import say
    from seepline.acts.document import act_text
    from seepline.gateway_socket import LineError

    try:
        said = say(data, {"act": act_text(act)})
    except (OSError, LineError) as error:
        text = f"No gateway that this user may speak with runs in {data} ({error}): give its --data directory."
        raise refused(text, NOT_POSSIBLE) from error
    if "error" in said:
        raise refused(f"The gateway says: {said['error']}", NOT_POSSIBLE)
    return str(said["done"])
