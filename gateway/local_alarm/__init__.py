"""The alarm at the dam itself: a contact that drops, a coil, a text message, when nobody else may be reachable."""
