"""What is wired to a logger: one `[[device]]` of SITE.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is wired to a logger: a row of seepline.wire.drivers, which fills these channels, with its options.

    `channels` names a channel of the logger for each channel of the driver, in its order, "" for one that is not
    used; any channel of a vibrating wire names its slot. `scan_s` None: as the logger; `power` None: always on.
    """

    logger: str
    driver: str
    channels: tuple[str, ...]
    scan_s: int | None = None
    retries: int = 0
    power: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
