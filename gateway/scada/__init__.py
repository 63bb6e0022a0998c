"""For the plant's SCADA: the newest engineering values and levels in registers that stay where they are."""
