"""Asking a running collector: the answer, or one sentence why there is none."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from seepline.cli.problems import NOT_POSSIBLE, refused

Collector = Annotated[
    str, typer.Option("--to", metavar="URL", help="The collector, such as http://127.0.0.1:8000.")
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="SEEPLINE_TOKEN_FILE",
        help="Holds a token to read with, of `seepline collector people token`.",
    ),
]
_TIMEOUT_S = 60


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token goes to the address that was given, and nowhere else; a way to the sign-in page is no answer."""

    def redirect_request(self, *_about: Any) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def checked_url(url: str) -> str:
    """Return the address of a collector without its last slash, or refuse what is none."""
    if not url.startswith(("http://", "https://")):
        raise refused(f"{url!r}: expected http:// or https://")
    return url.rstrip("/")


def fetched(url: str, path: str, token_file: Path | None = None) -> str:
    """Return what a collector answers to a question, as text."""
    request = urllib.request.Request(checked_url(url) + path, headers=_bearer(token_file))  # noqa: S310 - is http
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            raise refused(reason(error), NOT_POSSIBLE) from error
    except (OSError, ValueError) as error:
        raise refused(f"{url} does not answer as a collector: {error}", NOT_POSSIBLE) from error


def _bearer(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {token_file.read_text(encoding='ascii').strip()}"}
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"--token-file {token_file} cannot be read as a token ({error}).") from error


def fetched_json(url: str, path: str, token_file: Path | None = None) -> Any:
    """Return what a collector answers in JSON."""
    text = fetched(url, path, token_file)
    try:
        return json.loads(text)
    except ValueError as error:
        raise refused(f"{url} does not answer as a collector: {error}", NOT_POSSIBLE) from error


def reason(error: urllib.error.HTTPError) -> str:
    """Return the sentence in a refusal."""
    try:
        return f"Refused: {json.loads(error.read())['message']}"
    except (ValueError, KeyError, TypeError, OSError):
        return f"Refused with status {error.code}."
