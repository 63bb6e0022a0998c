"""Modules that are needed once, at the start: their tables and functions need not stay in the heap."""

import sys


def unload(*names: str) -> None:
    """Forget modules; what was made with them stays, and importing them again loads them again."""
    for name in names:
        package, _, own = name.rpartition(".")
        if name in sys.modules:
            del sys.modules[name]
        if hasattr(sys.modules.get(package), own):
            delattr(sys.modules[package], own)
