"""What a logger runs with when it cannot run as it should: alive on the line, and silent rather than a stranger.

* Safe mode reads the configuration without its instruments and triggers: what checks them need not even load.
* Without a configuration that can be used it has the identity and the line of the last one with which it was well,
  and answers on the bus under its own address until it gets a new one.
* A logger that was never well with any has no address of its own. It does not speak on a bus where others live: it
  answers over USB only, at address 247, and writes no records, for it does not know whose they would be.
"""

import json

from firmware.settings import NOBODY

LINE = "line"  # in the store: JSON of the keys below
_ADDRESS = 247  # as in firmware/serve.py, which is not loaded for it: imports within imports need stack
_KEYS = ("logger_id", "address", "baud", "parity")
_REST = {"scan_s": 900, "blocks": [{"block": 0, "payload": "scalar", "slots": ["none"]}]}
_MEASURING = ("instruments", "triggers")


def bare(config: dict) -> dict:
    """Return a configuration without what is measured how; anything but a table comes back as it is."""
    if not isinstance(config, dict):
        return config
    return {key: value for key, value in config.items() if key not in _MEASURING}


def remember(store, settings) -> None:
    """Keep who this logger is and how it speaks, if that has changed."""
    data = json.dumps([getattr(settings, key) for key in _KEYS]).encode()
    if store.get(LINE) != data:
        store.put(LINE, data)


def stand_in(store) -> dict:
    """Return the configuration to be safe with; its logger id is NOBODY when none was ever good."""
    found: dict = {"logger_id": NOBODY, "address": _ADDRESS, "baud": 19200}
    try:
        values = json.loads(store.get(LINE) or b"[]")
        if len(values) == len(_KEYS):
            found = dict(zip(_KEYS, values))
    except ValueError:  # torn: never seen, for the store is atomic
        pass
    found.update(_REST)
    return found


class NoRing:
    """The memory of a logger whose flash is gone: nothing is held, and nothing can be."""

    ring = capacity = newest = 0
    oldest = 1
    is_new = False
    takes_at_once = False

    def read(self, sequence: int) -> None:
        return None

    def append(self, build) -> int:
        raise OSError("there is no flash")

    def erase_ahead(self) -> None:
        """Nothing to erase."""
