"""Why an act is refused: one class for each reason, one sentence for each act.

ActRefused
|- DamagedAct      these bytes are no act
|- ForeignAct      it is about another site
|- UnknownKind     there is no such kind of act
|- UnknownActor    the policy does not name who signed
|- NotEntitled     the role of who signed may not do this
|- NotAppointed    who signed was not appointed then, or is not now
|- WrongClock      it is dated ahead of the clock of who checks it
|- ForgedAct       the signature is not this person's over this act
`- BadBody         its content is wrong; `problems` says everything that is
"""

from collections.abc import Sequence


class ActRefused(Exception):  # noqa: N818 - says what it is
    """An act is refused; nothing of it is kept."""


class DamagedAct(ActRefused):
    """These bytes are no act."""


class ForeignAct(ActRefused):
    """It is about another site."""


class UnknownKind(ActRefused):
    """There is no such kind of act."""


class UnknownActor(ActRefused):
    """The policy does not name who signed."""


class NotEntitled(ActRefused):
    """The role of who signed may not do this."""


class NotAppointed(ActRefused):
    """Who signed was not appointed then, or is not now."""


class WrongClock(ActRefused):
    """It is dated ahead of the clock of who checks it."""


class ForgedAct(ActRefused):
    """The signature is not this person's over this act."""


class BadBody(ActRefused):
    """Its content is wrong; `problems` are sentences."""

    def __init__(self, kind: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{kind}.{problem}" for problem in problems))
