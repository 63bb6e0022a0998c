"""Every kind of channel by the word of it in notify.toml."""

from collections.abc import Mapping

from collector.notify.sender import Way

WAYS: Mapping[str, Way] = {}
