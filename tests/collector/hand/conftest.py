"""A dam whose people read by hand, and what they sign."""

from pathlib import Path

import pytest

from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.site import Site
from seepline.site_file import parse_site
from tests.acts import Persons
from tests.collector.chain import T0_MS, Chain

HERE = Path(__file__).parent
DAY_MS = 86_400_000


def dam_text() -> str:
    return (HERE.parent / "dam.toml").read_text() + (HERE / "hand.toml").read_text()


def survey_text(shift: float = 0.0, *, swap: bool = False, flip: bool = False, spoil: float = 0.0) -> str:
    """A hole of 8 levels with a shape of its own; `shift` digits between 1.5 and 2.0 m; faces swapped; flipped."""
    depths = [0.5 * (n + 1) for n in range(8)]
    halves = [200.0 + 35.0 * n * n - 90.0 * n + (shift if depths[n] == 1.5 else 0.0) for n in range(8)]
    if flip:
        halves.reverse()
    rows = []
    for n, (depth, half) in enumerate(zip(depths, halves, strict=True)):
        a0, a180 = half + 10, -half + 10 + (spoil if n == 4 else 0.0)
        a0, a180 = (a180, a0) if swap else (a0, a180)
        rows.append(f"{depth:g},{a0:g},{a180:g},{50 + n},{-45 - n}")
    return "Hole,INC1\ndepth_m,A0,A180,B0,B180\n" + "\n".join(rows) + "\n"


class People:
    """Signs acts and gives them to a chain."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.persons = Persons()

    def does(self, kind: str, body: dict, *, by: str = "operator", signed_ms: int = T0_MS, at_ms: int = 0) -> str:
        """A person does something; `at_ms` is when it arrives. Return the act's id."""
        self.chain.now_ms = max(self.chain.now_ms, at_ms or signed_ms)
        signed = self.persons.act(by, kind, body, signed_ms)
        accepted = checked(signed, self.persons.policy(), self.chain.site, self.chain.now_ms)
        self.chain.journal.append_act(accepted.id, accepted_text(accepted), self.chain.now_ms)
        self.chain.judge()
        return accepted.id

    def dips(self, dip_m: float, taken_ms: int = T0_MS, **more) -> str:
        about = {key: more.pop(key) for key in ("note", "corrects", "photos") if key in more}
        body = {"point": "SP1", "method": "standpipe", "taken_ms": taken_ms, "values": {"dip_m": dip_m}, **about}
        return self.does("hand_reading", body, signed_ms=more.pop("signed_ms", taken_ms), **more)

    def surveys(self, text: str, taken_ms: int, probe: str = "P77", **more) -> str:
        about = {key: more.pop(key) for key in ("note", "corrects") if key in more}
        body = {"point": "INC1", "taken_ms": taken_ms, "probe": probe, "file": text, **about}
        return self.does("inclinometer_survey", body, signed_ms=taken_ms, **more)

    def latest(self, point: str, quantity: str):
        return self.chain.reader.latest().get((point, quantity))

    def told(self, kind: str) -> list[str]:
        return [one.text for one in reversed(self.chain.reader.events()) if one.kind == kind]


@pytest.fixture
def dam() -> Site:
    return parse_site(dam_text())


@pytest.fixture
def people(chain: Chain) -> People:
    return People(chain)
