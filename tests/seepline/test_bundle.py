"""The signed bundle: only whole, of this service, above the last number and approved as the policy asks."""

import random
from contextlib import nullcontext
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seepline.bundle import document, errors
from seepline.bundle.approvals import statement
from seepline.bundle.policy import PolicyError, parse_policy
from seepline.bundle.verification import verify
from seepline.signing_key import SigningKeyError, load, make, new
from seepline.site_file import parse_site
from tests.bundles import DAM, MADE, RULES, SET, SIGNED, Keys

KEYS = Keys()
SITE = parse_site(DAM, "dam")
POLICY = KEYS.policy()
GOOD = KEYS.bundle(7)


def refusal(data: bytes, policy=POLICY, last: int = 0) -> errors.BundleError:
    with pytest.raises(errors.BundleError) as caught:
        verify(data, policy, last)
    sentence = str(caught.value)
    assert sentence
    assert "\n" not in sentence
    return caught.value


def approved_by(*approvals) -> bytes:
    return KEYS.bundle(approvals=approvals)


def test_a_good_bundle_gives_its_site_and_says_who_approved_it():
    found = verify(GOOD, POLICY, 6)
    assert found.site == SITE
    assert (found.bundle.number, found.bundle.made_at) == (7, MADE)
    assert [one.person for one in found.bundle.approvals] == ["eva", "anna"]


def test_a_flipped_byte_anywhere_is_refused():
    dice = random.Random(26)
    for place in range(len(GOOD)):
        changed = bytearray(GOOD)
        changed[place] ^= dice.randrange(1, 256)
        refusal(bytes(changed))


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)), st.binary(max_size=40))
def test_whatever_is_cut_out_or_put_in_is_refused(start, end, put):
    changed = GOOD[: min(start, end)] + put + GOOD[max(start, end) :]
    if changed != GOOD:
        refusal(changed)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_anything_else_is_refused(data):
    assert isinstance(refusal(data), errors.Damaged)


@pytest.mark.parametrize("last", [7, 8, 4294967295])
def test_a_number_that_is_not_higher_is_refused(last):
    error = refusal(GOOD, last=last)
    assert isinstance(error, errors.OldNumber)
    assert str(error) == f"the bundle has number 7; expected one above {last}, accepted before"


def test_another_key_than_the_service_s_is_refused_even_a_person_s():
    for key in (new(), KEYS.persons["anna"]):
        assert isinstance(refusal(KEYS.sealed(KEYS.plain(), by=key)), errors.ForeignSigner)


@pytest.mark.parametrize(
    ("changes", "kind", "sentence"),
    [
        (
            {"site_id": "other"},
            errors.ForeignSite,
            "names site other and holds the file of dam; the policy of this machine is for dam",
        ),
        (
            {"site": DAM.replace('id = "dam"', 'id = "mad"', 1)},
            errors.ForeignSite,
            "names site dam and holds the file of mad",
        ),
        ({"site": "[site"}, errors.UnreadableSite, "site file of bundle 1 has problems"),
        ({"number": 0}, errors.Damaged, "number is 0"),
        ({"number": True}, errors.Damaged, "number is True"),
        ({"made_at": "yesterday"}, errors.Damaged, "yesterday"),
        ({"policy": 5}, errors.Damaged, "a text is something else"),
    ],
)
def test_what_does_not_fit_is_refused_although_the_service_signed_it(changes, kind, sentence):
    error = refusal(KEYS.bundle(**changes))
    assert isinstance(error, kind)
    assert sentence in str(error)


def test_a_content_that_is_not_in_its_one_form_is_refused():
    content = document.payload(KEYS.plain()).replace(b'"number":1', b'"number": 1')
    data = document.sealed(content, KEYS.service.sign(document.signed_bytes(content)))
    assert "not in its one form" in str(refusal(data))


