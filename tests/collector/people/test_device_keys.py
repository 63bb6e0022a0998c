"""Further keys of a person: believed by the chain alone, never where a gateway checks, ended at once."""

import asyncio
import json
from dataclasses import replace

import pytest

from seepline.acts.chain import AuditError, KeptAct, audited, link, policy_text
from seepline.acts.check import checked
from seepline.acts.document import Act, accepted_text, act_text, statement
from seepline.acts.errors import ActRefused, BadBody, ForgedAct, NotAppointed, UnknownActor
from seepline.acts.keys import MOST_KEYS, NO_KEYS, POLICY_KEY_ONLY
from seepline.acts.kinds import KINDS
from seepline.bundle.document import time_text
from seepline.bundle.policy import parse_policy
from seepline.signing_key import new
from tests.acts import Persons
from tests.collector.chain import T0_MS
from tests.collector.people.conftest import HERE

PERSONS, PHONE = Persons(), new()
POLICY = PERSONS.policy()
HOUR_MS = 3_600_000
UNTIL_MS = T0_MS + 48 * HOUR_MS
KEY = {"public_key": PHONE.public.hex(), "device": "phone", "until_ms": UNTIL_MS}
END = {"public_key": PHONE.public.hex(), "reason": "lost"}
NOTE = {"text": "wet patch", "at_ms": T0_MS}


def by_phone(kind: str = "note", body: dict = NOTE, person: str = "operator", at_ms: int = T0_MS) -> Act:
    plain = Act(site="dam", kind=kind, person=person, signed_at=time_text(at_ms), body=body, signature="")
    return replace(plain, signature=PHONE.sign(statement(plain)).hex())


class Told:
    """A ring as acts make it, one after another, each at the door, and the chain of them."""

    def __init__(self, site) -> None:
        self.site, self.ring, self.policy, self.kept = site, NO_KEYS, POLICY, []
        self._keep(policy_text(POLICY.text, T0_MS), T0_MS)

    def take(self, act: Act, at_ms: int = T0_MS) -> None:
        accepted = checked(act, self.policy, self.site, at_ms, self.ring)
        self.ring = self.ring.after(accepted, self.policy)
        self._keep(accepted_text(accepted), at_ms)

    def _keep(self, text: str, at_ms: int) -> None:
        before = self.kept[-1].chain if self.kept else ""
        self.kept.append(KeptAct(len(self.kept) + 1, at_ms, text, link(before, text)))


@pytest.fixture
def told(dam) -> Told:
    made = Told(dam)
    made.take(PERSONS.act("operator", "device_key", KEY, T0_MS))
    return made


def test_a_further_key_signs_what_its_person_may_and_the_chain_proves_it(told):
    told.take(by_phone())
    assert audited(told.kept).acts == 2
    with pytest.raises(
        AuditError, match="the signature is not that of operator"
    ):  # without the act that tells of it
        audited([told.kept[0], replace(told.kept[2], chain=link(told.kept[0].chain, told.kept[2].text))])


def test_before_it_is_known_and_for_another_person_it_is_nobodys(told, dam):
    with pytest.raises(ForgedAct):
        Told(dam).take(by_phone())
    with pytest.raises(ForgedAct):
        told.take(by_phone(person="engineer_of_record"))
    with pytest.raises(UnknownActor):
        told.take(by_phone(person="stranger"))


@pytest.mark.parametrize("kind", sorted(POLICY_KEY_ONLY))
def test_what_a_gateway_checks_needs_the_key_of_the_policy(told, kind):
    person = next(role for role in sorted(KINDS[kind].roles) if role in PERSONS.keys)
    told.ring = NO_KEYS
    told.take(PERSONS.act(person, "device_key", KEY, T0_MS))
    with pytest.raises(ForgedAct):
        told.take(by_phone(kind, {}, person))


def test_it_ends_by_itself_and_by_its_owner_and_by_who_keeps_the_server(told, dam):
    with pytest.raises(ForgedAct):
        told.take(by_phone(at_ms=UNTIL_MS), UNTIL_MS)
    with pytest.raises(ForgedAct):  # dated back
        told.take(by_phone(at_ms=T0_MS), UNTIL_MS)
    for person, by in (("operator", "operator"), ("administrator", "administrator")):
        again = Told(dam)
        again.take(PERSONS.act("operator", "device_key", KEY, T0_MS))
        again.take(PERSONS.act(person, "device_key_end", END, T0_MS, by=by))
        with pytest.raises(ForgedAct):
            again.take(by_phone())
        with pytest.raises(BadBody, match="known already"):  # and never comes again
            again.take(PERSONS.act("operator", "device_key", KEY | {"device": "again"}, T0_MS))
        assert audited(again.kept).acts == 2
    told.take(by_phone("device_key_end", END))  # a phone may end itself


