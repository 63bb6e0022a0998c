"""What gateway.toml, SITE.toml and the secret files say together: all that the gateway is made of.

Read once at the start and again at every SIGHUP; a wiring that has a fault is never used in part.
"""

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway import settings as told
from gateway.instruments.profile import Profile
from gateway.instruments.station import profile_rules, profiles_of
from gateway.settings import Settings, read_settings
from gateway.uplink.destination import Destination, DestinationError, tls_context
from gateway.uplink.window import parse_window
from seepline.bundle.policy import Policy, PolicyError, read_policy
from seepline.site import Site
from seepline.site_file import read_site
from seepline.site_rules.draft import Problem, one_of
from seepline.toml_file import Faulty, once, plain_text

_FILES = ("ca_file", "client_cert", "client_key")
_THERE = "a file that is there"
_ONE_LINE = "a file with one token: make it with `seepline collector token`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Settings, site, the profile of each station, who may set limits, the token of each destination by name."""

    settings: Settings
    site: Site
    profiles: dict[str, Profile] = field(default_factory=dict)
    policy: Policy | None = None
    tokens: dict[str, str] = field(repr=False)

    @property
    def data(self) -> Path:
        """The folder of outbox and status."""
        return self.settings.path(self.settings.gateway.data)

    def destinations(self) -> list[Destination]:
        """Return where records go, each with its secret and its files."""
        zone, known = self.site.info.timezone, self.settings.destinations
        return [_destination(self.settings, one, self.tokens[one.name], zone) for one in known]


def read_wiring(path: Path) -> Wiring:
    """Return the wiring that a gateway.toml and the files that it names describe.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem: of both files, of what does not fit between them, of the files that cannot be read.
    """
    settings = read_settings(path)
    problems: list[Problem] = []
    tokens = {one.name: token for one in settings.destinations if (token := _token(settings, one, problems))}
    problems += _missing_files(settings)
    policy = _policy(settings, problems)
    site_path = settings.path(settings.gateway.site)
    try:
        site = read_site(site_path, profile_rules(site_path.parent))
    except Faulty as error:
        raise Faulty(once([*problems, *error.problems])) from error
    problems += [*_misfits(settings, site), *_missing_modem(settings)]
    if problems:
        raise Faulty(once(problems))
    profiles = profiles_of(site, site_path.parent)
    return Wiring(settings=settings, site=site, profiles=profiles, policy=policy, tokens=tokens)


def reread(path: Path, running: Settings) -> Wiring:
    """Return the wiring that the files describe now, for a gateway that runs by older settings; raises Faulty."""
    wiring = read_wiring(path)
    if problems := list(_fixed(running, wiring.settings)):
        raise Faulty(problems)
    return wiring


def _fixed(old: Settings, new: Settings) -> Iterator[Problem]:
    """Yield a problem for each setting that a running gateway cannot change."""
    fixed = (
        ("gateway.id", old.gateway.id, new.gateway.id),
        ("gateway.data", old.path(old.gateway.data), new.path(new.gateway.data)),
        ("log.format", old.log.format, new.log.format),
    )
    for path, was, wanted in fixed:
        if was != wanted:
            yield Problem(path, str(wanted), f"{was} as before: restart the gateway to change it")


def readable_by_all(wiring: Wiring) -> list[Path]:
    """Return the files with a secret that everybody on this machine may read."""
    settings = wiring.settings
    names = [name for one in settings.destinations for name in (one.token_file, one.client_key) if name]
    return [path for path in map(settings.path, names) if path.stat().st_mode & stat.S_IRWXO]


def _token(settings: Settings, destination: told.Destination, problems: list[Problem]) -> str:
    """Return a destination's token, or '' and the problem with its file; the token itself is never shown."""
    path = settings.path(destination.token_file)
    place = f"destination[{destination.name}].token_file"
    try:
        token = plain_text(path).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        problems.append(Problem(place, f"{path} ({reason})", _ONE_LINE))
        return ""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        problems.append(Problem(place, f"{path}, which does not hold one token", _ONE_LINE))
        return ""
    return token


def _destination(settings: Settings, one: told.Destination, token: str, site_zone: str) -> Destination:
    files = {key: settings.path(name) for key in _FILES if (name := getattr(one, key))}
    return Destination(
        name=one.name,
        kind=one.kind,
        url=one.url,
        token=token,
        org=one.org or "",
        bucket=one.bucket or "raw",
        cap_bytes_per_s=one.cap_bytes_per_s,
        windows=tuple(map(parse_window, one.windows)),
        timezone=site_zone if one.windows_in == "site" else "UTC",
        outside=one.outside,
        **files,
    )


def _missing_files(settings: Settings) -> Iterator[Problem]:
    for one in settings.destinations:
        missing = [key for key in _FILES if (name := getattr(one, key)) and not settings.path(name).is_file()]
        for key in missing:
            yield Problem(f"destination[{one.name}].{key}", str(settings.path(getattr(one, key))), _THERE)
        try:
            if not missing:
                tls_context(_destination(settings, one, "", "UTC"))
        except DestinationError as error:
            yield Problem(f"destination[{one.name}].{error.key}", error.found, error.expected)


def _missing_modem(settings: Settings) -> Iterator[Problem]:
    told = settings.local_alarm
    if told is not None and told.sms_settings and not settings.path(told.sms_settings).is_file():
        yield Problem("local_alarm.sms_settings", str(settings.path(told.sms_settings)), _THERE)


def _policy(settings: Settings, problems: list[Problem]) -> Policy | None:
    """Return the policy by which bundles are checked; without [bundle] none is asked for."""
    if settings.bundle is None:
        return None
    try:
        return read_policy(settings.path(settings.bundle.policy))
    except PolicyError as error:
        problems += [Problem(f"bundle.policy: {one.path}", one.found, one.expected) for one in error.problems]
        return None


def _misfits(settings: Settings, site: Site) -> Iterator[Problem]:
    """Yield what gateway.toml says and SITE.toml does not know, and buses without a port."""
    gateway = settings.gateway.id
    known = [one.id for one in site.gateways]
    if gateway not in known:
        yield Problem("gateway.id", repr(gateway), one_of(known, gateway, "the id of a [[gateway]] of the site"))
        return
    ours = [bus.id for bus in site.buses if bus.gateway == gateway]
    for port in settings.ports:
        if port.bus not in ours:
            yield Problem(f"port[{port.bus}].bus", repr(port.bus), one_of(ours, port.bus, f"a bus of {gateway}"))
    for bus in ours:
        if bus not in {port.bus for port in settings.ports}:
            yield Problem("port", f"none for bus {bus}", f'a [[port]] with bus = "{bus}"')
