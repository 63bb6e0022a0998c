"""Asking a running collector: the answer, or one sentence why there is none."""

import json
import urllib.error
import urllib.request
from typing import Annotated, Any

import typer

from seepline.cli.problems import NOT_POSSIBLE, refused

Collector = Annotated[
    str, typer.Option("--to", metavar="URL", help="The collector, such as http://127.0.0.1:8086.")
]
_TIMEOUT_S = 60


def checked_url(url: str) -> str:
    """Return the address of a collector without its last slash, or refuse what is none."""
    if not url.startswith(("http://", "https://")):
        raise refused(f"{url!r}: expected http:// or https://")
    return url.rstrip("/")


def fetched(url: str, path: str) -> str:
    """Return what a collector answers to a question, as text."""
    request = urllib.request.Request(checked_url(url) + path)  # noqa: S310 - checked to be http
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            raise refused(reason(error), NOT_POSSIBLE) from error
    except (OSError, ValueError) as error:
        raise refused(f"{url} does not answer as a collector: {error}", NOT_POSSIBLE) from error


def fetched_json(url: str, path: str) -> Any:
    """Return what a collector answers in JSON."""
    text = fetched(url, path)
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
