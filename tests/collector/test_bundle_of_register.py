"""The bundle of a register: a gateway makes its sets from the signed acts, under its own policy, or refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector import bundle
from seepline.bundle import document, errors
from seepline.bundle.policy import parse_policy
from seepline.bundle.verification import verify
from seepline.signing_key import new
from seepline.thresholds import limits_of
from tests.collector.chain import SCAN_MS, T0_MS
from tests.collector.council import Council
from tests.collector.test_limits import FIRST, TIGHTER, decided
from tests.sets import JOINT, set_text

DAM = Path(__file__).with_name("dam.toml").read_text()


@pytest.fixture
def council(chain) -> Council:
    found = Council(chain)
    decided(found, "joint-1", **FIRST)
    chain.now_ms += SCAN_MS
    found.submit("eva", set_text("joint-2", "joint-1", **TIGHTER))
    return found


def made(council: Council, number: int | None = None):
    path = council.chain.folder / "bundle"
    policy = parse_policy(council.policy_text, "policy.toml")
    folder = council.chain.folder / "approvals"
    bundle.make(path, DAM, folder, policy, council.people.service, council.chain.now_ms, number)
    return path.read_bytes(), policy


def changed(council: Council, **changes) -> bytes:
    data, _ = made(council)
    content = document.payload(replace(document.read(document.opened(data)[1]), **changes))
    return document.sealed(content, council.people.service.sign(document.signed_bytes(content)))


def test_a_gateway_judges_by_the_sets_of_the_register(council):
    found = verify(*made(council), 0)
    assert [one.id for one in found.register.decided] == ["joint-1", "joint-2"]
    assert found.register == replace(found.register)
    limits = [limits_of(found.site, "P1", "pore_pressure", T0_MS + at_ms)[0] for at_ms in (-1, 0, SCAN_MS)]
    assert [(one.set, one.yellow) for one in limits] == [("s1", 40.0), ("joint-1", 30.0), ("joint-2", 20.0)]


def test_before_the_first_decided_set_takes_effect_the_site_file_s_needs_its_approvals(chain):
    council = Council(chain)
    with pytest.raises(errors.MissingApproval):
        made(council)
    decided(council, "joint-1", valid_from="2016-02-01T00:00:00Z")
    with pytest.raises(errors.MissingApproval):
        made(council)


def test_a_collector_that_holds_back_or_alters_an_act_is_refused(council):
    data, policy = made(council)
    acts = document.read(document.opened(data)[1]).acts
    with pytest.raises(errors.OtherRegister, match="the sets decided are joint-1 from 2016-01-01T08:00:00Z; the"):
        verify(changed(council, acts=acts[:-1]), policy, 0)
    with pytest.raises(errors.OtherRegister):
        verify(changed(council, acts=(acts[0], *acts[2:-1])), policy, 0)
    forged = replace(acts[0], act=acts[0].act.replace("80.0", "90.0"))
    with pytest.raises(errors.RefusedAct, match="the signature is not that of ravshan"):
        verify(changed(council, acts=(forged, *acts[1:])), policy, 0)
    with pytest.raises(errors.RefusedAct, match="approved it before"):
        verify(changed(council, acts=(*acts[:2], *acts[1:])), policy, 0)


def test_a_gateway_believes_its_own_policy_alone(council):
    data, _ = made(council)
    stricter = council.policy_text.replace(JOINT, JOINT.replace('"*"', '"other-*"'))
    with pytest.raises(errors.RefusedAct, match="no rule of the policy"):
        verify(data, parse_policy(stricter, "policy.toml"), 0)
    ended = council.policy_text.replace('state = "KZ"\n', 'state = "KZ"\nvalid_to = 2015-06-01T00:00:00Z\n')
    ended += '[[person]]\nid = "zhan"\nname = "Zhan"\nrole = "authority"\nstate = "KZ"\n'
    ended += f'public_key = "{new().public.hex()}"\nvalid_from = 2015-01-01T00:00:00Z\n'
    ended = ended.replace(JOINT, "") + JOINT
    with pytest.raises(errors.RefusedAct, match="askar is not appointed as authority"):
        verify(data, parse_policy(ended, "policy.toml"), 0)


def test_a_gateway_s_dated_policy_makes_the_same_of_what_came_before_its_day(council):
    data, _ = made(council)
    day = "2016-01-01T10:00:00Z"
    hard = '[[rule]]\nroles = ["authority"]\napprovals = 1\n'
    ended, begun = (f"[[rule]]\nvalid_{key} = {day}\n" for key in ("to", "from"))
    switched = JOINT.replace("[[rule]]\n", ended) + hard.replace("[[rule]]\n", begun)
    policies = [council.policy_text.replace(JOINT, rules) for rules in (JOINT, switched)]
    registers = [verify(data, parse_policy(one, "policy.toml"), 0).register for one in policies]
    assert registers[0] == registers[1]