UNAPPROVED = {
    "nobody": ((), errors.MissingApproval, "0 approved it, the policy asks for 2"),
    "one": ((("anna", {}),), errors.MissingApproval, "1 approved it, the policy asks for 2"),
    "twice the same": (
        (("anna", {}), ("anna", {"signed_at": "2026-03-01T09:00:00Z"})),
        errors.DoubleApproval,
        "anna approved it twice",
    ),
    "a role that may not": (
        (("eva", {}), ("anna", {}), ("olga", {})),
        errors.WrongRole,
        "olga is operator; it is approved by engineer_of_record, authority only",
    ),
    "appointment over": (
        (("emil", {}), ("anna", {})),
        errors.ExpiredAppointment,
        "emil was not appointed on 2026-03-01T08:00:00Z",
    ),
    "appointment not begun": ((("eva", {}), ("askar", {})), errors.ExpiredAppointment, "askar was not appointed"),
    "somebody else's key": (
        (("eva", {}), ("anna", {"by": "eva"})),
        errors.ForgedApproval,
        "the signature of anna",
    ),
    "after the bundle": (
        (("eva", {}), ("anna", {"signed_at": "2026-03-02T08:10:01Z"})),
        errors.ExpiredAppointment,
        "after the bundle was made",
    ),
}


@pytest.mark.parametrize("why", UNAPPROVED)
def test_a_set_that_is_not_approved_is_refused(why):
    signers, kind, sentence = UNAPPROVED[why]
    error = refusal(approved_by(*(KEYS.approval(name, SITE, **how) for name, how in signers)))
    assert type(error) is kind
    assert str(error).startswith(f"set {SET}: ")
    assert sentence in str(error)


def test_two_engineers_are_no_authority():
    rules = RULES.replace("authority = 1", "authority = 1, engineer_of_record = 1")
    eva = KEYS.approval("eva", SITE)
    emil = KEYS.approval("emil", SITE, signed_at="2026-01-01T08:00:00Z")
    error = refusal(approved_by(eva, emil))
    assert type(error) is errors.MissingApproval
    assert "0 of role authority approved it, the policy asks for 1" in str(error)
    assert "0 of role authority" in str(refusal(approved_by(eva, emil), KEYS.policy(rules)))


def test_a_stranger_s_approval_is_refused():
    anna = KEYS.approval("anna", SITE)
    error = refusal(approved_by(KEYS.approval("eva", SITE), replace(anna, person="zoe")))
    assert type(error) is errors.UnknownPerson


def test_an_approval_of_a_set_that_is_not_there_is_refused():
    anna = KEYS.approval("anna", SITE)
    assert type(refusal(approved_by(replace(anna, set="other")))) is errors.StrayApproval


def test_a_set_that_no_rule_is_about_is_refused():
    policy = KEYS.policy(RULES.replace('sets = "*"', 'sets = "another-*"'))
    assert type(refusal(GOOD, policy)) is errors.NoRule


def test_provisional_limits_fall_under_every_rule_of_the_new_form_whatever_their_set_is_called():
    plain = RULES.replace('sets = "*"\n', "")
    verify(KEYS.bundle(), KEYS.policy(plain), 0)
    more = plain + '[[rule]]\nloosens = true\nroles = ["authority"]\napprovals = 1\nleast = { authority = 1 }\n'
    verify(KEYS.bundle(), KEYS.policy(more), 0)
    two = more.replace("approvals = 1", "approvals = 2")
    with pytest.raises(errors.MissingApproval, match="1 approved it, the policy asks for 2"):
        verify(KEYS.bundle(), KEYS.policy(two), 0)


@pytest.mark.parametrize(
    ("person", "state", "lacking"), [("anna", "UZ", ""), ("askar", "KZ", "an authority of KZ")]
)
def test_provisional_limits_need_an_authority_of_each_state_of_a_rule_of_the_new_form(person, state, lacking):
    begin, rules = f'"{person}"\nrole = "authority"', RULES.replace('sets = "*"\n', f'states = ["{state}"]\n')
    text = KEYS.policy_text(rules).replace(begin, f'{begin}\nstate = "{state}"')
    with pytest.raises(errors.MissingApproval, match=lacking) if lacking else nullcontext():
        verify(KEYS.bundle(), parse_policy(text, "policy.toml"), 0)


