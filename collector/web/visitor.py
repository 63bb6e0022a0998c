"""Who looks at a page. Sign-in's middleware says it; without one everybody is a stranger."""

from dataclasses import dataclass

from starlette.requests import Request

SCOPE_KEY = "seepline.visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person of the policy with the role that they have now; `person` is '' for a stranger.

    `csrf` is what a form that changes anything carries back; '' for a stranger.
    """

    person: str = ""
    name: str = ""
    role: str = ""
    csrf: str = ""


def visitor_of(request: Request) -> Visitor:
    """Return who asks."""
    found = request.scope.get(SCOPE_KEY)
    return found if isinstance(found, Visitor) else Visitor()
