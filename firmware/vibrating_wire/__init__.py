"""The vibrating-wire reading: plan of the sweep, capture, fit of the ring-down, what to say about it."""
