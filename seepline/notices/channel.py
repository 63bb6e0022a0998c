"""What a kind of channel is to notify.toml: its keys, the address of a contact that it uses, its form."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from seepline.site_shape import Fault

Form = Literal["mail", "sms", "voice", "data"]
AddressKey = Literal["mail", "phone", "voice", "webhook", "topic"]


def _no_faults(_settings: Any) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """One kind of channel.

    `settings` is the frozen dataclass of its own keys in [[channel]] (beside id, kind, level), read like an
    entry of SITE.toml; `parallel` is how many messages it is asked for at once (a modem: one); secrets are names
    of files there (`password_file`), never values. `address` is the key of a contact that it sends to. `faults`
    yields (key, found, expected) of what in read settings does not fit together.
    """

    settings: type
    address: AddressKey
    form: Form
    parallel: int = 8
    faults: Callable[[Any], Iterable[Fault]] = _no_faults
