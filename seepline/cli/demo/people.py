"""The demo's one person: has a key, walks the dam with a dip meter and a bucket, and signs what she read."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seepline.cli.demo import checks

if TYPE_CHECKING:
    from seepline.signing_key import SigningKey

PERSON = "olga"


class RefusedError(Exception):
    """The collector does not take an act of the demo: one sentence."""


_PEOPLE = (
    (PERSON, "Olga (demo)", "operator"),
    ("eva", "Eva (demo)", "engineer_of_record"),
    ("emil", "Emil (demo)", "deputy_engineer_of_record"),
    ("anna", "Anna (demo)", "authority"),
)
_SITE = "mukilteo-demo"
_TIMEOUT_S = 30
_LOOK_S = 0.2
_SHOWN = (("SP-TOE", "piezometric_elevation", "m"), ("DRAIN", "flow", "L/s"))


def appoint(data: Path) -> "SigningKey":
    """Make her key, and the collector's policy: an operator, and three who could decide on limits together."""
    from seepline.signing_key import new

    keys = {person: new() for person, _, _ in _PEOPLE}
    policy = f'site = "{_SITE}"\n\n[service]\npublic_key = "{new().public.hex()}"\n\n'
    for person, name, role in _PEOPLE:
        policy += (
            f'[[person]]\nid = "{person}"\nname = "{name}"\nrole = "{role}"\n'
            f'public_key = "{keys[person].public.hex()}"\nvalid_from = 2015-01-01T00:00:00Z\n\n'
        )
    policy += '[[rule]]\nroles = ["engineer_of_record", "deputy_engineer_of_record", "authority"]\n'
    (data / "policy.toml").write_text(policy, encoding="utf-8")
    return keys[PERSON]


def walk(collector: str, key: "SigningKey", site_ms: int, limit_s: float) -> str:
    """Read a standpipe and a drain and walk the daily round; return what the collector made of it.

    `site_ms` is when, by the site's clock. Raises RefusedError.
    """
    for kind, body in _acts(site_ms):
        _send(collector, key, kind, body, site_ms)
    found = _wait(lambda: _values(collector), limit_s)
    return ", ".join((*found, "daily round with one remark"))


def _acts(site_ms: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    dip = {"point": "SP-TOE", "method": "standpipe", "taken_ms": site_ms, "values": {"dip_m": 2.85}}
    seepage = {"times_s": [19.8, 20.1, 20.1], "water": "clear"}
    drain = {"point": "DRAIN", "method": "bucket", "taken_ms": site_ms, "values": seepage}
    answers = {"crest": "as usual", "beach": "as usual", "toe": "remark"}
    notes = {"toe": "wet patch of about 2 m at the toe, the water is clear"}
    daily = {"round": "daily", "begun_ms": site_ms, "ended_ms": site_ms, "answers": answers, "notes": notes}
    return ("hand_reading", dip), ("hand_reading", drain), ("round", daily)


def _send(collector: str, key: "SigningKey", kind: str, body: dict[str, Any], site_ms: int) -> None:
    from seepline.acts.document import Act, act_text, statement

    signed_at = datetime.fromtimestamp(site_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"site": _SITE, "kind": kind, "person": PERSON, "signed_at": signed_at}
    signature = key.sign(statement(Act(**about, body=body, signature=""))).hex()
    text = act_text(Act(**about, body=body, signature=signature))
    request = urllib.request.Request(f"{collector}/api/v1/acts", text.encode())  # noqa: S310 - our own loopback
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise RefusedError(f"The collector refuses what {PERSON} signed: {error.read().decode()}") from error


def _values(collector: str) -> list[str]:
    points = {(one["point"], one["quantity"]): one for one in checks.ask(f"{collector}/api/v1/state")["points"]}
    made = [(points.get((point, quantity)), point, unit) for point, quantity, unit in _SHOWN]
    return [f"{point} {one['value']:.4g} {unit}" for one, point, unit in made if one and one["value"] is not None]


def _wait(look: Callable[[], list[str]], limit_s: float) -> list[str]:
    """Return what was judged, as much of it as there is by a monotonic time."""
    found = look()
    while len(found) < len(_SHOWN) and time.monotonic() < limit_s:
        time.sleep(_LOOK_S)
        found = look()
    return found
