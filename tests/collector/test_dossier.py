"""A dossier proves its event without a server, and one that was altered anywhere does not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from collector.dossier.cut import cut
from collector.dossier.document import DossierError, from_json, to_json
from collector.dossier.proof import proven
from seepline.acts.chain import Head, audited, closed, link, policy_of
from seepline.bundle.policy import parse_policy
from tests.collector.chain import CALM, SCAN_MS, T0_MS, YELLOW
from tests.collector.council import Council
from tests.collector.test_limits import FIRST, TIGHTER, decided, scan
from tests.sets import set_text

DAM = Path(__file__).with_name("dam.toml").read_text()
RED = 2750.0


@pytest.fixture
def council(chain, rows) -> Council:
    found = Council(chain)
    decided(found, "joint-1", **FIRST)
    for number, hertz in enumerate((CALM, CALM, YELLOW, RED), 1):
        scan(chain, rows, number, hertz)
        if number == 2:
            found.submit("eva", set_text("joint-2", "joint-1", **TIGHTER))
    return found


def dossier(council: Council, kind: str = "level", days: int = 7):
    events = [one for one in council.chain.reader.events() if one.kind == kind]
    made = cut(council.chain.site, council.chain.journal, council.chain.reader, events[0].id, days)
    return replace(from_json(to_json(made)), site_toml=DAM)


def policy(council: Council):
    return parse_policy(council.policy_text, "policy.toml")


def test_a_dossier_proves_its_event(council):
    council.chain.pass_time(T0_MS + 86_400_000)
    head = closed(audited(council.chain.journal.acts.after(0, 99)).heads, council.chain.now_ms)
    said = list(proven(dossier(council), policy(council), head))
    assert said[0].startswith("The chain of 4 acts and 1 policies is whole and signed; its head is ")
    assert said[1:3] == ["Its newest policy is the one that you gave.", "All 1 heads that were kept are in it."]
    assert "orange to red" in said[3] or "yellow to red" in said[3]
    assert said[4].startswith("Set joint-2 was in force from 2016-01-01 08:30:00 UTC, by Eva (engineer_of_record)")


def test_an_event_of_a_silent_logger_and_one_of_a_set_are_proven_too(council):
    council.chain.pass_time(T0_MS + 86_400_000)
    for kind in ("silence", "set_tightened"):
        assert any("same event" in one for one in proven(dossier(council, kind), None, ()))


ALTERED = {
    "a raw value": (
        lambda one: replace(
            one, entries=tuple(replace(each, values=_milder(each.values)) for each in one.entries)
        ),
        "do not lead to its event|lead to",
    ),
    "the calibration": (lambda one: replace(one, site_toml=DAM.replace("828.53", "838.53")), "lead to"),
    "the value said": (lambda one: replace(one, event={**one.event, "value": 1.0}), "its event says value 1.0"),
    "the set said": (
        lambda one: replace(one, event={**one.event, "threshold_set": "x"}),
        "its event says threshold_s",
    ),
    "an act taken out": (lambda one: replace(one, acts=(one.acts[0], *one.acts[2:])), "was changed or taken out"),
    "the last act taken out": (lambda one: replace(one, acts=one.acts[:-1]), "lead to|is not in this chain"),
    "an act's text": (
        lambda one: replace(
            one, acts=(*one.acts[:-1], replace(one.acts[-1], text=one.acts[-1].text.replace("20.0", "21.0")))
        ),
        "was changed or taken out",
    ),
    "a role": (
        lambda one: replace(one, acts=_relinked(one.acts, "engineer_of_record", "authority")),
        "is written as",
    ),
    "a limit, with a new chain": (
        lambda one: replace(one, acts=_relinked(one.acts, "yellow = 20.0", "yellow = 25.0")),
        "the signature is not that of eva",
    ),
    "the site file": (lambda one: replace(one, site_toml="[site"), "site file has problems"),
}


def _milder(values):
    return tuple((name, 2900.0 if name == "f" else value, status) for name, value, status in values)


def _relinked(acts, old: str, new: str):
    before, found = "", []
    for one in acts:
        text = one.text if policy_of(one.text) else one.text.replace(f'"role":"{old}"', f'"role":"{new}"')
        text = text if policy_of(text) else text.replace(old, new) if "yellow" in old else text
        before = link(before, text)
        found.append(replace(one, text=text, chain=before))
    return tuple(found)


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_found(council, what):
    alter, sentence = ALTERED[what]
    head = audited(council.chain.journal.acts.after(0, 99)).heads
    with pytest.raises(DossierError, match=sentence):
        list(proven(alter(dossier(council)), policy(council), head))


def test_a_policy_or_a_head_that_is_not_in_it_is_found(council):
    other = parse_policy(council.policy_text.replace("Anna", "Anya"), "policy.toml")
    with pytest.raises(DossierError, match="not the one you gave"):
        list(proven(dossier(council), other, ()))
    with pytest.raises(DossierError, match="the head of 2015-12-31, aa, is not in this chain"):
        list(proven(dossier(council), policy(council), (Head("2015-12-31", 3, "aa"),)))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", json.dumps({"format": "other"}), json.dumps({"format": "seepline-dossier-1"})]
)
def test_what_is_no_dossier_is_said(text):
    with pytest.raises(DossierError):
        from_json(text)


def test_an_unknown_event_is_said(council):
    with pytest.raises(DossierError, match="there is no event 'x'"):
        cut(council.chain.site, council.chain.journal, council.chain.reader, "x", 7)


def test_the_head_of_a_day_is_told_once_after_it(council):
    chain = council.chain
    heads = lambda: [one for one in chain.reader.events() if one.kind == "audit_head"]  # noqa: E731
    chain.pass_time(T0_MS + 16 * 3_600_000 - 1)
    assert heads() == []
    chain.pass_time(T0_MS + 16 * 3_600_000 + SCAN_MS)
    chain.pass_time(T0_MS + 30 * 3_600_000)
    chain.pass_time(T0_MS + 60 * 3_600_000)
    (head,) = heads()
    assert audited(chain.journal.acts.after(0, 99)).head in head.text
