"""Persons with keys, their policy, and what they sign, for tests of acts."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from seepline.acts.document import Act, act_text, statement
from seepline.acts.roles import ROLES
from seepline.bundle.document import time_text
from seepline.bundle.policy import Policy, parse_policy
from seepline.signing_key import SigningKey, new

NAMES = (*sorted(ROLES), "ended")
SINCE_MS = 1_420_070_400_000  # 2015


@dataclass
class Persons:
    """One person of each role, named as the role; `ended` was an operator until 2015-06."""

    site: str = "dam"
    keys: dict[str, SigningKey] = field(
        default_factory=lambda: {name: new() for name in (*sorted(ROLES), "ended")}
    )
    service: SigningKey = field(default_factory=new)

    def policy_text(self, more: str = '[[rule]]\nsets = "*"\napprovals = 1\nroles = ["authority"]\n') -> str:
        text = f'site = "{self.site}"\n[service]\npublic_key = "{self.service.public.hex()}"\n'
        for name, key in self.keys.items():
            role, end = ("operator", "valid_to = 2015-06-01T00:00:00Z\n") if name == "ended" else (name, "")
            text += f'[[person]]\nid = "{name}"\nname = "The {name}"\nrole = "{role}"\n'
            text += f'public_key = "{key.public.hex()}"\nvalid_from = {time_text(SINCE_MS)}\n{end}'
        return text + more

    def policy(self) -> Policy:
        return parse_policy(self.policy_text(), "policy.toml")

    def write_policy(self, folder: Path) -> None:
        (folder / "policy.toml").write_text(self.policy_text())

    def act(self, person: str, kind: str, body: dict, at_ms: int, *, by: str = "", site: str = "") -> Act:
        about = {"site": site or self.site, "kind": kind, "person": person, "signed_at": time_text(at_ms)}
        plain = Act(**about, body=body, signature="")
        return Act(**about, body=body, signature=self.keys[by or person].sign(statement(plain)).hex())

    def sent(self, *about, **more) -> dict:
        """Return an act as the JSON object that is posted."""
        return json.loads(act_text(self.act(*about, **more)))
