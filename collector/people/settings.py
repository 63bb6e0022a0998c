"""DIR/people.toml: another place at which this facility's people sign in. The file may be absent.

    [oidc]                                          OpenID Connect, Authorization Code with PKCE
    name = "Mine's own sign-in"                     what stands on the sign-in page
    issuer = "https://id.mine.example/realms/mine"
    client_id = "seepline"
    client_secret_file = "oidc.secret"              mode 0600, beside people.toml; "" for a public client
    redirect_url = "https://dam.mine.example/signin/back"    as the provider knows it
    claim = "preferred_username"                    which claim of the id token says who it is
    shows_second_factor = false                     true: the provider asks for one, and no code is asked for here
    [oidc.persons]                                  value of the claim = person; without it they are equal
    "a.petrova@mine.example" = "anna"

Nobody gets an account by signing in there: it is made by `seepline collector people add` as any other.
"""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from seepline.site_rules.draft import Problem
from seepline.site_rules.values import shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, parse_toml, read_text

FILE_NAME = "people.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """The one provider."""

    name: str
    issuer: str
    client_id: str
    client_secret_file: str
    redirect_url: str
    claim: str
    shows_second_factor: bool
    persons: Mapping[str, str] = field(default_factory=dict)

    def person_of(self, value: str) -> str:
        """Return whom a value of the claim means, '' for nobody."""
        return self.persons.get(value, "") if self.persons else value


def read_oidc(data: Path) -> Oidc | None:
    """Return the provider of a data directory, None when there is none. Raises Faulty with everything wrong."""
    path = data / FILE_NAME
    if not path.exists():
        return None
    document = parse_toml(read_text(path, FILE_NAME), str(path))
    problems = [Problem(key, "an unknown table", "[oidc]") for key in document if key != "oidc"]
    table = document.get("oidc")
    if not isinstance(table, dict):
        raise Faulty([*problems, Problem("oidc", shown(table), "a table [oidc]")])
    entry, faults = read_entry(Oidc, table)
    found: Oidc | None = entry
    problems += at("oidc", faults)
    if found is not None:
        problems += _problems(found, data)
    if problems or found is None:
        raise Faulty(problems)
    return found


def _problems(found: Oidc, data: Path) -> Iterator[Problem]:
    for key in ("name", "client_id", "claim"):
        if not getattr(found, key):
            yield Problem(f"oidc.{key}", "an empty text", "a text")
    for key in ("issuer", "redirect_url"):
        if not is_trustworthy(getattr(found, key)):
            yield Problem(f"oidc.{key}", shown(getattr(found, key)), "an address with https://")
    if found.client_secret_file:
        yield from _secret_problems(data / found.client_secret_file)


def _secret_problems(path: Path) -> Iterator[Problem]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        yield Problem("oidc.client_secret_file", f"{path} ({error})", "a file that can be read")
        return
    if mode & 0o077:
        yield Problem("oidc.client_secret_file", f"{path} with mode {mode:04o}", "mode 0600: nobody else reads it")


def is_trustworthy(url: str) -> bool:
    """Tell whether nobody on the way can read or change what goes to an address.

    >>> is_trustworthy("https://id.example"), is_trustworthy("http://127.0.0.1:9"), is_trustworthy("http://id.example")
    (True, True, False)
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    try:
        return parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def client_secret(found: Oidc, data: Path) -> str:
    """Return the client's secret, '' for a public client. Raises OSError."""
    return (
        (data / found.client_secret_file).read_text(encoding="utf-8").strip() if found.client_secret_file else ""
    )
