"""What SITE.toml says of strong motion: whose events of which logger stand for a point ([[strong_motion]])."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongMotion:
    """From when to when the accelerometer of a logger stands at a point. Times are UTC milliseconds since 1970."""

    point: str
    logger: str
    valid_from_ms: int
    valid_to_ms: int | None = None
    source: str = ""
