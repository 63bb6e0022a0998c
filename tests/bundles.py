"""Keys, persons and bundles made for a test: a service, two engineers, two authorities, one operator."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from seepline.bundle import document
from seepline.bundle.approvals import statement
from seepline.bundle.document import Approval, Bundle
from seepline.bundle.policy import Policy, parse_policy
from seepline.signing_key import SigningKey, new
from seepline.site import Site
from seepline.site_file import parse_site

DAM = (Path(__file__).parent / "collector" / "dam.toml").read_text()
SET = parse_site(DAM, "dam").threshold_sets[0].id
SIGNED, MADE = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"
PERSONS = {
    "eva": ("engineer_of_record", "2025-01-01T00:00:00Z", ""),
    "emil": ("engineer_of_record", "2025-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
    "anna": ("authority", "2025-01-01T00:00:00Z", ""),
    "askar": ("authority", "2026-06-01T00:00:00Z", ""),
    "olga": ("operator", "2025-01-01T00:00:00Z", ""),
}
RULES = """
[[rule]]
sets = "*"
approvals = 2
roles = ["engineer_of_record", "authority"]
least = { authority = 1 }
"""


@dataclass
class Keys:
    """A service's key and a person's each."""

    service: SigningKey = field(default_factory=new)
    persons: dict[str, SigningKey] = field(default_factory=lambda: {name: new() for name in PERSONS})

    def policy_text(self, rules: str = RULES, site: str = "dam") -> str:
        text = f'site = "{site}"\n[service]\npublic_key = "{self.service.public.hex()}"\n'
        for name, (role, since, until) in PERSONS.items():
            text += f'[[person]]\nid = "{name}"\nname = "{name}"\nrole = "{role}"\n'
            text += f'public_key = "{self.persons[name].public.hex()}"\nvalid_from = {since}\n'
            text += f"valid_to = {until}\n" if until else ""
        return text + rules

    def policy(self, rules: str = RULES, site: str = "dam") -> Policy:
        return parse_policy(self.policy_text(rules, site), "policy.toml")

    def approval(
        self, person: str, site: Site, *, by: str = "", signed_at: str = SIGNED, set_id: str = SET
    ) -> Approval:
        key = self.persons[by or person]
        signature = key.sign(statement(site, set_id, person, signed_at)).hex()
        return Approval(set=set_id, person=person, signed_at=signed_at, signature=signature)

    def sealed(self, bundle: Bundle, by: SigningKey | None = None) -> bytes:
        content = document.payload(bundle)
        return document.sealed(content, (by or self.service).sign(document.signed_bytes(content)))

    def plain(self, number: int = 1, text: str = DAM, persons: tuple[str, ...] = ("eva", "anna")) -> Bundle:
        site = parse_site(text, "dam")
        approvals = tuple(self.approval(person, site) for person in persons)
        return Bundle(number=number, made_at=MADE, site_id="dam", site=text, policy="0" * 64, approvals=approvals)

    def bundle(self, number: int = 1, **changes: object) -> bytes:
        """Return a good bundle, or one in which some fields are others."""
        return self.sealed(replace(self.plain(number), **changes))
