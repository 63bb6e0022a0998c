"""Store and forward: what was read stays on this disk until the collector has it."""
