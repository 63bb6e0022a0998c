"""A POST whose body a person writes in notify.toml: for gateways of text messages and of calls.

As `body = '{"messages": [{"to": "{to}", "text": "{text}"}]}'` (json) or `body = "to={to}&text={text}"` (form). The
body is read first and filled then, so that no text of a message can become a part of its shape.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

from collector.notify.channels import https
from collector.notify.channels.places import EXPECTED_URL, host_of, is_allowed
from collector.notify.channels.secret_files import hidden, secret
from collector.notify.sender import NotTaken
from seepline.site_shape import Fault

Encoding = Literal["json", "form"]

_PLACE = re.compile(r"\{([a-z]*)\}")
_KNOWN = ("to", "text", "id", "token")
_SHOWN = {
    "json": """a JSON object such as {"to": "{to}", "text": "{text}"}""",
    "form": "fields such as to={to}&text={text}",
}


class Template(NamedTuple):
    """A POST with places for a number, a text, the message's id and the token, which stands in a file."""

    url: str
    token_file: str
    body: str
    encoding: Encoding
    authorization: str
    taken: str
    ca_file: str
    patience_s: float


def of(settings: Any) -> Template:
    """Return the template in a channel's settings, whose keys are called the same."""
    return Template(*(getattr(settings, name) for name in Template._fields))


def faults(template: Template) -> Iterable[Fault]:
    """Yield what does not fit in a template."""
    if not is_allowed(template.url):
        yield "url", "another address", EXPECTED_URL
    try:
        said = list(_texts(_shape(template)))
    except ValueError:
        yield "body", repr(template.body[:60]), _SHOWN[template.encoding]
        said = ["{to} {text}"]
    for key, text in [*(("body", one) for one in said), ("authorization", template.authorization)]:
        for place in sorted(set(_PLACE.findall(text)) - set(_KNOWN)):
            yield key, "{" + place + "}", "only {to}, {text}, {id} and {token}"
    for place in ("{to}", "{text}"):
        if not any(place in one for one in said):
            yield "body", f"no {place}", "a body that holds {to} and {text}"
    if template.patience_s <= 0:
        yield "patience_s", f"{template.patience_s:g}", "seconds, more than 0"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled, once: what is filled in is not looked at again.

    >>> filled("{to}: {text}", {"to": "+1", "text": "{token}", "token": "secret"})
    '+1: {token}'
    """
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


async def send(template: Template, folder: Path, to: str, text: str, message_id: str) -> str:
    """Send one message; return the receipt. Raises NotTaken."""
    token = secret(folder, template.token_file, "token_file") if template.token_file else ""
    values = {"to": to, "text": text, "id": message_id, "token": token}
    whole = _with_values(_shape(template), values)
    is_json = template.encoding == "json"
    body = json.dumps(whole, ensure_ascii=False) if is_json else urlencode(whole)
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    headers = {"Content-Type": kind, "Idempotency-Key": message_id}
    if token and template.authorization:
        headers["Authorization"] = filled(template.authorization, values)
    plan = https.Post(template.url, body.encode(), headers, template.ca_file, template.patience_s, (token,))
    said = await https.post(folder, plan)
    host = host_of(template.url)
    if template.taken and template.taken not in said:
        raise NotTaken(f"{host} does not say {template.taken!r}: {hidden(said, (token,))}", again=True)
    return f"taken by {host}: {hidden(said, (token,), 80)}".rstrip(": ")


def _shape(template: Template) -> Any:
    """Return the body as it is read, its places not filled yet; raises ValueError."""
    if template.encoding == "form":
        return dict(parse_qsl(template.body, keep_blank_values=True, strict_parsing=True))
    try:
        shape = json.loads(template.body)
    except RecursionError as error:
        raise ValueError("lists nested without end") from error
    if not isinstance(shape, dict | list):
        raise ValueError("neither an object nor a list")  # noqa: TRY004 - of a text, not of an argument
    return shape


def _texts(shape: Any) -> Iterator[str]:
    """Yield every text in a body."""
    if isinstance(shape, str):
        yield shape
    elif isinstance(shape, dict | list):
        for one in shape.values() if isinstance(shape, dict) else shape:
            yield from _texts(one)


def _with_values(shape: Any, values: Mapping[str, str]) -> Any:
    if isinstance(shape, str):
        return filled(shape, values)
    if isinstance(shape, dict):
        return {key: _with_values(one, values) for key, one in shape.items()}
    return [_with_values(one, values) for one in shape] if isinstance(shape, list) else shape