def test_nobody_makes_or_ends_the_key_of_another(told):
    with pytest.raises(BadBody, match="no further key of yours"):
        told.take(PERSONS.act("engineer_of_record", "device_key_end", END, T0_MS))
    for taken in (KEY["public_key"], PERSONS.keys["authority"].public.hex(), PERSONS.service.public.hex()):
        with pytest.raises(BadBody, match="known already"):
            told.take(PERSONS.act("inspector", "device_key", KEY | {"public_key": taken}, T0_MS))
    other = KEY | {"public_key": new().public.hex()}
    with pytest.raises(ForgedAct):  # who keeps the server makes no key for others
        told.take(PERSONS.act("operator", "device_key", other, T0_MS, by="administrator"))


def test_a_person_has_a_few_further_keys_at_a_time_for_each_is_tried_with_every_act_in_the_name(told):
    for number in range(1, MOST_KEYS):
        told.take(PERSONS.act("operator", "device_key", KEY | {"public_key": new().public.hex()}, T0_MS + number))
    more = PERSONS.act("operator", "device_key", KEY | {"public_key": new().public.hex()}, T0_MS)
    with pytest.raises(BadBody, match="found 20 further keys of yours; expected fewer: end one first"):
        told.take(more)
    checked(
        PERSONS.act("operator", "device_key", KEY, T0_MS), told.policy, told.site, T0_MS, told.ring
    )  # sent twice
    told.take(PERSONS.act("authority", "device_key", KEY | {"public_key": new().public.hex()}, T0_MS))  # another's
    told.take(by_phone("device_key_end", END))
    told.take(more)
    assert audited(told.kept).acts == MOST_KEYS + 3


def test_another_key_in_the_policy_ends_those_that_the_old_one_made_known(told):
    persons = Persons(keys={**PERSONS.keys, "operator": new()}, service=PERSONS.service)
    told.policy = parse_policy(persons.policy_text(), "policy.toml")
    with pytest.raises(ForgedAct):
        told.take(by_phone())


def test_the_end_of_an_appointment_is_that_of_its_keys(dam):
    told, at_ms = Told(dam), T0_MS - 250 * 24 * HOUR_MS  # 2015-04
    body = KEY | {"until_ms": UNTIL_MS}
    told.take(PERSONS.act("ended", "device_key", body, at_ms), at_ms)
    with pytest.raises(NotAppointed):
        told.take(by_phone(person="ended"))


@pytest.mark.parametrize(
    "wrong",
    [{"public_key": ""}, {"public_key": "ZZ" * 32}, {"public_key": KEY["public_key"].upper()}, {"device": " "},
     {"device": "x" * 300}, {"until_ms": -1}, {"until_ms": "x"}, {"person": "authority"}],
)  # fmt: skip
def test_what_is_no_key_is_refused(told, wrong):
    with pytest.raises(ActRefused):
        told.take(PERSONS.act("inspector", "device_key", {**KEY, "public_key": "00" * 32, **wrong}, T0_MS))


def test_a_chain_that_tells_of_an_ended_key_again_does_not_bring_it_back(told):
    made = PERSONS.act("operator", "device_key", KEY, T0_MS)
    told.take(PERSONS.act("operator", "device_key_end", END, T0_MS))
    told.take(made)  # as who keeps the server may write it into a chain of their own making
    with pytest.raises(ForgedAct):
        told.take(by_phone())


async def test_the_door_believes_it_from_the_journal_and_after_a_restart(house):
    from collector.acts.key_book import KeyBook

    persons = house.persons
    async with house.browser(HERE) as phone:

        async def post(text: str):
            return await phone.post("/api/v1/acts", content=text.encode())

        assert (await post(act_text(by_phone()))).status_code == 403
        made = act_text(persons.act("operator", "device_key", KEY, T0_MS))
        assert (await post(made)).status_code == 201
        assert (await post(made)).json()["new"] is False
        assert (await post(act_text(by_phone()))).status_code == 201
        assert KEY["public_key"] in KeyBook(house.rooms.journal.acts).ring().keys
        ended = act_text(persons.act("operator", "device_key_end", END, T0_MS))
        notes = [act_text(by_phone(body=NOTE | {"text": f"{number}"})) for number in range(10)]
        answers = await asyncio.gather(*map(post, (*notes[:5], ended, *notes[5:])))  # some before, some behind it
        assert answers[5].status_code == 201
        refused = await post(act_text(by_phone(body=NOTE | {"text": "later"})))
        assert refused.status_code == 403
        assert "operator" in refused.json()["message"]
    audit = audited(house.rooms.journal.acts.after(0, 1000))
    assert audit.policy is not None
    while house.rooms.engine.judge(10):
        pass
    texts = [one.text for one in house.rooms.reader.events() if one.kind == "key"]
    assert [json.dumps(one)[1:13] for one in texts] == ["The operator", "The operator"]
    assert "makes a further key known, for phone, until" in texts[-1]
