"""A POST whose fields a person writes in notify.toml: for gateways of text messages and of calls.

As `fields = { recipient = "{to}", message = "{text}", reference = "{id}" }`, and {token} where it belongs there.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from collector.notify.channels import https
from collector.notify.channels.places import EXPECTED_URL, host_of, is_allowed
from collector.notify.channels.secret_files import hidden, secret
from collector.notify.sender import NotTaken
from seepline.site_shape import Fault

Encoding = Literal["json", "form"]

_PLACE = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("to", "text", "id", "token")


class Template(NamedTuple):
    """A POST with places for a number, a text, the message's id and the token, which stands in a file."""

    url: str
    token_file: str
    fields: Mapping[str, str]
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
    for key, text in {**template.fields, "authorization": template.authorization}.items():
        name = key if key == "authorization" else f"fields.{key}"
        for place in sorted(set(_PLACE.findall(text)) - set(_KNOWN)):
            yield name, "{" + place + "}", "only {to}, {text}, {id} and {token}"
    said = " ".join(template.fields.values())
    for place in ("{to}", "{text}"):
        if place not in said:
            yield "fields", f"no {place}", "fields that hold {to} and {text}"
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
    fields = {key: filled(value, values) for key, value in template.fields.items()}
    is_json = template.encoding == "json"
    body = json.dumps(fields, ensure_ascii=False) if is_json else urlencode(fields)
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
