"""What a value of gateway.toml may be, and what must hold between its entries. Pure.

Rules between entries look at the raw tables, so that one misspelt key hides nothing about the rest of the file.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from urllib.parse import urlsplit

from gateway.local_alarm.coil import place_of
from gateway.uplink.window import WindowError, parse_window
from seepline.site_rules.draft import Problem, Raw, entry_paths
from seepline.site_rules.values import ID, Row, at_least, has_text, is_host, is_number, shown, value_faults
from seepline.site_shape import Fault
from seepline.toml_file import entries_of

RECONCILE_DAYS = 30
LEAST_KEEP_DAYS = 7
_DIRECTION = re.compile(r"hardware|rts|gpio:gpiochip\d{1,3}/\d{1,4}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LISTEN = re.compile(r"([^\s:\[\]]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")


def _is_path(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        port = parts.port  # raises for no number, or above 65535
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and is_host(parts.hostname or "") and port != 0 and plain


def _is_listen(value: object) -> bool:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    return found is not None and int(found[2]) <= 65535 and is_host(found[1])


def _is_network(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ip_network(value))
    except ValueError:
        return False


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_turn_round(value: object) -> bool:
    return isinstance(value, int | float) and is_number(value) and 0 < value <= 10


def _is_window(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(parse_window(value))
    except WindowError:
        return False


def _all(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(test, value))


def _is_pin(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 27


def _is_coil(value: object) -> bool:
    return isinstance(value, str) and (place := place_of(value)) is not None and is_host(place.host)


_PATH: Row = (_is_path, "the path of a file")
_LISTENING: Row = (_is_listen, "address:port, such as 127.0.0.1:9184")

# (table, key) -> (test, what is expected). A value of the wrong type is reported by its type alone.
VALUES: Mapping[tuple[str, str], Row] = {
    ("gateway", "id"): ID,
    ("gateway", "site"): _PATH,
    ("gateway", "data"): (_is_path, "the path of a folder"),
    ("port", "path"): (_is_path, "a serial port, such as /dev/serial/by-id/usb-FTDI_FT232R-if00-port0"),
    ("port", "direction"): (_matches(_DIRECTION), '"hardware", "rts" or "gpio:gpiochip0/17"'),
    ("port", "turn_round_s"): (_is_turn_round, "more than 0 and at most 10 seconds"),
    ("destination", "name"): ID,
    ("destination", "url"): (
        _is_url,
        "an address such as https://collector.example:8443, without password or query: the token has a file",
    ),
    ("destination", "token_file"): _PATH,
    ("destination", "ca_file"): _PATH,
    ("destination", "client_cert"): _PATH,
    ("destination", "client_key"): _PATH,
    ("destination", "cap_bytes_per_s"): (at_least(100), "100 bytes a second or more"),
    ("destination", "windows"): (
        _all(_is_window),
        'hours of UTC, or of the site by windows_in, such as ["22:00-04:30"]',
    ),
    ("destination", "org"): (has_text, "an organisation of the InfluxDB"),
    ("destination", "bucket"): (has_text, "a bucket of the InfluxDB"),
    ("outbox", "keep_days"): (at_least(LEAST_KEEP_DAYS), f"{LEAST_KEEP_DAYS} days or more"),
    ("scada", "listen"): _LISTENING,
    ("scada", "allow"): (_all(_is_network), 'addresses or networks, such as ["192.168.7.0/24"]'),
    ("bundle", "policy"): _PATH,
    ("local_alarm", "pin"): (_is_pin, "the BCM number of a pin, 0 to 27"),
    ("local_alarm", "coil"): (_is_coil, "host:port/unit/coil, such as 192.168.7.9:502/1/0"),
    ("local_alarm", "sms_to"): (_all(_matches(_NUMBER)), 'numbers with their country, such as ["+992900000000"]'),
    ("local_alarm", "sms_settings"): _PATH,
    ("local_alarm", "hand_over_s"): (at_least(1), "1 second or more"),
    ("local_alarm", "blind_after_s"): (at_least(60), "60 seconds or more"),
    ("local_alarm", "proof_test_days"): (at_least(1), "1 day or more"),
    ("metrics", "listen"): _LISTENING,
}


def faults_of(table: str, raw: Raw) -> Iterator[Fault]:
    """Yield (key, found, expected) of every value of an entry that is not what it may be; no password is shown."""
    for key, found, expected in value_faults(table, raw, VALUES):
        yield key, "an address with a password" if key == "url" and "@" in found else found, expected


_NAMES = {"port": ("bus", "path"), "destination": ("name",)}  # keys whose value stands once in its table


def broken_rules(document: Raw) -> Iterator[Problem]:
    """Yield every problem between the entries of a document."""
    for rule in (
        _stand_once,
        _somewhere_to_send,
        _certificate_has_its_key,
        _influxdb_has_its_bucket,
        _influxdb_is_kept,
        _alarm_is_whole,
    ):
        yield from rule(document)


def _stand_once(document: Raw) -> Iterator[Problem]:
    for table, keys in _NAMES.items():
        for key in keys:
            first: dict[object, str] = {}
            for path, raw in _each(document, table):
                value = raw.get(key)
                before = first.setdefault(value, path) if isinstance(value, str) else path
                if before != path:
                    yield Problem(
                        f"{path}.{key}", f"{shown(value)}, as in {before}", f"another {key} for each {table}"
                    )


def _somewhere_to_send(document: Raw) -> Iterator[Problem]:
    if not document.get("destination"):
        yield Problem("destination", "nothing", "one [[destination]] or more")


def _certificate_has_its_key(document: Raw) -> Iterator[Problem]:
    for path, raw in _each(document, "destination"):
        for one, other in (("client_cert", "client_key"), ("client_key", "client_cert")):
            if one in raw and other not in raw:
                yield Problem(f"{path}.{other}", "nothing", f"the file that belongs to {one}")


def _influxdb_has_its_bucket(document: Raw) -> Iterator[Problem]:
    for path, raw in _each(document, "destination"):
        for key in ("org", "bucket"):
            if raw.get("kind") == "influxdb" and key not in raw:
                yield Problem(f"{path}.{key}", "nothing", f"the {key} that InfluxDB asks for")
            if raw.get("kind") == "seepline" and key in raw:
                yield Problem(f"{path}.{key}", shown(raw[key]), 'no such key for a destination of kind "seepline"')


def _influxdb_is_kept(document: Raw) -> Iterator[Problem]:
    table = document.get("outbox")
    keep_days = table.get("keep_days") if isinstance(table, dict) else None
    kinds = [raw.get("kind") for _, raw in _each(document, "destination")]
    if "influxdb" in kinds and isinstance(keep_days, int) and keep_days < RECONCILE_DAYS:
        yield Problem(
            "outbox.keep_days", str(keep_days), f"{RECONCILE_DAYS} days or more, for what InfluxDB may still lose"
        )


def _alarm_is_whole(document: Raw) -> Iterator[Problem]:
    table = document.get("local_alarm")
    if not isinstance(table, dict):
        return
    if not table.keys() & {"pin", "coil", "sms_to"}:
        yield Problem("local_alarm", "nothing that sounds", "pin, coil or sms_to, one of them or more")
    if "bundle" not in document:
        yield Problem("bundle", "nothing", "[bundle] with a policy: a local alarm judges by signed limits alone")
    pairs = (("pin", "pin_signal"), ("sms_to", "sms_settings"))
    for one, other in (*pairs, *(pair[::-1] for pair in pairs)):
        if one in table and other not in table:
            yield Problem(f"local_alarm.{other}", "nothing", f"the {other} that belongs to {one}")


def _each(document: Raw, table: str) -> Iterator[tuple[str, Raw]]:
    raws, _ = entries_of(document, table)
    yield from zip(entry_paths(table, raws), raws, strict=True)
