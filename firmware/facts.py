"""What the logger says of itself in its identification registers, written by whoever knows it."""

from seepline.wire.record import MISSING_U16

NORMAL, SAFE = 0, 1


class Facts:
    """One attribute per identification register that no other part owns; names and meanings as in registers.py."""

    def __init__(self) -> None:
        self.mode = NORMAL
        self.config_generation = 0
        self.config_crc = 0
        self.bundle_version = 0
        self.key_fingerprint = 0
        self.commands_refused = 0
        self.power_mode = 0
        self.window_s = 0
        self.next_scan_s = 0
        self.supply_mv = MISSING_U16
        self.last_reset_task = 0
        self.staged_bytes = 0
