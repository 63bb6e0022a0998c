"""Answers that no server of ours gives: they mean nothing, and stop nobody."""

import pytest

from gateway.uplink.answers import Action, action_for, resume_point

REFUSED = b'{"code": "invalid", "message": "no", "rejected": [{"line": %b, "reason": "no"}]}'


@pytest.mark.parametrize("line", [b"Infinity", b"NaN", b"null", b'"one"', b"[]", b"0", b"2"])
def test_a_list_with_a_line_that_is_none_is_not_believed(line):
    assert action_for(400, REFUSED % line, 1)[0] is Action.HALVE


@pytest.mark.parametrize("committed", [b"Infinity", b"NaN", b"null", b'"many"', b"[]", b"{}"])
def test_a_watermark_that_is_none_is_not_heard(committed):
    assert resume_point(b'{"outbox": "0a", "committed": %b}' % committed, "0a") is None


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"7", b"<html>"])
def test_a_page_that_is_no_collector_s_says_nothing(body):
    assert resume_point(body, "0a") is None
    assert action_for(400, body, 1)[0] is Action.HOLD
