"""Which writing of letters is in use."""

from collector.notify.together import plain as compose

__all__ = ("compose",)
