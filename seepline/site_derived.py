"""What SITE.toml says of quantities that are made of others: [[derived]]."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A quantity of a point that is made of other readings by a formula of seepline.derive.formulas.

    `inputs` maps a name to 'point/quantity'. `version` is the declaration's: who changes inputs or parameters
    raises it. Of several declarations of one quantity the newest whose date has come is in force; one without a
    date is the first.
    """

    point: str
    quantity: str
    formula: str
    version: int
    inputs: Mapping[str, str]
    parameters: Mapping[str, str | float | tuple[float, ...]] = field(default_factory=dict)
    valid_from_ms: int | None = None
    source: str = ""

    @property
    def label(self) -> str:
        """Return 'formula:version', stored beside every value made by it."""
        return f"{self.formula}:{self.version}"


def begin_ms(derived: Derived) -> int:
    """Return when a declaration comes into force: long before every reading where it has no date."""
    return -(2**62) if derived.valid_from_ms is None else derived.valid_from_ms
