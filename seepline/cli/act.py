"""`seepline act`: do something in one's own name; signed here, sent to the collector."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seepline.cli import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.cli.signing import PassphraseFile, opened_key
from seepline.wire.site_clock import ClockError

if TYPE_CHECKING:
    from seepline.acts.document import Act
    from seepline.signing_key import SigningKey

_TIMEOUT_S = 30


@app.command()
def act(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is done, such as note.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="Your key.")],
    person: Annotated[str, typer.Option(help="Your id in the policy file.")],
    site: Annotated[str, typer.Option(help="Id of the site.")],
    to: Annotated[str, typer.Option(metavar="URL", help="The collector, such as http://127.0.0.1:8086.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE", help="Its content; a value is JSON, or else a text; @FILE is a JSON file."
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign an act and send it: a note, an acknowledgement, an assessment, an approval of limits."""
    if not to.startswith(("http://", "https://")):
        raise refused(f"--to is {to!r}: expected http:// or https://")
    signed = signed_act(site, kind, person, body_of_words(fields or []), opened_key(key, passphrase_file))
    from seepline.acts.document import act_text

    typer.echo(_sent(f"{to.rstrip('/')}/api/v1/acts", act_text(signed)))


def body_of_words(fields: list[str]) -> dict[str, Any]:
    """Return the content that the words of a command tell; what is none ends the command."""
    body: dict[str, Any] = {}
    for field in fields:
        name, mark, text = field.partition("=")
        if field.startswith("@"):
            body |= _from_file(Path(field[1:]))
        elif not mark or not name:
            raise refused(f"{field!r}: expected NAME=VALUE or @FILE")
        else:
            body[name] = _value(text)
    return body


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refused(f"{path}: {error}: expected a JSON object") from error
    if not isinstance(found, dict):
        raise refused(f"{path}: expected a JSON object")
    return found


def signed_act(site: str, kind: str, person: str, body: dict[str, Any], key: "SigningKey") -> "Act":
    """Return an act signed now; what cannot be signed ends the command."""
    from collector.clock import site_time
    from seepline.acts.document import Act, statement
    from seepline.bundle.document import time_text

    try:
        signed_at = time_text(site_time()())
    except ClockError as error:
        raise refused(str(error)) from error
    plain = Act(site=site, kind=kind, person=person, signed_at=signed_at, body=body, signature="")
    try:
        signature = key.sign(statement(plain)).hex()
    except ValueError as error:
        raise refused(f"the content cannot be signed: {error}") from error
    return Act(site=site, kind=kind, person=person, signed_at=signed_at, body=body, signature=signature)


def _sent(url: str, text: str) -> str:
    """Return what the collector says of an act; a refusal ends the command."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, text.encode(), headers)  # noqa: S310 - checked to be http
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            said = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise refused(_reason(error), NOT_POSSIBLE) from error
    except (OSError, ValueError) as error:
        raise refused(f"{url} does not answer as a collector: {error}", NOT_POSSIBLE) from error
    return f"Accepted as {said['id']}" if said["new"] else f"Known already as {said['id']}"


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return f"Refused: {json.loads(error.read())['message']}"
    except (ValueError, KeyError, TypeError, OSError):
        return f"Refused with status {error.code}."