def test_an_approval_is_of_these_very_limits_and_of_nothing_else_in_the_file():
    limit = next(one for one in SITE.thresholds if one.set == SET)
    changed = DAM.replace(f"yellow = {limit.yellow}", f"yellow = {limit.yellow + 0.001}", 1)
    assert changed != DAM
    assert type(refusal(KEYS.bundle(site=changed))) is errors.ForgedApproval
    renamed = DAM.replace('name = "Test dam"', 'name = "The dam"')
    assert verify(KEYS.bundle(site=renamed), POLICY, 0).site.info.name == "The dam"


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_flipped_bit_of_an_approval_s_signature_is_refused_although_the_service_signed_it(data):
    plain = KEYS.plain()
    signature = bytearray.fromhex(plain.approvals[0].signature)
    signature[data.draw(st.integers(0, 63))] ^= 1 << data.draw(st.integers(0, 7))
    forged = replace(plain.approvals[0], signature=signature.hex())
    assert type(refusal(approved_by(forged, plain.approvals[1]))) is errors.ForgedApproval


def test_a_statement_names_person_time_site_and_every_limit():
    said = statement(SITE, SET, "anna", SIGNED).decode()
    assert said.startswith("seepline-threshold-set-1\n")
    for word in ("anna", SIGNED, '"site":"dam"', SET, '"delay_count"', '"deadband"', '"rate_window_s"'):
        assert word in said


@pytest.mark.parametrize(
    ("old", "new_text", "problem"),
    [
        ('site = "dam"', "", "site: found 'nothing'; expected the id of the site"),
        ("[service]", "[services]", "services: found an unknown table or key"),
        ("approvals = 2", "approvals = 0", "rule[1].approvals: found 0; expected 1 or more"),
        (
            "approvals = 2",
            "approvals = 9",
            "rule[1].approvals: found 9; expected at most 4, as many as may approve",
        ),
        ("authority = 1", "authority = 3", "rule[1].least.authority: found 3; expected 1 to 2"),
        ("authority = 1", "operator = 1", "rule[1].least.operator: found 1; expected 1 to 0"),
        (
            "authority = 1",
            "authority = 2, engineer_of_record = 2",
            "rule[1].least: found a table; expected no more in sum",
        ),
        (RULES, "", "rule: found nothing; expected at least one [[rule]]"),
        ('id = "eva"', 'id = "anna"', "person[anna].id: found 'anna'; expected an id that no other person has"),
        ('role = "operator"', 'role = "an operator"', "person[olga].role: found 'an operator'"),
        ('role = "operator"', "", "person[5].role: found nothing"),
        ("valid_to = 2026", "valid_to = 2020", "person[emil].valid_to: found not after valid_from"),
        (
            "valid_from = 2026-06-01T00:00:00Z",
            "valid_from = 2026",
            "person[4].valid_from: found 2026; expected a date",
        ),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_its_place(old, new_text, problem):
    text = KEYS.policy_text()
    assert old in text
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.replace(old, new_text, 1), "policy.toml")
    assert problem in str(caught.value)


@pytest.mark.parametrize("key", ["", "00" * 31, "zz" * 32, "AB" * 32])
def test_a_key_that_is_none_is_refused(key):
    text = KEYS.policy_text().replace(KEYS.service.public.hex(), key)
    with pytest.raises(PolicyError, match=r"service.public_key: .*expected an Ed25519 public key"):
        parse_policy(text, "policy.toml")


def test_two_names_with_one_key_are_refused():
    text = KEYS.policy_text().replace(KEYS.persons["anna"].public.hex(), KEYS.persons["eva"].public.hex())
    with pytest.raises(PolicyError, match=r"person\[anna\].public_key: found the key of person\[eva\]"):
        parse_policy(text, "policy.toml")


def test_the_service_approves_nothing():
    text = KEYS.policy_text().replace(KEYS.persons["anna"].public.hex(), KEYS.service.public.hex())
    with pytest.raises(PolicyError, match=r"found the key of service"):
        parse_policy(text, "policy.toml")


def test_a_key_file_opens_with_its_passphrase_only_and_is_never_overwritten(tmp_path):
    path, word = tmp_path / "keys" / "anna.pem", "correct horse battery"
    key = make(path, word)
    assert load(path, word).public == key.public
    assert word.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.private.private_bytes_raw().hex() not in repr(key)
    with pytest.raises(SigningKeyError, match="wrong passphrase"):
        load(path, word + "!")
    with pytest.raises(SigningKeyError, match="no key is ever overwritten"):
        make(path, word)
    with pytest.raises(SigningKeyError, match="at least 12 characters"):
        make(tmp_path / "short.pem", "short")
