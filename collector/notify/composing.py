"""Which writing of letters is in use."""

from collector.notify.compose import compose

__all__ = ("compose",)
